"""Intraclass correlation of repeated readings, for thousands of features at once.

The three forms for a single reading (Shrout and Fleiss 1979; McGraw and Wong 1996):

- ``1,1`` every subject read by other readers; one-way random effects.
- ``2,1`` the same readers, a random sample of readers; absolute agreement.
- ``3,1`` the same readers, the only ones of interest; consistency (a constant shift of a reader costs nothing).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtrc, fdtri

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import normal_quantile
from LWCTRLogic.stats.steps import Bools, Floats

Form = Literal["1,1", "2,1", "3,1"]


@dataclass(frozen=True)
class IntraclassCorrelation:
    """One value a feature, each array of shape (p,).

    Attributes
    ----------
    value, low, high : (p,)
        The correlation and the limits of its interval.
    p : (p,)
        Of the F test that it is 0.
    subjects : (p,) of int
        Subjects with all readings of the feature.
    form : str
        Which correlation.
    level : float
        Confidence level.
    """

    value: Floats
    low: Floats
    high: Floats
    p: Floats
    subjects: NDArray[np.int64]
    form: Form
    level: float


@dataclass(frozen=True)
class _MeanSquares:
    """Of the two-way table of each feature: subjects, readers, residual, within subjects."""

    subjects: Floats
    readers: Floats
    residual: Floats
    within: Floats
    n: Floats
    k: int


def intraclass_correlation(
    readings: ArrayLike, *, form: Form = "2,1", level: float = 0.95
) -> IntraclassCorrelation:
    """Return the intraclass correlation of every feature with its confidence interval.

    Parameters
    ----------
    readings : (p, n, k)
        Value of p features in n subjects by k readers (or in k readings). A subject with a missing or infinite
        reading of a feature is left out for that feature only.
    form : {"2,1", "1,1", "3,1"}
        Which correlation; see the module.
    level : float
        Confidence level of the two-sided interval.

    Returns
    -------
    IntraclassCorrelation
        NaN with NaN limits for a feature with fewer than two complete subjects, or with one value everywhere.
        A feature on which all readers agree exactly has 1 with limits 1 and 1. Negative estimates stay negative.

    Raises
    ------
    InputError
        When there are fewer than two readers, the array is not three-dimensional, or the form is unknown.
    """
    x = np.asarray(readings, dtype=float)
    if x.ndim != 3 or x.shape[2] < 2:
        raise InputError(
            f"readings of shape {x.shape}", "(features, subjects, readers), two readers at least"
        )
    if form not in ("1,1", "2,1", "3,1"):
        raise InputError(f"the form {form!r} of intraclass correlation", "1,1, 2,1 or 3,1")
    normal_quantile(level)
    squares, usable = _mean_squares(x)
    tail = (1 - level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        value, low, high, p = _two_way_random(squares, tail) if form == "2,1" else _one_f(squares, tail, form)
    usable &= ~np.isnan(value)
    for array in (value, low, high, p):
        array[~usable] = np.nan
    return IntraclassCorrelation(value, low, high, p, squares.n.astype(np.int64), form, level)


def _mean_squares(x: Floats) -> tuple[_MeanSquares, Bools]:
    """Return the mean squares, and which features have two complete subjects and some variation."""
    complete: Bools = np.asarray(np.isfinite(x).all(axis=2))
    left_out = ~complete
    n, k = complete.sum(axis=1).astype(float), x.shape[2]
    x = np.where(complete[:, :, None], x, 0.0)
    rounding = (8 * np.finfo(float).eps * np.abs(x).max(axis=(1, 2), initial=0.0)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        # Centred first: sums of squares of a feature of 1e9 ± 1 would otherwise lose all their digits.
        x = x - (x.sum(axis=(1, 2)) / (n * k))[:, None, None]
        x[left_out] = 0.0
        subject, reader = x.mean(axis=2), x.sum(axis=1) / n[:, None]
        residual = x - subject[:, :, None] - reader[:, None, :]
        residual[left_out] = 0.0
        between = k * np.einsum("pn,pn->p", subject, subject) / (n - 1)
        readers = n * np.einsum("pk,pk->p", reader, reader) / (k - 1)
        rest = np.einsum("pnk,pnk->p", residual, residual) / ((n - 1) * (k - 1))
    # What is left of exact agreement after rounding is exact agreement.
    between, readers, rest = (np.where(part <= rounding, 0.0, part) for part in (between, readers, rest))
    usable = (n >= 2) & (between + readers + rest > 0)
    within = (readers * (k - 1) + rest * (n - 1) * (k - 1)) / (np.maximum(n, 1) * (k - 1))
    return _MeanSquares(between, readers, rest, within, n, k), usable


def _one_f(squares: _MeanSquares, tail: float, form: Form) -> tuple[Floats, Floats, Floats, Floats]:
    """Return estimate, limits and p of the forms whose limits follow from one F ratio: 1,1 and 3,1."""
    n, k = squares.n, squares.k
    error = squares.within if form == "1,1" else squares.residual
    df = n * (k - 1) if form == "1,1" else (n - 1) * (k - 1)
    ratio = squares.subjects / error
    exact = error == 0
    low_ratio = ratio / fdtri(n - 1, df, 1 - tail)
    high_ratio = ratio * fdtri(df, n - 1, 1 - tail)
    value = (squares.subjects - error) / (squares.subjects + (k - 1) * error)
    low: Floats = np.where(exact, 1.0, (low_ratio - 1) / (low_ratio + k - 1))
    high: Floats = np.where(exact, 1.0, (high_ratio - 1) / (high_ratio + k - 1))
    return value, low, high, np.asarray(fdtrc(n - 1, df, ratio), dtype=float)


def _two_way_random(squares: _MeanSquares, tail: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Return estimate, limits (Satterthwaite's degrees of freedom; McGraw and Wong, table 7) and p of 2,1."""
    n, k = squares.n, squares.k
    subjects, readers, error = squares.subjects, squares.readers, squares.residual
    value = (subjects - error) / (subjects + (k - 1) * error + k * (readers - error) / n)
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    v = (a * readers + b * error) ** 2 / (
        (a * readers) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    )
    pooled = k * readers + (k * n - k - n) * error
    f_low, f_high = fdtri(n - 1, v, 1 - tail), fdtri(v, n - 1, 1 - tail)
    exact = (error == 0) & (readers == 0)
    low: Floats = np.where(exact, 1.0, n * (subjects - f_low * error) / (f_low * pooled + n * subjects))
    high: Floats = np.where(exact, 1.0, n * (f_high * subjects - error) / (pooled + n * f_high * subjects))
    p = np.asarray(fdtrc(n - 1, (n - 1) * (k - 1), subjects / error), dtype=float)
    return value, low, high, p
