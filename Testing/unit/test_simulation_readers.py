"""Readers of phantom scans: as far from each other as their numbers say, on shapes whose surface is known."""

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.simulation.readers import READINGS, Reading, redraw

EXACT = Reading("r", 1, "empty", 0.0, 0.0)
RADIUS = 45.0


@pytest.fixture(scope="module")
def ball() -> sitk.Image:
    z, y, x = np.mgrid[:40, :64, :64]
    inside = ((z - 20) * 3.0) ** 2 + ((y - 32) * 2.0) ** 2 + ((x - 32) * 2.0) ** 2 < RADIUS**2
    image = sitk.GetImageFromArray(inside.astype(np.uint8))
    image.SetSpacing((2.0, 2.0, 3.0))
    image.SetOrigin((7.0, -40.0, 12.0))
    return image


def voxels(mask: sitk.Image) -> np.ndarray:
    return sitk.GetArrayFromImage(mask) > 0


def dice(first: sitk.Image, second: sitk.Image) -> float:
    one, other = voxels(first), voxels(second)
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def test_a_reader_without_errors_draws_the_true_surface(ball):
    drawn = redraw(ball, EXACT, (1,))
    assert dice(drawn, ball) > 0.99
    assert drawn.GetOrigin() == ball.GetOrigin() and drawn.GetSpacing() == ball.GetSpacing()


@pytest.mark.parametrize("bias", [-2.0, -1.0, 1.0, 2.0])
def test_a_bias_moves_the_surface_of_a_ball_by_as_many_millimetres(ball, bias):
    volume = voxels(redraw(ball, replace(EXACT, bias_mm=bias), (1,))).sum() * 12.0
    radius = (volume / (4 / 3 * np.pi)) ** (1 / 3)
    assert radius == pytest.approx(RADIUS + bias, abs=0.25)


def test_an_error_moves_as_much_of_the_surface_as_its_standard_deviation_says(ball):
    # the mean of |N(0, s)| is s·√(2/π); what is flipped is that times the area
    flipped = [
        (voxels(redraw(ball, replace(EXACT, error_mm=1.5), (seed,))) != voxels(ball)).sum() * 12.0
        for seed in range(6)
    ]
    area = 4 * np.pi * RADIUS**2
    assert np.mean(flipped) / area == pytest.approx(1.5 * np.sqrt(2 / np.pi), rel=0.15)


def test_readings_from_the_proposal_share_its_error_and_agree_better_than_from_an_empty_mask(ball):
    start = replace(EXACT, error_mm=0.7)
    pairs = {
        begun: np.mean(
            [
                dice(
                    *(redraw(ball, replace(start, number=n, started_from=begun), (seed,)) for n in (1, 2)),
                )
                for seed in range(3)
            ]
        )
        for begun in ("auto", "empty")
    }
    away = np.mean(
        [dice(redraw(ball, replace(start, started_from="auto"), (seed,)), ball) for seed in range(3)]
    )
    # the shared error costs nothing between the two, but takes both away from the truth
    assert pairs["auto"] == pytest.approx(pairs["empty"], abs=0.004)
    assert away < np.mean([dice(redraw(ball, start, (seed,)), ball) for seed in range(3)]) - 0.004


def test_the_same_reading_is_the_same_mask_and_another_scan_is_read_anew(ball):
    first = voxels(redraw(ball, READINGS[0], (1,)))
    assert np.array_equal(first, voxels(redraw(ball, READINGS[0], (1,))))
    assert not np.array_equal(first, voxels(redraw(ball, READINGS[0], (2,))))
    assert not np.array_equal(first, voxels(redraw(ball, READINGS[1], (1,))))
