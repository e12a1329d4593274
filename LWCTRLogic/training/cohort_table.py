"""The table of a cohort's outcomes, read and checked as a whole before anything is fitted.

Every problem of every row is told in one message, in words.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from LWCTRLogic.case import check_case_id
from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.cohort import KNOWN_COLUMNS, OUTCOME_COLUMNS
from LWCTRLogic.errors import InputError
from LWCTRLogic.tables import read_table

DAYS_A_MONTH = 30.4375
LANDMARK = "landmark_months"
CAUSE = "cause_of_death"
CAUSES = ("cancer", "other")
COLUMNS = (*KNOWN_COLUMNS, LANDMARK, CAUSE)
_LONGEST = 600.0
_USUAL_MEDIAN = 100.0
"""No cohort of this disease has a median survival of eight years: such months are days."""
_LATEST_LANDMARK = 6.0
"""The follow-up scan is made 6 to 10 weeks after the first dose: 1.4 to 2.3 months."""
_SHOWN = 20


def read_outcomes(path: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read a cohort table for training.

    Returns
    -------
    table : DataFrame (n, …)
        Index ``case_id``; ``os_months``, ``os_event``, ``pfs_months``, ``pfs_event``, ``landmark_months`` as
        numbers, NaN where not given; ``mrecist``, ``centre``, ``cause_of_death`` and the clinical variables as words,
        empty where not given.
    unused : tuple of str
        Columns that nothing uses.

    Raises
    ------
    InputError
        With every problem of every row.
    """
    rows = read_table(path)
    columns = list(rows[0])
    problems = _column_problems(columns)
    if problems:
        raise _refusal(path, problems)
    table: dict[str, dict[str, float | str]] = {}
    for number, cells in enumerate(rows, start=2):
        try:
            values = _read_row(cells)
            case_id = check_case_id(cells["case_id"])
            if case_id.lower() in (known.lower() for known in table):
                raise InputError(f"case_id {case_id!r} stands in an earlier row")
            table[case_id] = values
        except InputError as error:
            problems.append(f"row {number}: {error.one_line()}")
    frame = pd.DataFrame.from_dict(table, orient="index").rename_axis("case_id")
    if not problems:
        problems = _unit_problems(frame)
    if problems:
        raise _refusal(path, problems)
    return frame, tuple(name for name in columns if name not in COLUMNS)


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
    missing = [name for name in ("case_id", "os_months", "os_event") if name not in columns]
    problems += [f"no column {name!r}" for name in missing]
    if LANDMARK not in columns and not {"post_day", "first_dose_day"} <= set(columns):
        problems.append(
            f"no column {LANDMARK!r} (months from the first dose to the follow-up scan), nor post_day with "
            "first_dose_day"
        )
    if ("pfs_months" in columns) != ("pfs_event" in columns):
        problems.append("only one of the columns 'pfs_months' and 'pfs_event'")
    return problems


def _read_row(cells: Mapping[str, str]) -> dict[str, float | str]:
    row: dict[str, float | str] = {}
    for name in OUTCOME_COLUMNS:
        required = name in cells
        read = _event if name.endswith("_event") else _months
        row[name] = read(name, cells[name]) if required else float("nan")
    row[LANDMARK] = _landmark(cells)
    for name, variable in VARIABLES.items():
        if name in cells:
            value = variable.check(cells[name])
            row[name] = "" if value is None else str(value)
    row.setdefault("mrecist", "")
    row["centre"] = cells.get("centre", "")
    row[CAUSE] = _cause(cells)
    _check_order(row)
    return row


def _number(name: str, cell: str, expected: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise InputError(f"{name} is {cell!r}", expected) from None


def _months(name: str, cell: str) -> float:
    expected = f"months above 0 and up to {_LONGEST:g}"
    months = _number(name, cell, expected)
    if not 0 < months <= _LONGEST:
        raise InputError(f"{name} is {cell!r}", expected, "Were days meant?" if months > _LONGEST else "")
    return months


def _event(name: str, cell: str) -> float:
    expected = "0 (censored) or 1 (event)"
    event = _number(name, cell, expected)
    if event not in (0.0, 1.0):
        raise InputError(f"{name} is {cell!r}", expected)
    return event


def _landmark(cells: Mapping[str, str]) -> float:
    if LANDMARK in cells:
        return _months(LANDMARK, cells[LANDMARK])
    days = [_number(name, cells[name], "a whole number of days") for name in ("first_dose_day", "post_day")]
    if days[1] <= days[0]:
        raise InputError(
            f"the follow-up scan is on day {days[1]:g}", f"a day after the first dose on day {days[0]:g}"
        )
    return (days[1] - days[0]) / DAYS_A_MONTH


def _cause(cells: Mapping[str, str]) -> str:
    cause = cells.get(CAUSE, "").strip().lower()
    if cause and cause not in CAUSES:
        raise InputError(f"{CAUSE} is {cause!r}", " or ".join(CAUSES) + ", or empty")
    return cause


def _check_order(row: Mapping[str, float | str]) -> None:
    survival, progression, landmark = (float(row[name]) for name in ("os_months", "pfs_months", LANDMARK))
    if progression > survival + 0.05:
        raise InputError(
            f"pfs_months is {progression:g} and os_months {survival:g}", "progression or death before the end"
        )
    if landmark > survival:
        raise InputError(
            f"the follow-up scan was at {landmark:g} months and os_months is {survival:g}",
            "patients who were scanned, so alive, at the follow-up scan",
        )
    if row[CAUSE] and row["os_event"] == 0.0:
        raise InputError(f"{CAUSE} is {row[CAUSE]!r} and os_event 0", "a cause for those who died only")


def _unit_problems(frame: pd.DataFrame) -> list[str]:
    problems = []
    for name in ("os_months", "pfs_months"):
        median = frame[name].median()
        if median > _USUAL_MEDIAN:
            problems.append(f"the median of {name} is {median:g}: these look like days, not months")
    median = frame[LANDMARK].median()
    if median > _LATEST_LANDMARK:
        problems.append(
            f"the median of {LANDMARK} is {median:g}: these look like days or weeks, not months (the follow-up scan "
            "is made 1.4 to 2.3 months after the first dose)"
        )
    return problems
