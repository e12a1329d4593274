"""Our resampling gives the bits of SimpleITK's: every voxel, pixel type, direction and face of the image."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given
from hypothesis import strategies as st

from LWCTRLogic.errors import Cancelled
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics import compiled
from LWCTRLogic.radiomics.backend import make_backend
from LWCTRLogic.radiomics.grid import Grid
from LWCTRLogic.radiomics.pyradiomics_yaml import settings_from_parameters
from LWCTRLogic.radiomics.resampling import STEP, resample_cubic, resample_nearest
from Testing.contract.cases import ALL_IMAGES
from Testing.contract.images import as_image, blob, rotation, texture
from Testing.contract.oracle import disagreements, oracle_features
from Testing.contract.ours import our_features
from Testing.contract.test_radiomics_random import FEW

DIRECTIONS = {
    "straight": np.eye(3),
    "flipped": np.diag([-1.0, 1.0, -1.0]),
    "swapped": np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]]),
    "turned": rotation(23, (0.2, 1, 0.4)),
}
PIXEL_TYPES = ("uint8", "int16", "uint16", "int32", "float32", "float64")


def _resampler(image: sitk.Image, spacing: Any, size: Any, first: Any) -> sitk.ResampleImageFilter:
    """Return SimpleITK's resampler to a grid whose corner is ``first`` new voxels from that of the image."""
    old, new = np.array(image.GetSpacing()), np.array(spacing, float)
    corner = 0.5 * (new - old) / old + np.array(first) * new / old
    resampler = sitk.ResampleImageFilter()
    resampler.SetNumberOfThreads(1)
    resampler.SetOutputSpacing(new.tolist())
    resampler.SetOutputDirection(image.GetDirection())
    resampler.SetOutputOrigin(image.TransformContinuousIndexToPhysicalPoint(corner.tolist()))
    resampler.SetSize([int(n) for n in size])
    resampler.SetOutputPixelType(image.GetPixelID())
    return resampler


def _differing(image: sitk.Image, spacing: Any, size: Any, first: Any) -> tuple[int, int]:
    """Return how many voxels differ from SimpleITK's, of the image and of a mask of its bright voxels."""
    resampler = _resampler(image, spacing, size, first)
    resampler.SetInterpolator(sitk.sitkBSpline)
    theirs = resampler.Execute(image)
    mask = image > 95
    resampler.SetOutputPixelType(sitk.sitkUInt8)
    resampler.SetInterpolator(sitk.sitkNearestNeighbor)
    old, new = Grid.of(image), Grid.of(theirs)
    ours = resample_cubic(sitk.GetArrayViewFromImage(image), old, new)
    ours_mask = resample_nearest(sitk.GetArrayViewFromImage(mask), old, new)
    assert ours.dtype == sitk.GetArrayViewFromImage(image).dtype
    return (
        int((ours != sitk.GetArrayViewFromImage(theirs)).sum()),
        int((ours_mask != sitk.GetArrayFromImage(resampler.Execute(mask))).sum()),
    )


@pytest.mark.parametrize("kind", PIXEL_TYPES)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_pixel_type_and_direction(kind: str, direction: str) -> None:
    image = as_image(texture((14, 37, 41)).clip(0, 255), kind, direction=DIRECTIONS[direction])
    assert _differing(image, (1, 1, 1), (30, 26, 33), (0, 1, 0)) == (0, 0)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_flat_regions_where_the_last_bit_decides_between_two_whole_numbers(direction: str) -> None:
    values = np.where(texture((60, 70, 66)) > 120, 0, texture((60, 70, 66)))
    values[:30] = 37
    image = as_image(values, spacing=(0.8, 1.0, 1.0), direction=DIRECTIONS[direction])
    assert _differing(image, (1, 1, 2), (50, 66, 28), (0, 0, 0)) == (0, 0)


def test_grids_that_leave_the_image_on_every_side() -> None:
    image = as_image(texture((9, 20, 22)), "float32")
    assert _differing(image, (0.5, 0.6, 1.1), (50, 50, 40), (-6, -5, -4)) == (0, 0)


@pytest.mark.parametrize("shape", [(1, 9, 9), (9, 1, 9), (9, 9, 1), (3, 3, 3), (18, 19, 17)], ids=str)
def test_axes_shorter_than_the_reach_of_the_recursion(shape: tuple[int, int, int]) -> None:
    image = as_image(texture((20, 20, 20))[tuple(slice(n) for n in shape)], "float64")
    size = [max(1, n - 1) for n in shape[::-1]]
    assert _differing(image, (0.7, 0.9, 2.2), size, (0, 0, 0)) == (0, 0)


def test_values_beyond_the_pixel_type_are_held_at_its_ends() -> None:
    edge = np.zeros((8, 12, 12))
    edge[:, 6:] = 255
    image = as_image(edge, "uint8")
    resampler = _resampler(image, (0.3, 0.3, 1), (28, 30, 18), (0, 0, 0))
    resampler.SetInterpolator(sitk.sitkBSpline)
    theirs = resampler.Execute(image)
    ours = resample_cubic(sitk.GetArrayViewFromImage(image), Grid.of(image), Grid.of(theirs))
    assert 0 in ours
    assert 255 in ours  # overshoot to both sides is cut off, not wrapped
    assert (ours == sitk.GetArrayViewFromImage(theirs)).all()


@FEW
@given(
    shape=st.tuples(*[st.integers(3, 30)] * 3),
    old=st.tuples(*[st.sampled_from([0.5, 0.75, 0.8, 1.0, 1.25, 2.5, 5.0])] * 3),
    new=st.tuples(*[st.sampled_from([0.7, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0])] * 3),
    first=st.tuples(*[st.integers(-2, 4)] * 3),
    origin=st.tuples(*[st.floats(-300, 300)] * 3),
    direction=st.sampled_from(sorted(DIRECTIONS)),
    kind=st.sampled_from(["int16", "float32"]),
)
def test_random_grids(
    shape: Any, old: Any, new: Any, first: Any, origin: Any, direction: str, kind: str
) -> None:
    image = as_image(texture(shape), kind, old, origin, DIRECTIONS[direction])
    size = np.maximum(1, np.array(shape[::-1]) * old / np.array(new)).astype(int)
    assert _differing(image, new, size, first) == (0, 0)


def test_an_axis_of_two_voxels_is_mirrored_where_itk_reads_beyond_its_memory() -> None:
    image = as_image(np.full((2, 9, 9), 100.0), "float32", (1, 1, 5))
    new = Grid(
        (9, 9, 10),
        (1.0, 1.0, 1.0),
        (image.GetOrigin()[0], image.GetOrigin()[1], 102.0),
        (*np.eye(3).ravel(),),
    )
    values = resample_cubic(sitk.GetArrayViewFromImage(image), Grid.of(image), new)
    np.testing.assert_allclose(values, 100, rtol=1e-6)


@pytest.mark.parametrize("threads", [2, 3])
def test_the_number_of_threads_changes_no_bit(threads: int) -> None:
    image = as_image(texture((14, 37, 41)), "float32")
    new = Grid((30, 30, 30), (1.0, 1.0, 1.0), image.GetOrigin(), image.GetDirection())
    array = sitk.GetArrayViewFromImage(image)
    mask = (array > 95).astype(np.uint8)
    old = Grid.of(image)
    assert (resample_cubic(array, old, new, threads) == resample_cubic(array, old, new)).all()
    assert (resample_nearest(mask, old, new, threads) == resample_nearest(mask, old, new)).all()


class _Stopping(Progress):
    """Cancels itself after some updates of the resampling."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.seen: list[tuple[float, float]] = []
        self._after = after

    def update(self, step: str, done: float, total: float, message: str = "") -> None:
        if step == compiled.STEP:
            return
        assert step == STEP
        self.seen.append((done, total))
        if len(self.seen) == self._after:
            self.cancel()
        super().update(step, done, total, message)


@pytest.mark.parametrize("threads", [1, 2])
def test_resampling_tells_how_far_it_is_and_can_be_cancelled_in_the_middle(threads: int) -> None:
    image = as_image(texture((14, 37, 41)), "float32")
    array, old = sitk.GetArrayViewFromImage(image), Grid.of(image)
    new = Grid((30, 30, 30), (1.0, 1.0, 1.0), image.GetOrigin(), image.GetDirection())
    whole = _Stopping(-1)
    resample_cubic(array, old, new, threads, whole)
    total = len(whole.seen)
    assert whole.seen == [(done, total) for done in range(1, total + 1)]
    assert total >= 6
    stopped = _Stopping(3)
    with pytest.raises(Cancelled):
        resample_cubic(array, old, new, threads, stopped)
    assert len(stopped.seen) == 3


@pytest.mark.parametrize("interpolator", ["sitkBSpline", "sitkLinear"])
def test_whole_numbers_resampled_in_float_have_the_features_of_the_float_image(interpolator: str) -> None:
    image, mask = as_image(texture()), as_image(blob(), "uint8")
    setting = {"resampledPixelSpacing": [1, 1, 1], "interpolator": interpolator}
    parameters = {"setting": setting, "imageType": ALL_IMAGES}
    expected = oracle_features(sitk.Cast(image, sitk.sitkFloat32), mask, parameters)
    in_float = {**parameters, "setting": {**setting, "resampleInFloat": True}}
    assert disagreements(our_features(image, mask, in_float), expected) == []
    assert disagreements(our_features(image, mask, parameters), expected) != []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyRadiomics warns of its own deprecations
        backend = make_backend("pyradiomics")
        theirs = backend.extract(image, mask, settings_from_parameters(in_float), Progress(), 1)
    assert disagreements(theirs, expected) == []
