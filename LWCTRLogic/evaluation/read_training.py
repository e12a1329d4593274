"""What ``lwctr train`` left: its out-of-fold scores as a cohort, its bundle, and what it says of itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from LWCTRLogic import files
from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.attribution import Attribution, attribution_of
from LWCTRLogic.evaluation.material import Material
from LWCTRLogic.evaluation.read_bundle import ORIGIN as LOCKED
from LWCTRLogic.evaluation.read_scores import ScoreColumns, read_scored_table
from LWCTRLogic.evaluation.read_survival import read_survival
from LWCTRLogic.evaluation.scored import ScoredCohort
from LWCTRLogic.models.bundle import Bundle
from LWCTRLogic.models.bundle_files import load_bundle
from LWCTRLogic.tables import read_table
from LWCTRLogic.training.output import INPUTS, NUMBERS, SURVIVAL, TEST, WIDE

ORIGIN = "out of fold (first repeat): each patient scored by fits that had not seen them"


def read_training(folder: Path) -> tuple[ScoredCohort, Material]:
    """Read a training's folder.

    Returns
    -------
    cohort : ScoredCohort
        With the strict, out-of-fold scores and survival; the most complete model leads.
    material : Material
        ``training.json``; the bundle's Cox models and attributions, and the test cohort, where they are there.

    Raises
    ------
    InputError
        When the folder is not one that ``lwctr train`` wrote.
    """
    if not (folder / NUMBERS).is_file() or not (folder / WIDE).is_file():
        raise InputError(f"{folder} has no {NUMBERS} and {WIDE}", "a folder that 'lwctr train' wrote")
    training: dict[str, Any] = files.read_json(folder / NUMBERS)
    models = training["models"]
    columns = ScoreColumns(
        scores=tuple(models)[::-1],
        cutoffs={name: float(content["strict"]["cutoff"]) for name, content in models.items()},
    )
    cohort = _named(read_scored_table(folder / WIDE, columns), folder.name, ORIGIN)
    if (folder / SURVIVAL).is_file():
        survival = read_survival(folder / SURVIVAL, cohort.outcomes.case_ids, tuple(models))
        cohort = replace(cohort, survival=survival)
    bundle = _bundle(folder, training)
    if bundle is None:
        return cohort, Material(training=training)
    cohort = replace(cohort, notice=bundle.notice)
    attribution = _attribution(folder / INPUTS, bundle, cohort.scores[0].name)
    other = _test(folder / TEST, columns)
    return cohort, Material(training=training, attribution=attribution, cox=bundle.cox, other=other)


def _named(cohort: ScoredCohort, name: str, origin: str) -> ScoredCohort:
    return replace(cohort, name=name, scores=tuple(replace(one, origin=origin) for one in cohort.scores))


def _bundle(folder: Path, training: dict[str, Any]) -> Bundle | None:
    """Return the bundle of this very training, if it still lies there."""
    for path in sorted(folder.glob("*.zip")):
        bundle = load_bundle(path)
        if bundle.sha256 == training.get("bundle_sha256"):
            return bundle
    return None


def _attribution(path: Path, bundle: Bundle, leading: str) -> Attribution | None:
    """Return what each feature adds to the leading score of the training patients."""
    model = bundle.classifier(leading)
    if model is None or not path.is_file():
        return None
    table = pd.DataFrame(read_table(path))
    if not {item.name for item in model.features} <= set(table.columns):
        return None
    numbers = table[[name for name in map(str, table) if ":" in name]].astype(float)
    return attribution_of(model, numbers, table)


def _test(path: Path, columns: ScoreColumns) -> ScoredCohort | None:
    """Return the bundle's scores of the test cohort."""
    if not path.is_file():
        return None
    there = read_table(path)[0]
    scores = tuple(name for name in columns.scores if name in there)
    return _named(read_scored_table(path, ScoreColumns(scores)), "test cohort", LOCKED) if scores else None
