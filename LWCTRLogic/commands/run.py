"""``lwctr run``: one case through every step."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from LWCTRLogic.errors import UsageError
from LWCTRLogic.progress import JsonProgress, Progress

if TYPE_CHECKING:
    from LWCTRLogic.case import Case
    from LWCTRLogic.pipeline import RunOptions, RunResult

HELP = "run one case: import, segment, check, extract, predict, report; what is up to date is skipped"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("case", type=Path, help="case folder, with the case.json that 'lwctr scan' writes")
    parser.add_argument(
        "--scan",
        type=Path,
        metavar="FOLDER",
        help="a DICOM folder to sort into the case first (only while the case has no scans)",
    )
    parser.add_argument(
        "--first-dose",
        metavar="YYYY-MM-DD",
        help="with --scan: day of the first immunotherapy dose; kept as a day number only",
    )
    add_run_options(parser)
    parser.add_argument(
        "--threads", type=int, default=0, help="threads (default: all cores); changes no result"
    )
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="[VOLUME:]CODE=REASON",
        help="accept a warning with a reason, which the report keeps; may be repeated",
    )


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options that ``run`` and ``batch`` share."""
    parser.add_argument(
        "--model", default="liver-phantom-nnunet", help="segmentation model (see 'lwctr models list')"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--bundle",
        type=Path,
        help="model bundle: folder, zip, or an installed one (default: the bundled demonstration model)",
    )
    parser.add_argument("--settings", type=Path, help="extraction settings (default: those of the bundle)")
    parser.add_argument(
        "--backend", choices=("native", "pyradiomics"), default="native", help="feature backend"
    )
    parser.add_argument(
        "--until", default="report", help="last step: import, segment, check, extract, predict, report"
    )
    parser.add_argument("--force", action="store_true", help="run every step again; readers' masks are kept")


def run_options(args: argparse.Namespace) -> RunOptions:
    """Return the options of a parsed command line."""
    from LWCTRLogic.pipeline import RunOptions
    from LWCTRLogic.processes import cpu_count

    return RunOptions(
        model=args.model,
        device=args.device,
        bundle=args.bundle,
        settings=args.settings,
        backend=args.backend,
        threads=args.threads if args.threads > 0 else cpu_count(),
        until=args.until,
        force=args.force,
        accepted=_accepted(getattr(args, "accept", [])),
    )


def _accepted(items: list[str]) -> dict[str, str]:
    accepted = {}
    for item in items:
        code, equals, reason = item.partition("=")
        if not equals:
            raise UsageError(f"--accept {item}", "[VOLUME:]CODE=REASON", "Give the reason in words")
        accepted[code.strip()] = reason.strip()
    return accepted


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command."""
    from LWCTRLogic.case import Case
    from LWCTRLogic.pipeline import run_case

    case = Case(args.case)
    options = run_options(args)
    if args.scan is not None and not (case.info_path.exists() and case.volumes()):
        from LWCTRLogic.dicom.scanning import parse_first_dose, scan_into

        scan_into(case, args.scan, progress, first_dose=parse_first_dose(args.first_dose))
    tell(case, run_case(case, options, progress), progress)
    return 0


def tell(case: Case, result: RunResult, progress: Progress) -> None:
    """Say what a run did and where its report is."""
    from LWCTRLogic import files
    from LWCTRLogic.commands.predict import summary
    from LWCTRLogic.models.prediction import Prediction

    report = case.folder / "report.html"
    if isinstance(progress, JsonProgress):
        progress.emit(
            "result",
            case=str(case.folder),
            report=str(report) if report.exists() else None,
            ran=result.ran,
            skipped=result.skipped,
            findings=[asdict(finding) for finding in result.findings],
        )
        return
    steps = "step" if len(result.ran) == 1 else "steps"
    done = f"{len(result.ran)} {steps} run, {len(result.skipped)} up to date"
    waiting = sum(not finding.accepted for finding in result.findings)
    lines = [done]
    if case.prediction_path.exists():
        lines += summary(Prediction.from_dict(files.read_json(case.prediction_path)))
    if waiting:
        warnings = "warning" if waiting == 1 else "warnings"
        lines.append(f"{waiting} {warnings} to review; accept one with --accept [VOLUME:]CODE=REASON")
    if report.exists():
        lines.append(f"report: {report}")
    sys.stdout.write("\n".join(lines) + "\n")
