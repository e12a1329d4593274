"""The texture counts of tiny volumes, counted by hand."""

import numpy as np
import pytest

from LWCTRLogic.radiomics.kernels import count_texture, directions_of
from LWCTRLogic.radiomics.settings import ExtractionSettings

PLANE = ExtractionSettings(force_2d=True)
ALONG_X, ALONG_Y = (0, 0, 1), (0, 1, 0)


def padded(levels):
    return np.pad(np.array(levels, np.uint16), 1)


def counted(levels, settings=PLANE):
    volume = padded(levels)
    return count_texture(volume, int(volume.max()), int((volume > 0).sum()), settings)


def direction(counts, step):
    return [tuple(row) for row in counts.directions.tolist()].index(step)


@pytest.fixture
def square():
    """One slice: 1 2 over 1 1."""
    return counted([[[1, 2], [1, 1]]])


def test_thirteen_directions_see_each_of_26_neighbours_once():
    steps = directions_of((1,), ExtractionSettings())
    both = {tuple(row) for row in steps.tolist()} | {tuple(row) for row in (-steps).tolist()}
    assert len(steps) == 13
    assert len(both) == 26


def test_distance_two_alone_has_98_neighbours():
    assert 2 * len(directions_of((2,), ExtractionSettings())) == 5**3 - 3**3


def test_a_plane_has_four_directions_without_a_step_across_it():
    for axis in range(3):
        steps = directions_of((1,), ExtractionSettings(force_2d=True, force_2d_dimension=axis))
        assert len(steps) == 4
        assert not steps[:, axis].any()


def test_pairs_of_a_square_are_those_counted_by_hand(square):
    pairs = square.pairs[:, 1:, 1:]
    assert pairs[direction(square, ALONG_X)].tolist() == [[1, 1], [0, 0]]
    assert pairs[direction(square, ALONG_Y)].tolist() == [[1, 0], [1, 0]]
    assert pairs[direction(square, (0, 1, 1))].tolist() == [[1, 0], [0, 0]]
    assert pairs[direction(square, (0, 1, -1))].tolist() == [[0, 0], [1, 0]]


def test_runs_of_a_square_are_those_counted_by_hand(square):
    along_x = square.runs[direction(square, ALONG_X), 1:, :2]
    assert along_x.tolist() == [[1, 1], [1, 0]]  # one run of 1 and one of 2 ones, one run of 1 two
    along_y = square.runs[direction(square, ALONG_Y), 1:, :2]
    assert along_y.tolist() == [[1, 1], [1, 0]]


def test_dependence_counts_equal_neighbours(square):
    assert square.dependence[1, 2] == 3  # each of the three ones touches the two others
    assert square.dependence[2, 0] == 1
    assert square.dependence[1:].sum() == 4


def test_neighbourhood_differences_are_whole_number_sums(square):
    # A one has neighbours 1, 1, 2: |1·3 - 4| = 1, three times; the two has three ones: |2·3 - 3| = 3.
    assert square.differences[1, 3] == 3
    assert square.differences[2, 3] == 3
    assert square.voxels[1:].tolist() == [3, 1]


def test_zones_of_a_square_are_one_of_three_and_one_of_one(square):
    assert square.small_zones[1, 3] == 1
    assert square.small_zones[2, 1] == 1
    assert square.small_zones[1:].sum() == 2


def test_a_run_ends_at_a_hole_in_the_mask():
    counts = counted([[[1, 1, 0, 1]]])
    assert counts.runs[direction(counts, ALONG_X), 1, :3].tolist() == [1, 1, 0]


def test_a_run_along_a_space_diagonal_is_followed_through_the_slices():
    volume = np.zeros((4, 4, 4), int)
    volume[range(4), range(4), range(4)] = 1
    counts = counted(volume, ExtractionSettings())
    assert counts.runs[direction(counts, (1, 1, 1)), 1].tolist()[:5] == [0, 0, 0, 1, 0]
    assert counts.runs[direction(counts, (1, 1, -1)), 1, 0] == 4


def test_diagonal_neighbours_in_space_are_one_zone_but_not_in_a_plane():
    volume = np.zeros((2, 2, 2), int)
    volume[0, 0, 0] = volume[1, 1, 1] = 1
    assert counted(volume, ExtractionSettings()).small_zones[1, 2] == 1
    assert counted(volume, PLANE).small_zones[1, 1] == 2


def test_a_spiral_that_meets_late_is_one_zone():
    spiral = [[1, 1, 1, 1, 1], [2, 2, 2, 2, 1], [1, 1, 1, 2, 1], [1, 2, 2, 2, 1], [1, 1, 1, 1, 1]]
    counts = counted([spiral])
    assert counts.small_zones[1, 17] == 1
    assert counts.small_zones[2, 8] == 1


def test_a_zone_beyond_the_dense_table_keeps_its_size():
    counts = counted(np.ones((12, 12, 12), int), ExtractionSettings())
    assert counts.large_zones.tolist() == [[1, 1728]]


def test_the_last_voxel_of_every_axis_is_counted():
    for axis in range(3):
        volume = np.ones((3, 3, 3), int)
        index = [slice(None)] * 3
        index[axis] = 2
        volume[tuple(index)] = 2
        counts = counted(volume, ExtractionSettings())
        step = tuple(int(axis == k) for k in range(3))
        assert counts.pairs[direction(counts, step), 1:, 1:].tolist() == [[9, 9], [0, 0]]


def test_any_distance_counts_as_the_fused_pass_at_distance_one():
    rng = np.random.default_rng(0)
    volume = rng.integers(0, 5, (5, 6, 7))
    near = counted(volume, ExtractionSettings())
    both = counted(volume, ExtractionSettings(distances=(1, 2)))
    for step in near.directions.tolist():
        here = both.pairs[direction(both, tuple(step)), 1:, 1:]
        assert np.array_equal(near.pairs[direction(near, tuple(step)), 1:, 1:], here)


def test_a_tolerance_of_one_level_makes_next_levels_dependent():
    counts = counted([[[1, 2, 3]]], ExtractionSettings(force_2d=True, gldm_a=1))
    assert counts.dependence[1, 1] == counts.dependence[3, 1] == 1
    assert counts.dependence[2, 2] == 1
