"""From image and mask to arrays: check, normalise, resample, crop, resegment, as PyRadiomics does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from LWCTRLogic.errors import GeometryError, InputError
from LWCTRLogic.imaging.geometry import check_same_grid
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.compiled import read_only
from LWCTRLogic.radiomics.grid import Grid
from LWCTRLogic.radiomics.itk_resampling import resample_by_itk
from LWCTRLogic.radiomics.resampling import resample_cubic, resample_nearest
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.segment.memory import free_memory

# Zones are numbered in 32 bits.
MAX_VOXELS = 2**31 - 1
# Of filtered images and counts, a voxel of the image and a thread; measured.
FILTER_BYTES = 16
Region = tuple[slice, slice, slice]
Spacing = tuple[float, float, float]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Prepared:
    """What the feature classes need.

    Attributes
    ----------
    image : array (z, y, x)
        The image that the filters see; it cannot be written, and may lie in the memory of ``owner``.
    grid : Grid
        Where its voxels lie.
    region : tuple of slice
        Bounding box (z, y, x) of the mask in ``image``.
    mask : array
        The mask for intensity and texture, cut to ``region``.
    shape_mask : array
        The mask for shape, cut to ``region``: as drawn, or resegmented with ``resegment_shape``.
    owner : SimpleITK.Image, optional
        The image whose memory must stay as long as ``image`` is used.
    """

    image: NDArray[Any]
    grid: Grid
    region: Region
    mask: Mask
    shape_mask: Mask
    owner: sitk.Image | None = None

    @property
    def spacing(self) -> Spacing:
        """Distance of voxels (z, y, x) in mm."""
        x, y, z = self.grid.spacing
        return z, y, x


def prepare(
    image: sitk.Image,
    mask: sitk.Image,
    settings: ExtractionSettings,
    threads: int = 1,
    progress: Progress | None = None,
) -> Prepared:
    """Check image and mask and bring them into the state that features are computed from.

    Raises
    ------
    GeometryError
        When image and mask do not lie on the same grid, or a spacing is not positive.
    InputError
        When a voxel is not finite, the label is missing, or the mask is too small.
    Cancelled
        If the user asked to stop.
    """
    _check_image(image)
    check_same_grid(image, mask)
    labelled = _select_label(sitk.GetArrayViewFromImage(mask), settings.label)
    if settings.normalize:
        image = _normalise(image, settings)
    array, inside, grid = _regrid(image, labelled, Grid.of(mask), settings, threads, progress or Progress())
    region = bounding_box(inside, settings)
    drawn = kept = inside[region]
    if settings.resegment_range is not None:
        inside = np.zeros_like(inside)
        inside[region] = resegment(array[region], drawn, settings)
        old, region = region, bounding_box(inside, settings)
        kept = inside[region]
        drawn = drawn[within(region, old)]  # PyRadiomics cuts the drawn mask to the smaller box, too
    return Prepared(
        image=read_only(array),
        grid=grid,
        region=region,
        mask=np.array(kept),
        shape_mask=np.array(kept if settings.resegment_shape else drawn),
        owner=None if array.flags.writeable else image,
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


def _select_label(mask: NDArray[Any], label: int) -> Mask:
    """Return where the mask has the label; a view of the mask where it is 0 and 1 already."""
    if label == 1 and mask.dtype == np.uint8 and mask.max() == 1:
        return mask.view(bool)
    selected = mask == label
    if not selected.any():
        present = np.unique(mask)
        present = present[present != 0]
        listed = ", ".join(f"{value:g}" for value in present[:20]) or "none"
        raise InputError(
            f"label {label} is not in the mask; labels there: {listed}", "a mask that holds the label"
        )
    return np.asarray(selected)


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
    lines = np.any(mask, axis=2)
    z, y = _filled(np.any(lines, axis=1)), _filled(np.any(lines, axis=0))
    return z, y, _filled(np.any(mask[z, y], axis=(0, 1)))


def _filled(line: NDArray[np.bool_]) -> slice:
    """Return from the first to the last true place."""
    places = np.flatnonzero(line)
    if places.size == 0:
        raise InputError("the mask is empty", "at least 2 voxels")
    return slice(int(places[0]), int(places[-1]) + 1)


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
        top = inside.max()
        if np.issubdtype(inside.dtype, np.integer):
            top = int(top)  # the product may lie outside of the pixel type
        limits = [top * limit for limit in limits]
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


def _regrid(
    image: sitk.Image,
    mask: Mask,
    mask_grid: Grid,
    settings: ExtractionSettings,
    threads: int,
    progress: Progress,
) -> tuple[NDArray[Any], Mask, Grid]:
    """Resample or crop both as the settings ask; return image, mask and their grid."""
    if settings.resampled_spacing is not None:
        new = new_grid(mask, mask_grid, settings)
        if new is not None:
            check_fits(new, image.GetSizeOfPixelComponent(), free_memory())
            array = _interpolate(image, new, settings, threads, progress)
            inside = resample_nearest(mask.view(np.uint8), mask_grid, new, threads)
            return array, inside.view(bool), new
    elif not settings.pre_crop:
        return sitk.GetArrayViewFromImage(image), mask, Grid.of(image)
    pad = settings.pad_distance
    z, y, x = (
        slice(max(part.start - pad, 0), min(part.stop + pad, size))
        for part, size in zip(_bounds(mask), mask.shape, strict=True)
    )
    return sitk.GetArrayViewFromImage(image)[z, y, x].copy(), mask[z, y, x], mask_grid.part(z, y, x)


def new_grid(mask: Mask, grid: Grid, settings: ExtractionSettings) -> Grid | None:
    """Return PyRadiomics' grid of ``resampled_spacing``, cut to the mask and ``pad_distance`` around it.

    The corner of the new grid is the corner of the old one. An axis along which the mask spans one slice, or with
    a wanted spacing of 0, keeps its spacing. ``None`` when all three do.
    """
    assert settings.resampled_spacing is not None
    bounds = _bounds(mask)[::-1]
    start, stop = np.array([part.start for part in bounds]), np.array([part.stop for part in bounds])
    old = np.array(grid.spacing)
    new = np.array(settings.resampled_spacing, float)
    new = np.where((new == 0) | (stop - start == 1), old, new)
    if np.allclose(old, new):
        return None
    ratio = old / new
    low = np.floor((start - 0.5) * ratio - settings.pad_distance)
    high = np.ceil((stop - 0.5) * ratio + settings.pad_distance)
    low = np.maximum(low, 0)
    high = np.minimum(high, np.ceil(np.array(grid.size) * ratio) - 1)
    corner = 0.5 * (new - old) / old + low / ratio
    x, y, z = (high - low + 1).astype(int).tolist()
    return Grid((x, y, z), tuple(new.tolist()), grid.point(corner.tolist()), grid.direction)


def check_fits(new: Grid, bytes_a_voxel: int, free: int | None) -> None:
    """Refuse a resampled image that would not fit.

    Parameters
    ----------
    free : int, optional
        Bytes that are free; not asked where it is unknown.

    Raises
    ------
    InputError
        With the voxels and the memory they need.
    """
    voxels = math.prod(new.size)
    need = voxels * (bytes_a_voxel + FILTER_BYTES)
    if voxels > MAX_VOXELS:
        limit = f"at most {MAX_VOXELS:,} voxels"
    elif free is not None and need > free:
        limit = f"at most the {free / 1e9:.1f} GB that are free"
    else:
        return
    spacing, size = (" × ".join(f"{v:g}" for v in values) for values in (new.spacing, new.size))
    raise InputError(
        f"resampling to {spacing} mm makes {size} voxels, for about {need / 1e9:,.1f} GB",
        limit,
        "Use a larger resampledPixelSpacing",
    )


def _interpolate(
    image: sitk.Image, new: Grid, settings: ExtractionSettings, threads: int, progress: Progress
) -> NDArray[Any]:
    """Return the image on another grid; it keeps its pixel type unless the settings want float32."""
    array = sitk.GetArrayViewFromImage(image)
    to_float = settings.resample_in_float and np.issubdtype(array.dtype, np.integer)
    if settings.interpolator == "sitkBSpline":
        dtype = np.dtype(np.float32) if to_float else array.dtype
        return resample_cubic(array, Grid.of(image), new, threads, progress, dtype)
    pixel_type = sitk.sitkFloat32 if to_float else image.GetPixelID()
    return resample_by_itk(image, new, settings.interpolator, pixel_type, threads, progress)
