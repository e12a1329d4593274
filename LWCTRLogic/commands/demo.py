"""``lwctr demo``: a simulated patient from four CT volumes to a report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from LWCTRLogic.commands.run import tell
from LWCTRLogic.processes import shown_command
from LWCTRLogic.progress import JsonProgress, Progress

HELP = "make a simulated patient with four CT volumes and run every step on it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("lwctr-demo"), help="case folder to make"
    )
    parser.add_argument(
        "--seed", type=int, default=12, help="which patient; the same seed gives the same one"
    )
    parser.add_argument("--make-only", action="store_true", help="make the patient, and run no step on it")
    parser.add_argument("--threads", type=int, default=0, help="threads (default: all cores)")


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command."""
    from LWCTRLogic.demonstration import dice_with_truth, make_demonstration
    from LWCTRLogic.pipeline import RunOptions, run_case
    from LWCTRLogic.processes import cpu_count

    demonstration = make_demonstration(args.folder, progress, args.seed)
    if args.make_only:
        _tell_made(demonstration.case.folder, progress)
        return 0
    options = RunOptions(threads=args.threads if args.threads > 0 else cpu_count())
    result = run_case(demonstration.case, options, progress)
    dice = dice_with_truth(demonstration)
    if isinstance(progress, JsonProgress):
        progress.emit("dice", **dice)
    elif dice:
        shown = ", ".join(f"{volume} {value:.3f}" for volume, value in dice.items())
        sys.stdout.write(f"Dice of the liver masks with the simulated truth: {shown}\n")
    tell(demonstration.case, result, progress)
    return 0


def _tell_made(folder: Path, progress: Progress) -> None:
    if isinstance(progress, JsonProgress):
        progress.emit("result", case=str(folder))
    else:
        sys.stdout.write(f"Made {folder}; go on with: {shown_command('run', folder)}\n")
