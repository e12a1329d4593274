"""Read a PyRadiomics parameter file (YAML or JSON) as it is; refuse by name what is not supported."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.names import (
    EXTRA_FEATURES,
    FEATURES,
    IMAGE_TYPES,
    UNSUPPORTED_CLASSES,
    UNSUPPORTED_FEATURES,
    UNSUPPORTED_IMAGE_TYPES,
    UNSUPPORTED_SETTINGS,
)
from LWCTRLogic.radiomics.settings import ExtractionSettings, setting_keys

SECTIONS = ("setting", "imageType", "featureClass", "voxelSetting")
VOXEL_KEYS = ("kernelRadius", "maskedKernel", "initValue", "voxelBatch")
IGNORED_SETTINGS = ("additionalInfo", "geometryTolerance", "enableCExtensions")
LBP_SETTINGS = (
    "lbp2DRadius",
    "lbp2DSamples",
    "lbp2DMethod",
    "lbp3DLevels",
    "lbp3DIcosphereRadius",
    "lbp3DIcosphereSubdivision",
)


@dataclass(frozen=True)
class VoxelSettings:
    """The ``voxelSetting`` section: how a feature map is made.

    Attributes
    ----------
    kernel_radius : int
        The kernel reaches this many voxels to each side.
    masked_kernel : bool
        Whether voxels outside the mask are left out of the kernel.
    initial_value : float
        What the map holds outside the mask.
    """

    kernel_radius: int = 1
    masked_kernel: bool = True
    initial_value: float = 0.0


def read_parameters(path: Path) -> dict[str, Any]:
    """Return the sections of a parameter file.

    Raises
    ------
    InputError
        When the file is missing, is not YAML or JSON, or has another structure.
    """
    try:
        parameters = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist", "a PyRadiomics parameter file") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} is neither YAML nor JSON ({error})", "a PyRadiomics parameter file"
        ) from error
    if not isinstance(parameters, Mapping):
        raise InputError(f"{path} holds no sections", "some of " + ", ".join(SECTIONS))
    return dict(parameters)


def read_settings(path: Path) -> ExtractionSettings:
    """Read the extraction settings of a PyRadiomics parameter file; see :func:`settings_from_parameters`."""
    return settings_from_parameters(read_parameters(path))


def settings_from_parameters(parameters: Mapping[str, Any]) -> ExtractionSettings:
    """Turn PyRadiomics parameters into settings that give the same features.

    As in PyRadiomics, no ``imageType`` means the original image alone, no ``featureClass`` means every
    feature, and a filter's option may stand in ``setting`` too, where it holds for every image type.

    Raises
    ------
    InputError
        For a name that is unknown (the nearest known one is proposed) or known but not supported (local
        binary patterns, shape2D, correctMask …), and for a value out of range.
    """
    check_names(parameters)
    setting = dict(parameters.get("setting") or {})
    types = {name: dict(options or {}) for name, options in (parameters.get("imageType") or {}).items()}
    if not types:
        types = {"Original": {}}
    options = {key: setting.pop(key) for key in list(setting) if key in _filter_options()}
    for name, own in types.items():
        types[name] = {key: options[key] for key in IMAGE_TYPES[name] if key in options} | own
    value = {"setting": setting, "imageType": types}
    if parameters.get("featureClass"):
        value["featureClass"] = dict(parameters["featureClass"])
    return ExtractionSettings.from_dict(value)


def voxel_settings_from_parameters(parameters: Mapping[str, Any]) -> VoxelSettings:
    """Return the kernel options of a parameter file; ``voxelBatch`` changes no value and is ignored.

    Raises
    ------
    InputError
        For an unknown name or a value out of range.
    """
    section = dict(parameters.get("voxelSetting") or {})
    _refuse_unknown(section, VOXEL_KEYS, "voxelSetting")
    radius = section.get("kernelRadius", 1)
    if not isinstance(radius, int) or isinstance(radius, bool) or radius < 1:
        raise InputError(f"kernelRadius is {radius!r}", "a whole number of voxels, 1 or more")
    masked = section.get("maskedKernel", True)
    if not isinstance(masked, bool):
        raise InputError(f"maskedKernel is {masked!r}", "true or false")
    initial = section.get("initValue", 0)
    if initial == "nan":  # a text to YAML, whose own form is .nan; PyRadiomics' example file has it
        initial = math.nan
    if not isinstance(initial, int | float) or isinstance(initial, bool):
        raise InputError(f"initValue is {initial!r}", "a number, or nan")
    return VoxelSettings(radius, masked, float(initial))


def check_names(parameters: Mapping[str, Any]) -> None:
    """Refuse every unknown or unsupported name in a parameter file.

    Raises
    ------
    InputError
        With the name, the section it stands in and, where one is near, the name that was probably meant.
    """
    _refuse_unknown(parameters, SECTIONS, "the parameter file")
    for section in SECTIONS:
        content = parameters.get(section)
        if content is not None and not isinstance(content, Mapping):
            raise InputError(f"section {section} holds {content!r}", "names with values")
    _check_settings(parameters.get("setting") or {}, "setting")
    _check_image_types(parameters.get("imageType") or {})
    _check_classes(parameters.get("featureClass") or {})
    _refuse_unknown(parameters.get("voxelSetting") or {}, VOXEL_KEYS, "voxelSetting")


def _filter_options() -> set[str]:
    return {key for options in IMAGE_TYPES.values() for key in options}


def _setting_names() -> tuple[str, ...]:
    return setting_keys() + tuple(sorted(_filter_options())) + IGNORED_SETTINGS + tuple(UNSUPPORTED_SETTINGS)


def _check_settings(setting: Mapping[str, Any], where: str) -> None:
    patterns = [key for key in setting if key in LBP_SETTINGS]
    if patterns:
        raise InputError(
            f"{where} {patterns[0]} belongs to local binary patterns, which are not supported",
            "settings of the supported image types",
            "Take it out of the file",
        )
    _refuse_unknown(setting, _setting_names(), where)


def _check_image_types(types: Mapping[str, Any]) -> None:
    for name in types:
        if name in UNSUPPORTED_IMAGE_TYPES:
            raise InputError(
                f"image type {name} is not supported",
                "one of " + ", ".join(IMAGE_TYPES),
                "Take it out of the file",
            )
    _refuse_unknown(types, tuple(IMAGE_TYPES), "imageType")
    for name, options in types.items():
        if not isinstance(options or {}, Mapping):
            raise InputError(
                f"imageType {name} holds {options!r}", "its options, such as {binWidth: 10}, or {}"
            )
        _check_settings(options or {}, f"imageType {name}:")


def _check_classes(classes: Mapping[str, Any]) -> None:
    for name in classes:
        if name in UNSUPPORTED_CLASSES:
            raise InputError(
                f"feature class {name} is not supported",
                "one of " + ", ".join(FEATURES),
                "Take it out of the file",
            )
    _refuse_unknown(classes, tuple(FEATURES), "featureClass")
    for name, features in classes.items():
        if not isinstance(features or [], list | tuple):
            raise InputError(
                f"featureClass {name} holds {features!r}",
                f"a list of features, such as [{FEATURES[name][0]}]",
            )
        known = FEATURES[name] + EXTRA_FEATURES.get(name, ()) + UNSUPPORTED_FEATURES.get(name, ())
        _refuse_unknown(features or (), known, f"featureClass {name}:")


def _refuse_unknown(names: Iterable[Any], known: tuple[str, ...], where: str) -> None:
    for name in names:
        if name in known:
            continue
        near = get_close_matches(str(name), known, n=1, cutoff=0.6)
        raise InputError(
            f"{where} has the unknown name {name}",
            f"{near[0]}, perhaps" if near else "one of " + ", ".join(known),
            "Correct the file",
        )
