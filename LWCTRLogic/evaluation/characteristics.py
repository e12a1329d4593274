"""Table 1: who the patients are, all together and by groups."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import nan

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.scored import ScoredCohort
from LWCTRLogic.evaluation.survival import NON_RESPONDERS, RESPONDERS, responders
from LWCTRLogic.report.text import DASH, number
from LWCTRLogic.stats.comparison import compare_categories, compare_numbers
from LWCTRLogic.stats.steps import Bools, Floats

ALL = "all"


@dataclass(frozen=True)
class Characteristic:
    """One line of the table.

    Attributes
    ----------
    variable, level : str
        In words; the level is empty for a number.
    cells : tuple of (str, str)
        Group and what it shows: "56 [48–63]" or "120 (48 %)".
    missing : int
        Patients whose value is unknown.
    p : float
        Of the comparison of responders with non-responders, NaN where there is none; one a variable.
    test : str
        Which test that was.
    """

    variable: str
    level: str
    cells: tuple[tuple[str, str], ...]
    missing: int
    p: float = nan
    test: str = ""


def characteristics(cohort: ScoredCohort) -> tuple[Characteristic, ...]:
    """Return the table: median and quartiles of numbers, counts and shares of words.

    The groups are responders and non-responders by the leading score, where it has a cut-off.
    """
    groups: dict[str, Bools] = {ALL: np.ones(len(cohort), dtype=bool)}
    called = responders(cohort.scores[0])
    if np.isfinite(called).any():
        groups |= {RESPONDERS: called == 1, NON_RESPONDERS: called == 0}
    columns = dict(cohort.clinical)
    if (cohort.mrecist != "").any():
        columns.setdefault("mrecist", cohort.mrecist)
    lines: list[Characteristic] = []
    for name, values in columns.items():
        label = VARIABLES[name].label if name in VARIABLES else name
        unit = VARIABLES[name].unit if name in VARIABLES else ""
        if values.dtype.kind in "fiu":
            found = [_number(f"{label}, {unit}" if unit else label, np.asarray(values, dtype=float), groups)]
        else:
            choices = VARIABLES[name].choices if name in VARIABLES else ()
            found = list(_words(label, np.asarray(values, dtype=str), groups, choices))
        p, test = _compared(values, groups)
        lines += [replace(line, p=p, test=test) for line in found]
    return tuple(lines)


def _number(label: str, values: Floats, groups: dict[str, Bools]) -> Characteristic:
    cells, places = [], _decimals(values[np.isfinite(values)])
    for group, rows in groups.items():
        known = values[rows & np.isfinite(values)]
        if known.size:
            low, middle, high = (number(part, places) for part in np.percentile(known, [25, 50, 75]))
            cells.append((group, f"{middle} [{low}{DASH}{high}]"))
        else:
            cells.append((group, ""))
    return Characteristic(label, "", tuple(cells), int((~np.isfinite(values)).sum()))


def _decimals(known: Floats) -> int:
    """Return with how many decimals one row is written: three digits of its median, but none that nobody recorded."""
    recorded = next((places for places in range(6) if np.allclose(known, known.round(places), 0, 1e-9)), 6)
    middle = float(np.median(np.abs(known))) if known.size else 0.0
    return min(max(0, 2 - math.floor(math.log10(middle))) if middle > 0 else 2, recorded)


def _words(
    label: str, values: NDArray[np.str_], groups: dict[str, Bools], choices: tuple[str, ...]
) -> Iterator[Characteristic]:
    known = values != ""
    levels = [choice for choice in choices if (values == choice).any()] or sorted(set(values[known].tolist()))
    for level in levels:
        cells = []
        for group, rows in groups.items():
            count, whole = int((rows & (values == level)).sum()), int((rows & known).sum())
            cells.append((group, f"{count} ({100 * count / whole:.0f} %)" if whole else ""))
        yield Characteristic(label, level, tuple(cells), int((~known).sum()))


def _compared(values: NDArray[np.generic], groups: dict[str, Bools]) -> tuple[float, str]:
    """Return p and name of the test between responders and non-responders."""
    sides = [rows for name, rows in groups.items() if name != ALL]
    if len(sides) < 2:
        return nan, ""
    try:
        if values.dtype.kind in "fiu":
            numbers = np.asarray(values, dtype=float)
            chosen = compare_numbers([numbers[rows] for rows in sides])
        else:
            levels = sorted(set(np.asarray(values, dtype=str).tolist()) - {""})
            table = [[int((rows & (values == level)).sum()) for rows in sides] for level in levels]
            chosen = compare_categories(table)
    except InputError:  # one level only, or a group in which nothing is known
        return nan, ""
    return chosen.test.p, chosen.name
