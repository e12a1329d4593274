"""Grids against SimpleITK's own transforms, to the last bit."""

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.radiomics.grid import Grid

ANGLE = 0.3
TURNED = (np.cos(ANGLE), -np.sin(ANGLE), 0.0, np.sin(ANGLE), np.cos(ANGLE), 0.0, 0.0, 0.0, -1.0)


@pytest.fixture
def image():
    """Return an image on a turned, anisotropic grid."""
    image = sitk.Image([7, 6, 5], sitk.sitkInt16)
    image.SetSpacing((0.7, 0.8, 2.5))
    image.SetOrigin((-31.4, 12.7, 104.3))
    image.SetDirection(TURNED)
    return image


def test_an_array_comes_back_on_the_grid_it_was_taken_from(image):
    grid = Grid.of(image)
    array = np.arange(210, dtype=np.int16).reshape(grid.shape)
    again = grid.image(array)
    assert Grid.of(again) == grid
    assert again[6, 5, 4] == 209
    assert again[1, 0, 0] == 1  # x runs fastest


def test_points_and_positions_have_the_bits_of_simpleitk(image):
    grid = Grid.of(image)
    rows = np.arange(-3, 40)
    points = grid.points(5, rows, 11)
    positions = grid.positions(points)
    for row, point, position in zip(rows.tolist(), points, positions, strict=True):
        assert tuple(point) == image.TransformIndexToPhysicalPoint((5, row, 11))
        assert tuple(position) == image.TransformPhysicalPointToContinuousIndex(point.tolist())
    assert grid.point((1.5, 2.25, -3)) == image.TransformContinuousIndexToPhysicalPoint((1.5, 2.25, -3.0))


def test_a_part_lies_where_it_was_cut_out(image):
    part = Grid.of(image).part(slice(1, 4), slice(2, 6), slice(3, 7))
    assert part.shape == (3, 4, 4)
    np.testing.assert_allclose(part.origin, image.TransformIndexToPhysicalPoint((3, 2, 1)))
    assert part.spacing == image.GetSpacing()
    assert part.direction == image.GetDirection()
