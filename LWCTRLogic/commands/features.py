"""``lwctr features``: the features of a case as a sheet for people."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from LWCTRLogic.case import Case
from LWCTRLogic.progress import JsonProgress, Progress

HELP = "write the features of a case as a sheet: one row a feature, one column a volume"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("case", type=Path, metavar="CASE", help="case folder with features.parquet")
    parser.add_argument("-o", "--output", type=Path, required=True, help="sheet to write (.csv or .xlsx)")


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command.

    Raises
    ------
    InputError
        When the case has no features, or the sheet is of another kind.
    """
    from LWCTRLogic.radiomics.sheet import write_sheet

    count = write_sheet(Case(args.case), args.output)
    if isinstance(progress, JsonProgress):
        progress.emit("result", path=str(args.output), features=count)
    else:
        sys.stdout.write(f"{args.output}: {count:,} features\n")
    return 0
