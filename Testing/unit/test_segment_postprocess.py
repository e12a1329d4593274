"""Tidying a mask."""

from __future__ import annotations

import numpy as np

from LWCTRLogic.segment.postprocess import PostprocessSettings, postprocess


def two_pieces_and_a_hole():
    mask = np.zeros((12, 20, 30), dtype=bool)
    mask[1:11, 2:12, 2:12] = True  # 1,000 voxels
    mask[5:7, 5:7, 5:7] = False  # a hole of 8
    mask[1:6, 13:18, 15:20] = True  # 125 voxels
    return mask


def test_small_pieces_go_and_holes_are_filled():
    result = postprocess(two_pieces_and_a_hole())
    assert result.sum() == 1000
    assert result[5, 5, 5]
    assert not result[3, 15, 17]


def test_a_piece_of_a_fifth_of_the_largest_stays():
    mask = two_pieces_and_a_hole()
    mask[1:11, 13:18, 15:20] = True  # 250 voxels of 992
    assert postprocess(mask)[3, 15, 17]
    assert not postprocess(mask, PostprocessSettings(keep_pieces_above=1.0))[3, 15, 17]


def test_holes_stay_when_asked():
    assert not postprocess(two_pieces_and_a_hole(), PostprocessSettings(fill_holes=False))[5, 5, 5]


def test_an_empty_mask_stays_empty_and_the_input_is_untouched():
    assert not postprocess(np.zeros((3, 4, 5), dtype=bool)).any()
    mask = two_pieces_and_a_hole()
    before = mask.copy()
    postprocess(mask)
    np.testing.assert_array_equal(mask, before)
