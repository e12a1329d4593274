"""``lwctr check``: look at the scans and masks of a case, without computing anything from them."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from LWCTRLogic.case import Case
from LWCTRLogic.findings import told
from LWCTRLogic.progress import JsonProgress, Progress

HELP = "check dates, phases and geometry of a case's scans, and every mask that it has"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("case", type=Path, metavar="CASE", help="case folder with imported scans")


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Write ``findings.json`` and say what was noticed.

    Raises
    ------
    InputError
        When a scan or a mask is refused.
    """
    from LWCTRLogic.dicom.validate import check_case
    from LWCTRLogic.findings import read_findings, write_findings
    from LWCTRLogic.pipeline import locked
    from LWCTRLogic.segment.step import check_case_masks

    case = Case(args.case)
    with locked(case):
        write_findings(case, [*check_case(case, progress), *check_case_masks(case, progress=progress)])
    found = read_findings(case)
    if isinstance(progress, JsonProgress):
        progress.emit("result", findings=[asdict(finding) for finding in found])
        return 0
    for finding in found:
        sys.stdout.write(
            f"{told(finding)}" + (f" (accepted: {finding.accepted})" if finding.accepted else "") + "\n"
        )
    waiting = sum(not finding.accepted for finding in found)
    sys.stdout.write(f"{len(found)} findings, {waiting} to review\n")
    return 0
