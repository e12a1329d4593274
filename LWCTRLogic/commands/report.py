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
    parser.add_argument("--open", action="store_true", help="show the report in the web browser")


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Write the report and say where it is."""
    from LWCTRLogic.findings import read_findings
    from LWCTRLogic.report.build import write_report

    case = Case(args.case)
    html, pdf = write_report(case, progress, read_findings(case))
    if isinstance(progress, JsonProgress):
        progress.emit("result", html=str(html), pdf=str(pdf))
    else:
        sys.stdout.write(f"{html}\n{pdf}\n")
    if args.open:
        webbrowser.open(html.resolve().as_uri())
    return 0
