"""The surface of small masks, and its widest extents."""

import math

import numpy as np
import pytest

from LWCTRLogic.radiomics.diameters import diameters
from LWCTRLogic.radiomics.mesh import EDGES, TRIANGLES, case_table, surface, surface_vertices
from LWCTRLogic.radiomics.shape import principal_variances, shape_features

UNIT = (1.0, 1.0, 1.0)
UNEVEN = (2.5, 0.8, 0.7)


def padded(mask):
    return np.pad(np.asarray(mask, np.uint8), 1)


def brute_force(mask, spacing):
    points = surface_vertices(padded(mask)) * np.array(spacing) / 2
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    planes = [np.where(np.isclose(points[:, None, k], points[None, :, k]), apart, 0).max() for k in range(3)]
    return (*planes, apart.max())


def test_one_voxel_is_an_octahedron():
    area, volume = surface(padded([[[1]]]), UNIT)
    assert volume == pytest.approx(1 / 6)
    assert area == pytest.approx(8 * math.sqrt(3) / 8)


def test_a_box_has_bevelled_edges():
    # 3 × 3 × 3 voxel centres and half a voxel more: a cube of 3 less its bevelled edges and corners.
    _, volume = surface(padded(np.ones((3, 3, 3))), UNIT)
    edges = 12 * 2 * (0.5 * 0.5 / 2)
    corners = 8 * (0.125 - 1 / 48)
    assert volume == pytest.approx(27 - edges - corners)


def test_area_and_volume_scale_with_the_spacing():
    mask = padded(np.random.default_rng(0).random((4, 5, 6)) < 0.5)
    one, two = surface(mask, UNIT), surface(mask, (2.0, 2.0, 2.0))
    assert two.area == pytest.approx(4 * one.area)
    assert two.volume == pytest.approx(8 * one.volume)


def test_every_triangle_joins_edges_whose_ends_differ():
    assert len(TRIANGLES) == 128
    for case, letters in enumerate(TRIANGLES):
        used = {EDGES[ord(letter) - ord("a")] for letter in letters.strip("-")}
        assert used == {(a, b) for a, b in EDGES if (case >> a & 1) != (case >> b & 1)}


def test_a_case_and_its_complement_share_their_area_and_turn_their_volume():
    area, volume, shift = case_table(UNEVEN)
    assert np.array_equal(area, area[::-1])
    assert np.array_equal(volume, -volume[::-1])
    assert np.array_equal(shift, -shift[::-1])


def test_the_volume_of_a_ball_is_near_that_of_a_ball():
    z, y, x = np.ogrid[-12:13, -12:13, -12:13]
    area, volume = surface(padded(z**2 + y**2 + x**2 <= 100), UNIT)
    assert volume == pytest.approx(4 / 3 * math.pi * 1000, rel=0.01)
    assert area == pytest.approx(4 * math.pi * 100, rel=0.12)


@pytest.mark.parametrize("seed", range(4))
def test_diameters_equal_those_of_all_pairs(seed):
    mask = np.random.default_rng(seed).random((5, 6, 7)) < 0.3
    found = diameters(surface_vertices(padded(mask)), UNEVEN)
    assert found == pytest.approx(brute_force(mask, UNEVEN), rel=1e-12)


def test_diameters_of_one_row_of_voxels_are_known():
    assert diameters(surface_vertices(padded(np.ones((1, 1, 5)))), UNIT) == pytest.approx((5, 5, 1, 5))


def test_a_flat_mask_has_exactly_no_least_axis():
    flat = shape_features(np.ones((1, 3, 5), bool), UNEVEN)
    assert flat["LeastAxisLength"] == flat["Flatness"] == 0
    assert flat["MajorAxisLength"] == pytest.approx(4 * 0.7 * math.sqrt(2))
    assert flat["MinorAxisLength"] == pytest.approx(4 * 0.8 * math.sqrt(2 / 3))


def test_a_slanting_line_has_exactly_one_axis():
    mask = np.zeros((6, 6, 6), bool)
    mask[range(6), range(6), range(6)] = True
    line = shape_features(mask, UNEVEN)
    assert line["MinorAxisLength"] == line["LeastAxisLength"] == line["Elongation"] == 0


def test_principal_variances_equal_those_of_the_coordinates():
    mask = np.random.default_rng(3).random((5, 6, 7)) < 0.5
    points = np.argwhere(mask) * UNEVEN
    expected = np.linalg.eigvalsh(np.cov(points.T, bias=True))
    assert principal_variances(mask.astype(np.uint8), UNEVEN) == pytest.approx(expected)


def test_sphericity_and_its_relatives_agree():
    values = shape_features(np.ones((3, 4, 5), bool), UNIT)
    assert values["Sphericity"] == pytest.approx(1 / values["SphericalDisproportion"])
    assert values["Compactness2"] == pytest.approx(values["Sphericity"] ** 3)
    assert values["SurfaceVolumeRatio"] == values["SurfaceArea"] / values["MeshVolume"]
    assert values["VoxelVolume"] == 60
