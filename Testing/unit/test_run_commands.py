"""The commands run, batch and demo: what reaches the pipeline, what people and programs are told."""

import errno
import json
from pathlib import Path

import filelock
import pytest

from LWCTRLogic import batch, cli, demonstration, files, pipeline
from LWCTRLogic.batch import Outcome
from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.dicom import scanning
from LWCTRLogic.findings import Finding
from LWCTRLogic.models.prediction import BundleReference, ModelScore, Prediction
from LWCTRLogic.pipeline import RunOptions, RunResult
from LWCTRLogic.processes import cpu_count


@pytest.fixture
def a_case(case_folder) -> Case:
    case = Case.create(case_folder, CaseInfo("LW-1", {"pre_A": Scan(day=0)}))
    bundle = BundleReference("demo", "1", "0" * 64, True, "not for clinical use")
    scores = (ModelScore("LWCTR", "LWCTR", 0.71, 0.4, 0.52, True),)
    prediction = Prediction("LW-1", bundle, "LWCTR", scores, risk_group="low risk")
    files.write_json(case.prediction_path, prediction.to_dict())
    files.write_text(case.folder / "report.html", "<html>")
    return case


@pytest.fixture
def the_pipeline(monkeypatch):
    """Stands in for the pipeline; gives the options of each call."""
    calls: list[RunOptions] = []

    def run_case(case, options, progress):
        calls.append(options)
        found = (
            Finding("mask-pieces", "2 pieces", "pre_A"),
            Finding("mask-hu", "dark", "pre_A", "fatty liver"),
        )
        return RunResult(("predict", "report"), ("extract",), found)

    monkeypatch.setattr(pipeline, "run_case", run_case)
    return calls


def test_every_option_of_run_reaches_the_pipeline(a_case, the_pipeline, tmp_path):
    options = [
        "--model=mine",
        "--device=cpu",
        "--backend=pyradiomics",
        "--until=check",
        "--threads=1",
        "--force",
    ]
    paths = ["--bundle", str(tmp_path / "b.zip"), "--settings", str(tmp_path / "s.yaml")]
    accept = ["--accept", "pre_A:mask-pieces=left lobe = resected", "--accept", "window-baseline=known"]
    assert cli.main(["run", str(a_case.folder), *options, *paths, *accept]) == 0
    assert the_pipeline == [
        RunOptions(
            model="mine",
            device="cpu",
            bundle=tmp_path / "b.zip",
            settings=tmp_path / "s.yaml",
            backend="pyradiomics",
            threads=1,
            until="check",
            force=True,
            accepted={"pre_A:mask-pieces": "left lobe = resected", "window-baseline": "known"},
        )
    ]


def test_run_uses_every_core_unless_told(a_case, the_pipeline):
    cli.main(["run", str(a_case.folder)])
    assert the_pipeline[0].threads == cpu_count()


def test_people_are_told_score_notice_open_warnings_and_where_the_report_is(a_case, the_pipeline, capsys):
    cli.main(["run", str(a_case.folder)])
    out = capsys.readouterr().out
    assert "2 steps run, 1 up to date" in out
    assert "not for clinical use" in out
    assert "score 0.710 (cut-off 0.520): responder" in out
    assert "1 warning to review" in out
    assert f"report: {a_case.folder / 'report.html'}" in out


def test_programs_are_told_the_same_in_one_line(a_case, the_pipeline, capsys):
    cli.main(["run", str(a_case.folder), "--progress", "json"])
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["event"], line["ran"], line["skipped"]) == ("result", ["predict", "report"], ["extract"])
    assert [finding["code"] for finding in line["findings"]] == ["mask-pieces", "mask-hu"]


def test_an_acceptance_without_a_reason_is_a_usage_error(a_case, the_pipeline, capsys):
    assert cli.main(["run", str(a_case.folder), "--accept", "mask-pieces"]) == 2
    assert "CODE=REASON" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "segment", "check", "extract", "predict", "report"])
def test_a_case_that_is_not_there_is_refused_and_not_made(tmp_path, command, capsys):
    assert cli.main([command, str(tmp_path / "typo"), "--progress", "none"]) == 3
    assert "typo" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_case_that_cannot_be_written_says_so_in_one_line(a_case, capsys, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    assert cli.main(["run", str(a_case.folder)]) == 1
    assert "cannot be written (Read-only file system); expected a case folder" in capsys.readouterr().err


def test_a_case_json_in_place_of_its_folder_is_called_a_file(a_case, capsys):
    assert cli.main(["run", str(a_case.info_path)]) == 3
    assert "case.json is a file; expected a case folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "exit_code", "message"),
    [
        (["--bundle", "no such.zip"], 3, "bundle no such.zip does not exist"),
        (["--settings", "no such.yaml"], 3, "no such.yaml does not exist"),
        (["--until", "paint"], 2, "unknown step 'paint'; expected one of import, segment"),
    ],
)
def test_an_option_that_a_late_step_cannot_use_is_refused_before_the_first(
    a_case, capsys, option, exit_code, message
):
    assert cli.main(["run", str(a_case.folder), *option, "--progress", "none"]) == exit_code
    assert message in capsys.readouterr().err
    assert not a_case.log_path.exists()


def test_a_folder_to_scan_is_sorted_into_a_case_that_has_no_scans_yet(tmp_path, the_pipeline, monkeypatch):
    scanned: list = []

    def scan_into(case, folder, progress, first_dose):
        scanned.append((folder, first_dose.isoformat()))
        case.save_info(CaseInfo("LW-1", {"pre_V": Scan(day=0)}))

    monkeypatch.setattr(scanning, "scan_into", scan_into)
    command = ["run", str(tmp_path / "case"), "--scan", "dicom", "--first-dose", "2024-03-05"]
    assert cli.main(command) == 0
    assert cli.main(command) == 0
    assert scanned == [(Path("dicom"), "2024-03-05")]


@pytest.fixture
def a_table(tmp_path) -> Path:
    (tmp_path / "a.nii.gz").write_bytes(b"")
    table = tmp_path / "cohort.csv"
    table.write_text("case_id,pre_A,remark\nP1,a.nii.gz,x\nP2,a.nii.gz,y\n")
    return table


@pytest.fixture
def the_executor(monkeypatch):
    """Stands in for the child processes: P2 fails when asked to; gives the jobs."""
    jobs: list = []
    failing: set[str] = set()

    def run_job(job, on_step, cancelled):
        jobs.append(job)
        return Outcome(job, 3 if job.case_id in failing else 0, "segment", "no liver")

    monkeypatch.setattr(batch, "run_job", run_job)
    return jobs, failing


def test_batch_passes_its_options_on_and_names_columns_that_nothing_uses(
    a_table, the_executor, tmp_path, capsys
):
    jobs, _ = the_executor
    out = tmp_path / "out"
    options = ["--model", "mine", "--until", "extract", "--force", "--bundle", str(tmp_path / "b.zip")]
    assert cli.main(["batch", str(a_table), "-o", str(out), *options]) == 0
    arguments = list(jobs[0].arguments)
    assert arguments[arguments.index("--model") + 1] == "mine"
    assert arguments[arguments.index("--until") + 1] == "extract"
    assert arguments[arguments.index("--bundle") + 1] == str((tmp_path / "b.zip").resolve())
    assert arguments[-1] == "--force"
    captured = capsys.readouterr()
    assert "columns that nothing uses: remark" in captured.err
    assert f"2 of 2 cases done: {out / 'results.csv'}" in captured.out


def test_batch_ends_with_5_when_a_case_failed_and_says_where_to_look(a_table, the_executor, tmp_path, capsys):
    the_executor[1].add("P2")
    assert cli.main(["batch", str(a_table), "-o", str(tmp_path / "out")]) == 5
    out = capsys.readouterr().out
    assert "1 of 2 cases done" in out
    assert f"1 failed: {tmp_path / 'out' / 'failures.csv'}" in out


def test_batch_tells_programs_its_counts(a_table, the_executor, tmp_path, capsys):
    the_executor[1].add("P1")
    assert cli.main(["batch", str(a_table), "-o", str(tmp_path / "out"), "--progress", "json"]) == 5
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["event"], line["cases"], line["failed"]) == ("result", 2, 1)


def test_batch_needs_a_worker(a_table, tmp_path):
    assert cli.main(["batch", str(a_table), "-o", str(tmp_path), "-j", "0"]) == 2


def test_batch_runs_no_more_cases_at_a_time_than_there_are_cores(a_table, the_executor, tmp_path, capsys):
    assert cli.main(["batch", str(a_table), "-o", str(tmp_path / "out"), "-j", "1000"]) == 0
    cores = cpu_count()
    assert f"{cores} cases at a time instead of 1000" in capsys.readouterr().err
    arguments = the_executor[0][0].arguments
    assert arguments[arguments.index("--threads") + 1] == "1"


def test_the_demonstration_runs_every_step_and_compares_its_masks_with_the_truth(
    a_case, the_pipeline, monkeypatch, capsys
):
    monkeypatch.setattr(
        demonstration, "make_demonstration", lambda *_: demonstration.Demonstration(a_case, {})
    )
    monkeypatch.setattr(demonstration, "dice_with_truth", lambda _: {"pre_A": 0.91})
    assert cli.main(["demo", str(a_case.folder)]) == 0
    assert "Dice of the liver masks with the simulated truth: pre_A 0.910" in capsys.readouterr().out
    assert cli.main(["demo", str(a_case.folder), "--progress", "json", "--threads", "1"]) == 0
    events = [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()]
    assert events == ["dice", "result"]
    assert the_pipeline[-1].threads == 1
