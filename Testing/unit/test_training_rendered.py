from pathlib import Path

import numpy as np
import pytest
import torch

from LWCTRLogic.phantom.labels import LABELS
from tools.liver_model.plans import HU_WINDOW, normalise
from tools.liver_model.randomness import Dice
from tools.liver_model.rendered import RenderedScans
from tools.liver_model.samples import SampleStream, region_table

CPU = torch.device("cpu")
PATCH = (24, 32, 40)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """One noiseless scan of 1.5 × 1.5 × 3 mm: liver of 100 HU and spleen of 0 HU in fat of -100 HU."""
    labels = np.full((40, 80, 100), LABELS["visceral_fat"], np.uint8)
    labels[10:30, 20:60, 20:60] = LABELS["liver"]
    labels[10:30, 20:60, 70:90] = LABELS["spleen"]
    hu = np.full(labels.shape, -100, np.int16)
    hu[labels == LABELS["liver"]] = 100
    hu[labels == LABELS["spleen"]] = 0
    path = tmp_path / "scan-000001.npz"
    np.savez_compressed(path, hu=hu, labels=labels, spacing=np.array([3.0, 1.5, 1.5]))
    return path


def draw(scan: Path, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    return RenderedScans([scan], CPU).sample(PATCH, 3.0, region_table(CPU), Dice(seed, CPU))


def test_the_patch_and_its_goal_lie_on_each_other(scan: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tools.liver_model.rendered._vary", lambda hu, dice: hu)
    bright = float(normalise(torch.tensor(0.0)))  # half way between liver and fat
    agreements = []
    for seed in range(12):
        patch, goal = draw(scan, seed)
        liver = goal[0] > 0.5
        spleen = goal[1] > 0
        if liver.any():
            apart = ~spleen & (patch > 0)
            agreements.append(float(((patch > bright) == liver)[apart].float().mean()))
    assert len(agreements) >= 8
    assert min(agreements) > 0.995


def test_beyond_the_scan_are_air_and_background(scan: Path):
    for seed in range(6):
        patch, goal = draw(scan, seed)
        assert patch.shape == PATCH
        assert goal.shape[1:] == PATCH
        assert float(patch.min()) >= 0
        assert float(patch.max()) <= float(normalise(torch.tensor(HU_WINDOW[1])))
        assert float(goal[:, patch == 0].sum()) == 0


def test_the_same_seed_gives_the_same_patch(scan: Path):
    assert torch.equal(draw(scan, 4)[0], draw(scan, 4)[0])
    assert not torch.equal(draw(scan, 4)[0], draw(scan, 5)[0])


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (0.5, 20), (1.0, 40)])
def test_a_share_of_the_stream_comes_from_the_scans(tmp_path: Path, scan: Path, share: float, count: int):
    anatomy = tmp_path / "anatomy-00001.npz"
    np.savez_compressed(anatomy, labels=np.full((24, 24, 24), LABELS["liver"], np.uint8), spacing=3.0)
    scans = RenderedScans([scan], CPU)
    drawn = []
    original = scans.sample
    scans.sample = lambda *args: drawn.append(1) or original(*args)  # type: ignore[method-assign]
    stream = SampleStream([anatomy], (8, 8, 16), 3.0, 1, [1, 2], 1, CPU, scans, share)
    for _ in range(40):
        next(stream)
    assert abs(len(drawn) - count) <= 10 * (0 < share < 1)
