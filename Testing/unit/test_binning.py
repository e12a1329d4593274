"""Grey levels by PyRadiomics' rule."""

import re

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.binning import bin_edges
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.texture import bin_volume


def levels_of(values, dtype=np.float32, **settings):
    volume = np.array(values, dtype).reshape(1, 1, -1)
    mask = np.ones(volume.shape, bool)
    return bin_volume(volume, mask, ExtractionSettings(**settings)).levels[1, 1, 1:-1].tolist()


def test_edges_are_multiples_of_the_width_below_the_minimum():
    edges = bin_edges(np.int16(54), np.int16(166), ExtractionSettings())
    assert edges.tolist() == [50, 75, 100, 125, 150, 175, 200]


def test_a_value_on_an_edge_belongs_to_the_upper_level():
    assert levels_of([50, 74.99, 75, 100]) == [1, 1, 2, 3]


def test_negative_values_are_counted_from_the_multiple_below():
    assert levels_of([-30, -25, -1, 0], np.int16) == [1, 2, 2, 3]


def test_a_fixed_count_puts_the_maximum_into_the_last_level():
    assert levels_of([0, 1, 2, 3, 4], bin_count=4) == [1, 2, 3, 4, 4]


def test_a_flat_region_has_one_level():
    assert levels_of([7, 7, 7]) == [1, 1, 1]


def test_the_largest_int16_does_not_overflow():
    assert levels_of([32_700, 32_767], np.int16) == [1, 3]


@pytest.mark.parametrize("width", [0.1, 0.3, 1 / 3, 25.0])
def test_levels_equal_a_search_among_the_edges(width):
    values = np.random.default_rng(0).normal(size=500).astype(np.float32) * 10 * width
    settings = ExtractionSettings(bin_width=width)
    edges = bin_edges(values.min(), values.max(), settings)
    assert levels_of(values, bin_width=width) == np.digitize(values, edges).tolist()


def test_too_many_levels_are_refused_with_a_width_that_fits():
    with pytest.raises(InputError, match=r"2,000,001 grey levels.*4,500.*bin width of 0\.45"):
        levels_of([0, 2000], bin_width=0.001)
    assert max(levels_of([0, 2000], bin_width=0.45)) <= 4500


@pytest.mark.parametrize(("low", "high"), [(2023, 5532), (-3918, 29823)])
def test_the_width_that_fits_fits_too_where_its_lowest_edge_lies_below_the_refused_one(low, high):
    ends = np.int32(low), np.int32(high)
    with pytest.raises(InputError) as caught:
        bin_edges(*ends, ExtractionSettings(bin_width=0.001))
    width = float(re.search(r"bin width of (\S+) or more", caught.value.one_line()).group(1))
    bin_edges(*ends, ExtractionSettings(bin_width=width))
    assert high // width - low // width + 1 == 4500


def test_voxels_outside_the_mask_have_level_0():
    volume = np.array([[[10.0, 60.0, 90.0]]])
    mask = np.array([[[True, False, True]]])
    assert bin_volume(volume, mask, ExtractionSettings()).levels[1, 1].tolist() == [0, 1, 0, 4, 0]


def test_a_count_beyond_what_fits_into_memory_is_refused():
    assert bin_edges(np.int16(0), np.int16(100), ExtractionSettings(bin_count=4500)).size == 4501
    with pytest.raises(InputError, match="bin count of 4,501; expected at most 4,500 grey levels"):
        bin_edges(np.int16(0), np.int16(100), ExtractionSettings(bin_count=4501))
