"""``lwctr train``: a model bundle from a cohort, judged in the strict and in the published way."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from LWCTRLogic.errors import UsageError
from LWCTRLogic.progress import JsonProgress, Progress

if TYPE_CHECKING:
    from LWCTRLogic.training.output import Written
    from LWCTRLogic.training.plan import Plan
    from LWCTRLogic.training.training import Training

HELP = "train the seven models on a cohort, judge them, and write a model bundle with its card"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "cohort",
        type=Path,
        help="folder with cohort.csv, and features.parquet or one folder a case (as 'lwctr batch' leaves them)",
    )
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder for the bundle and its numbers")
    parser.add_argument("--table", type=Path, help="cohort table instead of COHORT/cohort.csv")
    parser.add_argument("--features", type=Path, help="feature table instead of COHORT/features.parquet")
    parser.add_argument("--readings", type=Path, help="repeat readings instead of COHORT/readings.parquet")
    parser.add_argument(
        "--shuffled-voxels", type=Path, metavar="FEATURES", help="control: features of shuffled voxels, a table or "
        "the folder in which 'lwctr simulate' or, case by case, 'lwctr extract --shuffle-voxels' left them",
    )  # fmt: skip
    parser.add_argument(
        "--test", type=Path, metavar="COHORT", help="other patients, a folder like COHORT: the finished bundle is "
        "judged on them",
    )  # fmt: skip
    parser.add_argument("--name", default="", help="name of the bundle (default: the output folder's)")
    parser.add_argument(
        "--signature",
        choices=("free", "published"),
        default="free",
        help="choose features (free), or take the published signature's as they are",
    )
    parser.add_argument(
        "--missing",
        choices=("refuse", "impute"),
        default="refuse",
        help="missing clinical values: refuse the cohort, or impute them inside the folds",
    )
    parser.add_argument(
        "--combat",
        action="store_true",
        help="take the effects of centres out of the features; for studying a cohort, no bundle is written",
    )
    parser.add_argument(
        "--reference-centre", default="", metavar="NAME", help="as --combat, but bring every centre to this one: the "
        "bundle carries the effects, and scores patients of these centres only",
    )  # fmt: skip
    parser.add_argument("--folds", type=int, default=10, help="folds of the outer cross-validation (10)")
    parser.add_argument("--repeats", type=int, default=5, help="how often the folds are dealt anew (5)")
    parser.add_argument("--bootstraps", type=int, default=40, help="draws of the optimism; 0: none (40)")
    parser.add_argument("--permutations", type=int, default=19, help="shuffles of the outcomes (19)")
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace the files of a former training in OUT; other files stay",
    )
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same bundle (0)")
    parser.add_argument("-j", "--jobs", type=int, default=0, help="processes (default: all cores)")


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command.

    Raises
    ------
    UsageError
        When an option makes no sense.
    InputError
        When the cohort or the output folder is refused; nothing has been run then.
    """
    from LWCTRLogic.new_folder import replaceable
    from LWCTRLogic.training.cohort_reading import read_cohort_files
    from LWCTRLogic.training.output import NUMBERS, write_training
    from LWCTRLogic.training.shuffled import read_shuffled
    from LWCTRLogic.training.training import BundleWords, train

    name = args.name or args.out.resolve().name
    _check(args, name)
    replaceable(args.out, NUMBERS, args.overwrite)
    files = read_cohort_files(args.cohort, args.table, args.features, args.readings)
    voxels = None
    if args.shuffled_voxels is not None:
        voxels = read_shuffled(args.shuffled_voxels, list(map(str, files.cohort.ids)), files.cohort.origin)
    test = read_cohort_files(args.test, with_readings=False) if args.test else None
    for note in [*files.notes, *(f"test cohort: {text}" for text in (test.notes if test else ()))]:
        progress.warning(note)
    training = train(files, _plan(args), progress, voxels, test.cohort if test else None)
    _tell(training, write_training(training, args.out, BundleWords(name), args.overwrite), progress)
    return 0


def _plan(args: argparse.Namespace) -> Plan:
    from LWCTRLogic.processes import cpu_count
    from LWCTRLogic.training.chain import ChainSettings
    from LWCTRLogic.training.plan import Plan

    return Plan(
        chain=ChainSettings(
            selection=args.signature,
            missing=args.missing,
            combat=bool(args.combat or args.reference_centre),
            reference_centre=args.reference_centre,
        ),
        folds=args.folds,
        repeats=args.repeats,
        bootstraps=args.bootstraps,
        permutations=args.permutations,
        seed=args.seed,
        jobs=args.jobs or cpu_count(),
    )


def _tell(training: Training, written: Written, progress: Progress) -> None:
    from LWCTRLogic.training.card import first_line, side_by_side

    if isinstance(progress, JsonProgress):
        progress.emit(
            "trained",
            folder=str(written.folder),
            bundle=str(written.bundle or ""),
            sha256=written.sha256,
            verdict=first_line(training),
            others=list(written.others),
        )
        return
    lines = [first_line(training), "", side_by_side(training), f"{written.folder}"]
    lines += [f"Not of this training: {', '.join(written.others)}"] if written.others else []
    lines += [f"Bundle: {written.bundle} (SHA-256 {written.sha256})"] if written.bundle else ["No bundle."]
    sys.stdout.write("\n".join([*lines, f"In full: {written.evaluate}"]) + "\n")


def _check(args: argparse.Namespace, name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name):
        raise UsageError(
            f"the bundle's name {name!r}", "1 to 64 letters, digits, '.', '_' or '-'", "Use --name"
        )
    least = {"folds": 2, "repeats": 1, "bootstraps": 0, "permutations": 0, "jobs": 0, "seed": 0}
    for option, smallest in least.items():
        if getattr(args, option) < smallest:
            raise UsageError(f"--{option} {getattr(args, option)}", f"{smallest} or more")
