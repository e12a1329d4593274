"""Signed distances and smooth noise of the phantom, held against hand computation."""

import numpy as np
import pytest

from LWCTRLogic.phantom.field import (
    Grid,
    ellipsoid,
    fine_noise,
    paint,
    smooth_max,
    smooth_min,
    smooth_noise,
    smooth_path,
    spread,
    tube,
)


@pytest.fixture
def grid() -> Grid:
    axis = np.arange(-30, 31, 2, dtype=np.float32)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    return Grid(x, y, z, (axis, axis, axis), 0.0)


def test_a_sphere_has_its_true_distance_everywhere_outside_its_core(grid):
    distance = ellipsoid(grid, (4.0, -2.0, 0.0), (10.0, 10.0, 10.0))
    true = np.sqrt((grid.x - 4) ** 2 + (grid.y + 2) ** 2 + grid.z**2) - 10
    assert np.abs(distance - true)[true > -9].max() < 1e-3


def test_a_turned_ellipsoid_lies_along_its_own_axis(grid):
    distance = ellipsoid(grid, (0.0, 0.0, 0.0), (20.0, 5.0, 5.0), turn=np.pi / 4)
    inside = distance < 0
    x, y = grid.x[inside], grid.y[inside]
    assert np.corrcoef(x, y)[0, 1] > 0.8


def test_a_straight_tube_has_the_distance_of_a_capsule(grid):
    path = smooth_path([(-10, 0, 0, 4), (10, 0, 0, 4)], 5)
    whole = spread(grid, *tube(grid, path, margin=5.0))
    true = np.sqrt(np.clip(np.abs(grid.x) - 10, 0, None) ** 2 + grid.y**2 + grid.z**2) - 4
    near = true < 4
    assert np.abs(whole - true)[near].max() < 1e-3


def test_a_warped_grid_never_cuts_a_tube_off():
    axis = np.arange(-60, 61, 3, dtype=np.float32)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    bent = (x + 9 * np.sin(y / 40)).astype(np.float32)
    grid = Grid(bent, y, z, (axis, axis, axis), 9.0)
    path = smooth_path([(-20, -40, 0, 6), (20, 40, 0, 6)], 9)
    whole = spread(grid, *tube(grid, path, margin=2.0))
    along = np.clip(((bent + 20) * 40 + (y + 40) * 80) / 8000, 0, 1)
    true = np.sqrt((bent + 20 - 40 * along) ** 2 + (y + 40 - 80 * along) ** 2 + z**2) - 6
    assert ((whole < 0) == (true < -1e-3))[np.abs(true) > 0.01].all()


def test_smooth_union_and_intersection_bound_the_sharp_ones(grid):
    a = ellipsoid(grid, (-5.0, 0.0, 0.0), (10.0, 10.0, 10.0))
    b = ellipsoid(grid, (5.0, 0.0, 0.0), (10.0, 10.0, 10.0))
    union, meet = smooth_min(a, b, 4.0), smooth_max(a, b, 4.0)
    assert (union <= np.minimum(a, b) + 1e-4).all()
    assert (union >= np.minimum(a, b) - 1.0 - 1e-4).all()  # the fillet of width w is w/4 deep
    assert (meet >= np.maximum(a, b) - 1e-4).all()


def test_noise_has_unit_spread_its_own_scale_and_no_dependence_on_voxels():
    axis = np.arange(-200, 200, 5, dtype=np.float32)
    noise = smooth_noise(np.random.default_rng(1), (axis, axis, axis), 20.0)
    assert noise.std() == pytest.approx(1.0, abs=0.12)
    assert abs(noise.mean()) < 0.1
    near = np.corrcoef(noise[:, :, :-1].ravel(), noise[:, :, 1:].ravel())[0, 1]
    far = np.corrcoef(noise[:, :, :-12].ravel(), noise[:, :, 12:].ravel())[0, 1]
    assert near > 0.9
    assert abs(far) < 0.15
    part = smooth_noise(np.random.default_rng(1), (axis[10:20], axis[::4], axis), 20.0)
    assert np.allclose(part, noise[10:20, ::4], atol=1e-4)


def test_paint_changes_only_what_it_may(grid):
    labels = np.zeros((2, 2, 2), dtype=np.uint8)
    labels[0] = 3
    everywhere = (slice(None), slice(None), slice(None))
    paint(labels, everywhere, np.ones((2, 2, 2), dtype=bool), 7, over=[3])
    assert (labels[0] == 7).all()
    assert (labels[1] == 0).all()


def test_fine_noise_has_unit_variance_and_is_the_same_through_any_window():
    axis = np.arange(-40, 41, 1.5, dtype=np.float32)
    whole = fine_noise((3, 1), (axis, axis, axis), 2.0)
    assert whole.std() == pytest.approx(1.0, abs=0.08)
    assert abs(whole.mean()) < 0.05
    part = fine_noise((3, 1), (axis[10:30], axis[5:40], axis[20:]), 2.0)
    assert part == pytest.approx(whole[10:30, 5:40, 20:], abs=1e-5)
    assert not np.allclose(whole, fine_noise((4, 1), (axis, axis, axis), 2.0))


def test_noise_of_a_body_out_of_view_is_empty():
    axis, none = np.arange(5, dtype=np.float32), np.empty(0, dtype=np.float32)
    rng = np.random.default_rng(0)
    assert smooth_noise(rng, (axis, none, axis), 8.0).shape == (5, 0, 5)
    assert fine_noise((1,), (none, axis, axis), 8.0).shape == (0, 5, 5)
