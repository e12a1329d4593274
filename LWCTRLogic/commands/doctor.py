"""``lwctr doctor``: what is installed, what is missing, for a bug report."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from itertools import groupby

from LWCTRLogic.progress import JsonProgress, Progress

HELP = "show versions, devices, models, caches and free space, for a bug report"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments (none)."""


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command; the exit code is 4 when something needed is missing."""
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
