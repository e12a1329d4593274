"""``lwctr simulate``: a virtual cohort with the truth beside it, or phantom patients with scans."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from LWCTRLogic.progress import JsonProgress, Progress

HELP = "make a virtual cohort (tables to train and evaluate on), or phantom patients with scans and real features"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder for the cohort's files")
    parser.add_argument("--patients", type=int, default=395, help="patients in the tables (default 395)")
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed gives the same patients (default 1)"
    )
    parser.add_argument(
        "--centres",
        nargs="+",
        metavar="NAME:SHARE",
        help='centres and their shares (default "centre 1:315" "centre 2:50" "centre 3:30"); '
        '"centre 1" has no scanner effect of its own',
    )
    parser.add_argument(
        "--features",
        choices=("all", "signature", "none"),
        default="all",
        help="all 5,264 features, the published signature's 27, or none (default all)",
    )
    parser.add_argument(
        "--lost",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of patients lost before 12 months, from 0 to 1 (default 0: only the study's end censors)",
    )
    parser.add_argument(
        "--lost-by-score",
        type=float,
        default=0.0,
        metavar="LOG_HR",
        help="how strongly being lost depends on the score: log hazard ratio of one SD (default 0)",
    )
    parser.add_argument(
        "--images",
        type=int,
        metavar="N",
        help="instead of tables alone: N phantom patients with scans, features by the real engine "
        "(several seconds each; a stopped run goes on where it was)",
    )
    parser.add_argument(
        "--read-again",
        type=int,
        metavar="N",
        help="patients of the first centre with repeat readings, for the ICC of features (default 50, with --images "
        "20; 0: none)",
    )
    parser.add_argument(
        "--shuffle-voxels",
        type=int,
        metavar="SEED",
        help="with --images: also features with the voxels inside the liver in random order, to "
        "features_shuffled.parquet; a control ('lwctr train --shuffled-voxels')",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace the cohort in the folder")


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command.

    Raises
    ------
    UsageError
        When options make no sense.
    InputError
        When the folder holds a cohort, other than phantom patients to go on with, and ``--overwrite`` is not set.
    """
    from LWCTRLogic.new_folder import new_file
    from LWCTRLogic.simulation.cohort import CENTRES
    from LWCTRLogic.simulation.phantoms import RECORDS

    _check(args)
    goes_on = args.images is not None and (args.output / RECORDS).is_dir()
    new_file(args.output / "cohort.csv", (), args.overwrite or goes_on)
    centres = _centres(args.centres) if args.centres else dict(CENTRES)
    patients = _tables(args, centres, progress) if args.images is None else _phantoms(args, centres, progress)
    if isinstance(progress, JsonProgress):
        progress.emit("result", output=str(args.output), patients=patients)
    else:
        sys.stdout.write(f"{patients} simulated patients in {args.output}\n")
    return 0


def _check(args: argparse.Namespace) -> None:
    from LWCTRLogic.errors import UsageError

    if args.images is not None and args.images < 1:
        raise UsageError(f"--images {args.images}", "1 or more")
    if args.images is None and args.shuffle_voxels is not None:
        raise UsageError("--shuffle-voxels without --images", "phantom patients with scans")
    if args.read_again is not None and (args.read_again < 0 or args.read_again == 1):
        raise UsageError(f"--read-again {args.read_again}", "0, or 2 and more: one patient has no agreement")


def _tables(args: argparse.Namespace, centres: dict[str, float], progress: Progress) -> int:
    from LWCTRLogic.simulation.cohort import READ_AGAIN, CohortSettings, write_cohort
    from LWCTRLogic.simulation.course import CourseSettings

    course = CourseSettings(lost_early=args.lost, loss_by_score=args.lost_by_score)
    again = READ_AGAIN if args.read_again is None else args.read_again
    settings = CohortSettings(args.patients, args.seed, centres, args.features, course, again)
    return len(write_cohort(settings, args.output, progress).table)


def _phantoms(args: argparse.Namespace, centres: dict[str, float], progress: Progress) -> int:
    from LWCTRLogic.simulation import phantom_readings, phantom_shuffled
    from LWCTRLogic.simulation.phantoms import RECORDS, write_phantoms

    seeds = write_phantoms(args.output, args.images, args.seed, centres, progress)
    records = args.output / RECORDS
    home = next(iter(seeds))
    again = phantom_readings.READ_AGAIN if args.read_again is None else args.read_again
    chosen = phantom_readings.choose_patients(seeds[home], again)
    if chosen:
        read = phantom_readings.make_readings(chosen, home, records, progress)
        phantom_readings.write_phantom_readings(read, args.output / "readings.parquet")
    if args.shuffle_voxels is not None:
        shuffled = [
            patient
            for centre, those in seeds.items()
            for patient in phantom_shuffled.make_shuffled(
                those, centre, records, progress, args.shuffle_voxels
            )
        ]
        phantom_shuffled.write_shuffled(shuffled, args.output, args.shuffle_voxels)
    return sum(map(len, seeds.values()))


def _centres(words: list[str]) -> dict[str, float]:
    from LWCTRLogic.errors import UsageError

    centres = {}
    for word in words:
        name, _, share = word.rpartition(":")
        try:
            centres[name.strip() or share] = float(share) if name else 1.0
        except ValueError:
            raise UsageError(f"--centres {word!r}", 'NAME:SHARE, such as "centre 1:315"') from None
    return centres
