"""``lwctr models score``, ``recalibrate`` and ``add-centre``: a bundle and a cohort."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from LWCTRLogic.errors import UsageError
from LWCTRLogic.progress import JsonProgress, Progress
from LWCTRLogic.report.text import number

ACTIONS = ("score", "recalibrate", "add-centre")
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


def add_actions(actions: Any) -> None:
    """Declare the arguments of the actions."""
    score = actions.add_parser("score", help="score a whole cohort with a bundle, nothing refitted")
    recalibrate = actions.add_parser(
        "recalibrate", help="make a new bundle with intercept and slope fitted to another centre's cohort"
    )
    for parser in (score, recalibrate):
        parser.add_argument("bundle", type=Path, help="prediction bundle (.zip or folder)")
        parser.add_argument("cohort", type=Path, help="folder with cohort.csv and features")
        parser.add_argument("--table", type=Path, help="cohort table instead of COHORT/cohort.csv")
        parser.add_argument("--features", type=Path, help="feature table instead of COHORT/features.parquet")
        parser.add_argument("--overwrite", action="store_true", help="replace an output that is there")
    score.add_argument(
        "-o", "--out", type=Path, required=True, help="table for the scores beside the outcomes (.csv)"
    )
    recalibrate.add_argument("-o", "--out", type=Path, required=True, help="the new bundle (.zip)")
    recalibrate.add_argument("--seed", type=int, default=0, help="seed of the intervals (0)")
    centre = actions.add_parser(
        "add-centre", help="let a bundle trained with --reference-centre score patients of one more centre"
    )
    centre.add_argument("bundle", type=Path, help="prediction bundle (.zip or folder)")
    centre.add_argument(
        "sample", type=Path, help="features of patients of that centre: a table, or case folders"
    )
    centre.add_argument("--centre", required=True, help="name of the centre, as the cases give it")
    centre.add_argument("-o", "--out", type=Path, required=True, help="the new bundle (.zip)")
    centre.add_argument("--overwrite", action="store_true", help="replace an output that is there")


def run_action(args: argparse.Namespace, progress: Progress) -> int:
    """Run one of the actions.

    Raises
    ------
    UsageError
        When the output's name does not fit.
    InputError
        When bundle or cohort is refused, or the output would take the place of a file.
    """
    actions = {"score": _score, "recalibrate": _recalibrate, "add-centre": _add_centre}
    return actions[args.action](args, progress)


def _add_centre(args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.models.bundle_files import load_bundle, save_bundle
    from LWCTRLogic.new_folder import new_file
    from LWCTRLogic.training.centre_reference import add_centre, read_sample

    _check_bundle_name(args.out)
    new_file(args.out, [args.bundle, args.sample], args.overwrite)
    bundle = load_bundle(args.bundle)
    sample = read_sample(bundle, args.sample)
    made = add_centre(bundle, sample, args.centre, args.out.stem)
    digest = save_bundle(made, args.out)
    names = [] if made.harmonisation is None else list(made.harmonisation.names)
    if isinstance(progress, JsonProgress):
        progress.emit("centre-added", path=str(args.out), sha256=digest, parent=bundle.sha256, centres=names)
        return 0
    lines = [f"{args.out}: {bundle.name} knows {', '.join(names)} (SHA-256 {digest})"]
    lines += [made.limits[-1], f"parent: {bundle.name}, SHA-256 {bundle.sha256}"]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _check_bundle_name(path: Path) -> None:
    if path.suffix != ".zip" or not re.fullmatch(_NAME, path.stem):
        raise UsageError(f"-o {path.name}", "letters, digits, '.', '_' or '-', and .zip at the end")


def _score(args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.models.bundle_files import load_bundle
    from LWCTRLogic.new_folder import new_file
    from LWCTRLogic.training.locked import apply_bundle, locked_numbers, read_files_for, scores_table
    from LWCTRLogic.training.output import write_frame

    if args.out.suffix != ".csv":
        raise UsageError(f"-o {args.out.name}", "a name that ends in .csv")
    new_file(args.out, _inputs(args), args.overwrite)
    bundle = load_bundle(args.bundle)
    found = read_files_for(bundle, args.cohort, args.table, args.features)
    for note in found.notes:
        progress.warning(note)
    locked = apply_bundle(bundle, found.cohort)
    write_frame(args.out, scores_table(bundle, locked))
    numbers = locked_numbers(bundle, locked)
    if isinstance(progress, JsonProgress):
        progress.emit("scored", path=str(args.out), **numbers)
        return 0
    lines = [f"{args.out}: {len(locked.cohort)} patients, scored by {bundle.name} as it is (95 % intervals)"]
    lines += _score_lines(numbers["models"])
    lines += [f"  {name}: not run, {reason}" for name, reason in locked.missing.items()]
    sys.stdout.write("\n".join([*lines, *([bundle.notice] if bundle.notice else [])]) + "\n")
    return 0


def _score_lines(models: dict[str, Any]) -> list[str]:
    """Return a line a model: every figure with its 95 % interval, or why there is none."""
    lines = []
    for name, values in models.items():
        told = []
        for key, label, decimals in (
            ("auc", "AUC at 12 months", 3),
            ("calibration_slope", "calibration slope", 2),
            ("calibration_in_the_large", "in the large", 2),
        ):
            if values[key] is not None:
                value, low, high = (number(values[key][part], decimals) for part in ("value", "low", "high"))
                told.append(f"{label} {value} ({low} to {high})")
        if values["not_estimated"]:
            told.append(f"not estimated: {values['not_estimated']}")
        lines.append(f"  {name}, {values['patients']} patients: {', '.join(told)}")
    return lines


def _recalibrate(args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.models.bundle_files import load_bundle, save_bundle
    from LWCTRLogic.new_folder import new_file
    from LWCTRLogic.training import recalibration_sheet as sheet
    from LWCTRLogic.training.locked import read_files_for
    from LWCTRLogic.training.recalibrate import recalibrate

    _check_bundle_name(args.out)
    for path in (args.out, *sheet.sheet_paths(args.out)):
        new_file(path, _inputs(args), args.overwrite)
    bundle = load_bundle(args.bundle)
    files = read_files_for(bundle, args.cohort, args.table, args.features)
    for note in files.notes:
        progress.warning(note)
    cohort = files.cohort
    made = recalibrate(bundle, cohort, args.out.stem, args.seed)
    digest = save_bundle(made.bundle, args.out)
    found = sheet.numbers(made, cohort, bundle, digest)
    written = sheet.write_sheet(made, cohort, found, args.out)
    if isinstance(progress, JsonProgress):
        paths = list(map(str, written))
        progress.emit("recalibrated", path=str(args.out), parent=bundle.sha256, sheet=paths, **_told(found))
        return 0
    lines = [f"{args.out}: {bundle.name} recalibrated on {len(cohort)} patients (SHA-256 {digest})"]
    lines += [
        f"parent: {bundle.name}, SHA-256 {bundle.sha256}",
        "",
        "logit(new) = intercept + slope · logit(old)",
    ]
    lines += [*_aligned(sheet.moves_table(found)), "", *_aligned(sheet.table(found)), found["after"], ""]
    lines += [f"Cox model {model}: {fate}" for model, fate in made.cox.items()]
    lines += [f"not recalibrated: {model}, {reason}" for model, reason in made.missing.items()]
    sys.stdout.write("\n".join([*lines, f"written: {', '.join(map(str, written))}"]) + "\n")
    return 0


def _told(found: dict[str, Any]) -> dict[str, Any]:
    """Return what a program is told of a recalibration."""
    return {key: found[key] for key in ("sha256", "patients", "models", "cox", "not_recalibrated")}


def _inputs(args: argparse.Namespace) -> list[Path]:
    named = [args.bundle, args.table, args.features]
    return [*filter(None, named), *(args.cohort / name for name in ("cohort.csv", "features.parquet"))]


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
