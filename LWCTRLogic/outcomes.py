"""What became of the patients of a cohort, read from a table and checked as a whole before anything is fitted.

Training and evaluation read outcomes here. Times are months from the first dose.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from LWCTRLogic.errors import InputError
from LWCTRLogic.problems import Problem, by_cause, listed
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.ties import tied

HORIZON = 12.0
"""Months that tell a responder from a non-responder."""
FIRST_DOSE, LANDMARK = "the first dose", "the follow-up scan (landmark)"
_LONGEST = 600.0
_DAYS = 120.0  # no cohort of advanced cancer has a median follow-up of ten years
Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class OutcomeColumns:
    """Which columns of a table hold what; the optional ones are empty where the table has none."""

    case_id: str = "case_id"
    os_months: str = "os_months"
    os_event: str = "os_event"
    pfs_months: str = "pfs_months"
    pfs_event: str = "pfs_event"
    landmark_months: str = "landmark_months"
    cause_of_death: str = "cause_of_death"


REQUIRED = ("case_id", "os_months", "os_event")


@dataclass(frozen=True)
class Outcomes:
    """One entry a patient, in the order of the table.

    Attributes
    ----------
    case_ids : (n,) of str
        Pseudonyms, each once.
    os_months, os_event : (n,)
        Overall survival; the event is death of any cause.
    pfs_months, pfs_event : (n,) or None
        Progression-free survival; None where the table has none.
    landmark : (n,) or None
        When the follow-up scan was made.
    cause : (n,) of str or None
        What a patient died of, in the table's words.
    """

    case_ids: tuple[str, ...]
    os_months: Floats
    os_event: Bools
    pfs_months: Floats | None = None
    pfs_event: Bools | None = None
    landmark: Floats | None = None
    cause: tuple[str, ...] | None = None

    def __len__(self) -> int:
        """Return the number of patients."""
        return len(self.case_ids)

    def follow_up(self, endpoint: str, progressed: Bools | None = None) -> FollowUp:
        """Return who is followed for OS or PFS, and from when.

        With a landmark, time runs from the follow-up scan: what went before had to be lived through to be
        scanned at all (immortal time), and is not counted. For PFS, whoever had progressed by the scan has had
        the event.

        Parameters
        ----------
        endpoint : str
            ``OS`` or ``PFS``.
        progressed : (n,), optional
            Whether each patient had progressed at the follow-up scan (mRECIST PD).

        Raises
        ------
        InputError
            When the table has no PFS, or nobody is left to follow.
        """
        if endpoint == "OS":
            months, event, free = self.os_months, self.os_event, np.ones(len(self), dtype=bool)
            population = "alive and under observation"
        elif self.pfs_months is not None and self.pfs_event is not None:
            months, event = self.pfs_months, self.pfs_event
            free = np.ones(len(self), dtype=bool) if progressed is None else ~np.asarray(progressed)
            population = "alive, under observation and without progression"
        else:
            raise InputError("the table has no progression-free survival", "pfs_months and pfs_event")
        if self.landmark is None:
            return FollowUp(
                endpoint, months, event, np.ones(len(self), dtype=bool), FIRST_DOSE, "all patients"
            )
        months = tied(months - self.landmark)  # differences, so full of times that only rounding parts
        rows = free & (months > 0)
        if not (event & rows).any():
            raise InputError(f"no patient has an {endpoint} event after the follow-up scan", "some events")
        population = f"patients {population} at the follow-up scan"
        return FollowUp(endpoint, months[rows], event[rows], rows, LANDMARK, population)


@dataclass(frozen=True)
class FollowUp:
    """Time to event of those who are at risk from an origin on.

    Attributes
    ----------
    endpoint : str
        ``OS`` or ``PFS``.
    months, event : (m,)
        Of the patients followed.
    rows : (n,)
        Which patients of the cohort those are.
    origin, population : str
        When the time begins, and who they are, in words.
    """

    endpoint: str
    months: Floats
    event: Bools
    rows: Bools
    origin: str
    population: str


def read_outcomes(rows: Rows, columns: OutcomeColumns | None = None, horizon: float = HORIZON) -> Outcomes:
    """Read and check the outcomes of a cohort.

    Parameters
    ----------
    rows : sequence of mappings
        The table, one row a patient, cells as texts (see :func:`LWCTRLogic.tables.read_table`).
    columns : OutcomeColumns, optional
        Names of the columns. Optional ones that the table lacks are left out.
    horizon : float
        Months at which both living and dead patients must be known.

    Raises
    ------
    InputError
        With every problem in one message, each cause once: a missing column (the nearest name is given), a
        repeated patient, a time that is no number, not above 0 or in days, an event other than 0 and 1,
        progression after death or the end of follow-up, or only one class at the horizon.
    """
    columns = columns or OutcomeColumns()
    present = _present(rows, columns)
    days = _in_days(rows, present, columns)
    if days:  # told alone: hundreds of cells would be out of range for one reason
        raise InputError("the outcomes were refused: " + listed(days))
    problems: list[Problem] = []
    read = {
        name: _column(rows, getattr(columns, name), reader, problems)
        for name, reader in _READERS.items()
        if name in present
    }
    case_ids = tuple(row[columns.case_id].strip() for row in rows)
    problems += [
        Problem(row, "no case_id", "the patient has no case_id")
        for row, name in enumerate(case_ids, 2)
        if not name
    ]
    lines = by_cause([*problems, *_impossible(case_ids, read)]) + _repeated(case_ids)
    if lines:
        raise InputError("the outcomes were refused: " + listed(lines))
    outcomes = Outcomes(
        case_ids,
        read["os_months"],
        read["os_event"].astype(bool),
        read.get("pfs_months"),
        read["pfs_event"].astype(bool) if "pfs_event" in read else None,
        read.get("landmark_months"),
        tuple(row[columns.cause_of_death].strip() for row in rows) if "cause_of_death" in present else None,
    )
    _check_classes(outcomes, horizon)
    return outcomes


def _present(rows: Rows, columns: OutcomeColumns) -> set[str]:
    """Return which of the columns the table has; refuse when a needed one, or half of PFS, is missing."""
    if not rows:
        raise InputError("the table has no rows", "one row a patient")
    names = list(rows[0])
    present = {field.name for field in fields(columns) if getattr(columns, field.name) in names}
    needed = set(REQUIRED)
    if present & {"pfs_months", "pfs_event"}:
        needed |= {"pfs_months", "pfs_event"}
    missing = sorted(getattr(columns, name) for name in needed - present)
    if missing:
        raise InputError("the table has no column " + ", ".join(_hinted(name, names) for name in missing))
    return present


def _hinted(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"{name!r}" + (f" (is it {near[0]!r}?)" if near else "")


def _column(rows: Rows, column: str, reader: Callable[[str], float], problems: list[Problem]) -> Floats:
    values = np.full(len(rows), np.nan)
    for number, row in enumerate(rows):
        try:
            values[number] = reader(row[column].strip())
        except InputError as error:
            problems.append(Problem(number + 2, column, f"{column} {error.one_line()}"))
    return values


def _months(cell: str) -> float:
    number = _number(cell)
    if not 0 < number <= _LONGEST:
        point = ", with a decimal point" if "," in cell else ""
        raise InputError(f"is {cell!r}", f"months above 0 and up to {_LONGEST:g}{point}")
    return number


def _event(cell: str) -> float:
    number = _number(cell)
    if number not in (0.0, 1.0):
        raise InputError(f"is {cell!r}", "0 (censored) or 1 (event)")
    return number


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


_READERS: dict[str, Callable[[str], float]] = {
    "os_months": _months,
    "os_event": _event,
    "pfs_months": _months,
    "pfs_event": _event,
    "landmark_months": _months,
}


def _repeated(case_ids: Sequence[str]) -> list[str]:
    """Return who stands in several rows: one line, since a table that was pasted twice has everybody twice."""
    seen: dict[str, list[str]] = {}
    for row, name in enumerate(case_ids, 2):
        seen.setdefault(name.lower(), []).append(str(row))
    twice = [(name, rows) for name, rows in seen.items() if name and len(rows) > 1]
    if not twice:
        return []
    name, places = twice[0]
    words = f"patient {name!r} stands in the rows {', '.join(places)}"
    return [words if len(twice) == 1 else f"{len(twice)} patients stand in several rows, such as {words}"]


def _in_days(rows: Rows, present: set[str], columns: OutcomeColumns) -> list[str]:
    problems = []
    for name in ("os_months", "pfs_months", "landmark_months"):
        column = getattr(columns, name)
        values = np.array([_number(row[column].strip()) for row in rows]) if name in present else np.empty(0)
        middle = float(np.median(values[np.isfinite(values)])) if np.isfinite(values).any() else 0.0
        if middle > (_DAYS if name != "landmark_months" else 12):
            problems.append(
                f"{column} has the median {middle:g}: these look like days, and months are expected"
            )
    return problems


def _impossible(case_ids: Sequence[str], read: Mapping[str, Floats]) -> list[Problem]:
    """Return what cannot be: progression-free survival longer than survival, by more than rounding."""
    if "pfs_months" not in read:
        return []
    late = read["pfs_months"] > read["os_months"] + 0.1
    return [
        Problem(
            row + 2,
            "PFS beyond OS",
            f"patient {case_ids[row]} has PFS {read['pfs_months'][row]:g} months, longer than OS "
            f"{read['os_months'][row]:g}",
        )
        for row in np.flatnonzero(late).tolist()
    ]


def _check_classes(outcomes: Outcomes, horizon: float) -> None:
    alive, weight = alive_at(outcomes.os_months, outcomes.os_event, horizon)
    known = weight > 0
    living, dead = int((alive & known).sum()), int((~alive & known).sum())
    if not living or not dead:
        raise InputError(
            f"at {horizon:g} months {living} patients are known to live and {dead} to have died",
            "some of each",
            "Check the unit of the times, and whether 1 means death",
        )
