import json
import subprocess
import sys

import pytest

from LWCTRLogic import files
from LWCTRLogic.case import Case, CaseInfo
from LWCTRLogic.errors import LWCTRError
from LWCTRLogic.provenance import Manifest, Step, log, measured, package_versions, peak_memory_mb


@pytest.fixture
def a_case(case_folder) -> Case:
    case = Case.create(case_folder, CaseInfo("LW-1"))
    (case.folder / "in.txt").write_text("in")
    return case


def copy_step(case: Case, calls: list, **settings) -> Step:
    source, target = case.folder / "in.txt", case.folder / "out.txt"

    def run():
        calls.append(settings)
        target.write_text(source.read_text() + json.dumps(settings))
        return [target]

    return Step("copy", (source,), settings, run)


def run_again(case: Case, calls: list, **settings) -> bool:
    return Manifest(case).run(copy_step(case, calls, **settings))


def test_a_finished_step_is_skipped_by_a_later_run(a_case):
    calls: list = []
    assert run_again(a_case, calls, width=25)
    assert not run_again(a_case, calls, width=25)
    assert len(calls) == 1


def test_a_changed_input_a_changed_setting_or_a_touched_output_runs_the_step_again(a_case):
    calls: list = []
    run_again(a_case, calls, width=25)
    (a_case.folder / "in.txt").write_text("new")
    assert run_again(a_case, calls, width=25)
    assert run_again(a_case, calls, width=24)
    (a_case.folder / "out.txt").write_text("edited")
    assert run_again(a_case, calls, width=24)
    (a_case.folder / "out.txt").unlink()
    assert run_again(a_case, calls, width=24)
    assert not run_again(a_case, calls, width=24)


def test_a_step_that_fails_leaves_no_record(a_case):
    def fail():
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        Manifest(a_case).run(Step("copy", (), {}, fail))
    assert Manifest(a_case).record("copy") is None


def test_force_runs_a_current_step(a_case):
    calls: list = []
    run_again(a_case, calls)
    assert Manifest(a_case).run(copy_step(a_case, calls), force=True)


def test_a_forgotten_step_runs_again(a_case):
    calls: list = []
    run_again(a_case, calls)
    Manifest(a_case).forget(["copy", "never there"])
    assert run_again(a_case, calls)


def test_tuples_in_settings_count_as_equal_after_the_json_round_trip(a_case):
    calls: list = []
    run_again(a_case, calls, sigma=(1, 2))
    assert not run_again(a_case, calls, sigma=(1, 2))


def test_an_input_outside_the_case_is_recorded_without_its_name(a_case, tmp_path):
    secret = tmp_path / "DOE^JOHN"
    secret.mkdir()
    (secret / "mask.nrrd").write_text("x")
    Manifest(a_case).run(Step("x", (secret / "mask.nrrd",), {}, lambda: []))
    assert "DOE" not in a_case.manifest_path.read_text()
    assert "mask.nrrd" not in a_case.manifest_path.read_text()
    assert list(Manifest(a_case).record("x")["inputs"].values()) == [files.sha256(secret / "mask.nrrd")]


def test_times_memory_and_versions_stand_in_the_manifest(a_case):
    run_again(a_case, [])
    record = Manifest(a_case).record("copy")
    assert record["seconds"] >= 0
    assert record["cpu_seconds"] >= 0
    assert record["peak_mb"] is None or record["peak_mb"] > 1
    assert record["versions"] == package_versions()
    assert "numpy" in record["versions"]


def test_the_log_is_one_json_object_a_line(a_case):
    log(a_case, "note", text="two\nlines é")
    log(a_case, "note", text="=cmd()")
    lines = [json.loads(line) for line in a_case.log_path.read_text(encoding="utf-8").splitlines()]
    assert [line["text"] for line in lines] == ["two\nlines é", "=cmd()"]


def test_measured_counts_the_cpu_seconds_of_its_block():
    with measured() as usage:
        sum(number * number for number in range(1_000_000))
    assert 0 < usage["cpu_seconds"] < 60


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's own figure")
def test_the_peak_of_a_small_program_does_not_count_the_large_one_that_started_it():
    large = bytearray(400_000_000)
    code = "from LWCTRLogic.provenance import peak_memory_mb; print(peak_memory_mb())"
    small = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(large) == 400_000_000
    assert 5 < float(small.stdout) < 300
    assert peak_memory_mb() > 400


def test_a_log_that_cannot_be_written_is_told_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LWCTRError, match=r"log.jsonl could not be written \(.+\); expected a folder"):
        log(Case(tmp_path / "file" / "case"), "started")
