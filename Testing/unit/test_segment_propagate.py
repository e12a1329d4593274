"""Propagation: a known rigid shift is found again."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage

from LWCTRLogic.errors import BackendError, InputError
from LWCTRLogic.segment.propagate import propagate_mask

SPACING = (4.0, 4.0, 5.0)


def dice(first, second):
    a, b = (sitk.GetArrayFromImage(mask) > 0 for mask in (first, second))
    return 2 * (a & b).sum() / (a.sum() + b.sum())


def trunk():
    """A body with a lopsided liver, a spine and a stomach with air."""
    z, y, x = np.indices((40, 60, 80))
    mm = np.stack([(x - 40) * 4.0, (y - 30) * 4.0, (z - 20) * 5.0])

    def ellipsoid(centre, radii):
        return sum(((mm[axis] - centre[axis]) / radii[axis]) ** 2 for axis in range(3)) <= 1

    hu = np.full(z.shape, -1000.0)
    hu[ellipsoid((0, 0, 0), (145, 105, 400))] = -90
    hu[ellipsoid((0, 0, 0), (135, 95, 400))] = 45
    liver = ellipsoid((-55, -10, 10), (70, 60, 65)) | ellipsoid((0, -30, 25), (60, 35, 35))
    hu[liver] = 110
    hu[ellipsoid((75, -20, 20), (35, 35, 40))] = -500
    hu[ellipsoid((0, 70, 0), (20, 20, 400))] = 400
    hu = ndimage.gaussian_filter(hu, 0.7) + np.random.default_rng(0).normal(0, 10, hu.shape)
    image, mask = (
        sitk.GetImageFromArray(hu.astype(np.float32)),
        sitk.GetImageFromArray(liver.astype(np.uint8)),
    )
    for one in (image, mask):
        one.SetSpacing(SPACING)
        one.SetOrigin((-160.0, -120.0, -100.0))
    return image, mask


@pytest.fixture(scope="module")
def moved_trunk():
    """The trunk, and the trunk turned and moved by 19 mm."""
    image, mask = trunk()
    transform = sitk.Euler3DTransform((0.0, 0.0, 0.0), 0.04, -0.03, 0.05, (9.0, -7.0, 15.0))
    moved = sitk.Resample(image, image, transform, sitk.sitkLinear, -1000.0)
    moved_mask = sitk.Resample(mask, mask, transform, sitk.sitkNearestNeighbor, 0)
    return image, mask, moved, moved_mask


def test_a_known_rigid_shift_is_found_again(moved_trunk):
    image, mask, moved, moved_mask = moved_trunk
    assert dice(mask, moved_mask) < 0.85
    result = propagate_mask(image, mask, moved)
    assert result.GetPixelID() == sitk.sitkUInt8
    assert dice(result, moved_mask) >= 0.95


def test_the_result_repeats_exactly(moved_trunk):
    image, mask, moved, _ = moved_trunk
    first, second = (sitk.GetArrayFromImage(propagate_mask(image, mask, moved)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_the_mask_lands_on_the_other_images_grid(moved_trunk):
    image, mask, moved, moved_mask = moved_trunk
    coarse = sitk.Resample(
        moved, (50, 45, 60), sitk.Transform(), sitk.sitkLinear, moved.GetOrigin(), (5.0, 5.0, 3.0),
        moved.GetDirection(), -1000.0,
    )  # fmt: skip
    other = sitk.DICOMOrient(coarse, "RAS")
    result = propagate_mask(image, mask, other)
    assert result.GetSize() == other.GetSize()
    assert result.GetDirection() == other.GetDirection()
    on_grid = sitk.Resample(moved_mask, other, sitk.Transform(), sitk.sitkNearestNeighbor, 0)
    assert dice(result, on_grid) >= 0.93


def test_another_origin_of_the_table_is_found(moved_trunk):
    image, mask, moved, moved_mask = moved_trunk
    far, far_mask = sitk.Image(moved), sitk.Image(moved_mask)
    for one in (far, far_mask):
        one.SetOrigin(
            tuple(part + shift for part, shift in zip(one.GetOrigin(), (40.0, -35.0, 800.0), strict=True))
        )
    assert dice(propagate_mask(image, mask, far), far_mask) >= 0.95


def test_an_image_onto_itself_keeps_the_mask():
    image, mask = trunk()
    assert dice(propagate_mask(image, mask, image), mask) > 0.99


def test_an_empty_mask_is_refused():
    image, mask = trunk()
    with pytest.raises(InputError, match="empty"):
        propagate_mask(image, mask * 0, image)


def test_a_scan_of_nothing_is_refused():
    image, mask = trunk()
    far = sitk.Image(image) * 0 - 1000
    far.CopyInformation(image)
    far.SetOrigin((5000.0, 5000.0, 5000.0))
    with pytest.raises(BackendError, match="could not be registered"):
        propagate_mask(image, mask, far)
