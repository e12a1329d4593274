import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.report.slices import PIXEL, framed, slice_pictures
from Testing.report_cases import abdomen

GREY_45 = 128  # 45 HU lies in the middle of the window


def volume(array, spacing=(1.0, 1.0, 1.0)):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(spacing)
    return image


@pytest.fixture
def marked():
    """A body whose right, front and head sides are told apart by grey: 145 HU at each, else 45 HU."""
    array = np.full((20, 60, 80), 45, np.int16)
    array[:, :, :20] = 145  # patient's right: x of an LPS image grows to the left
    array[:, :10, 40:] = 145  # front, left half
    array[15:, :, :] = 145  # head
    mask = np.zeros(array.shape, np.uint8)
    mask[8:12, 20:40, 30:50] = 1
    return volume(array), volume(mask)


def test_right_is_at_the_left_and_front_is_at_the_top(marked):
    axial, _ = slice_pictures(*marked)
    rows = axial.grey.shape[0]
    assert axial.grey[rows // 2, 2] > 250
    assert axial.grey[rows // 2, -2] == GREY_45
    assert axial.grey[2, -2] > 250
    assert axial.grey[-2, -2] == GREY_45
    assert axial.sides == ("R", "L")


def test_the_head_is_at_the_top_of_a_coronal_picture(marked):
    _, coronal = slice_pictures(*marked)
    assert coronal.grey[1, -2] > 250
    assert coronal.grey[-2, -2] == GREY_45


@pytest.mark.parametrize("code", ["RAS", "LAI", "SPR", "PIL"])
def test_the_pictures_are_the_same_however_the_volume_is_stored(marked, code):
    turned = [sitk.DICOMOrient(image, code) for image in marked]
    for expected, found in zip(slice_pictures(*marked), slice_pictures(*turned), strict=True):
        np.testing.assert_array_equal(expected.grey, found.grey)
        np.testing.assert_array_equal(expected.outline, found.outline)


def test_pixels_are_square_whatever_the_spacing():
    array = np.full((10, 40, 40), 45, np.int16)
    mask = np.zeros(array.shape, np.uint8)
    mask[2:8, 10:30, 10:30] = 1  # 20 × 20 × 6 voxels of 2 × 2 × 8 mm: 40 × 40 × 48 mm
    axial, coronal = slice_pictures(volume(array, (2, 2, 8)), volume(mask, (2, 2, 8)))
    for picture, size in ((axial, (40, 40)), (coronal, (48, 40))):
        rows = np.flatnonzero(picture.outline.any(axis=1)).size * PIXEL
        columns = np.flatnonzero(picture.outline.any(axis=0)).size * PIXEL
        assert (rows, columns) == pytest.approx(size, abs=2 * PIXEL)


def test_the_window_is_200_wide_at_level_45():
    array = np.full((3, 30, 40), -1000, np.int16)
    for column, value in enumerate((-200, -55, 45, 145, 400)):
        array[:, :, 8 * column : 8 * column + 8] = value
    picture, _ = slice_pictures(volume(array), None)
    middle = picture.grey[picture.grey.shape[0] // 2]
    shown = [int(middle[round((8 * column + 4) / PIXEL)]) for column in range(5)]
    assert shown == [0, 0, 128, 255, 255]


def test_the_slice_with_the_largest_cross_section_is_shown():
    array = np.full((12, 30, 30), 40, np.int16)
    mask = np.zeros(array.shape, np.uint8)
    mask[2:9, 10:12, 10:12] = 1
    mask[7, 5:20, 5:20] = 1
    axial, coronal = slice_pictures(volume(array), volume(mask))
    assert axial.position == 8
    assert coronal.position == 11


def test_without_a_mask_the_middle_is_shown_without_outline():
    image, _ = abdomen()
    axial, coronal = slice_pictures(image, None)
    assert axial.position == 21
    assert not axial.outline.any()
    assert not coronal.outline.any()


def test_the_air_around_the_body_is_cut_away():
    image, mask = abdomen()
    axial, _ = slice_pictures(image, mask)
    width, height = axial.size
    assert width == pytest.approx(2 * 52 * 3 + 16, abs=8)  # the body is 104 voxels of 3 mm wide
    assert height == pytest.approx(2 * 36 * 3 + 16, abs=8)


def test_a_slice_of_air_alone_is_shown_whole():
    axial, _ = slice_pictures(volume(np.full((4, 20, 30), -1000, np.int16)), None)
    assert axial.size == pytest.approx((30, 20), abs=1)


def test_framed_pictures_have_one_width_and_one_height_a_plane():
    small = slice_pictures(*abdomen())
    large = slice_pictures(volume(np.full((60, 150, 150), 40, np.int16), (3, 3, 6)), None)
    drawn = framed([*small, *large])
    assert len({picture.grey.shape[1] for picture in drawn}) == 1
    assert drawn[0].grey.shape == drawn[2].grey.shape
    assert drawn[1].grey.shape == drawn[3].grey.shape
    assert drawn[0].outline.sum() == small[0].outline.sum()
