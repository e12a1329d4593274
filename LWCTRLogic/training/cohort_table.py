"""The table of a cohort to train on, read and checked as a whole before anything is fitted.

:mod:`LWCTRLogic.outcomes` reads what became of the patients; here are the columns' names, the clinical words, and when
each patient's follow-up scan was made.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from LWCTRLogic.case import check_case_id
from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.cohort import KNOWN_COLUMNS
from LWCTRLogic.errors import InputError
from LWCTRLogic.outcomes import Outcomes, read_outcomes
from LWCTRLogic.problems import Problem, by_cause, listed
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
        With every problem in one message, each cause once.
    """
    rows = read_table(path)
    columns = list(rows[0])
    lines = _column_problems(columns) or _unit_problems(rows)
    if lines:
        raise _refusal(path, lines)
    rows = [dict(cells) for cells in rows]
    words: list[dict[str, str]] = []
    problems: list[Problem] = []
    for number, cells in enumerate(rows, start=2):
        words.append(_read_row(cells, number, problems))
    try:
        outcomes = read_outcomes(rows)
    except InputError as error:
        raise _refusal(path, [*by_cause(problems), error.one_line()]) from error
    lines = by_cause([*problems, *_cause_problems(outcomes), *_landmark_problems(outcomes)])
    if lines:
        raise _refusal(path, lines)
    frame = pd.DataFrame(words, index=pd.Index(outcomes.case_ids, name="case_id"), dtype=str)
    return outcomes, frame, tuple(name for name in columns if name not in COLUMNS)


def _refusal(path: Path, lines: Sequence[str]) -> InputError:
    return InputError(f"{path.name} was refused, nothing was run: {listed(lines)}")


def _column_problems(columns: Sequence[str]) -> list[str]:
    problems = []
    for name in columns:
        near = [] if name in COLUMNS else difflib.get_close_matches(name.lower(), COLUMNS, n=1, cutoff=0.75)
        if near and near[0] not in columns:
            problems.append(f"column {name!r} looks like {near[0]!r}: rename it")
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
                f"the median of {name} is {numbers.median():g}: these look like {words}, and months are expected"
            )
    return problems


def _read_row(cells: dict[str, str], number: int, problems: list[Problem]) -> dict[str, str]:
    """Return a row's words; add what is wrong with them, and the months of the follow-up scan to the cells."""
    words = {"mrecist": "", "centre": cells.get("centre", "").strip()}
    try:
        check_case_id(cells["case_id"])
    except InputError as error:
        problems.append(Problem(number, "case_id", error.one_line()))
    for name, variable in VARIABLES.items():
        if name in cells:
            try:
                value = variable.check(cells[name])
                words[name] = "" if value is None else str(value)
            except InputError as error:
                problems.append(Problem(number, name, error.one_line()))
    try:
        cells[LANDMARK] = _landmark(cells)
    except InputError as error:
        problems.append(Problem(number, LANDMARK, error.one_line()))
        cells[LANDMARK] = "1"
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


def _cause_problems(outcomes: Outcomes) -> Iterator[Problem]:
    for row, cause in enumerate(outcomes.cause or ()):
        if cause and cause not in CAUSES:
            text = f"{CAUSE} is {cause!r}; expected {' or '.join(CAUSES)}, or empty"
            yield Problem(row + 2, f"{CAUSE} word", text)
        elif cause and not outcomes.os_event[row]:
            yield Problem(row + 2, f"{CAUSE} of the living", f"{CAUSE} is {cause!r}, but os_event is 0")


def _landmark_problems(outcomes: Outcomes) -> Iterator[Problem]:
    assert outcomes.landmark is not None
    for row in np.flatnonzero(outcomes.landmark > outcomes.os_months + 0.1).tolist():
        text = (
            f"the follow-up scan was at {outcomes.landmark[row]:g} months, and the patient was followed for "
            f"{outcomes.os_months[row]:g}"
        )
        yield Problem(row + 2, "scan beyond follow-up", text)
