"""The table of a cohort to train on, read and checked as a whole before anything is fitted.

:mod:`LWCTRLogic.outcomes` reads what became of the patients; here are the columns' names, the clinical words, and when
each patient's follow-up scan was made.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from LWCTRLogic.case import check_case_id
from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.cohort import KNOWN_COLUMNS
from LWCTRLogic.errors import InputError
from LWCTRLogic.outcomes import Outcomes, read_outcomes
from LWCTRLogic.tables import read_table

DAYS_A_MONTH = 30.4375
LANDMARK = "landmark_months"
CAUSE = "cause_of_death"
CAUSES = ("cancer", "other")
COLUMNS = (*KNOWN_COLUMNS, LANDMARK, CAUSE)
_USUAL = (
    ("os_months", 100.0, "days"),
    ("pfs_months", 100.0, "days"),
    (LANDMARK, 6.0, "days or weeks (the follow-up scan is made 1.4 to 2.3 months after the first dose)"),
)
"""What no cohort's median exceeds, and what it is if it does."""
_SHOWN = 20
Cells = Mapping[str, str]


def read_cohort_table(path: Path) -> tuple[Outcomes, pd.DataFrame, tuple[str, ...]]:
    """Read a cohort table for training.

    Returns
    -------
    outcomes : Outcomes
        What became of the patients; ``landmark`` is always there.
    words : DataFrame (n, …)
        Index ``case_id``: ``mrecist``, ``centre`` and the clinical variables that the table has; empty where not
        known.
    unused : tuple of str
        Columns that nothing uses.

    Raises
    ------
    InputError
        With every problem of every row in one message.
    """
    rows = read_table(path)
    columns = list(rows[0])
    problems = _column_problems(columns) or _unit_problems(rows)
    if problems:
        raise _refusal(path, problems)
    rows = [dict(cells) for cells in rows]
    words = []
    for number, cells in enumerate(rows, start=2):
        try:
            check_case_id(cells["case_id"])
            words.append(_read_words(cells))
            cells[LANDMARK] = _landmark(cells)
        except InputError as error:
            problems.append(f"row {number}: {error.one_line()}")
            cells.setdefault(LANDMARK, "1")
    try:
        outcomes = read_outcomes(rows)
    except InputError as error:
        raise _refusal(path, [*problems, error.one_line()]) from error
    problems += _cause_problems(outcomes) + _landmark_problems(outcomes)
    if problems:
        raise _refusal(path, problems)
    frame = pd.DataFrame(words, index=pd.Index(outcomes.case_ids, name="case_id"), dtype=str)
    return outcomes, frame, tuple(name for name in columns if name not in COLUMNS)


def _refusal(path: Path, problems: Sequence[str]) -> InputError:
    shown = " | ".join(problems[:_SHOWN])
    more = f" | and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    return InputError(f"{path.name} was refused, nothing was run: {shown}{more}")


def _column_problems(columns: Sequence[str]) -> list[str]:
    problems = []
    for name in columns:
        near = [] if name in COLUMNS else difflib.get_close_matches(name.lower(), COLUMNS, n=1, cutoff=0.75)
        if near and near[0] not in columns:
            problems.append(f"column {name!r} looks like {near[0]!r}")
    if problems:
        return problems
    problems = [f"no column {name!r}" for name in ("case_id", "os_months", "os_event") if name not in columns]
    if LANDMARK not in columns and not {"post_day", "first_dose_day"} <= set(columns):
        problems.append(
            f"no column {LANDMARK!r} (months from the first dose to the follow-up scan), nor post_day with "
            "first_dose_day"
        )
    return problems


def _unit_problems(rows: Sequence[Cells]) -> list[str]:
    """Return which times are no months; told alone, since hundreds of cells would be out of range for one reason."""
    problems = []
    for name, bound, words in _USUAL:
        numbers = pd.to_numeric(pd.Series([cells.get(name, "") for cells in rows]), errors="coerce")
        if numbers.notna().any() and numbers.median() > bound:
            problems.append(
                f"the median of {name} is {numbers.median():g}: these look like {words}, not months"
            )
    return problems


def _read_words(cells: Cells) -> dict[str, str]:
    words = {"mrecist": "", "centre": cells.get("centre", "").strip()}
    for name, variable in VARIABLES.items():
        if name in cells:
            value = variable.check(cells[name])
            words[name] = "" if value is None else str(value)
    return words


def _landmark(cells: Cells) -> str:
    """Return the months from the first dose to the follow-up scan, from days where the table has those."""
    if LANDMARK in cells:
        return cells[LANDMARK]
    try:
        first, scan = (float(cells[name]) for name in ("first_dose_day", "post_day"))
    except ValueError:
        raise InputError(
            f"first_dose_day is {cells['first_dose_day']!r} and post_day {cells['post_day']!r}", "whole days"
        ) from None
    if scan <= first:
        raise InputError(f"the follow-up scan is on day {scan:g} and the first dose on day {first:g}")
    return str((scan - first) / DAYS_A_MONTH)


def _cause_problems(outcomes: Outcomes) -> list[str]:
    problems = []
    for row, cause in enumerate(outcomes.cause or ()):
        if cause and cause not in CAUSES:
            problems.append(f"row {row + 2}: {CAUSE} is {cause!r}; expected {' or '.join(CAUSES)}, or empty")
        elif cause and not outcomes.os_event[row]:
            problems.append(f"row {row + 2}: {CAUSE} is {cause!r}, but os_event is 0")
    return problems


def _landmark_problems(outcomes: Outcomes) -> list[str]:
    assert outcomes.landmark is not None
    return [
        f"row {row + 2}: the follow-up scan was at {outcomes.landmark[row]:g} months, and the patient was followed "
        f"for {outcomes.os_months[row]:g}"
        for row in np.flatnonzero(outcomes.landmark > outcomes.os_months + 0.1).tolist()
    ]
