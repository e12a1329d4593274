import io
import zipfile
from pathlib import Path

import pytest
import torch

from LWCTRLogic.segment.predictor import load_model, make_predictor
from tools.liver_model.export import liver_weights, write_model_zip, write_shifted
from tools.liver_model.plans import Design
from tools.liver_model.trainer import PhantomTrainer

TINY = Design(voxel=3.0, patch=(16, 16, 16), features=(4, 8, 8))


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PhantomTrainer:
    monkeypatch.setenv("nnUNet_results", str(tmp_path / "nnunet"))
    torch.manual_seed(0)
    trainer = PhantomTrainer.from_design(TINY, 3, torch.device("cpu"))
    trainer.initialize()
    return trainer


@pytest.fixture
def model_zip(trainer: PhantomTrainer, tmp_path: Path) -> Path:
    target = tmp_path / "model.zip"
    write_model_zip(trainer.network.state_dict(), TINY, 3, target)
    return target


def test_the_checkpoint_loads_with_weights_only(model_zip: Path):
    with zipfile.ZipFile(model_zip) as archive:
        name = next(name for name in archive.namelist() if name.endswith("fold_all/checkpoint_final.pth"))
        checkpoint = torch.load(io.BytesIO(archive.read(name)), weights_only=True)
    assert checkpoint["trainer_name"] == "nnUNetTrainer"
    assert checkpoint["inference_allowed_mirroring_axes"] is None


def test_the_same_weights_give_the_same_bytes(trainer: PhantomTrainer, model_zip: Path, tmp_path: Path):
    again = tmp_path / "again.zip"
    write_model_zip(trainer.network.state_dict(), TINY, 3, again)
    assert again.read_bytes() == model_zip.read_bytes()


def test_a_plain_predictor_finds_the_liver_where_the_network_of_regions_does(
    trainer: PhantomTrainer, model_zip: Path, tmp_path: Path
):
    with zipfile.ZipFile(model_zip) as archive:
        archive.extractall(tmp_path / "model")
    predictor = make_predictor(lambda done, total: None, device="cpu", step_size=0.5, mirroring=False)
    load_model(predictor, next((tmp_path / "model").iterdir()), ("all",), "checkpoint_final.pth")
    for parameter in trainer.network.parameters():  # as stored: half precision
        parameter.data = parameter.data.half().float()
    trainer.set_deep_supervision_enabled(False)
    patch = 2 * torch.randn(1, 1, 16, 16, 16)
    with torch.no_grad():
        regions, plain = trainer.network(patch), predictor.network.eval()(patch)
    assert regions.shape[1] == 6
    assert plain.shape[1] == 2
    assert torch.allclose(plain[:, 1] - plain[:, 0], regions[:, 0], atol=1e-5)
    assert 0 < float((plain[:, 1] > plain[:, 0]).float().mean()) < 1


@pytest.mark.parametrize("shift", [-0.5, 0.75])
def test_a_shift_moves_the_logit_of_the_liver_alone_and_only_at_full_resolution(
    model_zip: Path, tmp_path: Path, shift: float
):
    write_shifted(model_zip, shift, tmp_path / "shifted.zip")
    stored = []
    for path in (model_zip, tmp_path / "shifted.zip"):
        with zipfile.ZipFile(path) as archive:
            name = next(name for name in archive.namelist() if name.endswith(".pth"))
            stored.append(torch.load(io.BytesIO(archive.read(name)), weights_only=True)["network_weights"])
    before, after = stored
    changed = [name for name in before if not torch.equal(before[name], after[name])]
    assert changed == ["decoder.seg_layers.1.bias"]
    moved = after[changed[0]].float() - before[changed[0]].float()
    assert moved.tolist() == pytest.approx([0.0, shift], abs=1e-3)


def test_weights_with_several_names_are_stored_once(trainer: PhantomTrainer):
    kept = liver_weights(trainer.network.state_dict())
    distinct = {tensor.data_ptr(): tensor.numel() for tensor in kept.values()}
    assert sum(distinct.values()) <= sum(parameter.numel() for parameter in trainer.network.parameters())
    assert len(kept) > len(distinct)


def test_the_bundled_model_is_small_and_loads_with_weights_only():
    bundled = Path(__file__).parents[2] / "LWCTRLogic" / "bundled" / "liver-phantom-nnunet.zip"
    assert bundled.stat().st_size <= 8_000_000
    with zipfile.ZipFile(bundled) as archive:
        names = {name.split("/", 1)[1] for name in archive.namelist()}
        name = next(name for name in archive.namelist() if name.endswith(".pth"))
        checkpoint = torch.load(io.BytesIO(archive.read(name)), weights_only=True)
    assert names == {"plans.json", "dataset.json", "fold_all/checkpoint_final.pth"}
    assert all(bool(torch.isfinite(tensor).all()) for tensor in checkpoint["network_weights"].values())
