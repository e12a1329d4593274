"""``lwctr batch``: a cohort table, one case after the other or several at once."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from LWCTRLogic.commands.run import add_run_options
from LWCTRLogic.progress import JsonProgress, Progress

HELP = "run every patient of a cohort table; a bad case stops no other, and a rerun does only what is missing"
_PASSED_ON = ("model", "device", "bundle", "settings", "backend", "until")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("table", type=Path, help="cohort table (.csv, .xlsx or .parquet), one row a patient")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder for case folders and tables")
    parser.add_argument("-j", "--workers", type=int, default=1, help="cases at a time (default 1)")
    add_run_options(parser)


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command; the exit code is 5 when some cases failed."""
    from LWCTRLogic.batch import LocalExecutor, make_jobs, run_batch
    from LWCTRLogic.cohort import read_cohort
    from LWCTRLogic.errors import UsageError
    from LWCTRLogic.processes import cpu_count

    if args.workers < 1:
        raise UsageError(f"-j {args.workers}", "1 or more workers")
    workers = min(args.workers, cpu_count())
    if workers < args.workers:
        progress.warning(f"{workers} cases at a time instead of {args.workers}: one for each core")
    cohort = read_cohort(args.table)
    if cohort.unused_columns:
        progress.warning("columns that nothing uses: " + ", ".join(cohort.unused_columns))
    jobs = make_jobs(cohort, args.output, workers, child_arguments(args), force=args.force)
    outcomes = run_batch(jobs, LocalExecutor(workers), args.output, progress)
    failed = sum(bool(outcome.exit_code) for outcome in outcomes)
    if isinstance(progress, JsonProgress):
        progress.emit("result", output=str(args.output), cases=len(outcomes), failed=failed)
    else:
        lines = [f"{len(outcomes) - failed} of {len(outcomes)} cases done: {args.output / 'results.csv'}"]
        if failed:
            lines.append(f"{failed} failed: {args.output / 'failures.csv'}")
        sys.stdout.write("\n".join(lines) + "\n")
    return 5 if failed else 0


def child_arguments(args: argparse.Namespace) -> list[str]:
    """Return the options that each case's ``lwctr run`` gets."""
    arguments = []
    for name in _PASSED_ON:
        value = getattr(args, name)
        if value is not None:
            arguments += [f"--{name}", str(value.resolve()) if isinstance(value, Path) else str(value)]
    return [*arguments, "--force"] if args.force else arguments
