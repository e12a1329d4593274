import numpy as np
import pytest
import torch

from tools.liver_model import scanner
from tools.liver_model.randomness import Dice

CPU = torch.device("cpu")


def edge_along(axis: int) -> torch.Tensor:
    hu = torch.zeros(30, 30, 30)
    hu.narrow(axis, 15, 15).fill_(100.0)
    return hu


def test_blur_in_the_plane_softens_edges_in_the_plane_and_leaves_those_along_z():
    blurred = scanner._blur(edge_along(2), 0.7, Dice(0, CPU))
    assert 5 < float(blurred[5, 5, 14]) < 40
    assert torch.allclose(scanner._blur(edge_along(0), 0.7, Dice(0, CPU)), edge_along(0), atol=1e-4)


def test_thick_slices_soften_edges_along_z_alone():
    softened = 0
    for seed in range(20):
        thick = scanner._thicken(edge_along(0), 2.0, Dice(seed, CPU))
        softened += int(((thick > 1) & (thick < 99)).any())
        assert torch.allclose(scanner._thicken(edge_along(2), 2.0, Dice(seed, CPU)), edge_along(2), atol=1e-3)
    assert softened >= 10


def test_noise_has_mean_zero_and_the_strength_of_a_scan():
    strengths = []
    for seed in range(20):
        noise = scanner._noise(torch.zeros(24, 24, 24), Dice(seed, CPU))
        strengths.append(float(noise.std()))
        assert abs(float(noise.mean())) < 4
    assert 1 < min(strengths) < 15 < max(strengths) < 45


def test_a_scan_keeps_the_mean_hu_of_what_it_shows():
    for seed in range(10):
        scan = scanner.acquire(torch.full((24, 24, 24), 60.0), 3.5, Dice(seed, CPU))
        assert float(scan.mean()) == pytest.approx(60, abs=15)


def test_the_field_of_view_cuts_whole_slices_or_boxes_and_often_nothing():
    views = [scanner.field_of_view((16, 20, 24), Dice(seed, CPU)).numpy() for seed in range(60)]
    whole = [view.all() for view in views]
    assert 0.15 < np.mean(whole) < 0.8
    assert all(view.mean() > 0.1 for view in views)
