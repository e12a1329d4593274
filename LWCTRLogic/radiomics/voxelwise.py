"""Feature maps: one feature in a small kernel around every voxel of the mask, as a volume.

The definition is PyRadiomics' voxel-based extraction. Grey levels are set once, over the whole mask; the
kernel of a voxel is the cube of ``2 * kernel_radius + 1`` voxels around it, and pairs, runs, zones and
neighbourhoods end at its faces. The counting and the formulas are those of the extraction itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.columns import image_type_names
from LWCTRLogic.radiomics.extract import warm_up
from LWCTRLogic.radiomics.filters import ImageType, image_types
from LWCTRLogic.radiomics.firstorder import first_order
from LWCTRLogic.radiomics.glcm import glcm_features
from LWCTRLogic.radiomics.gldm import gldm_features
from LWCTRLogic.radiomics.glrlm import glrlm_features
from LWCTRLogic.radiomics.glszm import glszm_features
from LWCTRLogic.radiomics.kernels import TextureCounts, count_texture
from LWCTRLogic.radiomics.names import EXTRA_FEATURES, FEATURES
from LWCTRLogic.radiomics.ngtdm import ngtdm_features
from LWCTRLogic.radiomics.preprocess import Prepared, Region, prepare, within
from LWCTRLogic.radiomics.pyradiomics_yaml import VoxelSettings
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.texture import (
    Binned,
    bin_volume,
    cooccurrence,
    dependence,
    run_lengths,
    summed_differences,
    zone_sizes,
)

STEP = "feature map"
REPORT_EVERY = 500


@dataclass(frozen=True)
class _Kernel:
    """What the kernels are cut from: grey levels, mask and intensities, all padded by the reach."""

    levels: NDArray[np.uint16]
    mask: NDArray[np.bool_]
    values: NDArray[np.float64]
    present: NDArray[np.int64]
    spacing: tuple[float, float, float]
    settings: ExtractionSettings
    radius: tuple[int, int, int]


def feature_map(
    image: sitk.Image,
    mask: sitk.Image,
    feature: str,
    settings: ExtractionSettings | None = None,
    voxel: VoxelSettings | None = None,
    progress: Progress | None = None,
) -> sitk.Image:
    """Return one feature as a volume on the grid of the image that it is computed from.

    That is the image's own grid, or the resampled or cropped one where the settings ask for it.

    Parameters
    ----------
    image, mask : SimpleITK.Image
        On the same grid.
    feature : str
        A name of the feature table, for example ``original_glcm_Contrast``; shape features have no map.
    settings : ExtractionSettings, optional
        How the image is resampled, filtered and binned.
    voxel : VoxelSettings, optional
        Reach of the kernel, whether it is masked, and the value outside the mask.
    progress : Progress, optional
        Told every few hundred voxels; may cancel.

    Returns
    -------
    SimpleITK.Image
        Double precision. NaN where a kernel has no pair of neighbours (GLCM) or no line (GLRLM).

    Raises
    ------
    InputError
        When the feature is unknown or has no map, and as :func:`~LWCTRLogic.radiomics.extract.extract` does.
    Cancelled
        If the user asked to stop.
    """
    settings, voxel, progress = (
        settings or ExtractionSettings(),
        voxel or VoxelSettings(),
        progress or Progress(),
    )
    type_name, family, name = _split(feature)
    prepared = prepare(image, mask, settings, progress=progress)
    warm_up(prepared.image.dtype, progress, settings)
    around = _with_margin(prepared, voxel.kernel_radius)
    filtered = _image_type(type_name, prepared, around, settings)
    local = replace(settings.for_image_type(filtered.kind), feature_classes={family: (name,)})
    kernel = _make_kernel(np.asarray(filtered.compute()), prepared, around, local, voxel)
    values = _evaluate(kernel, prepared, around, partial(_FAMILIES[family], name), progress)
    return _as_volume(values, prepared, voxel.initial_value)


def _split(feature: str) -> tuple[str, str, str]:
    parts = feature.split("_")
    if len(parts) != 3:
        raise InputError(
            f"{feature} is no feature name", "image type, class and feature, as original_glcm_Contrast"
        )
    type_name, family, name = parts
    if family not in _FAMILIES:
        raise InputError(f"class {family} of {feature} has no map", "one of " + ", ".join(_FAMILIES))
    if name not in FEATURES[family] + EXTRA_FEATURES.get(family, ()):
        raise InputError(f"{family} has no feature {name}", "one of " + ", ".join(FEATURES[family]))
    return type_name, family, name


def _with_margin(prepared: Prepared, margin: int) -> Region:
    """Return the mask's box with the kernel's reach around it, inside the image."""
    z, y, x = (
        slice(max(part.start - margin, 0), min(part.stop + margin, size))
        for part, size in zip(prepared.region, prepared.image.shape, strict=True)
    )
    return z, y, x


def _image_type(name: str, prepared: Prepared, region: Region, settings: ExtractionSettings) -> ImageType:
    """Return the image type of a name; whether the image suits the others does not matter."""
    for kind, options in settings.image_types.items():
        for own in _each_alone(kind, options):
            alone = replace(settings, image_types={kind: own})
            if name in image_type_names(alone):
                types = image_types(prepared.image, prepared.spacing, region, alone)
                return next(image_type for image_type in types if image_type.name == name)
    raise InputError(f"the settings make no image {name}", "one of " + ", ".join(image_type_names(settings)))


def _each_alone(kind: str, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the options of an image type, with one sigma at a time for LoG."""
    if kind != "LoG":
        return [dict(options)]
    return [{**options, "sigma": [sigma]} for sigma in options.get("sigma", ())]


def _make_kernel(
    volume: NDArray[Any],
    prepared: Prepared,
    around: Region,
    settings: ExtractionSettings,
    voxel: VoxelSettings,
) -> _Kernel:
    inside = np.ones(volume.shape, bool)
    if voxel.masked_kernel:
        inside[:] = False
        inside[within(prepared.region, around)] = prepared.mask
    binned = bin_volume(volume, inside, settings)
    reach = [voxel.kernel_radius] * 3
    if settings.force_2d:
        reach[settings.force_2d_dimension] = 0
    margin = [(r, r) for r in reach]
    return _Kernel(
        levels=np.pad(binned.levels[1:-1, 1:-1, 1:-1], margin),
        mask=np.pad(inside, margin),
        values=np.pad(volume.astype(np.float64), margin),
        present=np.unique(binned.levels[binned.levels > 0]).astype(np.int64),
        spacing=prepared.spacing,
        settings=settings,
        radius=(reach[0], reach[1], reach[2]),
    )


def _evaluate(
    kernel: _Kernel,
    prepared: Prepared,
    around: Region,
    value_of: Callable[[_Kernel, Binned, NDArray[np.bool_]], float],
    progress: Progress,
) -> NDArray[np.float64]:
    """Return the feature at every voxel of the mask, in the order z, y, x."""
    offset = [part.start - margin.start for part, margin in zip(prepared.region, around, strict=True)]
    voxels = np.argwhere(prepared.mask) + offset
    result = np.empty(len(voxels))
    for n, position in enumerate(voxels):
        if n % REPORT_EVERY == 0:
            progress.update(STEP, n, len(voxels))
        box = tuple(slice(p, p + 2 * r + 1) for p, r in zip(position, kernel.radius, strict=True))
        inside = kernel.mask[box]
        window = Binned(kernel.values[box][inside], np.pad(kernel.levels[box], 1), int(kernel.present[-1]))
        result[n] = value_of(kernel, window, inside)
    progress.update(STEP, len(voxels), len(voxels))
    return result


def _first_order(name: str, kernel: _Kernel, window: Binned, inside: NDArray[np.bool_]) -> float:
    counts = np.bincount(window.levels[window.levels > 0])
    volume, shift = float(np.prod(kernel.spacing)), float(kernel.settings.voxel_array_shift)
    return first_order(window.values, counts, volume, shift)[name]


def _glcm(name: str, kernel: _Kernel, window: Binned, inside: NDArray[np.bool_]) -> float:
    counts = count_texture(window.levels, window.highest, window.values.size, kernel.settings)
    if not counts.pairs[:, 1:, 1:].any():
        return float("nan")
    # Every level of the mask takes part, so that Idn and Idmn are normalised as PyRadiomics does.
    pairs = cooccurrence(counts, kernel.present, kernel.spacing, kernel.settings)
    return glcm_features(pairs, kernel.present.astype(np.float64))[name]


def _glrlm(name: str, kernel: _Kernel, window: Binned, inside: NDArray[np.bool_]) -> float:
    if np.count_nonzero(inside) == 1:
        return float("nan")
    counts, present, levels = _counted(kernel, window)
    return glrlm_features(run_lengths(counts, present, levels, inside, kernel.spacing, kernel.settings))[name]


def _gldm(name: str, kernel: _Kernel, window: Binned, inside: NDArray[np.bool_]) -> float:
    return gldm_features(dependence(*_counted(kernel, window)))[name]


def _glszm(name: str, kernel: _Kernel, window: Binned, inside: NDArray[np.bool_]) -> float:
    return glszm_features(zone_sizes(_counted(kernel, window)[0]))[name]


def _ngtdm(name: str, kernel: _Kernel, window: Binned, inside: NDArray[np.bool_]) -> float:
    counts, present, levels = _counted(kernel, window)
    return ngtdm_features(
        counts.voxels[present].astype(np.float64), summed_differences(counts, present), levels
    )[name]


def _counted(kernel: _Kernel, window: Binned) -> tuple[TextureCounts, NDArray[np.int64], NDArray[np.float64]]:
    """Return the counts of one kernel with the grey levels that occur in it."""
    counts = count_texture(window.levels, window.highest, window.values.size, kernel.settings)
    present = np.flatnonzero(counts.voxels[1:]) + 1
    return counts, present, present.astype(np.float64)


_FAMILIES: dict[str, Callable[..., float]] = {
    "firstorder": _first_order,
    "glcm": _glcm,
    "glrlm": _glrlm,
    "glszm": _glszm,
    "gldm": _gldm,
    "ngtdm": _ngtdm,
}


def _as_volume(values: NDArray[np.float64], prepared: Prepared, initial: float) -> sitk.Image:
    array = np.full(prepared.image.shape, initial)
    array[prepared.region][prepared.mask] = values
    return prepared.grid.image(array)
