"""Two grids are the same within a tolerance in mm, or the message says what differs and by how much."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import GeometryError
from LWCTRLogic.imaging.geometry import check_same_grid, lay_on_grid, orientation, reorient, resample_like


@pytest.fixture
def image() -> sitk.Image:
    voxels = np.random.default_rng(1).integers(-900, 900, (10, 20, 30)).astype(np.int16)
    made = sitk.GetImageFromArray(voxels)
    made.SetSpacing((0.7, 0.7, 2.5))
    made.SetOrigin((-100.0, -50.0, 20.0))
    return made


def mask_on(image: sitk.Image) -> sitk.Image:
    return sitk.Cast(image > 0, sitk.sitkUInt8)


def test_a_mask_on_the_grid_passes(image: sitk.Image) -> None:
    check_same_grid(image, mask_on(image), tolerance_mm=0.0)


def test_the_rounding_of_a_nifti_header_passes(image: sitk.Image) -> None:
    mask = mask_on(image)
    mask.SetOrigin([float(np.float32(value + 1e-5)) for value in image.GetOrigin()])
    mask.SetSpacing([float(np.float32(value)) for value in image.GetSpacing()])
    check_same_grid(image, mask)


def test_a_mask_off_the_grid_is_refused_with_numbers(image: sitk.Image) -> None:
    mask = mask_on(image)
    mask.SetOrigin((-100.0, -47.0, 24.0))
    with pytest.raises(GeometryError, match=r"origin \(-100, -47, 24\) against \(-100, -50, 20\) \(5 mm\)"):
        check_same_grid(image, mask)


def test_a_spacing_that_adds_up_is_refused(image: sitk.Image) -> None:
    mask = mask_on(image)
    mask.SetSpacing((0.7, 0.7, 2.6))
    with pytest.raises(GeometryError, match=r"spacing .* \(0.9 mm at the far corner\)"):
        check_same_grid(image, mask)  # 9 steps of 0.1 mm


def test_a_turned_mask_is_refused_with_the_angle(image: sitk.Image) -> None:
    mask = mask_on(image)
    angle = np.radians(2.0)
    turn = [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    mask.SetDirection(np.ravel(turn))
    with pytest.raises(GeometryError, match="direction turned by 2°"):
        check_same_grid(image, mask)


def test_another_size_is_refused_with_both_sizes(image: sitk.Image) -> None:
    with pytest.raises(GeometryError, match="30 × 20 × 9 voxels and the image 30 × 20 × 10"):
        check_same_grid(image, mask_on(image)[:, :, :9])


def test_a_cropped_mask_is_laid_back_where_it_was(image: sitk.Image) -> None:
    mask = mask_on(image)
    whole = sitk.GetArrayFromImage(mask)
    laid = lay_on_grid(mask[5:20, 3:12, 2:9], image)
    expected = np.zeros_like(whole)
    expected[2:9, 3:12, 5:20] = whole[2:9, 3:12, 5:20]
    assert np.array_equal(sitk.GetArrayFromImage(laid), expected)
    check_same_grid(image, laid, tolerance_mm=0.0)


def test_a_cropped_mask_between_the_voxels_or_outside_is_refused(image: sitk.Image) -> None:
    part = mask_on(image)[5:20, 3:12, 2:9]
    part.SetOrigin([value + 0.3 for value in part.GetOrigin()])
    with pytest.raises(GeometryError, match="15 × 9 × 7 voxels"):
        lay_on_grid(part, image)
    with pytest.raises(GeometryError, match="voxels of the mask lie outside the image"):
        lay_on_grid(sitk.Cast(image > -1000, sitk.sitkUInt8), image[:, :, :5])


def test_resampling_onto_a_shifted_grid_interpolates_in_float(image: sitk.Image) -> None:
    half = sitk.Image(image)
    half.SetOrigin((-100.0 + 0.35, -50.0, 20.0))
    out = sitk.GetArrayFromImage(resample_like(image, half))
    voxels = sitk.GetArrayFromImage(image).astype(float)
    assert out.dtype == np.float32
    assert np.allclose(out[:, :, :-1], (voxels[:, :, :-1] + voxels[:, :, 1:]) / 2, atol=1e-2)
    assert resample_like(mask_on(image), half, nearest=True).GetPixelID() == sitk.sitkUInt8


def test_outside_of_the_image_there_is_air(image: sitk.Image) -> None:
    far = sitk.Image(image)
    far.SetOrigin((1000.0, 0.0, 0.0))
    assert set(sitk.GetArrayFromImage(resample_like(image, far)).ravel()) == {-1024.0}
    assert sitk.GetArrayFromImage(resample_like(mask_on(image), far, nearest=True)).max() == 0


def test_axes_are_turned_and_turned_back(image: sitk.Image) -> None:
    assert orientation(image) == "LPS"
    turned = reorient(image, "RAI")
    assert orientation(turned) == "RAI"
    assert turned.GetPixel(0, 0, 0) == image.GetPixel(29, 19, 9)
    back = reorient(turned, "LPS")
    check_same_grid(image, back, tolerance_mm=1e-9)
    assert np.array_equal(sitk.GetArrayFromImage(back), sitk.GetArrayFromImage(image))
