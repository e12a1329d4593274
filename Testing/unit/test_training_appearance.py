import numpy as np
import pytest
import torch

from LWCTRLogic.phantom.labels import LABELS
from tools.liver_model.appearance import draw_means, paint_hu
from tools.liver_model.randomness import Dice
from tools.liver_model.tissues import REGIONS, TISSUES

CPU = torch.device("cpu")


def test_every_tissue_of_the_phantom_has_an_appearance_and_no_other():
    assert set(TISSUES) == set(LABELS)


def test_every_region_is_made_of_tissues_outside_the_liver():
    for names in REGIONS.values():
        assert all(LABELS[name] < LABELS["liver"] for name in names)


def test_means_stay_soft_for_organs_and_dark_for_fat_and_lung():
    for seed in range(60):
        means = draw_means(Dice(seed, CPU))
        assert means["fat"] < -50
        assert means["lung"] < -400
        assert -80 < means["liver"] < 260


def test_the_liver_is_darker_and_brighter_than_the_spleen_in_a_good_share_of_scans():
    brighter = [(means := draw_means(Dice(seed, CPU)))["liver"] > means["spleen"] for seed in range(200)]
    assert 0.15 < np.mean(brighter) < 0.85


def test_painted_liver_has_the_drawn_mean():
    labels = torch.full((24, 24, 24), LABELS["liver"])
    for seed in range(8):
        wanted = draw_means(Dice(seed, CPU))["liver"]
        assert float(paint_hu(labels, Dice(seed, CPU)).mean()) == pytest.approx(wanted, abs=12)


def test_the_same_seed_paints_the_same_scan():
    labels = torch.randint(0, 30, (10, 10, 10))
    assert torch.equal(paint_hu(labels, Dice(3, CPU)), paint_hu(labels, Dice(3, CPU)))
