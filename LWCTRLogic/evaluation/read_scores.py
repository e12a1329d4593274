"""Scores that somebody else computed, read from a table with outcomes beside them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.scored import Score, ScoredCohort
from LWCTRLogic.outcomes import HORIZON, REQUIRED, OutcomeColumns, Rows, read_outcomes
from LWCTRLogic.problems import Problem, by_cause, listed
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.tables import read_table

_GROUPS = ("treatment", "mrecist", "centre")
_SHOWN = 20
NOTICE = "notice"
"""Column of a bundle's notice in what ``lwctr models score`` wrote."""


@dataclass(frozen=True)
class ScoreColumns:
    """Which columns of a table hold scores, and what they mean.

    Attributes
    ----------
    scores : tuple of str
        Columns, the leading one first.
    cutoffs : mapping of str to float
        Cut-off by column; at or above it a patient is a responder.
    risks : frozenset of str
        Columns in which a higher value means shorter survival.
    plain : frozenset of str
        Columns that are no probability of being alive at the horizon.
    mrecist : str
        Column of the mRECIST class; an unknown one leaves it out.
    groups : tuple of str
        Columns of subgroups; by default treatment, mRECIST and centre where the table has them.
    outcomes : OutcomeColumns
        Columns of the outcomes.
    """

    scores: tuple[str, ...]
    cutoffs: Mapping[str, float] = field(default_factory=dict)
    risks: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()
    mrecist: str = "mrecist"
    groups: tuple[str, ...] | None = None
    outcomes: OutcomeColumns = field(default_factory=OutcomeColumns)


def read_scored_table(path: Path, columns: ScoreColumns, horizon: float = HORIZON) -> ScoredCohort:
    """Read a table with one row a patient: scores, outcomes, and what else stands there.

    Raises
    ------
    InputError
        With every problem in one message; see :func:`LWCTRLogic.outcomes.read_outcomes`.
    """
    rows = read_table(path)
    _check_columns(rows, columns)
    outcomes = read_outcomes(rows, columns.outcomes, horizon)
    mrecist = _words(rows, columns.mrecist)
    _check_mrecist(mrecist)
    groups = columns.groups if columns.groups is not None else _known(rows, _GROUPS)
    return ScoredCohort(
        name=path.stem,
        outcomes=outcomes,
        scores=tuple(_score(rows, name, columns) for name in columns.scores),
        mrecist=mrecist,
        groups={"mRECIST" if name == columns.mrecist else name: _words(rows, name) for name in groups},
        clinical={name: _clinical(rows, name) for name in _known(rows, VARIABLES) if name != "mrecist"},
        horizon=horizon,
        notes=_notes(list(rows[0]), columns),
    )


def _notes(names: Sequence[str], columns: ScoreColumns) -> tuple[str, ...]:
    """Return which columns nothing uses, since one of them may have been meant."""
    unused = [name for name in _strange(names, columns) if name != NOTICE]
    if not unused:
        return ()
    more = f" and {len(unused) - _SHOWN} more" if len(unused) > _SHOWN else ""
    return (
        f"columns that nothing uses: {', '.join(unused[:_SHOWN])}{more} (scores are named by --score, subgroups by "
        "--group)",
    )


def _known(rows: Rows, names: Sequence[str] | Mapping[str, object]) -> tuple[str, ...]:
    return tuple(name for name in names if name in rows[0])


def _check_columns(rows: Rows, columns: ScoreColumns) -> None:
    names = list(rows[0])
    wanted = {*columns.scores, *columns.cutoffs, *columns.risks, *columns.plain, *(columns.groups or ())}
    wanted |= _renamed(columns)
    missing = sorted(wanted - set(names))
    if missing:
        raise InputError(
            "the table has no column " + ", ".join(_hinted(name, names) for name in missing),
            "columns " + ", ".join(names[:_SHOWN]),
        )
    _check_misspelt(names, columns)
    _check_outcomes(names, columns.outcomes)
    twice = sorted({name for name in columns.scores if columns.scores.count(name) > 1})
    if twice:
        raise InputError(f"{', '.join(twice)} is named as a score more than once", "each --score once")
    strangers = sorted((set(columns.cutoffs) | columns.risks | columns.plain) - set(columns.scores))
    if strangers:
        raise InputError(f"{', '.join(strangers)} is named but is no score", "--score for each of them too")


def _check_outcomes(names: Sequence[str], given: OutcomeColumns) -> None:
    """Refuse a table without times and deaths, such as one of scores and labels."""
    missing = [name for name in REQUIRED if getattr(given, name) not in names]
    if missing:
        columns = (_hinted(getattr(given, name), names) for name in missing)
        options = " and ".join(f"--{name.replace('_', '-')} COLUMN" for name in missing)
        raise InputError(
            "the table has no column " + ", ".join(columns),
            "who the patient is, months from the first dose, and whether he died (1) or was lost sight of (0)",
            f"Name them by {options}. A label, alive or not, is not enough: whoever was lost early has none",
        )


def _hinted(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"{name!r}" + (f" (is it {near[0]!r}?)" if near else "")


def _renamed(columns: ScoreColumns) -> set[str]:
    """Return the columns that were given by name: those must be there, even where the usual one may be absent."""
    usual, given = OutcomeColumns(), columns.outcomes
    named = {
        getattr(given, item.name)
        for item in fields(given)
        if getattr(given, item.name) != getattr(usual, item.name)
    }
    return named | ({columns.mrecist} - {"mrecist"})


def _check_misspelt(names: Sequence[str], columns: ScoreColumns) -> None:
    """Refuse a column that looks like one of the usual ones, which would silently be left out."""
    usual = _usual()
    problems = []
    for name in _strange(names, columns):
        near = difflib.get_close_matches(name.lower(), usual, n=1, cutoff=0.85)
        if near and near[0] not in names:
            problems.append(f"column {name!r} looks like {near[0]!r}")
    if problems:
        raise InputError(
            "; ".join(problems), "the usual names", "Rename the column, or name it by its option"
        )


def _usual() -> list[str]:
    return [item.name for item in fields(OutcomeColumns())] + [*VARIABLES, "centre"]


def _strange(names: Sequence[str], columns: ScoreColumns) -> list[str]:
    """Return the columns that are neither usual nor named by an option."""
    known = {*_usual(), *columns.scores, *_renamed(columns), *(columns.groups or ())}
    return [name for name in names if name not in known]


def _score(rows: Rows, name: str, columns: ScoreColumns) -> Score:
    values = _numbers(rows, name)
    probability, cutoff = name not in columns.plain, columns.cutoffs.get(name)
    origin = "given in the table"
    if name in columns.risks:  # turned, so that a higher value means longer survival everywhere
        origin += f", a risk, turned round: {'1 − value' if probability else '−value'}"
        whole = 1.0 if probability else 0.0
        values = whole - values
        cutoff = None if cutoff is None else whole - cutoff
    return Score(name, values, probability, cutoff, origin)


def _numbers(rows: Rows, name: str) -> Floats:
    values = np.full(len(rows), np.nan)
    wrong = []
    for index, row in enumerate(rows):
        cell = row[name].strip()
        try:
            values[index] = float(cell) if cell else np.nan
        except ValueError:
            values[index] = np.inf
        if np.isinf(values[index]):
            wrong.append(Problem(index + 2, name, f"{name} is {cell!r}"))
    if wrong:
        raise InputError(
            listed(by_cause(wrong)), "numbers with a decimal point, or nothing where it is unknown"
        )
    return values


def _words(rows: Rows, name: str) -> NDArray[np.str_]:
    return np.array([row.get(name, "").strip() for row in rows], dtype=np.str_)


def _clinical(rows: Rows, name: str) -> NDArray[np.generic]:
    """Return a clinical variable in its canonical form; a wrong value is refused with its row."""
    variable = VARIABLES[name]
    found, wrong = [], []
    for index, row in enumerate(rows):
        try:
            found.append(variable.check(row[name].strip()))
        except InputError as error:
            wrong.append((Problem(index + 2, name, error.found), error))
    if wrong:
        first = wrong[0][1]
        raise InputError(listed(by_cause([one for one, _ in wrong])), first.expected, first.action)
    if variable.choices:
        return np.array(["" if value is None else value for value in found], dtype=np.str_)
    return np.array([np.nan if value is None else value for value in found], dtype=float)


def _check_mrecist(words: NDArray[np.str_]) -> None:
    wrong = sorted(set(words.tolist()) - {"", *VARIABLES["mrecist"].choices})
    if wrong:
        raise InputError(f"mRECIST is {', '.join(map(repr, wrong[:5]))}", "CR, PR, SD or PD, or nothing")
