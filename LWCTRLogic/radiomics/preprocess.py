"""From image and mask to arrays: check, normalise, resample, crop, resegment, as PyRadiomics does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from LWCTRLogic.errors import GeometryError, InputError
from LWCTRLogic.imaging.geometry import check_same_grid
from LWCTRLogic.radiomics.settings import ExtractionSettings

Region = tuple[slice, slice, slice]
Spacing = tuple[float, float, float]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Prepared:
    """What the feature classes need.

    Attributes
    ----------
    image : array (z, y, x)
        The image that the filters see.
    spacing : tuple of float
        Distance of voxels (z, y, x) in mm.
    region : tuple of slice
        Bounding box (z, y, x) of the mask in ``image``.
    mask : array
        The mask for intensity and texture, cut to ``region``.
    shape_mask : array
        The mask for shape, cut to ``region``: as drawn, or resegmented with ``resegment_shape``.
    """

    image: NDArray[Any]
    spacing: Spacing
    region: Region
    mask: Mask
    shape_mask: Mask


def prepare(image: sitk.Image, mask: sitk.Image, settings: ExtractionSettings, threads: int = 1) -> Prepared:
    """Check image and mask and bring them into the state that features are computed from.

    Raises
    ------
    GeometryError
        When image and mask do not lie on the same grid, or a spacing is not positive.
    InputError
        When a voxel is not finite, the label is missing, or the mask is too small.
    """
    _check_image(image)
    check_same_grid(image, mask)
    labelled = _select_label(mask, settings.label)
    if settings.normalize:
        image = _normalise(image, settings)
    if settings.resampled_spacing is not None:
        image, labelled = resample(image, labelled, settings, threads)
    elif settings.pre_crop:
        image, labelled = _crop(image, labelled, settings.pad_distance)
    array = sitk.GetArrayViewFromImage(image)
    inside: Mask = sitk.GetArrayViewFromImage(labelled).astype(bool)
    region = bounding_box(inside, settings)
    drawn = kept = inside[region]
    if settings.resegment_range is not None:
        inside = np.zeros_like(inside)
        inside[region] = resegment(array[region], drawn, settings)
        old, region = region, bounding_box(inside, settings)
        kept = inside[region]
        drawn = drawn[within(region, old)]  # PyRadiomics cuts the drawn mask to the smaller box, too
    return Prepared(
        image=np.array(array),
        spacing=tuple(image.GetSpacing()[::-1]),
        region=region,
        mask=np.ascontiguousarray(kept),
        shape_mask=np.ascontiguousarray(kept if settings.resegment_shape else drawn),
    )


def _check_image(image: sitk.Image) -> None:
    if image.GetDimension() != 3 or image.GetNumberOfComponentsPerPixel() != 1:
        found = f"{image.GetDimension()} dimensions, {image.GetNumberOfComponentsPerPixel()} values a voxel"
        raise InputError(f"the image has {found}", "3 dimensions, 1 value a voxel")
    if min(image.GetSpacing()) <= 0:
        raise GeometryError(f"the voxel spacing is {image.GetSpacing()} mm", "three numbers above 0")
    array = sitk.GetArrayViewFromImage(image)
    if not np.issubdtype(array.dtype, np.floating):
        return
    # A finite sum proves that all are finite and needs no second array.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(array.sum(dtype=np.float64)):
            return
    bad = int(array.size - np.isfinite(array).sum())
    if bad:
        first = tuple(int(v) for v in np.argwhere(~np.isfinite(array))[0])
        raise InputError(
            f"{bad:,} of {array.size:,} voxels are not finite; the first at (z, y, x) = {first}",
            "a number in every voxel",
        )


def _select_label(mask: sitk.Image, label: int) -> sitk.Image:
    """Return the mask as 0 and 1 (uint8) on the same grid; the mask itself where it is that already."""
    array = sitk.GetArrayViewFromImage(mask)
    if label == 1 and array.dtype == np.uint8 and array.max() == 1:
        return mask  # a copy of a large mask would count at the peak, during resampling
    selected = array == label
    if not selected.any():
        present = np.unique(array)
        present = present[present != 0]
        listed = ", ".join(f"{value:g}" for value in present[:20]) or "none"
        raise InputError(
            f"label {label} is not in the mask; labels there: {listed}", "a mask that holds the label"
        )
    result = sitk.GetImageFromArray(selected.view(np.uint8))
    result.CopyInformation(mask)
    return result


def bounding_box(mask: Mask, settings: ExtractionSettings) -> Region:
    """Return the bounding box and check that the mask is large enough.

    Raises
    ------
    InputError
        When the mask is empty, a single voxel, or smaller than the settings allow.
    """
    region = _bounds(mask)
    extent = [part.stop - part.start for part in region]
    dimensions = sum(size > 1 for size in extent)
    box = " × ".join(str(size) for size in extent[::-1])
    need = max(1, settings.minimum_roi_dimensions)
    if dimensions < need:
        raise InputError(
            f"the mask spans {box} voxels (x, y, z): {dimensions} of 3 axes",
            f"more than one voxel along {need} axes or more (minimumROIDimensions)",
        )
    count = int(mask.sum())
    if settings.minimum_roi_size is not None and count <= settings.minimum_roi_size:
        raise InputError(
            f"the mask has {count} voxels", f"more than {settings.minimum_roi_size} (minimumROISize)"
        )
    return region


def _bounds(mask: Mask) -> Region:
    ends = []
    for axis in range(3):
        filled = np.flatnonzero(mask.any(axis=tuple(other for other in range(3) if other != axis)))
        if filled.size == 0:
            raise InputError("the mask is empty", "at least 2 voxels")
        ends.append(slice(int(filled[0]), int(filled[-1]) + 1))
    return ends[0], ends[1], ends[2]


def _bounds_xyz(mask: sitk.Image) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return first voxel and size (x, y, z) of the bounding box of a mask of 0 and 1."""
    region = _bounds(sitk.GetArrayViewFromImage(mask).view(bool))[::-1]
    start = np.array([part.start for part in region])
    return start, np.array([part.stop for part in region]) - start


def within(region: Region, box: Region) -> Region:
    """Return the region counted from the corner of a box around it."""
    z, y, x = (slice(r.start - b.start, r.stop - b.start) for r, b in zip(region, box, strict=True))
    return z, y, x


def resegment(values: NDArray[Any], mask: Mask, settings: ExtractionSettings) -> Mask:
    """Return the mask without the voxels outside ``resegment_range`` (both ends stay in).

    The range is in the image's unit (absolute), in fractions of the highest value inside the mask (relative), or
    in standard deviations around the mean inside the mask (sigma).
    """
    assert settings.resegment_range is not None
    limits = sorted(settings.resegment_range)
    inside = values[mask]
    if settings.resegment_mode == "relative":
        limits = [inside.max() * limit for limit in limits]
    elif settings.resegment_mode == "sigma":
        limits = [np.mean(inside) + np.std(inside) * limit for limit in limits]
    kept = mask & (values >= limits[0])
    if len(limits) == 2:
        kept &= values <= limits[1]
    if kept.sum() <= 1:
        raise InputError(
            f"resegmentation to {[float(v) for v in limits]} left {int(kept.sum())} of {int(mask.sum())} voxels",
            "at least 2 voxels",
            "Widen resegmentRange",
        )
    return kept


def _normalise(image: sitk.Image, settings: ExtractionSettings) -> sitk.Image:
    """Shift and scale the whole image to mean 0 and standard deviation ``normalize_scale``."""
    normalise = sitk.NormalizeImageFilter()
    normalise.SetNumberOfThreads(1)  # its sums, and so the values, depend on the number of threads
    drawn, image = image, normalise.Execute(image)
    if not np.isfinite(image[0, 0, 0]):  # divided by a standard deviation of 0, as every voxel is
        array = sitk.GetArrayViewFromImage(drawn)
        raise InputError(
            f"normalize: the {array.size:,} voxels of the image lie between {array.min():g} and {array.max():g}, "
            "with a standard deviation of 0",
            "an image with more than one value",
            "Set normalize to false",
        )
    if settings.remove_outliers is not None:
        array = sitk.GetArrayFromImage(image)
        np.clip(array, -settings.remove_outliers, settings.remove_outliers, out=array)
        clipped = sitk.GetImageFromArray(array)
        clipped.CopyInformation(image)
        image = clipped
    return image * settings.normalize_scale


def _crop(image: sitk.Image, mask: sitk.Image, pad: int) -> tuple[sitk.Image, sitk.Image]:
    """Cut both to the mask's bounding box and ``pad`` voxels around it, within the image."""
    start, extent = _bounds_xyz(mask)
    low = np.maximum(start - pad, 0)
    size = (np.minimum(start + extent + pad, image.GetSize()) - low).tolist()
    return sitk.RegionOfInterest(image, size, low.tolist()), sitk.RegionOfInterest(mask, size, low.tolist())


def resample(
    image: sitk.Image, mask: sitk.Image, settings: ExtractionSettings, threads: int = 1
) -> tuple[sitk.Image, sitk.Image]:
    """Resample both to ``resampled_spacing`` on PyRadiomics' grid, cut to the mask and ``pad_distance`` around it.

    The corner of the new grid is the corner of the old one. An axis along which the mask spans one slice, or with
    a wanted spacing of 0, keeps its spacing. The image keeps its pixel type.
    """
    assert settings.resampled_spacing is not None
    start, extent = _bounds_xyz(mask)
    old = np.array(mask.GetSpacing())
    new = np.array(settings.resampled_spacing, float)
    new = np.where((new == 0) | (extent == 1), old, new)
    if np.allclose(old, new):
        return _crop(image, mask, settings.pad_distance)
    ratio = old / new
    low = np.floor((start - 0.5) * ratio - settings.pad_distance)
    high = np.ceil((start + extent - 0.5) * ratio + settings.pad_distance)
    low = np.maximum(low, 0)
    high = np.minimum(high, np.ceil(np.array(mask.GetSize()) * ratio) - 1)
    corner = 0.5 * (new - old) / old + low / ratio
    grid = sitk.ResampleImageFilter()
    grid.SetNumberOfThreads(threads)
    grid.SetOutputSpacing(new.tolist())
    grid.SetOutputDirection(mask.GetDirection())
    grid.SetOutputOrigin(mask.TransformContinuousIndexToPhysicalPoint(corner.tolist()))
    grid.SetSize((high - low + 1).astype(int).tolist())
    grid.SetOutputPixelType(image.GetPixelID())
    grid.SetInterpolator(getattr(sitk, settings.interpolator))
    resampled = grid.Execute(image)
    grid.SetOutputPixelType(mask.GetPixelID())
    grid.SetInterpolator(sitk.sitkNearestNeighbor)
    return resampled, grid.Execute(mask)
