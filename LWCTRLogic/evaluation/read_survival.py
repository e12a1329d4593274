"""Predicted survival by month, of any model of time to event, from a table with one row a patient and month."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.scored import SurvivalModel
from LWCTRLogic.models.bundle import REPORT_MONTHS
from LWCTRLogic.outcomes import Rows
from LWCTRLogic.problems import Problem, by_cause, listed
from LWCTRLogic.tables import read_table

COLUMNS = ("case_id", "endpoint", "model", "month", "survival")
PREDICTOR = "linear_predictor"
_TAKEN = {"mRECIST", "Rad-score"}
"""Classes and scores whose Cox model is told from them by "Cox:", as are those of the cohort's scores."""


def read_survival(path: Path, case_ids: Sequence[str], scores: Collection[str]) -> tuple[SurvivalModel, ...]:
    """Read the models, in the order of the table.

    Parameters
    ----------
    path : Path
        With the columns :data:`COLUMNS`, and ``linear_predictor`` (higher for an earlier event) where there is one;
        without, the mean of the predicted survival orders the patients. Months count from where the endpoint's do:
        the follow-up scan, where the cohort has landmarks.
    case_ids : (n,) of str
        The patients of the cohort, in its order; who lacks a month of a model has no prediction by it.
    scores : collection of str
        Names of the cohort's scores.

    Raises
    ------
    InputError
        With every problem in one message: a column is missing, an endpoint or patient is not known, a row comes
        twice, or a survival is no probability.
    """
    rows = read_table(path)
    missing = [name for name in COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise InputError(f"{path.name} has no column {', '.join(missing)}", "columns " + ", ".join(COLUMNS))
    place = {name: at for at, name in enumerate(case_ids)}
    _check(rows, place, path.name)
    groups: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in rows:
        groups.setdefault((row["endpoint"], row["model"]), []).append(row)
    taken = _TAKEN | set(scores)
    return tuple(
        _model(f"Cox: {name}" if name in taken else name, endpoint, own, place)
        for (endpoint, name), own in groups.items()
    )


def _check(rows: Rows, place: Mapping[str, int], name: str) -> None:
    problems, seen = [], set()
    for number, row in enumerate(rows, 2):
        key = (row["case_id"], row["endpoint"], row["model"], row["month"])
        checks = (
            (
                row["endpoint"] in REPORT_MONTHS,
                "endpoint",
                f"the endpoint is {row['endpoint']!r}, not OS or PFS",
            ),
            (row["case_id"] in place, "case_id", f"patient {row['case_id']!r} is not in the cohort"),
            (key not in seen, "twice", f"patient {row['case_id']!r} has month {row['month']} twice"),
            (_number(row["month"]) > 0, "month", f"the month is {row['month']!r}"),
            (0 <= _number(row["survival"]) <= 1, "survival", f"survival is {row['survival']!r}, not 0 to 1"),
        )
        problems += [Problem(number, cause, words) for fine, cause, words in checks if not fine]
        seen.add(key)
    if problems:
        raise InputError(
            f"{name}: {listed(by_cause(problems))}", "one row a patient, endpoint, model and month"
        )


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _model(name: str, endpoint: str, rows: Rows, place: Mapping[str, int]) -> SurvivalModel:
    months = sorted({float(row["month"]) for row in rows})
    survival = np.full((len(place), len(months)), np.nan)
    risk = np.full(len(place), np.nan)
    for row in rows:
        at = place[row["case_id"]]
        survival[at, months.index(float(row["month"]))] = float(row["survival"])
        risk[at] = _number(row.get(PREDICTOR, ""))
    if not np.isfinite(risk).any():
        risk = -survival.mean(axis=1)
    return SurvivalModel(name, endpoint, risk, tuple(months), survival)
