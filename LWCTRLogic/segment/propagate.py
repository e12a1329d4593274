"""Carrying a corrected mask to another phase or examination by rigid registration."""

from __future__ import annotations

import itertools

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from LWCTRLogic.errors import BackendError, InputError
from LWCTRLogic.imaging.geometry import resample_like
from LWCTRLogic.progress import Progress

MAKER = "propagated"
STEP = "propagate"
# Soft tissue: contrast and noise matter less inside it than the shape of organs, and bone not at all.
_WINDOW_HU = (-150.0, 250.0)
_GRID_MM = 4.0
_MARGIN_MM = 20.0
_SEED = 20
_SAMPLED = 0.25
_STEP_MM = 20.0
_CLEARLY = 0.8


def propagate_mask(
    moving: sitk.Image, moving_mask: sitk.Image, fixed: sitk.Image, progress: Progress | None = None
) -> sitk.Image:
    """Move a mask from one image to another by rigid registration of the region around the liver.

    Parameters
    ----------
    moving, moving_mask : SimpleITK.Image
        The image with its mask.
    fixed : SimpleITK.Image
        The image that the mask is wanted for.
    progress : Progress, optional
        Told of the two stages.

    Returns
    -------
    SimpleITK.Image
        uint8 mask on the grid of ``fixed``, to be reviewed by a reader.

    Raises
    ------
    InputError
        When the mask is empty.
    BackendError
        When the registration fails, as it does when the images do not overlap.
    """
    progress = progress or Progress()
    progress.update(STEP, 0, 2, "registering")
    transform = register(moving, moving_mask, fixed)
    progress.update(STEP, 1, 2, "moving the mask")
    # Linear and cut at a half: nearest neighbour would leave steps where voxels differ in size.
    share = sitk.Cast(moving_mask != 0, sitk.sitkFloat32)
    moved = sitk.Resample(share, fixed, transform, sitk.sitkLinear, 0.0, sitk.sitkFloat32)
    result = sitk.Cast(moved >= 0.5, sitk.sitkUInt8)
    progress.update(STEP, 2, 2)
    return result


def register(moving: sitk.Image, moving_mask: sitk.Image, fixed: sitk.Image) -> sitk.Transform:
    """Find the rigid transform from points of ``fixed`` to points of ``moving``, around the liver.

    The result repeats exactly: samples are drawn with a fixed seed, and one thread sums the metric.

    Raises
    ------
    InputError
        When the mask is empty.
    BackendError
        When the registration fails.
    """
    near, mask = _near_liver(moving, moving_mask)
    target = _coarse(fixed, _whole_grid(fixed))
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(32)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(_SAMPLED, _SEED)
    # The roles are swapped: the metric is summed around the liver, which only the moving side knows.
    method.SetMetricFixedMask(mask)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(2.0, 0.01, 60, relaxationFactor=0.6)
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([2, 1])
    method.SetSmoothingSigmasPerLevel([4.0, 2.0])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    method.SetNumberOfThreads(1)
    centre = near.TransformContinuousIndexToPhysicalPoint([(size - 1) / 2 for size in near.GetSize()])
    start = sitk.Euler3DTransform(centre)
    start.SetTranslation(_offset(near, mask, _coarse(moving, _whole_grid(moving)), target))
    method.SetInitialTransform(start, inPlace=True)
    try:
        found = method.Execute(near, target)
    except RuntimeError as error:
        raise BackendError(
            "the two scans could not be registered",
            "two scans that both show the liver",
            "Segment the second scan by itself",
        ) from error
    return found.GetInverse()


def _offset(
    near: sitk.Image, mask: sitk.Image, whole: sitk.Image, target: sitk.Image
) -> tuple[float, float, float]:
    """Find roughly how far the liver's surroundings lie in ``target`` from where they lie in ``near``, in mm.

    Two examinations seldom share an origin. Offsets along the table are tried in steps, with the bodies as they
    are and with their centres brought together; no offset at all wins unless another is clearly better.
    """
    inside = sitk.GetArrayFromImage(mask) > 0
    values = sitk.GetArrayFromImage(near)[inside]

    def difference(offset: tuple[float, float, float]) -> float:
        shift = sitk.TranslationTransform(3, offset)
        moved = sitk.Resample(target, near, shift, sitk.sitkLinear, _WINDOW_HU[0])
        return float(np.mean(np.abs(sitk.GetArrayViewFromImage(moved)[inside] - values)))

    here, there = _tissue_centre(whole), _tissue_centre(target)
    low, high = _extent_z(target)
    steps = np.arange(low, high, _STEP_MM) - sum(_extent_z(near)) / 2
    found = [
        (x, y, float(z)) for x, y in ((0.0, 0.0), (there[0] - here[0], there[1] - here[1])) for z in steps
    ]
    best = min(found, key=difference)
    return best if difference(best) < _CLEARLY * difference((0.0, 0.0, 0.0)) else (0.0, 0.0, 0.0)


def _tissue_centre(image: sitk.Image) -> tuple[float, float, float]:
    """Return the centre in mm of what is denser than the window's lower end."""
    tissue = sitk.GetArrayViewFromImage(image) > _WINDOW_HU[0]
    index = ndimage.center_of_mass(tissue) if tissue.any() else (np.array(tissue.shape) - 1) / 2
    x, y, z = image.TransformContinuousIndexToPhysicalPoint([float(part) for part in reversed(index)])
    return x, y, z


def _extent_z(image: sitk.Image) -> tuple[float, float]:
    corners = itertools.product(*((0, size - 1) for size in image.GetSize()))
    heights = [image.TransformIndexToPhysicalPoint(corner)[2] for corner in corners]
    return min(heights), max(heights)


def _near_liver(image: sitk.Image, mask: sitk.Image) -> tuple[sitk.Image, sitk.Image]:
    """Return the image around the liver on a coarse grid, and the liver grown by the margin on it."""
    box = ndimage.find_objects((sitk.GetArrayViewFromImage(mask) != 0).astype(np.uint8))
    if not box or box[0] is None:
        raise InputError("the mask to propagate is empty", "a liver mask")
    start, size = [], []
    for part, spacing, length in zip(reversed(box[0]), image.GetSpacing(), image.GetSize(), strict=True):
        margin = int(np.ceil(_MARGIN_MM / spacing))
        first, last = max(0, part.start - margin), min(length, part.stop + margin)
        start.append(first)
        size.append(last - first)
    grid = _grid(image, start, size)
    liver = resample_like(sitk.Cast(mask != 0, sitk.sitkUInt8), grid, nearest=True)
    grown = sitk.BinaryDilate(liver, [round(_MARGIN_MM / _GRID_MM)] * 3)
    return _coarse(image, grid), grown


def _whole_grid(image: sitk.Image) -> sitk.Image:
    return _grid(image, [0, 0, 0], list(image.GetSize()))


def _grid(image: sitk.Image, start: list[int], size: list[int]) -> sitk.Image:
    """Return an empty image over a box of ``image`` with voxels of about ``_GRID_MM``."""
    spacing = [max(_GRID_MM, old) for old in image.GetSpacing()]
    counts = [
        max(1, int(np.ceil(n * old / new)))
        for n, old, new in zip(size, image.GetSpacing(), spacing, strict=True)
    ]
    grid = sitk.Image(counts, sitk.sitkUInt8)
    grid.SetSpacing(spacing)
    grid.SetDirection(image.GetDirection())
    grid.SetOrigin(image.TransformIndexToPhysicalPoint(start))
    return grid


def _coarse(image: sitk.Image, grid: sitk.Image) -> sitk.Image:
    """Return a windowed image on a coarse grid, smoothed before so that no detail folds over."""
    smooth = sitk.DiscreteGaussian(
        sitk.Clamp(sitk.Cast(image, sitk.sitkFloat32), sitk.sitkFloat32, *_WINDOW_HU), 2.0
    )
    return resample_like(smooth, grid, outside=_WINDOW_HU[0])
