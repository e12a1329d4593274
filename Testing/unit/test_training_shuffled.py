"""Shuffled voxels keep volume and histogram and lose texture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.masks import write_mask
from LWCTRLogic.imaging.volumes import write_image
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.backend import NativeBackend
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.step import read_table
from LWCTRLogic.training.shuffled import extract_shuffled, shuffle_voxels


def make_images() -> tuple[sitk.Image, sitk.Image]:
    """A smooth gradient with some air, and a ball."""
    z, y, x = np.mgrid[:14, :16, :16]
    values = (10.0 * x + 3 * y + z).astype(np.float32)
    values[:2] = -1000
    image = sitk.GetImageFromArray(values)
    ball = (z - 7) ** 2 + (y - 8) ** 2 + (x - 8) ** 2 < 25
    mask = sitk.GetImageFromArray(ball.astype(np.uint8))
    for item in (image, mask):
        item.SetSpacing((2.0, 2.0, 3.0))
        item.SetOrigin((5.0, -3.0, 9.0))
    return image, mask


def test_only_the_order_inside_the_mask_changes() -> None:
    image, mask = make_images()
    shuffled = shuffle_voxels(image, mask, 3)
    before, after, inside = (sitk.GetArrayFromImage(item) for item in (image, shuffled, mask))
    inside = inside != 0
    np.testing.assert_array_equal(before[~inside], after[~inside])
    np.testing.assert_array_equal(np.sort(before[inside]), np.sort(after[inside]))
    assert (before[inside] != after[inside]).mean() > 0.8
    assert shuffled.GetOrigin() == image.GetOrigin() and shuffled.GetSpacing() == image.GetSpacing()
    again = sitk.GetArrayFromImage(shuffle_voxels(image, mask, 3))
    np.testing.assert_array_equal(after, again)


def test_a_cases_shuffled_features_keep_shape_and_histogram_and_lose_texture(tmp_path: Path) -> None:
    image, mask = make_images()
    settings = ExtractionSettings(image_types={"Original": {}})
    plain = NativeBackend().extract(image, mask, settings, Progress(), 1)
    case = Case(tmp_path / "case")
    case.save_info(CaseInfo("case", scans={"pre_A": Scan("")}))
    with pytest.raises(InputError, match="pre_A has no image or no mask"):
        extract_shuffled(case, settings, NativeBackend(), 1, Progress())
    write_image(image, case.image_path("pre_A"))
    path = case.new_mask_path("pre_A", "reader-1")
    write_mask(mask, path)
    case.set_current_mask("pre_A", path)
    table = read_table(extract_shuffled(case, settings, NativeBackend(), 1, Progress()))
    shuffled = table.rows["pre_A"]
    assert table.origin["shuffled_voxels"] == 1 and not case.features_path.exists()
    for name, value in plain.items():
        if "_shape_" in name or name.endswith(
            ("firstorder_Mean", "firstorder_Entropy", "firstorder_90Percentile")
        ):
            assert shuffled[name] == pytest.approx(value, rel=1e-6), name
    assert plain["original_glcm_Correlation"] > 0.5 > abs(shuffled["original_glcm_Correlation"]) * 2
