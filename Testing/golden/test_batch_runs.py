"""Whole batches with the bundled network: workers, kills and bad cases change no byte of the good ones."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from LWCTRLogic import cli
from LWCTRLogic.case import Case
from LWCTRLogic.processes import child_environment
from Testing.golden.small_case import make_sources, results_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def a_table(tmp_path_factory) -> Path:
    """Two patients with their baseline scans, and one whose arterial scan is cut short."""
    folder = tmp_path_factory.mktemp("cohort")
    for name, seed in (("a", 3), ("b", 6)):
        (folder / name).mkdir()
        make_sources(folder / name, seed)
    whole = (folder / "a" / "pre_A.nii.gz").read_bytes()
    (folder / "short.nii.gz").write_bytes(whole[: len(whole) // 2])
    table = folder / "cohort.csv"
    table.write_text(
        "case_id,pre_A,pre_V,portal_vein_invasion,extrahepatic_spread\n"
        "good-1,a/pre_A.nii.gz,a/pre_V.nii.gz,present,absent\n"
        "bad,short.nii.gz,a/pre_V.nii.gz,,\n"
        "good-2,b/pre_A.nii.gz,b/pre_V.nii.gz,absent,absent\n"
    )
    return table


@pytest.fixture(scope="module")
def undisturbed(a_table, tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("undisturbed")
    assert cli.main(["batch", str(a_table), "-o", str(output), "--progress", "none"]) == 5
    return output


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def good_results(output: Path) -> dict[str, bytes]:
    found = {"results.csv": (output / "results.csv").read_bytes()}
    for name in ("good-1", "good-2"):
        found |= {f"{name}/{path}": data for path, data in results_of(Case(output / name)).items()}
    return found


def test_the_bad_case_is_named_with_its_reason_and_the_good_ones_have_scores(undisturbed):
    failures = rows(undisturbed / "failures.csv")
    assert [(row["case_id"], row["exit_code"]) for row in failures] == [("bad", "3")]
    assert "pre_A" in failures[0]["error"]
    results = rows(undisturbed / "results.csv")
    assert [row["case_id"] for row in results] == ["good-1", "good-2"]
    assert all(row["model"] == "Radiomic-Pre" and 0 < float(row["score"]) < 1 for row in results)


def test_two_workers_give_the_bytes_of_one(undisturbed, a_table, tmp_path):
    assert cli.main(["batch", str(a_table), "-o", str(tmp_path), "-j", "2", "--progress", "none"]) == 5
    assert good_results(tmp_path) == good_results(undisturbed)


@pytest.mark.skipif(os.name != "posix", reason="kills the POSIX way")
@pytest.mark.parametrize("moment", ["import", "segment", "check", "extract", "predict", "report"])
def test_a_batch_killed_in_a_step_leaves_no_process_and_ends_with_the_bytes_of_an_undisturbed_one(
    undisturbed, a_table, tmp_path, moment
):
    command = [sys.executable, "-m", "LWCTRLogic", "batch", str(a_table), "-o", str(tmp_path), "-j", "2"]
    process = subprocess.Popen(
        command, env=child_environment(), stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    log = tmp_path / "good-1" / "log.jsonl"
    wait_until(lambda: log.exists() and f'"step": "{moment}' in log.read_text())
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    wait_until(lambda: not started_for(tmp_path))
    assert cli.main(["batch", str(a_table), "-o", str(tmp_path), "-j", "2", "--progress", "none"]) == 5
    assert good_results(tmp_path) == good_results(undisturbed)


def started_for(folder: Path) -> list[str]:
    """Command lines of the processes that work on ``folder``."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(folder) in line and "LWCTRLogic" in line]


def wait_until(condition) -> None:
    deadline = time.monotonic() + 240
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
