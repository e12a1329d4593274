"""``lwctr report``: write the report of a case."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from pathlib import Path

from LWCTRLogic.case import Case
from LWCTRLogic.progress import JsonProgress, Progress

HELP = "write report.html and report.pdf of a case that has a prediction"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("case", type=Path, metavar="CASE", help="case folder")
    parser.add_argument(
        "--pages", type=Path, metavar="FOLDER", help="write the pages as PNG files there, too"
    )
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="write only the drawings of the result there, as PNG files",
    )
    parser.add_argument("--open", action="store_true", help="show the report in the web browser")


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Write the report and say where it is."""
    from LWCTRLogic.findings import read_findings
    from LWCTRLogic.report.build import write_report

    case = Case(args.case)
    if args.pictures is not None:
        return _pictures(case, args.pictures, progress)
    html, pdf = write_report(case, progress, read_findings(case), args.pages)
    if isinstance(progress, JsonProgress):
        progress.emit("result", html=str(html), pdf=str(pdf))
    else:
        sys.stdout.write(f"{html}\n{pdf}\n")
    if args.open:
        webbrowser.open(html.resolve().as_uri())
    return 0


def _pictures(case: Case, folder: Path, progress: Progress) -> int:
    from LWCTRLogic.report.gather import read_prediction
    from LWCTRLogic.report.pictures import write_pictures

    written = write_pictures(read_prediction(case, case.load_info()), folder)
    if isinstance(progress, JsonProgress):
        progress.emit("result", pictures=[str(path) for path in written])
    else:
        sys.stdout.write("".join(f"{path}\n" for path in written))
    return 0
