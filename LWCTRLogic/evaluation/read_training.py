"""What ``lwctr train`` left: its out-of-fold scores as a cohort, and what it says of itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.read_scores import ScoreColumns, read_scored_table
from LWCTRLogic.evaluation.scored import ScoredCohort
from LWCTRLogic.training.output import NUMBERS, WIDE

ORIGIN = "out of fold (first repeat): each patient scored by fits that had not seen them"


def read_training(folder: Path) -> tuple[ScoredCohort, dict[str, Any]]:
    """Read a training's folder.

    Returns
    -------
    cohort : ScoredCohort
        With the strict, out-of-fold scores; the most complete model leads.
    training : dict
        ``training.json``.

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
    cohort = read_scored_table(folder / WIDE, columns)
    scores = tuple(replace(score, origin=ORIGIN) for score in cohort.scores)
    return replace(cohort, name=folder.name, scores=scores), training
