"""``lwctr doctor``: what is installed, what is missing; and a folder that brings it to a computer without network."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from LWCTRLogic.progress import JsonProgress, Progress

HELP = "show versions, devices, models, caches and free space, for a bug report"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="FOLDER",
        help="fill FOLDER with packages and models for a Slicer offline",
    )
    parser.add_argument("--python", default="3.12", help="version of that Slicer's Python (default: 3.12)")
    parser.add_argument(
        "--platform",
        choices=("windows", "macos-arm", "macos-intel", "linux"),
        default="this computer",
        help="system of that Slicer (default: this one)",
    )
    parser.add_argument("--without-segment", action="store_true", help="leave nnU-Net out of the bundle")
    parser.add_argument("--verify", type=Path, metavar="FOLDER", help="compare a bundle with its hashes")


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command; the exit code is 4 when something needed is missing.

    Raises
    ------
    InputError
        When a bundle's folder is refused, or differs from its hashes.
    BackendError
        When pip could not fetch the packages.
    """
    if args.bundle is not None or args.verify is not None:
        return _offline(args, progress)
    from LWCTRLogic.doctor import examine

    lines = examine()
    problems = [line for line in lines if line.problem]
    if isinstance(progress, JsonProgress):
        progress.emit("result", lines=[asdict(line) for line in lines])
        return 4 if problems else 0
    for section, group in groupby(lines, key=lambda line: line.section):
        sys.stdout.write(f"{section}\n")
        for line in group:
            mark = "!" if line.problem else " "
            sys.stdout.write(f"  {mark} {line.name:<18} {line.value}\n")
    for line in problems:
        sys.stdout.write(f"to do: {line.name}: {line.problem}\n")
    return 4 if problems else 0


def _offline(args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.offline import Target, check_bundle, make_bundle

    if args.bundle is not None:
        target = Target(args.python, args.platform, not args.without_segment)
        made = make_bundle(args.bundle, target, progress)
        size = sum(path.stat().st_size for path in made) / 1e6
        text = f"{args.bundle}: {len(made)} files, {size:.0f} MB; README.txt says what to type there"
    else:
        text = f"{args.verify}: {check_bundle(args.verify)} files as they were made"
    if isinstance(progress, JsonProgress):
        progress.emit("result", text=text)
    else:
        sys.stdout.write(text + "\n")
    return 0
