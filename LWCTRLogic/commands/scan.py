"""``lwctr scan``: sort the scans of a folder into the volumes of a case."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from LWCTRLogic.errors import InputError, UsageError
from LWCTRLogic.processes import shown_command
from LWCTRLogic.progress import JsonProgress, Progress

if TYPE_CHECKING:
    from LWCTRLogic.dicom.propose import Proposal

HELP = "find the CT scans in a folder, propose timepoint and phase of each, and write a case"
_VOLUMES = ("pre_A", "pre_V", "post_A", "post_V")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", type=Path, help="a folder with DICOM files (any mixture) or image files")
    parser.add_argument("--case", type=Path, help="write the chosen scans into this case folder")
    parser.add_argument("--case-id", help="pseudonym of the patient (default: a random one)")
    parser.add_argument(
        "--first-dose",
        metavar="YYYY-MM-DD",
        help="day of the first immunotherapy dose; kept as a day number only",
    )
    for volume in _VOLUMES:
        parser.add_argument(
            f"--{volume.replace('_', '-')}",
            metavar="NUMBER",
            help=f"take this scan of the list as {volume}; 'none' leaves {volume} out",
        )
    parser.add_argument(
        "--correct-tilt",
        action="store_true",
        help="resample scans made with a tilted gantry instead of refusing",
    )
    parser.add_argument("--yes", action="store_true", help="write without asking")


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command."""
    from LWCTRLogic.dicom.propose import propose
    from LWCTRLogic.dicom.scanning import override, parse_first_dose, save_case
    from LWCTRLogic.dicom.table import as_records, as_text

    if args.case_id and not args.case:
        raise UsageError("--case-id without --case", "a case folder to write", "Add --case CASE")
    first_dose, overrides = parse_first_dose(args.first_dose), _overrides(args)
    proposal = propose(args.folder, progress, first_dose=first_dose, correct_tilt=args.correct_tilt)
    proposal = override(proposal, overrides)
    if isinstance(progress, JsonProgress):
        progress.emit("scan", **as_records(proposal))
    else:
        sys.stdout.write(as_text(proposal))
    if not proposal.candidates:
        raise InputError(
            "no CT volume was found",
            "at least one CT series of the abdomen",
            "Choose the folder that holds the patient's CT scans",
        )
    if args.case is None:
        return 0
    if not args.yes and not _confirmed(proposal, args.case):
        sys.stdout.write("Nothing was written.\n")
        return 0
    case = save_case(args.case, proposal, progress, case_id=args.case_id)
    if not isinstance(progress, JsonProgress):
        command = shown_command("run", case.folder)
        sys.stdout.write(f"Wrote {case.info_path}: look through it, then run: {command}\n")
    return 0


def _overrides(args: argparse.Namespace) -> Mapping[str, int | None]:
    overrides: dict[str, int | None] = {}
    for volume in _VOLUMES:
        value = getattr(args, volume)
        if value is None:
            continue
        if value.lower() == "none":
            overrides[volume] = None
        elif value.isdigit():
            overrides[volume] = int(value)
        else:
            raise UsageError(f"--{volume.replace('_', '-')} {value}", "a number of the list, or none")
    return overrides


def _confirmed(proposal: Proposal, folder: Path) -> bool:
    """Ask on a terminal; a program that gives no terminal has made up its mind."""
    count = len(proposal.chosen)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    sys.stdout.write(f"Write {count} volume{'s' if count != 1 else ''} into {folder}? [Y/n] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("", "y", "yes")
