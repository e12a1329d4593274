import numpy as np
import pytest

from tools.liver_model.scoring import score


def cube(first: int, last: int) -> np.ndarray:
    mask = np.zeros((20, 20, 20), bool)
    mask[first:last, 5:15, 5:15] = True
    return mask


def test_equal_masks_agree_fully():
    assert score(cube(5, 15), cube(5, 15), (3.0, 1.0, 1.0)) == (1.0, 0.0, 0.0)


def test_a_mask_shifted_by_two_slices_is_scored_as_by_hand():
    result = score(cube(7, 17), cube(5, 15), (3.0, 1.0, 1.0))
    assert result.dice == pytest.approx(0.8)  # 8 of 10 slices in common
    assert result.volume_error == 0
    # end faces lie 6 mm apart and are 200 of the 976 surface voxels, sides of the two loose slices 3 and 6 mm
    assert result.hd95_mm == pytest.approx(6.0)


def test_a_mask_half_as_large_has_minus_half_the_volume():
    result = score(cube(5, 10), cube(5, 15), (1.0, 1.0, 1.0))
    assert result.volume_error == pytest.approx(-0.5)
    assert result.dice == pytest.approx(2 / 3)


def test_an_empty_mask_is_infinitely_far():
    result = score(np.zeros((20, 20, 20), bool), cube(5, 15), (1.0, 1.0, 1.0))
    assert result == (0.0, float("inf"), -1.0)
