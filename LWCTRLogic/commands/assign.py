"""``lwctr assign``: say anew which scan of a case is which volume."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.errors import UsageError
from LWCTRLogic.processes import shown_command
from LWCTRLogic.progress import JsonProgress, Progress

HELP = (
    "give volumes of a case other scans: exchange them, put one aside, bring one back, or take another series"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("case", type=Path, metavar="CASE", help="case folder with scans")
    for volume in VOLUMES:
        parser.add_argument(
            f"--{volume.replace('_', '-')}",
            metavar="SCAN",
            help=f"the scan that {volume} is: a volume whose scan it was (pre_V), one put aside (0001_pre_A), a number "
            "of the list of --from, a file or folder, or 'none'",
        )
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FOLDER",
        help="folder with scans, numbered as 'lwctr scan' lists",
    )
    parser.add_argument(
        "--first-dose",
        metavar="YYYY-MM-DD",
        help="day of the first dose, to find the days of scans where none of FOLDER is in the case",
    )
    parser.add_argument(
        "--correct-tilt", action="store_true", help="resample scans made with a tilted gantry"
    )


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command.

    Raises
    ------
    InputError
        When the change is refused; the case is as it was.
    UsageError
        When nothing is to be changed.
    """
    from LWCTRLogic.dicom.assigning import Source, assign_scans
    from LWCTRLogic.dicom.scanning import parse_first_dose
    from LWCTRLogic.pipeline import locked
    from LWCTRLogic.scan_change import put_aside

    wanted = {volume: getattr(args, volume) for volume in VOLUMES if getattr(args, volume)}
    if not wanted:
        raise UsageError("no volume is given", "at least one, such as --pre-A pre_V")
    case, first_dose = Case(args.case), parse_first_dose(args.first_dose)
    case.load_info()  # a folder that is no case is not made one by the lock
    with locked(case):
        changed = assign_scans(case, wanted, Source(args.source, first_dose, args.correct_tilt), progress)
    aside = [one.name for one in put_aside(case)]
    if isinstance(progress, JsonProgress):
        progress.emit("result", changed=changed, aside=aside)
        return 0
    sys.stdout.write(f"Changed: {', '.join(changed) or 'nothing'}\n")
    if aside:
        sys.stdout.write(f"Put aside, with their masks: {', '.join(aside)}\n")
    if changed:
        sys.stdout.write(
            f"What was computed is out of date; go on with: {shown_command('run', case.folder)}\n"
        )
    return 0
