"""Restricted cubic splines: cubic between the knots, straight beyond them (Stone and Koo 1985)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.steps import Floats

# Harrell, Regression Modeling Strategies (2015), table 2.3.
_QUANTILES = {
    3: (0.1, 0.5, 0.9),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.5, 0.725, 0.95),
}


def spline_knots(values: ArrayLike, count: int = 4) -> Floats:
    """Return Harrell's knots at fixed quantiles of the values; equal ones are merged.

    Raises
    ------
    InputError
        When the number of knots is not 3, 4 or 5.
    """
    if count not in _QUANTILES:
        raise InputError(f"{count} knots", "3, 4 or 5")
    return np.unique(np.quantile(np.asarray(values, dtype=float), _QUANTILES[count]))


def restricted_cubic_basis(values: ArrayLike, knots: ArrayLike) -> Floats:
    """Return the columns (n, k − 1) of a restricted cubic spline of the values (n,) with k knots.

    The first column is the value itself. With fewer than three knots it is the only one: a straight line.
    """
    x, t = np.asarray(values, dtype=float), np.asarray(knots, dtype=float)
    columns = [x]
    if t.size >= 3:
        last, before = t[-1], t[-2]
        scale = (last - t[0]) ** 2

        def cube(knot: float) -> Floats:
            return np.asarray(np.maximum(x - knot, 0) ** 3, dtype=float)

        for knot in t[:-2]:
            pull_back = (cube(before) * (last - knot) - cube(last) * (before - knot)) / (last - before)
            columns.append((cube(knot) - pull_back) / scale)
    return np.column_stack(columns)
