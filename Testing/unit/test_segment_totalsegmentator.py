"""TotalSegmentator as a backend, with a stand-in for the package."""

from __future__ import annotations

import json
import textwrap

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import BackendError, Cancelled, DependencyError
from LWCTRLogic.progress import Progress
from LWCTRLogic.segment import totalsegmentator
from LWCTRLogic.segment.backend import make_backend
from LWCTRLogic.segment.totalsegmentator import TotalSegmentatorBackend, run_totalsegmentator

STAND_IN = """
import json, os, pathlib
import SimpleITK as sitk

def totalsegmentator(input, output, **options):
    assert options["roi_subset"] == ["liver"] and options["task"] == "total" and options["ml"] is True
    home = pathlib.Path(os.environ["TOTALSEG_HOME_DIR"])
    config = json.loads((home / "config.json").read_text())
    assert config["send_usage_stats"] is False
    pathlib.Path(os.environ["STAND_IN_LOG"]).write_text(
        json.dumps([options["device"], os.environ["TOTALSEG_WEIGHTS_PATH"]])
    )
    if os.environ.get("STAND_IN_FAILS"):
        raise RuntimeError("no weights and no network")
    image = sitk.ReadImage(str(input))
    sitk.WriteImage(sitk.Cast(image > 80, sitk.sitkUInt8) * 5, str(output))
"""


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A package ``totalsegmentator`` that thresholds, for this process and for children."""
    package = tmp_path / "site" / "totalsegmentator"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "python_api.py").write_text(textwrap.dedent(STAND_IN))
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    monkeypatch.setenv("STAND_IN_LOG", str(tmp_path / "log.json"))
    monkeypatch.setenv("TOTALSEG_HOME_DIR", str(tmp_path / "home"))
    monkeypatch.delenv("TOTALSEG_WEIGHTS_PATH", raising=False)
    return tmp_path


def image_with_a_box():
    array = np.full((12, 20, 24), -1000, dtype=np.int16)
    array[3:9, 4:14, 5:15] = 100
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((2.0, 3.0, 4.0))
    image.SetOrigin((7.0, 8.0, 9.0))
    return sitk.DICOMOrient(image, "RSP")


def test_the_liver_comes_back_on_the_images_grid_and_telemetry_is_off(stand_in):
    image = image_with_a_box()
    mask = TotalSegmentatorBackend("cpu").segment(image, Progress())
    np.testing.assert_array_equal(sitk.GetArrayFromImage(mask), sitk.GetArrayFromImage(image) > 0)
    assert mask.GetDirection() == image.GetDirection()
    assert mask.GetOrigin() == image.GetOrigin()
    device, weights = json.loads((stand_in / "log.json").read_text())
    assert device == "cpu"
    assert weights == str(stand_in / "home" / "nnunet" / "results")


def test_a_failure_says_why(stand_in, monkeypatch):
    monkeypatch.setenv("STAND_IN_FAILS", "1")
    with pytest.raises(BackendError, match="no weights and no network"):
        TotalSegmentatorBackend("cpu").segment(image_with_a_box(), Progress())


def test_cancel_is_heard(stand_in):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        TotalSegmentatorBackend("cpu").segment(image_with_a_box(), progress)


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(totalsegmentator.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DependencyError, match=r"lwctr\[totalsegmentator\]"):
        make_backend("totalsegmentator").segment(image_with_a_box(), Progress())


def test_the_gpu_is_asked_for_unless_the_cpu_is(stand_in):
    folder = stand_in / "job"
    folder.mkdir()
    sitk.WriteImage(image_with_a_box(), str(folder / "image.nii.gz"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(totalsegmentator.os, "environ", dict(totalsegmentator.os.environ))
        run_totalsegmentator({"folder": str(folder), "device": "auto"})
        assert (folder / "mask.nii.gz").is_file()


def test_the_description_names_task_and_device():
    described = TotalSegmentatorBackend("cuda").describe()
    assert (described["backend"], described["task"], described["device"]) == (
        "totalsegmentator",
        "total",
        "cuda",
    )
