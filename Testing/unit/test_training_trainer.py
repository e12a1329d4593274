import csv
from pathlib import Path

import numpy as np
import pytest
import torch

from LWCTRLogic.phantom.labels import LABELS
from tools.liver_model.plans import Design
from tools.liver_model.samples import SampleStream
from tools.liver_model.trainer import PhantomTrainer

TINY = Design(voxel=3.0, patch=(16, 16, 16), features=(4, 8, 8))
CPU = torch.device("cpu")


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PhantomTrainer:
    monkeypatch.setenv("nnUNet_results", str(tmp_path / "nnunet"))
    torch.manual_seed(0)
    trainer = PhantomTrainer.from_design(TINY, 1, CPU)
    trainer.initialize()
    return trainer


@pytest.fixture
def stream(tmp_path: Path) -> SampleStream:
    labels = np.full((24, 24, 24), LABELS["visceral_fat"], np.uint8)
    labels[4:20, 4:20, 4:14] = LABELS["liver"]
    path = tmp_path / "anatomy-00001.npz"
    np.savez_compressed(path, labels=labels, spacing=3.0)
    return SampleStream([path], TINY.patch, TINY.voxel, 1, TINY.strides, 1, CPU)


def test_training_lowers_the_loss_and_logs_it(trainer: PhantomTrainer, stream: SampleStream, tmp_path: Path):
    trainer._set_rate(0.3)
    losses = [trainer.train_step(next(stream))["loss"] for _ in range(30)]
    assert np.mean(losses[-8:]) < np.mean(losses[:8])


def test_a_run_ends_by_the_clock_with_a_checkpoint_and_a_log(
    trainer: PhantomTrainer, stream: SampleStream, tmp_path: Path
):
    saved = []
    trainer.train_for(0.02, stream, tmp_path / "log.csv", lambda: saved.append(trainer.averaged_state()))
    assert len(saved) == 1
    assert set(saved[0]) == set(trainer.network.state_dict())
    with (tmp_path / "log.csv").open(encoding="utf-8") as lines:
        assert next(csv.reader(lines)) == ["minutes", "step", "learning_rate", "loss", "liver_dice"]


def test_the_learning_rate_rises_first_and_falls_to_zero(trainer: PhantomTrainer):
    rates = [trainer._set_rate(progress) for progress in (0.0, 0.01, 0.02, 0.5, 1.0)]
    assert rates[0] == 0
    assert rates[1] < rates[2] > rates[3] > rates[4] == 0


def test_a_process_that_joins_trains_the_same_weights(trainer: PhantomTrainer, stream: SampleStream):
    torch.manual_seed(1)
    second = PhantomTrainer.from_design(TINY, 1, CPU)
    second.initialize()
    second.join(trainer.share())
    before = [parameter.detach().clone() for parameter in trainer.network.parameters()]
    second._set_rate(0.5)
    second.train_step(next(stream))
    pairs = zip(trainer.network.parameters(), before, strict=True)
    assert any(not torch.equal(now, then) for now, then in pairs)


def test_the_averaged_state_is_the_average_of_the_steps(trainer: PhantomTrainer):
    weight = next(trainer.network.parameters())
    name = next(name for name, _ in trainer.network.named_parameters())
    values = []
    for step in range(3):
        with torch.no_grad():
            weight.fill_(float(step))
        trainer._follow({"loss": 1.0, "dice": 0.5}, step)
        values.append(float(step))
    # weight 1 / (10 + step) * 9 on the newest value in the first steps: decay (1 + step) / (10 + step)
    wanted = values[0]
    for step, value in enumerate(values):
        decay = (1 + step) / (10 + step)
        wanted = decay * wanted + (1 - decay) * value
    assert float(trainer.averaged_state()[name].flatten()[0]) == pytest.approx(wanted, rel=1e-5)
