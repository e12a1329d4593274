"""Settings of one extraction, with PyRadiomics' names in files and PyRadiomics' own defaults.

A settings file has the three sections of a PyRadiomics parameter file: ``setting``, ``imageType`` and
``featureClass``. Everything that changes a value is here, and :attr:`ExtractionSettings.hash` names it.

Settings that mean the same have the same hash, today and in later versions. Numbers are brought to one form (25.0
is 25, a spacing of 1 is 1.0), and a key that a later version adds is left out of the form, and so of the hash,
while it has its default (``later=True`` below): its default must give what the version before it gave. Keys are
never renamed or removed, and their defaults never changed.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.names import (
    EXTRA_FEATURES,
    FEATURES,
    IMAGE_TYPES,
    INTERPOLATOR_NUMBERS,
    INTERPOLATORS,
    UNSUPPORTED_CLASSES,
    UNSUPPORTED_FEATURES,
    UNSUPPORTED_IMAGE_TYPES,
    UNSUPPORTED_SETTINGS,
)

DEFAULT_IMAGE_TYPES: dict[str, dict[str, Any]] = {
    "Original": {},
    "LoG": {"sigma": [1, 2, 3, 4, 5]},
    "Wavelet": {},
}
WEIGHTING_NORMS = ("manhattan", "euclidean", "infinity", "no_weighting")
RESEGMENT_MODES = ("absolute", "relative", "sigma")


def _key(default: Any, name: str, **options: Any) -> Any:
    return field(default=default, metadata={"key": name, **options})


@dataclass(frozen=True)
class ExtractionSettings:
    """What to extract, and how. Defaults are PyRadiomics' own, with LoG 1–5 mm and wavelets switched on.

    Attributes
    ----------
    image_types : mapping of str to mapping
        Image type → options. Options are the filter's own (``sigma`` in mm; ``wavelet``, ``level``,
        ``start_level``; ``gradientUseSpacing``) and any per-type texture setting (``binWidth`` …).
    feature_classes : mapping of str to tuple of str
        Feature class → names; an empty tuple means every feature of the class.
    bin_width : float
        Width of a grey level, in HU (or the image's unit).
    bin_count : int or None
        Fixed number of grey levels instead of ``bin_width``.
    resampled_spacing : tuple of float or None
        Voxel size (x, y, z) in mm to resample to; 0 keeps that axis; ``None`` does not resample.
    resample_in_float : bool
        Make a resampled image float32 even where the image holds whole numbers. PyRadiomics keeps the pixel type,
        which cuts the fractions off (41 of 1,316 features move by more than 1 %).
    pad_distance : int
        Voxels kept around the mask when resampling or with ``pre_crop``.
    """

    image_types: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: DEFAULT_IMAGE_TYPES)
    feature_classes: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: dict.fromkeys(FEATURES, ())
    )
    bin_width: float = _key(25, "binWidth", texture=True)
    bin_count: int | None = _key(None, "binCount", texture=True)
    distances: tuple[int, ...] = _key((1,), "distances", texture=True)
    weighting_norm: str | None = _key(None, "weightingNorm", texture=True)
    symmetrical_glcm: bool = _key(True, "symmetricalGLCM", texture=True)
    gldm_a: int = _key(0, "gldm_a", texture=True)
    voxel_array_shift: float = _key(0, "voxelArrayShift", texture=True)
    force_2d: bool = _key(False, "force2D", texture=True)
    force_2d_dimension: int = _key(0, "force2Ddimension", texture=True)
    normalize: bool = _key(False, "normalize")
    normalize_scale: float = _key(1, "normalizeScale")
    remove_outliers: float | None = _key(None, "removeOutliers")
    resegment_range: tuple[float, ...] | None = _key(None, "resegmentRange")
    resegment_mode: str = _key("absolute", "resegmentMode")
    resegment_shape: bool = _key(False, "resegmentShape")
    resampled_spacing: tuple[float, float, float] | None = _key(None, "resampledPixelSpacing")
    interpolator: str = _key("sitkBSpline", "interpolator")
    resample_in_float: bool = _key(False, "resampleInFloat", later=True)
    pad_distance: int = _key(5, "padDistance")
    pre_crop: bool = _key(False, "preCrop")
    minimum_roi_dimensions: int = _key(2, "minimumROIDimensions")
    minimum_roi_size: int | None = _key(None, "minimumROISize")
    label: int = _key(1, "label")

    def __post_init__(self) -> None:
        """Bring numbers to one form and check every value; see :meth:`from_dict` for the errors."""
        for item in _setting_fields(type(self)):
            object.__setattr__(self, item.name, _canonical(item.name, getattr(self, item.name)))
        _check_ranges(self)
        _check_image_types(self.image_types)
        _check_features(self.feature_classes)

    def to_dict(self) -> dict[str, Any]:
        """Return the PyRadiomics form with every value written out, but for later keys at their default."""
        setting = {}
        for item in _setting_fields(type(self)):
            value = getattr(self, item.name)
            if item.metadata.get("later") and value == item.default:
                continue
            setting[item.metadata["key"]] = list(value) if isinstance(value, tuple) else value
        return {
            "setting": setting,
            "imageType": {name: dict(options) for name, options in self.image_types.items()},
            "featureClass": {name: list(names) for name, names in self.feature_classes.items()},
        }

    @classmethod
    def from_dict(cls, value: Any) -> ExtractionSettings:
        """Read the PyRadiomics form; what is left out has the default.

        As in PyRadiomics, a form without ``imageType`` means the original image alone, and one without
        ``featureClass`` means every feature.

        Raises
        ------
        InputError
            For an unknown or unsupported name, or a value out of range.
        """
        if not isinstance(value, Mapping):
            raise InputError(
                f"radiomics settings are {type(value).__name__}",
                "an object with setting, imageType, featureClass",
            )
        _refuse_unknown(value, ("setting", "imageType", "featureClass"), "section")
        changes: dict[str, Any] = _read_settings(value.get("setting") or {}, cls)
        types = value.get("imageType") or {"Original": {}}
        changes["image_types"] = {str(name): dict(options or {}) for name, options in dict(types).items()}
        classes = value.get("featureClass")
        if classes:
            changes["feature_classes"] = {
                str(name): tuple(names or ()) for name, names in dict(classes).items()
            }
        return cls(**changes)

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON form: 64 hexadecimal digits."""
        text = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def for_image_type(self, name: str) -> ExtractionSettings:
        """Return the settings with the per-type texture settings of one image type put in."""
        options = self.image_types[name]
        changes = {
            item.name: _plain(options[item.metadata["key"]])
            for item in _setting_fields(type(self))
            if item.metadata.get("texture") and item.metadata["key"] in options
        }
        return replace(self, **changes) if changes else self

    def names_of(self, feature_class: str) -> tuple[str, ...]:
        """Return the chosen features of a class, in the order of the table."""
        chosen = self.feature_classes.get(feature_class)
        if chosen is None:
            return ()
        return tuple(chosen) or FEATURES[feature_class]


def setting_keys() -> tuple[str, ...]:
    """Return every name that may stand in the ``setting`` section."""
    return tuple(item.metadata["key"] for item in _setting_fields(ExtractionSettings))


def _setting_fields(cls: type[ExtractionSettings]) -> list[Any]:
    return [item for item in fields(cls) if "key" in item.metadata]


def _canonical(name: str, value: Any) -> Any:
    """Return the one form of a value: millimetres as float, other whole numbers as int."""
    if isinstance(value, tuple):
        return tuple(_canonical(name, item) for item in value)
    if name == "resampled_spacing":
        return float(value) if _is_number(value) else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _read_settings(setting: Mapping[str, Any], cls: type[ExtractionSettings]) -> dict[str, Any]:
    """Return constructor arguments from the ``setting`` section."""
    by_key = {item.metadata["key"]: item.name for item in _setting_fields(cls)}
    changes = {}
    for key, value in setting.items():
        if key in ("additionalInfo", "geometryTolerance", "enableCExtensions"):
            continue  # they change no feature here: no diagnostics are made, the tolerance is fixed at 1e-3 mm
        if key in UNSUPPORTED_SETTINGS and value in (None, False):
            continue
        if key in UNSUPPORTED_SETTINGS:
            raise InputError(f"setting {key} = {value!r} is not supported", UNSUPPORTED_SETTINGS[key])
        _refuse_unknown([key], tuple(by_key), "setting")
        changes[by_key[key]] = _plain(value)
    _read_resampling(changes)
    return changes


def _read_resampling(changes: dict[str, Any]) -> None:
    """Take PyRadiomics' other forms: three zeros or no interpolator for no resampling, and SimpleITK's numbers."""
    spacing, interpolator = changes.get("resampled_spacing"), changes.get("interpolator", "")
    if interpolator is None:
        del changes["interpolator"]
    elif _is_whole(interpolator, 1):
        changes["interpolator"] = INTERPOLATOR_NUMBERS.get(interpolator, interpolator)
    if interpolator is None or (isinstance(spacing, tuple) and not any(spacing)):
        changes["resampled_spacing"] = None


def _refuse_unknown(names: Any, known: tuple[str, ...], kind: str) -> None:
    unknown = [str(name) for name in names if name not in known]
    if unknown:
        raise InputError(f"unknown radiomics {kind} {', '.join(unknown)}", "one of " + ", ".join(known))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _are_numbers(value: Any, *lengths: int) -> bool:
    return isinstance(value, tuple) and len(value) in lengths and all(map(_is_number, value))


def _are_distances(value: Any) -> bool:
    whole = isinstance(value, tuple) and all(_is_whole(item, 1) for item in value)
    return whole and len(value) == len(set(value)) > 0


def _are_widths(value: Any) -> bool:
    listed = isinstance(value, list | tuple) and len(value) > 0
    return listed and all(_is_number(item) and item > 0 for item in value)


def _is_wavelet(value: Any) -> bool:
    import pywt  # here, since settings are read without it, too

    return value in pywt.wavelist(kind="discrete")


_Check = tuple[Callable[[Any], bool], str]
_FLAG: _Check = (lambda v: isinstance(v, bool), "true or false")
_POSITIVE: _Check = (lambda v: _is_number(v) and v > 0, "a number above 0")
_COUNT: _Check = (lambda v: _is_whole(v, 0), "a whole number, 0 or more")


def _one_of(*choices: Any) -> _Check:
    return (lambda v: v in choices), "one of " + ", ".join(map(str, choices))


# What each value must be; None is allowed where it is the default.
_CHECKS: dict[str, _Check] = {
    "bin_width": _POSITIVE,
    "bin_count": (lambda v: _is_whole(v, 1), "a whole number above 0, or null"),
    "distances": (_are_distances, "different whole numbers above 0"),
    "weighting_norm": _one_of(*WEIGHTING_NORMS, None),
    "symmetrical_glcm": _FLAG,
    "gldm_a": _COUNT,
    "voxel_array_shift": (_is_number, "a number"),
    "force_2d": _FLAG,
    "force_2d_dimension": _one_of(0, 1, 2),
    "normalize": _FLAG,
    "normalize_scale": _POSITIVE,
    "remove_outliers": (_POSITIVE[0], "a number above 0, or null"),
    "resegment_range": (lambda v: _are_numbers(v, 1, 2), "one or two numbers, or null"),
    "resegment_mode": _one_of(*RESEGMENT_MODES),
    "resegment_shape": _FLAG,
    "resampled_spacing": (
        lambda v: _are_numbers(v, 3) and min(v) >= 0,
        "three numbers (x, y, z), 0 or more, in mm, or null",
    ),
    "interpolator": _one_of(*INTERPOLATORS),
    "resample_in_float": _FLAG,
    "pad_distance": _COUNT,
    "pre_crop": _FLAG,
    "minimum_roi_dimensions": _one_of(1, 2, 3),
    "minimum_roi_size": (lambda v: _is_whole(v, 0), "a whole number, 0 or more, or null"),
    "label": (lambda v: _is_whole(v, 1), "a whole number above 0"),
}

_OPTION_CHECKS: dict[str, _Check] = {
    "sigma": (_are_widths, "a list of numbers above 0, in mm"),
    "wavelet": (_is_wavelet, "a discrete wavelet of PyWavelets, such as coif1"),
    "level": (lambda v: _is_whole(v, 1), "a whole number above 0"),
    "start_level": _COUNT,
    "gradientUseSpacing": _FLAG,
}


def _check_ranges(settings: ExtractionSettings) -> None:
    for item in _setting_fields(ExtractionSettings):
        _check_range(item, getattr(settings, item.name), "radiomics setting")


def _check_range(item: Any, value: Any, where: str) -> None:
    if item.name not in _CHECKS or (value is None and item.default is None):
        return
    is_good, expected = _CHECKS[item.name]
    if not is_good(value):
        raise InputError(f"{where} {item.metadata['key']} = {value!r}", expected)


def _check_image_types(image_types: Mapping[str, Mapping[str, Any]]) -> None:
    texture = {
        item.metadata["key"]: item
        for item in _setting_fields(ExtractionSettings)
        if item.metadata.get("texture")
    }
    for name, options in image_types.items():
        if name in UNSUPPORTED_IMAGE_TYPES:
            raise InputError(f"image type {name} is not supported", "one of " + ", ".join(IMAGE_TYPES))
        _refuse_unknown([name], tuple(IMAGE_TYPES), "image type")
        _refuse_unknown(options, (*IMAGE_TYPES[name], *texture), f"option of {name}:")
        for option, value in options.items():
            if option in texture:
                _check_range(texture[option], _plain(value), name)
                continue
            is_good, expected = _OPTION_CHECKS[option]
            if not is_good(value):
                raise InputError(f"{name} {option} is {value!r}", expected)


def _check_features(classes: Mapping[str, tuple[str, ...]]) -> None:
    for name, chosen in classes.items():
        if name in UNSUPPORTED_CLASSES:
            raise InputError(f"feature class {name} is not supported", "one of " + ", ".join(FEATURES))
        _refuse_unknown([name], tuple(FEATURES), "feature class")
        for feature in chosen:
            if feature in UNSUPPORTED_FEATURES.get(name, ()):
                raise InputError(
                    f"feature {name}_{feature} is withdrawn in PyRadiomics and has no value",
                    "another feature",
                )
        _refuse_unknown(chosen, FEATURES[name] + EXTRA_FEATURES.get(name, ()), f"feature of {name}:")
