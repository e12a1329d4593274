"""``lwctr check``: look at the scans and masks of a case, without computing anything from them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.errors import UsageError
from LWCTRLogic.findings import Finding, told
from LWCTRLogic.progress import JsonProgress, Progress

HELP = "check dates, phases and geometry of a case's scans, and every mask that it has"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("case", type=Path, metavar="CASE", help="case folder with imported scans")
    parser.add_argument(
        "--mask", type=Path, help="check only this mask, which the case need not hold; writes nothing"
    )
    parser.add_argument(
        "--volume", choices=VOLUMES, metavar="VOLUME", help="with --mask: the volume it was drawn on"
    )


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Write ``findings.json`` and say what was noticed.

    Raises
    ------
    InputError
        When a scan or a mask is refused.
    UsageError
        When only one of --mask and --volume is given.
    """
    if bool(args.mask) != bool(args.volume):
        raise UsageError("one of --mask and --volume is missing", "both, or none")
    if args.mask:
        return _check_one(Case(args.case), args.volume, args.mask, progress)
    from LWCTRLogic.dicom.validate import check_case
    from LWCTRLogic.findings import read_findings, write_findings
    from LWCTRLogic.pipeline import locked
    from LWCTRLogic.segment.step import check_case_masks

    case = Case(args.case)
    with locked(case):
        write_findings(case, [*check_case(case, progress), *check_case_masks(case, progress=progress)])
    return _tell(read_findings(case), progress)


def _check_one(case: Case, volume: str, path: Path, progress: Progress) -> int:
    from LWCTRLogic.imaging.masks import read_mask
    from LWCTRLogic.imaging.volumes import read_image
    from LWCTRLogic.segment.quality import check_mask

    mask = read_mask(path)
    return _tell(check_mask(mask, read_image(case.image_path(volume)), volume), progress)


def _tell(found: Sequence[Finding], progress: Progress) -> int:
    if isinstance(progress, JsonProgress):
        progress.emit("result", findings=[asdict(finding) for finding in found])
        return 0
    for finding in found:
        accepted = f" (accepted: {finding.accepted})" if finding.accepted else ""
        sys.stdout.write(f"{told(finding)}{accepted}\n")
    waiting = sum(not finding.accepted for finding in found)
    noun = "finding" if len(found) == 1 else "findings"
    sys.stdout.write(f"{len(found)} {noun}, {waiting} to review\n")
    return 0
