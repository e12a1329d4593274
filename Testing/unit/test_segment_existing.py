"""A mask made elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import GeometryError, InputError
from LWCTRLogic.imaging.masks import write_mask
from LWCTRLogic.progress import Progress
from LWCTRLogic.segment.existing import ExistingMaskBackend


def box_mask(values=(1,), spacing=(2.0, 2.0, 3.0)):
    array = np.zeros((10, 12, 14), dtype=np.uint8)
    for number, value in enumerate(values):
        array[2:8, 2 + 4 * number : 5 + 4 * number, 3:9] = value
    mask = sitk.GetImageFromArray(array)
    mask.SetSpacing(spacing)
    mask.SetOrigin((5.0, 6.0, 7.0))
    return mask


def image_for(mask):
    image = sitk.Cast(mask, sitk.sitkInt16) * 100
    image.CopyInformation(mask)
    return image


@pytest.mark.parametrize("name", ["mask.seg.nrrd", "mask.nii.gz", "mask.nrrd"])
def test_a_mask_on_the_images_grid_is_taken_as_it_is(tmp_path, name):
    mask = box_mask()
    if name.endswith(".seg.nrrd"):
        write_mask(mask, tmp_path / name)
    else:
        sitk.WriteImage(mask, str(tmp_path / name))
    result = ExistingMaskBackend(tmp_path / name).segment(image_for(mask), Progress())
    np.testing.assert_array_equal(sitk.GetArrayFromImage(result), sitk.GetArrayFromImage(mask))


def test_a_rounded_header_passes_and_takes_the_images_grid(tmp_path):
    mask = box_mask()
    sitk.WriteImage(mask, str(tmp_path / "mask.nii.gz"))
    image = image_for(mask)
    image.SetOrigin((5.00001, 6.0, 7.0))
    result = ExistingMaskBackend(tmp_path / "mask.nii.gz").segment(image, Progress())
    assert result.GetOrigin() == image.GetOrigin()


def test_a_mask_cropped_to_its_liver_is_laid_on_the_images_grid(tmp_path):
    mask = box_mask()
    write_mask(mask[2:-1, 1:, 1:-1], tmp_path / "cropped.seg.nrrd")
    taken = ExistingMaskBackend(tmp_path / "cropped.seg.nrrd").segment(image_for(mask), Progress())
    inside = sitk.GetArrayFromImage(mask[2:-1, 1:, 1:-1])
    expected = np.zeros(mask.GetSize()[::-1], np.uint8)
    expected[1:-1, 1:, 2:-1] = inside
    assert np.array_equal(sitk.GetArrayFromImage(taken), expected)
    assert inside.any()


def test_a_mask_off_the_grid_is_refused_with_numbers(tmp_path):
    mask = box_mask()
    sitk.WriteImage(mask, str(tmp_path / "mask.nii.gz"))
    image = image_for(mask)
    image.SetOrigin((5.0, 6.0, 11.0))
    with pytest.raises(GeometryError, match=r"origin .*4 mm"):
        ExistingMaskBackend(tmp_path / "mask.nii.gz").segment(image, Progress())


def test_a_mask_off_the_grid_is_resampled_when_asked(tmp_path):
    fine = sitk.Resample(
        box_mask(),
        (28, 24, 20),
        sitk.Transform(),
        sitk.sitkNearestNeighbor,
        (4.5, 5.5, 6.25),
        (1.0, 1.0, 1.5),
    )
    sitk.WriteImage(fine, str(tmp_path / "fine.nii.gz"))
    mask = box_mask()
    result = ExistingMaskBackend(tmp_path / "fine.nii.gz", resample=True).segment(image_for(mask), Progress())
    assert result.GetSize() == mask.GetSize()
    inside = sitk.GetArrayFromImage(mask).sum()
    assert abs(int(sitk.GetArrayFromImage(result).sum()) - inside) < 0.2 * inside


def test_of_several_labels_one_must_be_named(tmp_path):
    mask = box_mask(values=(1, 4))
    sitk.WriteImage(mask, str(tmp_path / "mask.nii.gz"))
    with pytest.raises(InputError, match=r"2 labels \(1, 4\)"):
        ExistingMaskBackend(tmp_path / "mask.nii.gz").segment(image_for(mask), Progress())
    result = ExistingMaskBackend(tmp_path / "mask.nii.gz", 4).segment(image_for(mask), Progress())
    np.testing.assert_array_equal(sitk.GetArrayFromImage(result), sitk.GetArrayFromImage(mask) == 4)


def test_the_description_changes_with_the_file(tmp_path):
    sitk.WriteImage(box_mask(), str(tmp_path / "a.nii.gz"))
    sitk.WriteImage(box_mask(values=(1, 2)), str(tmp_path / "b.nii.gz"))
    first, second = (ExistingMaskBackend(tmp_path / name).describe() for name in ("a.nii.gz", "b.nii.gz"))
    assert first["backend"] == "existing"
    assert first["sha256"] != second["sha256"]
