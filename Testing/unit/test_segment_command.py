"""``lwctr segment`` from the outside."""

from __future__ import annotations

import argparse
import io
import json

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.commands import segment as command
from LWCTRLogic.errors import Cancelled, InputError, UsageError
from LWCTRLogic.imaging.masks import read_mask, write_mask
from LWCTRLogic.imaging.volumes import write_image
from LWCTRLogic.progress import JsonProgress, Progress
from LWCTRLogic.segment import backend as backends
from Testing.unit import tiny_nnunet


def body(radius_mm=75.0):
    """A CT of air, body, bone and a ball for a liver (1,767 mL)."""
    z, y, x = np.indices((36, 48, 56))
    mm = np.stack([(x - 28) * 6.0, (y - 24) * 6.0, (z - 18) * 6.0])
    hu = np.full(z.shape, -1000)
    hu[(mm[0] / 160) ** 2 + (mm[1] / 130) ** 2 <= 1] = 30
    hu[mm[0] ** 2 + (mm[1] - 105) ** 2 <= 15**2] = 500
    hu[(mm[0] + 40) ** 2 + mm[1] ** 2 + mm[2] ** 2 <= radius_mm**2] = 100
    image = sitk.GetImageFromArray(hu.astype(np.int16))
    image.SetSpacing((6.0, 6.0, 6.0))
    return image


class Threshold:
    name = "nnunet"

    def __init__(self):
        self.options = {}
        self.calls = 0

    def describe(self):
        return {"backend": self.name}

    def segment(self, image, progress):
        self.calls += 1
        progress.update("segment", 0, 1)
        return sitk.Cast(sitk.BinaryThreshold(image, 80, 200), sitk.sitkUInt8)


@pytest.fixture
def backend(monkeypatch):
    """Stands in for nnU-Net, and remembers the options."""
    fake = Threshold()

    def make(model, **options):
        fake.options = {"model": model, **options}
        return fake

    monkeypatch.setattr(backends, "make_backend", make)
    return fake


@pytest.fixture
def case(case_folder):
    case = Case.create(case_folder, CaseInfo("p01", {"pre_A": Scan(), "pre_V": Scan()}))
    for volume in ("pre_A", "pre_V"):
        write_image(body(), case.image_path(volume))
    return case


def call(*arguments, progress=None):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(one) for one in arguments]), progress or Progress())


def test_a_case_gets_a_mask_a_volume_and_a_word_on_each(case, backend, capsys):
    assert call(case.folder) == 0
    assert [case.current_mask(volume).name for volume in case.volumes()] == ["v0001_auto.seg.nrrd"] * 2
    shown = capsys.readouterr().out
    assert shown.count(" mL\n") == 2
    assert f"{case.current_mask('pre_A')}: 17" in shown


def test_volumes_with_a_mask_are_skipped_unless_forced(case, backend):
    call(case.folder, "--volume", "pre_A")
    assert backend.calls == 1
    call(case.folder)
    assert backend.calls == 2
    call(case.folder, "--force", "--volume", "pre_A")
    assert backend.calls == 3
    assert case.current_mask("pre_A").name == "v0002_auto.seg.nrrd"


def test_a_cancelled_case_goes_on_where_it_stopped(case, backend):
    progress = Progress()
    real = backend.segment

    def stop_after_the_first(image, inner):
        mask = real(image, inner)
        progress.cancel()
        return mask

    backend.segment = stop_after_the_first
    with pytest.raises(Cancelled):
        call(case.folder, progress=progress)
    assert case.current_mask("pre_A") is not None
    assert not case.mask_folder("pre_V").exists()
    backend.segment = real
    call(case.folder)
    assert backend.calls == 2
    assert case.current_mask("pre_V") is not None


def test_options_reach_the_backend(case, backend):
    call(
        case.folder, "--model", "mine", "--tta", "--step-size", "0.7", "--threads", "3", "--device", "cpu",
        "--network", "torch",
    )  # fmt: skip
    assert backend.options == {
        "model": "mine",
        "mirroring": True,
        "step_size": 0.7,
        "threads": 3,
        "device": "cpu",
        "network": "torch",
        "log_folder": case.folder,
    }
    call(case.folder, "--force", "--backend", "totalsegmentator")
    assert backend.options["model"] == "totalsegmentator"


def test_one_image_gets_one_mask(backend, tmp_path, capsys):
    sitk.WriteImage(body(), str(tmp_path / "ct.nii.gz"))
    assert call(tmp_path / "ct.nii.gz", "-o", tmp_path / "out.seg.nrrd") == 0
    wanted = sitk.GetArrayFromImage(body()) == 100
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_mask(tmp_path / "out.seg.nrrd")), wanted)
    assert "out.seg.nrrd: 17" in capsys.readouterr().out


def test_programs_get_path_volume_and_findings(backend, tmp_path):
    sitk.WriteImage(body(radius_mm=50.0), str(tmp_path / "ct.nii.gz"))
    stream = io.StringIO()
    call(tmp_path / "ct.nii.gz", "-o", tmp_path / "out.seg.nrrd", progress=JsonProgress(stream))
    event = json.loads(stream.getvalue().splitlines()[-1])
    assert event["path"] == str(tmp_path / "out.seg.nrrd")
    assert event["volume_ml"] == pytest.approx(523.6, rel=0.03)
    assert [one["code"] for one in event["findings"]] == ["mask-volume"]


def test_an_empty_mask_leaves_no_file(backend, tmp_path):
    sitk.WriteImage(body(radius_mm=0.0), str(tmp_path / "ct.nii.gz"))
    with pytest.raises(InputError, match="is empty"):
        call(tmp_path / "ct.nii.gz", "-o", tmp_path / "out.seg.nrrd")
    assert not (tmp_path / "out.seg.nrrd").exists()


def test_a_mask_made_elsewhere_becomes_the_current_one(case, tmp_path):
    mask = sitk.Cast(sitk.BinaryThreshold(body(radius_mm=80.0), 80, 200), sitk.sitkUInt8)
    write_mask(mask, tmp_path / "drawn.seg.nrrd")
    call(case.folder, "--volume", "pre_V", "--mask", tmp_path / "drawn.seg.nrrd")
    assert case.current_mask("pre_V").name == "v0001_existing.seg.nrrd"
    assert case.current_mask("pre_A") is None


def test_a_mask_is_propagated_and_marked(case, backend, capsys):
    call(case.folder, "--volume", "pre_A")
    capsys.readouterr()
    call(case.folder, "--propagate", "pre_A:pre_V")
    assert case.current_mask("pre_V").name == "v0001_propagated.seg.nrrd"
    assert "mask-review" in capsys.readouterr().out


def test_a_reason_for_acceptance_is_shown(case, backend, capsys):
    write_image(body(radius_mm=50.0), case.image_path("pre_A"))
    case.update_scan("pre_A", accepted={"mask-volume": "resected"})
    call(case.folder, "--volume", "pre_A")
    assert "(accepted: resected)" in capsys.readouterr().out


def test_the_estimate_is_printed_and_nothing_is_made(case, tmp_path, capsys):
    model = tiny_nnunet.write_json_files(tmp_path / "tiny")
    call(case.folder, "--estimate", "--model", model, "--volume", "pre_A")
    assert capsys.readouterr().out.startswith("pre_A: ")
    call(case.image_path("pre_A"), "--estimate", "--model", model)
    assert "GB of memory" in capsys.readouterr().out
    call(case.folder, "--estimate", "--model", model, "--volume", "pre_A", progress=JsonProgress())
    needed = json.loads(capsys.readouterr().out)
    assert (needed["event"], needed["volume"]) == ("estimate", "pre_A")
    assert needed["tiles"] >= 1 and needed["peak_bytes"] > 1e8 and needed["seconds"] > 0
    assert case.current_mask("pre_A") is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["{case}", "-o", "x.seg.nrrd"],
        ["{image}"],
        ["{case}", "--mask", "m.nii.gz", "--volume", "pre_A", "pre_V"],
        ["{case}", "--backend", "existing", "--volume", "pre_A"],
        ["{case}", "--propagate", "pre_A"],
        ["{case}", "--propagate", "pre_A:pre_A"],
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(case, arguments):
    names = {"{case}": case.folder, "{image}": case.image_path("pre_A")}
    with pytest.raises(UsageError):
        call(*(names.get(one, one) for one in arguments))


def test_an_input_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(InputError, match="nowhere does not exist"):
        call(tmp_path / "nowhere")


def test_a_volume_that_the_case_lacks_is_refused(case, backend):
    with pytest.raises(InputError, match="no post_A; expected of pre_A, pre_V"):
        call(case.folder, "--volume", "post_A")
