"""Findings about masks: each bound crossed by a made-up mask whose numbers are known."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import GeometryError, InputError
from LWCTRLogic.segment.quality import (
    QualitySettings,
    centred_dice,
    check_mask,
    compare_masks,
    roughness,
    volume_ml,
)

SPACING = (4.0, 4.0, 4.0)


def ball(radius_mm=70.0, centre=(120.0, 120.0, 120.0), shape=(60, 60, 60), spacing=SPACING):
    """A ball of 4/3 π r³: 1,437 mL for 70 mm."""
    z, y, x = np.indices(shape)
    step = np.array(spacing)
    mm = [x * step[0] - centre[0], y * step[1] - centre[1], z * step[2] - centre[2]]
    image = sitk.GetImageFromArray((sum(part**2 for part in mm) <= radius_mm**2).astype(np.uint8))
    image.SetSpacing(spacing)
    return image


def changed(mask, change):
    array = sitk.GetArrayFromImage(mask)
    change(array)
    result = sitk.GetImageFromArray(array)
    result.CopyInformation(mask)
    return result


def ct(mask, inside=60.0):
    array = np.where(sitk.GetArrayFromImage(mask) > 0, inside, -1000.0).astype(np.float32)
    image = sitk.GetImageFromArray(array)
    image.CopyInformation(mask)
    return image


def codes(findings):
    return [finding.code for finding in findings]


def test_a_good_mask_raises_nothing():
    mask = ball()
    assert volume_ml(mask) == pytest.approx(1437, rel=0.01)
    assert check_mask(mask, ct(mask), "pre_A") == []


def test_an_empty_mask_is_refused():
    with pytest.raises(InputError, match="of pre_V is empty"):
        check_mask(ball() * 0, volume="pre_V")


def test_a_tiny_mask_is_refused_with_its_volume():
    with pytest.raises(InputError, match=r"has 33\.\d mL"):
        check_mask(ball(radius_mm=20.0))


def test_a_small_and_a_huge_liver_are_doubted():
    small, huge = check_mask(ball(radius_mm=45.0)), check_mask(ball(radius_mm=100.0))
    assert codes(small) == codes(huge) == ["mask-volume"]
    assert "600 to 4000 mL" in small[0].text


def test_pieces_are_counted_with_their_volume():
    def add(array):
        array[2:6, 2:6, 2:6] = 1  # 64 voxels of 0.064 mL

    findings = check_mask(changed(ball(), add), volume="post_A")
    assert codes(findings) == ["mask-pieces"]
    assert "2 pieces (the others 4.1 mL)" in findings[0].text
    assert findings[0].volume == "post_A"


def test_a_stray_voxel_is_no_piece():
    def add(array):
        array[2, 2, 2] = 1

    assert check_mask(changed(ball(), add)) == []


def test_holes_are_counted_with_the_largest():
    def dig(array):
        array[28:31, 28:31, 28:31] = 0

    findings = check_mask(changed(ball(), dig))
    assert codes(findings) == ["mask-holes"]
    assert "holes (1, the largest of 1.7 mL)" in findings[0].text


@pytest.mark.parametrize(
    ("centre", "side"),
    [
        ((120.0, 120.0, 190.0), "head"),
        ((120.0, 120.0, 50.0), "feet"),
        ((50.0, 120.0, 120.0), "right"),
        ((190.0, 120.0, 120.0), "left"),
        ((120.0, 50.0, 120.0), "front"),
        ((120.0, 190.0, 120.0), "back"),
    ],
)
def test_a_cut_liver_names_the_side(centre, side):
    findings = check_mask(ball(centre=centre))
    assert "mask-border" in codes(findings)
    text = next(finding.text for finding in findings if finding.code == "mask-border")
    assert f"at the {side} end" in text


def test_the_side_is_the_patients_whatever_the_axes():
    mask = sitk.DICOMOrient(ball(centre=(120.0, 120.0, 190.0)), "RAI")
    text = next(finding.text for finding in check_mask(mask) if finding.code == "mask-border")
    assert "head" in text
    assert "feet" not in text


@pytest.mark.parametrize(("inside", "expected"), [(-60.0, "mask-hu"), (350.0, "mask-hu"), (60.0, None)])
def test_the_median_inside_must_be_that_of_a_liver(inside, expected):
    mask = ball()
    assert codes(check_mask(mask, ct(mask, inside))) == ([expected] if expected else [])


def test_lung_and_bone_inside_are_named_with_their_share():
    mask = ball()
    image = sitk.GetArrayFromImage(ct(mask))
    image[:22] = -800.0
    image[38:] = 900.0
    bad = sitk.GetImageFromArray(image)
    bad.CopyInformation(mask)
    findings = check_mask(mask, bad)
    assert codes(findings) == ["mask-air", "mask-dense"]
    inside = sitk.GetArrayFromImage(mask) > 0
    assert f"{100 * np.mean(image[inside] == -800.0):.1f} %" in findings[0].text


def test_a_ragged_surface_is_doubted_and_a_smooth_one_is_not():
    rng = np.random.default_rng(1)

    def fray(array):
        array &= rng.random(array.shape) < 0.7

    filled = QualitySettings(hole_ml=1e9, piece_ml=1e9)
    assert "mask-rough" in codes(check_mask(changed(ball(), fray), settings=filled))
    array = sitk.GetArrayFromImage(ball()) > 0
    assert roughness(array, np.array(SPACING), 4.0) == pytest.approx(1.0, abs=0.05)


def test_a_mask_off_the_images_grid_is_refused():
    mask = ball()
    image = ct(mask)
    image.SetOrigin((5.0, 0.0, 0.0))
    with pytest.raises(GeometryError, match="origin"):
        check_mask(mask, image)


def test_phases_that_agree_after_a_breath_raise_nothing():
    masks = {"pre_A": ball(), "pre_V": ball(centre=(120.0, 125.0, 140.0))}
    assert compare_masks(masks) == []
    assert centred_dice(masks["pre_A"], masks["pre_V"]) > 0.97


def test_phases_of_different_volume_are_named_with_both():
    findings = compare_masks({"pre_A": ball(), "pre_V": ball(radius_mm=76.0)})
    assert codes(findings) == ["phase-volume"]
    assert "baseline, arterial, and baseline, portal venous" in findings[0].text
    assert findings[0].volume == "pre_V"


def test_phases_of_equal_volume_and_other_shape_are_doubted():
    long = ball(radius_mm=70.0, spacing=(4.0, 4.0, 4.0))
    flat = sitk.GetImageFromArray(np.zeros((60, 60, 60), dtype=np.uint8))
    flat.SetSpacing(SPACING)

    def slab(array):
        array[25:35, 7:55, 7:54] = 1  # 22,560 voxels: 1,444 mL

    findings = compare_masks({"post_A": long, "post_V": changed(flat, slab)})
    assert codes(findings) == ["phase-overlap"]


def test_a_large_change_between_examinations_is_doubted():
    findings = compare_masks({"pre_A": ball(), "post_A": ball(radius_mm=80.0)})
    assert codes(findings) == ["timepoint-volume"]
    growth = 100 * (volume_ml(ball(radius_mm=80.0)) / volume_ml(ball()) - 1)  # (8/7)³ − 1 = 49 %
    assert growth == pytest.approx(49, abs=1.5)
    assert f"{growth:+.0f} %" in findings[0].text
    assert findings[0].volume == "post_A"
