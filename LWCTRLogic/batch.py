"""A cohort, one child process a case: a bad case stops no other, and a rerun does only what is missing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.cohort import Cohort, CohortRow
from LWCTRLogic.errors import Cancelled, LWCTRError
from LWCTRLogic.models.prediction import Prediction
from LWCTRLogic.processes import cpu_count, run_json_child
from LWCTRLogic.progress import Progress
from LWCTRLogic.tables import write_csv

FAILURE_COLUMNS = ("case_id", "step", "exit_code", "error")


@dataclass(frozen=True)
class Job:
    """One case to run: its id, its folder and the command line after ``lwctr``."""

    case_id: str
    folder: Path
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a job ended; ``error`` is empty when it went well."""

    job: Job
    exit_code: int
    step: str = ""
    error: str = ""


class Executor(Protocol):
    """Runs jobs somewhere and gives their outcomes as they come."""

    def run(
        self, jobs: Sequence[Job], on_step: Callable[[str, str], None], cancelled: Callable[[], bool]
    ) -> Iterator[Outcome]:
        """Run ``jobs``; ``on_step(case_id, step)`` may be called from any thread."""
        ...


class LocalExecutor:
    """Child processes on this machine, ``workers`` at a time."""

    def __init__(self, workers: int) -> None:
        self.workers = max(1, workers)

    def run(
        self, jobs: Sequence[Job], on_step: Callable[[str, str], None], cancelled: Callable[[], bool]
    ) -> Iterator[Outcome]:
        """Give each job's outcome as soon as it ended."""
        with ThreadPoolExecutor(self.workers) as pool:
            waiting = iter(jobs)
            running: set[Future[Outcome]] = set()
            while True:
                while len(running) < self.workers and not cancelled():
                    job = next(waiting, None)
                    if job is None:
                        break
                    running.add(pool.submit(run_job, job, on_step, cancelled))
                if not running:
                    return
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()


def run_job(job: Job, on_step: Callable[[str, str], None], cancelled: Callable[[], bool]) -> Outcome:
    """Run one job in a child process and say how it ended."""
    step, error = "", ""

    def on_event(event: dict[str, Any]) -> None:
        nonlocal step, error
        if event.get("event") == "progress":
            step = str(event.get("step", ""))
            on_step(job.case_id, step)
        elif event.get("event") == "error":
            error = str(event.get("text", ""))

    finished = run_json_child(job.arguments, on_event, cancelled)
    if finished.code != 0 and not error:
        error = _why(finished.code, finished.errors)
    return Outcome(job, finished.code, step, error if finished.code else "")


def _why(code: int, errors: Sequence[str]) -> str:
    if code in (-9, 137):
        return "the process was killed, most often because memory ran out; run fewer workers (-j)"
    return errors[-1] if errors else f"the process ended with code {code}"


def make_jobs(
    cohort: Cohort, output: Path, workers: int, run_arguments: Sequence[str], *, force: bool
) -> list[Job]:
    """Write each row's case folder and return its job; threads never multiply beyond the cores."""
    threads = max(1, cpu_count() // max(1, workers))
    jobs = []
    for row in cohort.rows:
        folder = output / row.info.case_id
        _prepare_case(Case(folder), row, force=force)
        arguments = ("run", str(folder), "--progress", "json", "--threads", str(threads), *run_arguments)
        if row.dicom_folder is not None:
            arguments += ("--scan", str(row.dicom_folder))
        if row.first_dose_date:
            arguments += ("--first-dose", row.first_dose_date)
        jobs.append(Job(row.info.case_id, folder, arguments))
    return jobs


def _prepare_case(case: Case, row: CohortRow, *, force: bool) -> None:
    """Bring ``case.json`` up to the row, keeping what a reader accepted and volumes already imported."""
    info = row.info
    if case.info_path.exists():
        before = case.load_info()
        scans = dict(before.scans) if row.dicom_folder is not None else {}
        for volume, scan in info.scans.items():
            kept = before.scans.get(volume)
            if kept is not None and not force and case.image_path(volume).exists():
                scan = replace(scan, source="", mask=kept.mask, reason=kept.reason, accepted=kept.accepted)
            scans[volume] = scan
        info = replace(info, scans=scans, accepted=before.accepted)
        if info == before:
            return
    case.save_info(info)


def run_batch(
    jobs: Sequence[Job], executor: Executor, output: Path, progress: Progress
) -> tuple[Outcome, ...]:
    """Run all jobs, then write ``results.csv`` and ``failures.csv``.

    ``failures.csv`` is written again after every failure, so that a killed batch leaves it true.

    Raises
    ------
    Cancelled
        When the user stopped; finished cases stay and both tables tell of them.
    """
    outcomes: dict[str, Outcome] = {}
    lock = threading.Lock()
    active: dict[str, str] = {}

    def show() -> None:
        with lock:
            message = ", ".join(f"{case_id}: {step}" for case_id, step in active.items())
        failed = sum(bool(outcome.exit_code) for outcome in outcomes.values())
        progress.update(
            "cases",
            len(outcomes),
            len(jobs),
            "; ".join(filter(None, (f"{failed} failed" if failed else "", message))),
        )

    def on_step(case_id: str, step: str) -> None:
        with lock:
            active[case_id] = step

    try:
        for outcome in executor.run(jobs, on_step, lambda: progress.cancelled):
            outcomes[outcome.job.case_id] = outcome
            with lock:
                active.pop(outcome.job.case_id, None)
            if outcome.exit_code:
                progress.warning(f"{outcome.job.case_id}: {outcome.error}")
                _write_failures(output, jobs, outcomes)
            if not progress.cancelled:
                show()
    finally:
        _write_failures(output, jobs, outcomes)
        write_results(output, jobs)
    if progress.cancelled:
        raise Cancelled()
    return tuple(outcomes[job.case_id] for job in jobs)


def _write_failures(output: Path, jobs: Sequence[Job], outcomes: dict[str, Outcome]) -> None:
    failed = [
        outcomes[job.case_id] for job in jobs if job.case_id in outcomes and outcomes[job.case_id].exit_code
    ]
    rows = [
        {"case_id": one.job.case_id, "step": one.step, "exit_code": one.exit_code, "error": one.error}
        for one in failed
    ]
    write_csv(output / "failures.csv", FAILURE_COLUMNS, rows)


def write_results(output: Path, jobs: Sequence[Job]) -> None:
    """Write ``results.csv``: one row a case that has a prediction, in the table's order."""
    rows = []
    for job in jobs:
        case = Case(job.folder)
        if case.prediction_path.exists():
            try:
                rows.append(result_row(case))
            except LWCTRError:
                continue  # a prediction of another version: the case's own run reports it
    columns = list(dict.fromkeys(key for row in rows for key in row)) or ["case_id"]
    if "notice" in columns:
        columns.append(columns.pop(columns.index("notice")))
    write_csv(output / "results.csv", columns, rows)


def result_row(case: Case) -> dict[str, Any]:
    """Return the flat row of one predicted case; scores are probabilities of surviving 12 months."""
    prediction = Prediction.from_dict(files.read_json(case.prediction_path))
    headline = next((score for score in prediction.scores if score.model == prediction.model), None)
    row: dict[str, Any] = {
        "case_id": prediction.case_id,
        "model": prediction.model,
        "score": headline.score if headline else None,
        "cutoff": headline.cutoff if headline else None,
        "responder": headline.responder if headline else None,
        "risk_group": prediction.risk_group,
        "mrecist": prediction.mrecist,
    }
    for score in prediction.scores:
        row[f"score_{score.model}"] = score.score
    for curve in prediction.survival:
        for month, survival in curve.at.items():
            row[f"{curve.endpoint}_{month}_months_{curve.model}"] = survival
    row["volumes"] = " ".join(volume for volume in VOLUMES if case.image_path(volume).exists())
    row["warnings"] = "; ".join(finding.code for finding in prediction.warnings)
    row["bundle"] = prediction.bundle.name
    row["notice"] = prediction.bundle.notice
    return row
