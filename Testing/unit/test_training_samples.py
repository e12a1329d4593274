from pathlib import Path

import numpy as np
import pytest
import torch

from LWCTRLogic.phantom.labels import LABELS
from tools.liver_model.plans import HU_STEP, HU_WINDOW, normalise
from tools.liver_model.samples import SampleStream, region_table
from tools.liver_model.tissues import REGIONS

CPU = torch.device("cpu")


@pytest.fixture
def bank(tmp_path: Path) -> list[Path]:
    """One anatomy: a liver block beside a spleen block in fat, air around."""
    labels = np.zeros((40, 40, 60), np.uint8)
    labels[8:32, 6:34, 6:54] = LABELS["visceral_fat"]
    labels[10:30, 8:32, 8:28] = LABELS["liver"]
    labels[10:30, 8:32, 36:50] = LABELS["spleen"]
    path = tmp_path / "anatomy-00001.npz"
    np.savez_compressed(path, labels=labels, spacing=3.0)
    return [path]


def stream(bank: list[Path], seed: int = 1) -> SampleStream:
    return SampleStream(bank, (16, 16, 32), 3.0, 2, [1, 2], seed, CPU)


def test_a_batch_has_a_target_for_each_output_of_the_network(bank):
    batch = next(stream(bank))
    assert batch["data"].shape == (2, 1, 16, 16, 32)
    assert [tuple(target.shape) for target in batch["target"]] == [
        (2, 1 + len(REGIONS), 16, 16, 32),
        (2, 1 + len(REGIONS), 8, 8, 16),
    ]


def test_the_same_seed_gives_the_same_batches(bank):
    first, second = next(stream(bank)), next(stream(bank))
    assert torch.equal(first["data"], second["data"])
    assert torch.equal(first["target"][0], second["target"][0])


def test_liver_and_spleen_are_marked_and_never_both(bank):
    patches = stream(bank)
    seen = torch.zeros(1 + len(REGIONS))
    for _ in range(6):
        target = next(patches)["target"][0]
        assert float(target.sum(dim=1).max()) <= 1
        seen += target.sum(dim=(0, 2, 3, 4))
    assert seen[0] > 0
    assert seen[1 + list(REGIONS).index("spleen")] > 0
    assert seen[1 + list(REGIONS).index("kidney")] == 0


def test_tumour_thrombus_and_vessels_inside_count_as_liver_and_those_outside_do_not():
    liver = region_table(CPU)[0]
    for name in ("liver", "tumour", "necrosis", "lipiodol", "portal_thrombus", "portal_vein_inside"):
        assert liver[LABELS[name]] == 1
    for name in ("gallbladder", "vena_cava", "portal_vein", "ascites", "ablation_outside"):
        assert liver[LABELS[name]] == 0


def test_normalised_air_is_the_zero_that_padding_has():
    low, high = HU_WINDOW
    values = normalise(torch.tensor([-1000.0, low, low + HU_STEP, high, 3000.0]))
    assert values.tolist() == [0.0, 0.0, 1.0, (high - low) / HU_STEP, (high - low) / HU_STEP]
