"""The parent side: a child process that segments, is cancelled, crashes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage

from LWCTRLogic import processes
from LWCTRLogic.errors import BackendError, Cancelled, DependencyError, InputError
from LWCTRLogic.models.nnunet_model import find_models
from LWCTRLogic.models.registry import LiverModel
from LWCTRLogic.processes import Finished
from LWCTRLogic.progress import Progress
from LWCTRLogic.segment import nnunet
from LWCTRLogic.segment.estimate import Estimate
from LWCTRLogic.segment.nnunet import NnunetBackend, NnunetSettings
from LWCTRLogic.segment.worker import Job
from Testing.unit import tiny_nnunet

pytest.importorskip("nnunetv2")
QUICK = NnunetSettings(device="cpu", network="torch", threads=1, step_size=1.0)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tiny_nnunet.write_model(tmp_path_factory.mktemp("é model") / "tiny")
    return LiverModel("tiny", find_models(folder)[0], ("liver",), "0" * 64)


def noisy_body(code="LPS"):
    rng = np.random.default_rng(2)
    noise = ndimage.gaussian_filter(rng.normal(0, 1, (24, 40, 44)), 2)
    array = (noise / noise.std() * 80 + 40).astype(np.int16)
    array[:, :6] = -1000
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((5.0, 6.0, 7.0))
    image.SetOrigin((-10.0, 20.0, 30.0))
    return sitk.DICOMOrient(image, code)


class Recorder(Progress):
    def __init__(self, on_update=None):
        super().__init__()
        self.messages = []
        self.on_update = on_update

    def update(self, step, done, total, message=""):
        self.messages.append(message)
        if self.on_update:
            self.on_update(self)
        super().update(step, done, total, message)


def fake_child(monkeypatch, events, code=0, errors=()):
    def run(arguments, on_event, cancelled, extra_environment=None, module=""):
        for event in events:
            on_event(dict(event))
        return Finished(code, tuple(errors))

    monkeypatch.setattr(nnunet, "run_json_child", run)


@pytest.fixture(scope="module")
def straight_mask(model, tmp_path_factory):
    """Made in a stripped environment, as in 3D Slicer, where the package is not on PYTHONPATH."""
    keep = {name: value for name, value in processes.os.environ.items() if name in ("SYSTEMROOT", "TEMP")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes.os, "environ", keep)
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        return NnunetBackend(model, QUICK).segment(noisy_body(), Progress())


def test_the_mask_lies_on_the_images_grid_and_is_mixed(straight_mask):
    image = noisy_body()
    for read in ("GetSize", "GetSpacing", "GetOrigin", "GetDirection"):
        assert getattr(straight_mask, read)() == getattr(image, read)()
    assert straight_mask.GetPixelID() == sitk.sitkUInt8
    assert 0.05 < np.mean(sitk.GetArrayFromImage(straight_mask)) < 0.95


def test_a_permuted_and_flipped_image_gets_the_same_mask_in_the_patient(model, straight_mask):
    progress = Recorder()
    turned = noisy_body("ASR")
    mask = NnunetBackend(model, QUICK).segment(turned, progress)
    assert mask.GetDirection() == turned.GetDirection()
    back = sitk.DICOMOrient(mask, "LPS")
    np.testing.assert_array_equal(sitk.GetArrayFromImage(back), sitk.GetArrayFromImage(straight_mask))
    assert progress.messages[-1].startswith("tile")


def test_cancel_ends_the_worker_within_two_seconds(model):
    children = []
    real = subprocess.Popen

    class Watched(real):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            children.append(self)

    progress = Recorder()
    asked = []

    def cancel():
        while not children:
            time.sleep(0.01)
        time.sleep(0.3)
        asked.append(time.monotonic())
        progress.cancel()

    thread = threading.Thread(target=cancel)
    processes.subprocess.Popen = Watched
    try:
        thread.start()
        with pytest.raises(Cancelled):
            NnunetBackend(model, QUICK).segment(noisy_body(), progress)
    finally:
        processes.subprocess.Popen = real
        thread.join()
    assert children[0].poll() is not None
    assert time.monotonic() - asked[0] < 2 + 5  # the promise is 2 s; a busy test machine gets 5 more


def test_a_worker_killed_by_the_system_names_memory_and_keeps_the_log(model, monkeypatch, tmp_path):
    fake_child(monkeypatch, [], code=-9, errors=["loading", "tile 3"])
    backend = NnunetBackend(model, QUICK, log_folder=tmp_path)
    with pytest.raises(
        BackendError, match=r"killed by the system, most likely for memory .*segment-worker.log"
    ):
        backend.segment(noisy_body(), Progress())
    assert (tmp_path / "segment-worker.log").read_text() == "loading\ntile 3\n"


def test_the_log_of_a_failure_goes_once_a_run_ends_well(model, monkeypatch, tmp_path):
    fake_child(monkeypatch, [], code=-9, errors=["tile 3"])
    backend = NnunetBackend(model, QUICK, log_folder=tmp_path)
    with pytest.raises(BackendError):
        backend.segment(noisy_body(), Progress())

    def run(arguments, *others, **options):
        job = Job.load(Path(arguments[0]))
        np.save(job.mask, np.load(job.array) > 40)
        return Finished(0, ())

    monkeypatch.setattr(nnunet, "run_json_child", run)
    mask = backend.segment(noisy_body(), Progress())
    assert sitk.GetArrayFromImage(mask).any()
    assert list(tmp_path.iterdir()) == []


def test_a_crashed_worker_says_its_last_words(model, monkeypatch):
    fake_child(monkeypatch, [], code=3, errors=["Traceback", "ImportError: no such thing", ""])
    with pytest.raises(BackendError, match="ended with code 3: ImportError: no such thing"):
        NnunetBackend(model, QUICK).segment(noisy_body(), Progress())


def test_an_error_of_the_worker_arrives_with_its_kind(model, monkeypatch):
    failed = {"event": "failed", "kind": "DependencyError", "found": "a", "expected": "b", "action": "c"}
    fake_child(monkeypatch, [failed], code=1)
    with pytest.raises(DependencyError, match=r"a; expected b\. c"):
        NnunetBackend(model, QUICK).segment(noisy_body(), Progress())


def test_warnings_of_the_worker_reach_the_user(model, monkeypatch):
    warnings = []
    progress = Progress()
    progress.warning = warnings.append
    fake_child(monkeypatch, [{"event": "warning", "text": "torchvision is broken"}], code=1)
    with pytest.raises(BackendError):
        NnunetBackend(model, QUICK).segment(noisy_body(), progress)
    assert warnings == ["torchvision is broken"]


def test_too_little_memory_is_refused_before_the_start(model, monkeypatch):
    monkeypatch.setattr(nnunet, "estimate", lambda *args: Estimate(1, 10**15, 1.0))
    fake_child(monkeypatch, [], code=-9)
    with pytest.raises(InputError, match=r"1000000\.0 GB of memory"):
        NnunetBackend(model, QUICK).segment(noisy_body(), Progress())


def test_the_estimate_counts_the_body_and_not_the_air(model):
    backend = NnunetBackend(model, QUICK)
    image = noisy_body()
    padded = sitk.ConstantPad(image, [0, 60, 0], [0, 60, 0], -1000)
    assert backend.estimate(padded).tiles == backend.estimate(image).tiles


def test_the_description_names_what_decides_the_mask(model):
    def described(**settings):
        return NnunetBackend(model, NnunetSettings(**settings)).describe()

    assert described()["sha256"] == "0" * 64
    assert described(threads=1) == described(threads=2)
    assert described(network="openvino", threads=1) != described(network="openvino", threads=2)
    assert described(step_size=0.7) != described()


@pytest.mark.parametrize(("spec", "network"), [(None, "torch"), (object(), "openvino")])
def test_auto_is_openvino_where_it_is_installed(model, monkeypatch, spec, network):
    monkeypatch.setattr(nnunet.importlib.util, "find_spec", lambda name: spec)
    assert NnunetBackend(model, NnunetSettings(network="auto")).describe()["network"] == network


@pytest.mark.parametrize(
    "wrong", [{"device": "tpu"}, {"network": "tf"}, {"step_size": 0.0}, {"step_size": 1.5}, {"threads": 0}]
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(InputError):
        NnunetSettings(**wrong)


def test_this_interpreter_is_the_workers(model, monkeypatch):
    seen = []

    def watch(arguments, on_event, cancelled, extra_environment=None, module=""):
        seen.append((module, extra_environment))
        return Finished(1, ())

    monkeypatch.setattr(nnunet, "run_json_child", watch)
    with pytest.raises(BackendError, match="it said nothing"):
        NnunetBackend(model, QUICK).segment(noisy_body(), Progress())
    assert seen == [("LWCTRLogic.segment.worker", {"OMP_NUM_THREADS": "1"})]
    assert sys.executable
