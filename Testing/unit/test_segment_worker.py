"""The worker: its job, what it says, and that its mask is nnU-Net's own."""

from __future__ import annotations

import sys
import types
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from LWCTRLogic.errors import BackendError, DependencyError, InputError
from LWCTRLogic.models.nnunet_model import find_models
from LWCTRLogic.segment import worker
from LWCTRLogic.segment.worker import Job, failure, hide_broken_packages, run_job
from Testing.unit import tiny_nnunet

pytest.importorskip("nnunetv2")
pytestmark = pytest.mark.filterwarnings("ignore")  # torch's and nnU-Net's own; the worker's go to its log

THREE = {"background": 0, "liver": 1, "spleen": 2}
REGIONS = {"background": 0, "liver": [1, 2], "tumour": 2}


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """What a job sets in its own process is put back here."""
    for name in ("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "nnUNet_def_n_proc", "nnUNet_compile"):
        monkeypatch.setenv(name, "1")


def smooth_noise(shape=(30, 40, 36)):
    noise = ndimage.gaussian_filter(np.random.default_rng(5).normal(0, 1, shape), 2)
    return (noise / noise.std() * 80 + 40).astype(np.float32)


def make_job(tmp_path, labels=None, trainer="nnUNetTrainer", **changes):
    folder = tiny_nnunet.write_model(tmp_path / "model", labels, trainer)
    model = find_models(folder)[0]
    np.save(tmp_path / "array.npy", smooth_noise())
    job = Job(
        model=str(folder),
        folds=model.folds,
        checkpoint=model.checkpoint,
        heads=model.heads(("liver",)),
        regions=model.has_regions,
        trusted=False,
        array=str(tmp_path / "array.npy"),
        mask=str(tmp_path / "mask.npy"),
        spacing=(6.0, 5.0, 5.0),
        device="cpu",
        network="torch",
        mirroring=False,
        step_size=0.5,
        threads=1,
    )
    return replace(job, **changes)


class Ear:
    def __init__(self):
        self.events = []

    def __call__(self, event, **fields):
        self.events.append({"event": event, **fields})

    def of(self, kind):
        return [event for event in self.events if event["event"] == kind]


def nnunets_own_mask(job):
    """The mask that nnU-Net's whole inference gives."""
    import torch
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor

    predictor = nnUNetPredictor(
        tile_step_size=job.step_size,
        use_mirroring=job.mirroring,
        perform_everything_on_device=False,
        device=torch.device("cpu"),
        allow_tqdm=False,
    )
    predictor.initialize_from_trained_model_folder(job.model, job.folds, job.checkpoint)
    properties = {"spacing": list(job.spacing)}
    return predictor.predict_single_npy_array(smooth_noise()[None], properties, None, None, False)


def test_the_mask_is_that_of_nnunets_own_inference(tmp_path):
    job = make_job(tmp_path)
    run_job(job, Ear())
    wanted = nnunets_own_mask(job) == 1
    assert 0.05 < wanted.mean() < 0.95
    assert np.mean(np.load(job.mask) != wanted) < 0.002  # nnU-Net rounds what it compares to half precision


@pytest.mark.parametrize("labels", [THREE, REGIONS], ids=["organs", "regions"])
def test_of_several_channels_the_livers_are_taken_as_nnunet_takes_them(tmp_path, labels):
    # at the network's own voxel size nothing is resampled; ties in half precision remain
    job = make_job(tmp_path, labels, spacing=tuple(tiny_nnunet.SPACING))
    run_job(job, Ear())
    wanted = nnunets_own_mask(job)
    wanted = wanted > 0 if labels is REGIONS else wanted == 1
    assert 0.05 < wanted.mean() < 0.95
    assert np.mean(np.load(job.mask) != wanted) < 0.002


def test_mirroring_gives_nnunets_own_mask_too(tmp_path):
    job = make_job(tmp_path, mirroring=True, step_size=1.0)
    run_job(job, Ear())
    assert np.mean(np.load(job.mask) != (nnunets_own_mask(job) == 1)) < 0.002


def test_openvino_gives_the_mask_of_torch(tmp_path):
    pytest.importorskip("openvino")
    job = make_job(tmp_path)
    run_job(job, Ear())
    by_torch = np.load(job.mask)
    ear = Ear()
    run_job(replace(job, network="openvino"), ear)
    assert ear.of("used")[0]["network"] == "openvino"
    assert np.mean(np.load(job.mask) != by_torch) < 1e-4


def test_progress_counts_every_tile(tmp_path):
    ear = Ear()
    run_job(make_job(tmp_path), ear)
    tiles = [event for event in ear.of("progress") if event["message"].startswith("tile")]
    assert [event["done"] for event in tiles] == list(range(tiles[0]["total"] + 1))
    assert ear.of("used")[0]["device"] == "cpu"


def test_weights_with_python_objects_are_refused_unless_trusted(tmp_path):
    import torch

    job = make_job(tmp_path)
    path = tmp_path / "model" / "fold_all" / "checkpoint_final.pth"
    content = torch.load(path, weights_only=True)
    torch.save({**content, "logging": types.SimpleNamespace(note="an object")}, path)
    with pytest.raises(InputError, match="could run code"):
        run_job(job, Ear())
    run_job(replace(job, trusted=True), Ear())
    assert np.load(job.mask).any()


def test_an_unknown_trainer_is_replaced_by_the_plain_one(tmp_path):
    job = make_job(tmp_path, trainer="nnUNetTrainerOfSomebody")
    run_job(job, Ear())
    assert np.load(job.mask).any()


def test_weights_that_do_not_fit_the_network_are_refused(tmp_path):
    import torch

    job = make_job(tmp_path)
    path = tmp_path / "model" / "fold_all" / "checkpoint_final.pth"
    content = torch.load(path, weights_only=True)
    content["network_weights"].popitem()
    torch.save(content, path)
    with pytest.raises(BackendError, match="does not load"):
        run_job(job, Ear())


def test_cuda_where_there_is_none_is_a_missing_dependency(tmp_path):
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    with pytest.raises(DependencyError, match="no CUDA device"):
        run_job(make_job(tmp_path, device="cuda"), Ear())


def test_a_gpu_without_memory_is_left_for_the_cpu_with_a_word(tmp_path, monkeypatch):
    tried = []

    def segment_on(device, job, emit):
        tried.append(device)
        if device == "cuda":
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB")

    monkeypatch.setattr(worker, "_device", lambda torch, wanted: "cuda")
    monkeypatch.setattr(worker, "segment_on", segment_on)
    job, ear = make_job(tmp_path, device="auto"), Ear()
    run_job(job, ear)
    assert tried == ["cuda", "cpu"]
    assert "going on with the CPU" in ear.of("warning")[0]["text"]
    with pytest.raises(RuntimeError, match="out of memory"):
        run_job(replace(job, device="cuda"), Ear())


def test_a_missing_nnunet_says_what_to_install(tmp_path, monkeypatch):
    job = make_job(tmp_path)
    monkeypatch.setitem(sys.modules, "nnunetv2.inference.predict_from_raw_data", None)
    with pytest.raises(DependencyError, match=r"pip install \"lwctr\[segment\]\""):
        run_job(job, Ear())


def test_a_broken_torchvision_is_hidden_and_named(tmp_path, monkeypatch):
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").write_text(
        "raise RuntimeError('operator torchvision::nms does not exist')"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "torchvision", raising=False)
    monkeypatch.setattr(worker, "FRAGILE", ("torchvision",))
    ear = Ear()
    try:
        hide_broken_packages(ear)
        assert "torchvision does not work with this torch" in ear.of("warning")[0]["text"]
        with pytest.raises(ImportError):
            __import__("torchvision")
    finally:
        sys.modules.pop("torchvision", None)


def test_a_job_survives_its_file(tmp_path):
    job = make_job(tmp_path)
    job.save(tmp_path / "job.json")
    again = Job.load(tmp_path / "job.json")
    assert again == replace(job, folds=list(job.folds), heads=list(job.heads), spacing=list(job.spacing))


def test_failures_keep_their_kind_and_memory_is_named():
    assert failure(InputError("a", "b", "c")) == {
        "kind": "InputError",
        "found": "a",
        "expected": "b",
        "action": "c",
    }
    assert "memory ran out" in failure(RuntimeError("CUDA out of memory. Tried to …"))["found"]
    assert "memory ran out" in failure(MemoryError())["found"]
    assert failure(ValueError("odd"))["found"] == "nnU-Net failed: ValueError: odd"
