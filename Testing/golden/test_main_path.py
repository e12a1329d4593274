"""Whole runs on a small phantom case: resume, skip, kill, corrected masks. Masks are given: no network runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.errors import Cancelled, InputError, UsageError
from LWCTRLogic.findings import read_findings
from LWCTRLogic.imaging.io import read_mask, write_mask
from LWCTRLogic.pipeline import RunOptions, locked, run_case
from LWCTRLogic.processes import child_environment
from LWCTRLogic.progress import Progress
from Testing.golden.small_case import copy_case, make_case, make_sources, results_of


@pytest.fixture(scope="module")
def the_sources(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sources é") / "scans of a patient"
    folder.mkdir()
    make_sources(folder)
    return folder


@pytest.fixture(scope="module")
def a_finished_case(the_sources, tmp_path_factory) -> Case:
    case = make_case(the_sources, tmp_path_factory.mktemp("finished"))
    run_case(case, RunOptions(), Progress())
    return case


def test_a_run_ends_with_every_file_of_the_case_folder(a_finished_case):
    names = set(results_of(a_finished_case))
    assert {f"images/{volume}.nii.gz" for volume in VOLUMES} <= names
    assert {f"masks/{volume}/v0001_existing.seg.nrrd" for volume in VOLUMES} <= names
    wanted = "case.json readings.csv findings.json features.parquet features.csv prediction.json"
    assert {*wanted.split(), "report.html", "report.pdf"} <= names


def test_no_temporary_file_is_left(a_finished_case):
    assert not [path for path in a_finished_case.folder.rglob(".tmp-*")]


def test_every_volume_has_1316_finite_features(a_finished_case):
    import pandas as pd

    features = pd.read_parquet(a_finished_case.features_path)
    columns = [name for name in features.columns if name != "volume"]
    assert (len(features), len(columns)) == (4, 1316)
    assert features[columns].notna().all().all()


def test_all_seven_models_run_on_a_complete_case(a_finished_case):
    prediction = json.loads(a_finished_case.prediction_path.read_text())
    assert len(prediction["scores"]) == 7
    assert all(0 < score["score"] < 1 for score in prediction["scores"])


def test_neither_the_sources_folder_nor_any_absolute_path_stands_in_a_result(a_finished_case, the_sources):
    for name, content in results_of(a_finished_case).items():
        assert b"scans of a patient" not in content, name
        assert str(a_finished_case.folder).encode() not in content, name
    log = a_finished_case.log_path.read_text() + a_finished_case.manifest_path.read_text()
    assert "scans of a patient" not in log


def test_a_second_run_skips_every_step_and_changes_no_byte(a_finished_case, tmp_path):
    case = copy_case(a_finished_case, tmp_path / "copy")
    before = results_of(case)
    result = run_case(case, RunOptions(), Progress())
    assert result.ran == ()
    assert results_of(case) == before


def test_two_threads_give_the_same_bytes_as_one(a_finished_case, the_sources, tmp_path):
    case = make_case(the_sources, tmp_path / "two threads")
    run_case(case, RunOptions(threads=2), Progress())
    assert results_of(case) == results_of(a_finished_case)


def test_a_readers_correction_reruns_what_depends_on_it_and_is_never_replaced(a_finished_case, tmp_path):
    case = copy_case(a_finished_case, tmp_path / "corrected")
    mask = read_mask(case.current_mask("pre_A"))
    size = mask.GetSize()
    mask[:, :, : size[2] // 3] = 0
    path = case.new_mask_path("pre_A", "reader-1")
    write_mask(mask, path)
    case.set_current_mask("pre_A", path)
    result = run_case(case, RunOptions(force=False), Progress())
    assert set(result.ran) == {"check", "extract", "predict", "report"}
    run_case(case, RunOptions(force=True), Progress())
    assert case.current_mask("pre_A") == path
    assert path.name == "v0002_reader-1.seg.nrrd"


def test_a_changed_clinical_value_reruns_the_prediction_but_not_the_features(a_finished_case, tmp_path):
    case = copy_case(a_finished_case, tmp_path / "clinical")
    info = json.loads(case.info_path.read_text())
    info["clinical"]["mrecist"] = None
    case.info_path.write_text(json.dumps(info))
    result = run_case(case, RunOptions(), Progress())
    assert {"predict", "report"} <= set(result.ran)
    assert "extract" in result.skipped


def test_an_accepted_warning_is_kept_with_its_reason(a_finished_case, tmp_path):
    case = copy_case(a_finished_case, tmp_path / "accepted")
    info = json.loads(case.info_path.read_text())
    info["first_dose_day"] = 100
    info["scans"]["post_A"]["day"] = info["scans"]["post_V"]["day"] = 120
    case.info_path.write_text(json.dumps(info))
    findings = run_case(case, RunOptions(), Progress()).findings
    windows = [finding for finding in findings if finding.code.startswith("window")]
    assert windows
    accepted = {
        f"{one.volume}:{one.code}" if one.volume else one.code: "scan repeated abroad" for one in windows
    }
    run_case(case, RunOptions(accepted=accepted), Progress())
    kept = [finding for finding in read_findings(case) if finding.code.startswith("window")]
    assert [finding.accepted for finding in kept] == ["scan repeated abroad"] * len(windows)
    assert "Scan repeated abroad" in (case.folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("accepted", "message"),
    [({"x": " "}, "no reason given"), ({"pre_X:mask-pieces": "seen"}, "names volume 'pre_X'")],
)
def test_a_wrong_acceptance_is_refused(a_finished_case, accepted, message):
    with pytest.raises(InputError, match=message):
        run_case(a_finished_case, RunOptions(accepted=accepted), Progress())


def test_a_run_can_end_at_any_step(the_sources, tmp_path):
    case = make_case(the_sources, tmp_path / "part")
    run_case(case, RunOptions(until="check"), Progress())
    assert case.findings_path.exists()
    assert not case.features_path.exists()
    with pytest.raises(UsageError, match="unknown step 'paint'; expected one of import"):
        run_case(case, RunOptions(until="paint"), Progress())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"scans": {"post_A": {"day": 0}, "post_V": {"day": 0}}}, "not later than the baseline"),
        ({"scans": {"post_A": {"source": "pre_A.nii.gz"}}}, "post_A and pre_A are the same scan"),
    ],
)
def test_wrong_days_and_twin_scans_are_refused_before_anything_is_segmented(
    the_sources, tmp_path, wrong, message
):
    case = make_case(the_sources, tmp_path / "wrong")
    info = json.loads(case.info_path.read_text())
    for volume, changes in wrong["scans"].items():
        if "source" in changes:
            changes = {"source": str(the_sources / changes["source"])}
        info["scans"][volume].update(changes)
    case.info_path.write_text(json.dumps(info))
    with pytest.raises(InputError, match=message):
        run_case(case, RunOptions(), Progress())
    assert not (case.folder / "masks").exists()


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        ("nowhere.seg.nrrd", "pre_A: the mask .*nowhere.seg.nrrd does not exist; expected a mask file"),
        (".", "pre_A: the mask .* is a folder; expected a mask file"),
        ("pre_A.nii.gz", "pre_A: .*expected"),  # the scan itself is no mask
    ],
)
def test_a_mask_that_cannot_be_taken_is_refused_with_its_volume(the_sources, tmp_path, mask, message):
    case = make_case(the_sources, tmp_path / "wrong")
    case.update_scan("pre_A", mask=str(the_sources / mask))
    with pytest.raises(InputError, match=message):
        run_case(case, RunOptions(until="segment"), Progress())
    assert case.current_mask("pre_A") is None


def test_a_second_run_on_the_same_case_is_refused_while_the_first_works(a_finished_case):
    with locked(a_finished_case), pytest.raises(InputError, match="another run is working"):
        run_case(a_finished_case, RunOptions(), Progress())


class CancelAt(Progress):
    """Cancels as soon as a step begins."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self.step = step

    def update(self, step: str, done: float, total: float, message: str = "") -> None:
        if step.startswith(self.step):
            self.cancel()
        super().update(step, done, total, message)


def test_a_cancelled_run_goes_on_where_it_stopped_and_ends_with_the_same_bytes(
    a_finished_case, the_sources, tmp_path
):
    case = make_case(the_sources, tmp_path / "cancelled")
    with pytest.raises(Cancelled):
        run_case(case, RunOptions(), CancelAt("predict"))
    assert not case.prediction_path.exists()
    result = run_case(case, RunOptions(), Progress())
    assert "extract" in result.skipped
    assert results_of(case) == results_of(a_finished_case)


def kill_at(case: Case, number: int) -> bool:
    """Run the command line and kill it at its ``number``-th progress line; whether it lived that long."""
    command = [
        sys.executable,
        "-m",
        "LWCTRLogic",
        "run",
        str(case.folder),
        "--threads",
        "1",
        "--progress",
        "json",
    ]
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment(),
    )
    killed = False
    for count, _ in enumerate(child.stdout, start=1):
        if count == number:
            os.kill(child.pid, signal.SIGKILL)
            killed = True
            break
    child.wait()
    child.stdin.close()
    child.stdout.close()
    return killed


@pytest.mark.skipif(os.name != "posix", reason="kills the POSIX way")
@pytest.mark.slow
def test_a_run_killed_again_and_again_ends_with_the_bytes_of_an_undisturbed_one(
    a_finished_case, the_sources, tmp_path
):
    case = make_case(the_sources, tmp_path / "killed")
    kills = 0
    number = 1
    while kill_at(case, number):
        kills += 1
        number += 3
    assert kills >= 6
    assert results_of(case) == results_of(a_finished_case)


@pytest.mark.skipif(os.name != "posix", reason="kills the POSIX way")
def test_a_run_killed_while_it_extracts_ends_with_the_bytes_of_an_undisturbed_one(
    a_finished_case, the_sources, tmp_path
):
    case = make_case(the_sources, tmp_path / "killed once")
    run_case(case, RunOptions(until="check"), Progress())
    assert kill_at(case, 6)
    run_case(case, RunOptions(), Progress())
    assert results_of(case) == results_of(a_finished_case)
