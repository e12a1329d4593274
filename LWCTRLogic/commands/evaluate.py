"""``lwctr evaluate``: every figure of scores against outcomes, with intervals, and a report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from LWCTRLogic.errors import UsageError
from LWCTRLogic.progress import JsonProgress, Progress

if TYPE_CHECKING:
    from LWCTRLogic.evaluation.material import Material
    from LWCTRLogic.evaluation.scored import ScoredCohort

HELP = "judge scores against outcomes: every figure with its interval, figures, and a report"
_OUTCOMES = (
    "case_id", "os_months", "os_event", "pfs_months", "pfs_event", "landmark_months", "cause_of_death",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--training", type=Path, metavar="FOLDER", help="what 'lwctr train' wrote: its scores out of fold"
    )
    source.add_argument(
        "--cohort", type=Path, metavar="FOLDER", help="other patients, on whom a bundle is judged as it is"
    )
    source.add_argument(
        "--scores", type=Path, metavar="TABLE", help="your own scores: one row a patient, with outcomes"
    )
    parser.add_argument("--bundle", type=Path, help="with --cohort: the bundle (default: the demonstration)")
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder for the report and its files")
    parser.add_argument(
        "--score", action="append", default=[], metavar="COLUMN[=CUTOFF]",
        help="a score, with its cut-off where it has one; the first one given leads (repeat for more)",
    )  # fmt: skip
    parser.add_argument(
        "--risk",
        action="append",
        default=[],
        metavar="COLUMN",
        help="this score is higher for shorter survival",
    )
    parser.add_argument(
        "--not-probability", action="append", default=[], metavar="COLUMN",
        help="this score is no probability of being alive: its calibration is not judged",
    )  # fmt: skip
    for name in _OUTCOMES:
        option = "--" + name.replace("_", "-")
        parser.add_argument(
            option, default=name, metavar="COLUMN", help=f"column of {name} (default: {name})"
        )
    parser.add_argument("--mrecist", default="mrecist", metavar="COLUMN", help="column of the mRECIST class")
    parser.add_argument(
        "--group", action="append", metavar="COLUMN", help="a column of subgroups (repeat for more)"
    )
    parser.add_argument(
        "--survival", type=Path, metavar="TABLE", help="with --scores: survival that models predict, one row a "
        "patient, endpoint (OS, PFS), model and month: calibration and Brier score at each of its months",
    )  # fmt: skip
    parser.add_argument(
        "--readings", type=Path, metavar="TABLE", help="features of repeat readings, as 'lwctr readings features' "
        "writes them: ICC of every feature (with --cohort: its readings.parquet, where there is one)",
    )  # fmt: skip
    parser.add_argument(
        "--agreement", type=Path, metavar="TABLE", help="agreement of the readers' masks, as 'lwctr readings "
        "agreement' writes it",
    )  # fmt: skip
    parser.add_argument(
        "--against", type=Path, metavar="TABLE", help="with --scores: the same scores of other patients, compared "
        "unpaired",
    )  # fmt: skip
    parser.add_argument("--horizon", type=float, default=12.0, help="months at which response is judged (12)")
    parser.add_argument("--draws", type=int, default=1000, help="bootstrap draws (1000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the bootstrap (1)")
    parser.add_argument(
        "--reclassification", action="store_true", help="NRI and IDI too, which can favour a useless model"
    )
    parser.add_argument(
        "--numbers-only", action="store_true", help="metrics.json and the tables, without figures and report"
    )


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command."""
    from LWCTRLogic.evaluation.output import write_evaluation
    from LWCTRLogic.evaluation.results import evaluate_cohort

    if args.bundle is not None and args.cohort is None:
        raise UsageError("--bundle without --cohort", "--cohort FOLDER --bundle BUNDLE")
    if args.scores is None and (args.score or args.risk or args.not_probability or args.group):
        raise UsageError("--score, --risk, --not-probability or --group without --scores", "--scores TABLE")
    for option in ("against", "survival"):
        if getattr(args, option) is not None and args.scores is None:
            raise UsageError(f"--{option} without --scores", f"--scores TABLE --{option} OTHER")
    cohort, material = _read(args)
    for note in cohort.notes:
        progress.warning(note)
    material = _with_readings(material, args)
    evaluation = evaluate_cohort(cohort, progress, args.seed, args.draws, args.reclassification, material)
    report = write_evaluation(evaluation, args.out, progress, report=not args.numbers_only)
    if isinstance(progress, JsonProgress):
        progress.emit("result", report=str(report), warnings=list(evaluation.warnings))
    else:
        lines = [*(f"warning: {text}" for text in evaluation.warnings), f"written: {report}", ""]
        sys.stdout.write("\n".join(lines))
    return 0


def _read(args: argparse.Namespace) -> tuple[ScoredCohort, Material]:
    """Return the cohort with its scores, and what goes with them."""
    from LWCTRLogic.evaluation.material import Material

    if args.training is not None:
        from LWCTRLogic.evaluation.read_training import read_training

        return read_training(args.training)
    if args.cohort is not None:
        from LWCTRLogic.evaluation.read_bundle import read_bundle_cohort
        from LWCTRLogic.models.bundle_files import load_bundle

        bundle = load_bundle(args.bundle)
        cohort, attribution = read_bundle_cohort(bundle, args.cohort)
        return cohort, Material(attribution=attribution, cox=bundle.cox)
    cohort = _with_survival(_read_table(args, args.scores), args.survival)
    other = None if args.against is None else _read_table(args, args.against)
    if other is not None:
        _refuse_shared(cohort, other)
    return cohort, Material(other=other)


def _with_survival(cohort: ScoredCohort, table: Path | None) -> ScoredCohort:
    from dataclasses import replace

    from LWCTRLogic.evaluation.read_survival import read_survival

    if table is None:
        return cohort
    names = [score.name for score in cohort.scores]
    return replace(cohort, survival=read_survival(table, cohort.outcomes.case_ids, names))


def _refuse_shared(cohort: ScoredCohort, other: ScoredCohort) -> None:
    """Refuse a patient who stands in both tables: an unpaired test takes them for different people."""
    from LWCTRLogic.errors import InputError

    shared = sorted(set(cohort.outcomes.case_ids) & set(other.outcomes.case_ids))
    if shared:
        raise InputError(
            f"{len(shared)} patients stand in both tables, such as {shared[0]}",
            "different patients in --against",
            "Give two scores of the same patients as two --score options",
        )


def _with_readings(material: Material, args: argparse.Namespace) -> Material:
    """Add the agreement of repeat readings, of features and of masks, where they are given or lie there."""
    from dataclasses import replace

    from LWCTRLogic.evaluation.overlap import read_overlaps
    from LWCTRLogic.evaluation.reliability import read_reliability
    from LWCTRLogic.training.cohort_reading import READINGS

    readings = args.readings
    if readings is None and args.cohort is not None and (args.cohort / READINGS).is_file():
        readings = args.cohort / READINGS
    return replace(
        material,
        reliability=None if readings is None else read_reliability(readings),
        overlaps=() if args.agreement is None else read_overlaps(args.agreement),
    )


def _read_table(args: argparse.Namespace, path: Path) -> ScoredCohort:
    from LWCTRLogic.evaluation.read_scores import ScoreColumns, read_scored_table
    from LWCTRLogic.outcomes import OutcomeColumns

    if not args.score:
        raise UsageError("no score is named", "--score COLUMN", "Name the column that holds the score")
    named = [_split(text) for text in args.score]
    columns = ScoreColumns(
        scores=tuple(name for name, _ in named),
        cutoffs={name: cutoff for name, cutoff in named if cutoff is not None},
        risks=frozenset(args.risk),
        plain=frozenset(args.not_probability),
        mrecist=args.mrecist,
        groups=None if args.group is None else tuple(args.group),
        outcomes=OutcomeColumns(**{name: getattr(args, name) for name in _OUTCOMES}),
    )
    return read_scored_table(path, columns, args.horizon)


def _split(text: str) -> tuple[str, float | None]:
    name, sign, cutoff = text.partition("=")
    if not sign:
        return name, None
    try:
        return name, float(cutoff)
    except ValueError:
        raise UsageError(
            f"--score {text}: the cut-off is {cutoff!r}", "a number, as in rad_score=0.52"
        ) from None
