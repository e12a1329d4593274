import csv
from dataclasses import replace
from pathlib import Path

import pytest

from LWCTRLogic import batch, files
from LWCTRLogic.batch import Job, LocalExecutor, Outcome, make_jobs, run_batch
from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.cohort import Cohort, CohortRow
from LWCTRLogic.errors import Cancelled
from LWCTRLogic.models.prediction import BundleReference, ModelScore, Prediction, SurvivalCurve
from LWCTRLogic.processes import Finished, cpu_count
from LWCTRLogic.progress import Progress

NOTICE = "demonstration model, simulated patients, not for clinical use"


class FakeExecutor:
    """Ends every job at once with the exit code that the test wants."""

    def __init__(self, codes: dict[str, int], progress: Progress | None = None, stop_after: int = 99) -> None:
        self.codes, self.progress, self.stop_after = codes, progress, stop_after

    def run(self, jobs, on_step, cancelled):
        for number, job in enumerate(jobs):
            if cancelled():
                return
            on_step(job.case_id, "extract")
            code = self.codes.get(job.case_id, 0)
            if code == 0:
                write_prediction(job)
            yield Outcome(job, code, "extract", "=bad,\nmask" if code else "")
            if number + 1 == self.stop_after and self.progress:
                self.progress.cancel()


def write_prediction(job: Job) -> None:
    prediction = Prediction(
        job.case_id,
        BundleReference("demo", "1", "0" * 64, True, NOTICE),
        "LWCTR",
        (
            ModelScore("LWCTR", "LWCTR", 0.71, 0.4, 0.52, True),
            ModelScore("Clinical", "Clinical", missing=("extrahepatic_spread",)),
        ),
        survival=(SurvivalCurve("OS", "Rad-Nomo", "Rad-Nomo", "landmark", (0, 12), (1, 0.8), {"12": 0.8}),),
        risk_group="low risk",
    )
    files.write_json(Case(job.folder).prediction_path, prediction.to_dict())


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def a_cohort() -> Cohort:
    infos = [CaseInfo(f"P{n}", {"pre_A": Scan(source=f"scans/{n}.nii.gz")}) for n in (3, 1, 2)]
    return Cohort(tuple(CohortRow(info) for info in infos))


@pytest.fixture
def the_jobs(a_cohort, tmp_path) -> list[Job]:
    return make_jobs(a_cohort, tmp_path / "out", 2, ["--device", "cpu"], force=False)


def test_a_job_is_the_command_that_a_person_would_type(the_jobs, tmp_path):
    assert the_jobs[0].arguments[:4] == ("run", str(tmp_path / "out" / "P3"), "--progress", "json")
    assert the_jobs[0].arguments[-2:] == ("--device", "cpu")


@pytest.mark.parametrize("workers", [1, 2, 3, 1000])
def test_workers_times_threads_never_exceed_the_cores(a_cohort, tmp_path, workers):
    job = make_jobs(a_cohort, tmp_path, workers, [], force=False)[0]
    threads = int(job.arguments[job.arguments.index("--threads") + 1])
    assert threads == 1 or threads * workers <= cpu_count()


def test_one_bad_case_stops_no_other_and_stands_in_the_failures_table(the_jobs, tmp_path):
    outcomes = run_batch(the_jobs, FakeExecutor({"P1": 3}), tmp_path / "out", Progress())
    assert [(one.job.case_id, one.exit_code) for one in outcomes] == [("P3", 0), ("P1", 3), ("P2", 0)]
    failures = rows_of(tmp_path / "out" / "failures.csv")
    assert failures == [{"case_id": "P1", "step": "extract", "exit_code": "3", "error": "'=bad,\nmask"}]


def test_results_stand_in_the_tables_order_with_scores_and_the_notice_last(the_jobs, tmp_path):
    run_batch(the_jobs, FakeExecutor({}), tmp_path / "out", Progress())
    results = rows_of(tmp_path / "out" / "results.csv")
    assert [row["case_id"] for row in results] == ["P3", "P1", "P2"]
    assert results[0]["score"] == "0.71"
    assert results[0]["score_Clinical"] == ""
    assert results[0]["OS_12_months_Rad-Nomo"] == "0.8"
    assert list(results[0])[-1] == "notice"
    assert results[0]["notice"] == NOTICE


def test_a_cancelled_batch_keeps_its_finished_cases_in_both_tables(the_jobs, tmp_path):
    progress = Progress()
    with pytest.raises(Cancelled):
        run_batch(the_jobs, FakeExecutor({"P3": 3}, progress, stop_after=2), tmp_path / "out", progress)
    assert [row["case_id"] for row in rows_of(tmp_path / "out" / "results.csv")] == ["P1"]
    assert [row["case_id"] for row in rows_of(tmp_path / "out" / "failures.csv")] == ["P3"]


def test_a_rerun_whose_cases_all_end_well_empties_the_failures_table(the_jobs, tmp_path):
    run_batch(the_jobs, FakeExecutor({"P1": 3}), tmp_path / "out", Progress())
    run_batch(the_jobs, FakeExecutor({}), tmp_path / "out", Progress())
    assert rows_of(tmp_path / "out" / "failures.csv") == []
    assert len(rows_of(tmp_path / "out" / "results.csv")) == 3


def test_a_case_already_imported_is_not_imported_again_and_keeps_what_a_reader_accepted(a_cohort, tmp_path):
    make_jobs(a_cohort, tmp_path, 1, [], force=False)
    case = Case(tmp_path / "P1")
    case.image_path("pre_A").parent.mkdir()
    case.image_path("pre_A").write_bytes(b"image")
    info = case.load_info()
    read = replace(info.scans["pre_A"], source="", reason="as named", accepted={"mask-pieces": "resected"})
    case.save_info(replace(info, scans={"pre_A": read}, accepted={"window-baseline": "known"}))
    make_jobs(a_cohort, tmp_path, 1, [], force=False)
    assert case.load_info().scans["pre_A"] == read
    assert case.load_info().accepted == {"window-baseline": "known"}
    make_jobs(a_cohort, tmp_path, 1, [], force=True)
    assert case.load_info().scans["pre_A"].source == "scans/1.nii.gz"


def test_a_changed_clinical_value_in_the_table_reaches_the_case(a_cohort, tmp_path):
    make_jobs(a_cohort, tmp_path, 1, [], force=False)
    row = a_cohort.rows[0]
    changed = Cohort((CohortRow(replace(row.info, clinical={"sex": "male"})),))
    make_jobs(changed, tmp_path, 1, [], force=False)
    assert Case(tmp_path / "P3").load_info().clinical == {"sex": "male"}


def test_a_dicom_folder_is_handed_to_the_run_command(tmp_path):
    cohort = Cohort((CohortRow(CaseInfo("P1"), Path("folder"), "2024-03-05"),))
    arguments = make_jobs(cohort, tmp_path, 1, [], force=False)[0].arguments
    assert arguments[-4:] == ("--scan", "folder", "--first-dose", "2024-03-05")


@pytest.mark.parametrize(
    ("code", "errors", "message"),
    [
        (-9, (), "memory ran out"),
        (137, (), "memory ran out"),
        (1, ("trace", "boom"), "boom"),
        (70, (), "code 70"),
    ],
)
def test_a_child_that_dies_without_a_word_gets_its_likely_cause_named(
    the_jobs, monkeypatch, code, errors, message
):
    monkeypatch.setattr(batch, "run_json_child", lambda *_: Finished(code, errors))
    assert message in batch.run_job(the_jobs[0], lambda *_: None, lambda: False).error


def test_the_step_and_the_error_of_a_child_come_from_its_json_lines(the_jobs, monkeypatch):
    def child(arguments, on_event, cancelled):
        on_event({"event": "progress", "step": "segment"})
        on_event({"event": "error", "text": "no liver"})
        return Finished(3, ("lwctr: no liver",))

    monkeypatch.setattr(batch, "run_json_child", child)
    outcome = batch.run_job(the_jobs[0], lambda *_: None, lambda: False)
    assert (outcome.step, outcome.error, outcome.exit_code) == ("segment", "no liver", 3)


def test_the_local_executor_runs_every_job_and_no_more_than_its_workers_at_once(the_jobs, monkeypatch):
    running: list[str] = []
    most: list[int] = []

    def job(one, on_step, cancelled):
        running.append(one.case_id)
        most.append(len(running))
        running.remove(one.case_id)
        return Outcome(one, 0)

    monkeypatch.setattr(batch, "run_job", job)
    outcomes = list(LocalExecutor(2).run(the_jobs, lambda *_: None, lambda: False))
    assert sorted(one.job.case_id for one in outcomes) == ["P1", "P2", "P3"]
    assert max(most) <= 2


def test_the_local_executor_starts_nothing_after_a_cancel(the_jobs):
    assert list(LocalExecutor(2).run(the_jobs, lambda *_: None, lambda: True)) == []
