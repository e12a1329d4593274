"""Missing values: multiple imputation by chained equations, and Rubin's rules.

The imputer is fitted on the training patients of a fold only and then fills those of the test fold: it never sees an
outcome of a patient who is judged. One fit a completed data set, each with its own seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import Estimate, Significance
from LWCTRLogic.stats.steps import Bools, Floats


@dataclass(frozen=True)
class Imputers:
    """Fitted imputers, one a completed data set.

    Attributes
    ----------
    models : tuple
        Fitted ``IterativeImputer``; empty where the training table had nothing missing.
    values : tuple of (k,) arrays or None
        Values that each discrete column may take; None for a continuous one.
    median : (p,)
        Of the training patients, for a table that had nothing missing in training.
    count : int
        Data sets that are made.
    """

    models: tuple[Any, ...]
    values: tuple[Floats | None, ...]
    median: Floats
    count: int

    def complete(self, table: ArrayLike) -> list[Floats]:
        """Return the completed tables (n, p); what was observed stays as it was."""
        x = _table(table)
        if x.shape[1] != self.median.size:
            raise InputError(f"{x.shape[1]} columns", f"{self.median.size}, as in training")
        if not np.isnan(x).any():
            return [x.copy() for _ in range(self.count)]
        if not self.models:
            return [np.where(np.isnan(x), self.median, x) for _ in range(self.count)]
        return [self._one(model, x) for model in self.models]

    def _one(self, model: Any, x: Floats) -> Floats:
        filled = np.asarray(model.transform(x), dtype=float)
        for column, allowed in enumerate(self.values):
            if allowed is not None:
                middle = (allowed[1:] + allowed[:-1]) / 2
                filled[:, column] = allowed[np.searchsorted(middle, filled[:, column])]
        return np.where(np.isnan(x), filled, x)


@dataclass(frozen=True)
class Pooled:
    """One estimate from several completed data sets.

    Attributes
    ----------
    estimate : Estimate
        Mean, and t interval with Barnard and Rubin's degrees of freedom (1999).
    test : Significance
        That it is 0.
    within, between : float
        Variance within the data sets, and between them.
    missing_information : float
        Share of the information that was lost by the missing values (0…1).
    """

    estimate: Estimate
    test: Significance
    within: float
    between: float
    missing_information: float


def fit_imputers(
    table: ArrayLike,
    *,
    count: int = 5,
    seed: int = 0,
    discrete: Sequence[bool] | None = None,
    rounds: int = 10,
) -> Imputers:
    """Fit the imputers on the training patients.

    Parameters
    ----------
    table : (n, p)
        Covariates with NaN where missing; a column that helps to guess (also the outcome, in a model of effects; never
        in a model that predicts it) may be among them.
    count : int
        Data sets; Rubin's rules need 2, and the share of incomplete patients in per cent is a good number.
    seed : int
        Of the draws.
    discrete : (p,), optional
        Columns whose imputed values are rounded to the nearest one observed (0/1, grades).
    rounds : int
        Rounds through the columns.

    Raises
    ------
    InputError
        When a column has no value at all, or fewer than two data sets are wanted.
    """
    x = _table(table)
    empty = np.flatnonzero(np.isnan(x).all(axis=0))
    if empty.size:
        raise InputError(f"columns {empty.tolist()} have no value at all", "some values in each column")
    if count < 2:
        raise InputError(f"{count} data sets", "two at least")
    flags = np.zeros(x.shape[1], dtype=bool) if discrete is None else np.asarray(discrete, dtype=bool)
    if flags.size != x.shape[1]:
        raise InputError(f"{flags.size} marks of discrete columns", f"{x.shape[1]}")
    models = tuple(_fitted(x, seed + one, rounds) for one in range(count)) if np.isnan(x).any() else ()
    return Imputers(models, _allowed(x, flags), np.nanmedian(x, axis=0), count)


def pool(estimates: ArrayLike, variances: ArrayLike, *, df: float = np.inf, level: float = 0.95) -> Pooled:
    """Return one estimate from those of the completed data sets, by Rubin's rules (1987).

    Parameters
    ----------
    estimates, variances : (m,)
        Of each data set, on a scale on which the estimate is about normal (log hazard ratio, logit of an AUC).
    df : float
        Degrees of freedom without missing values, such as patients − parameters.

    Raises
    ------
    InputError
        With fewer than two data sets, or a variance that is negative or missing.
    """
    q, u = np.asarray(estimates, dtype=float), np.asarray(variances, dtype=float)
    if q.size < 2 or q.shape != u.shape or not ((u >= 0).all() and np.isfinite(q).all()):
        raise InputError(f"{q.size} estimates and {u.size} variances", "two data sets at least, none missing")
    m, value, within, between = q.size, float(q.mean()), float(u.mean()), float(q.var(ddof=1))
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total if total > 0 else 0.0
    old = (m - 1) / share**2 if share > 0 else np.inf
    freedom = old
    if np.isfinite(df):
        observed = (df + 1) / (df + 3) * df * (1 - share)
        freedom = observed if np.isinf(old) else old * observed / (old + observed)
    se = float(np.sqrt(total))
    half = float(stdtrit(freedom, 0.5 + level / 2)) * se
    statistic = value / se if se > 0 else 0.0
    p = float(2 * stdtr(freedom, -abs(statistic)))
    growth = share / (1 - share) if share < 1 else np.inf
    lost = (growth + 2 / (freedom + 3)) / (growth + 1) if share > 0 else 0.0
    return Pooled(
        Estimate(value, value - half, value + half, se, level),
        Significance(statistic, p, float(freedom)),
        within,
        between,
        float(lost),
    )


@dataclass(frozen=True)
class PooledCoefficients:
    """Coefficients of a regression from several completed data sets.

    Attributes
    ----------
    terms : tuple of Pooled
        Each coefficient with its interval.
    covariance : (p, p)
        Mean within the data sets + (1 + 1 / m) · covariance between them.
    """

    terms: tuple[Pooled, ...]
    covariance: Floats

    @property
    def values(self) -> Floats:
        """The coefficients (p,)."""
        return np.array([term.estimate.value for term in self.terms])


def pool_coefficients(
    coefficients: ArrayLike, covariances: ArrayLike, *, df: float = np.inf, level: float = 0.95
) -> PooledCoefficients:
    """Return the coefficients of several completed data sets as one set, by Rubin's rules.

    Parameters
    ----------
    coefficients : (m, p)
        Of each data set, such as log hazard ratios.
    covariances : (m, p, p)
        Of each data set.
    df : float
        Degrees of freedom without missing values: events − p of a Cox model, patients − p of a logistic one, as mice.

    Raises
    ------
    InputError
        See :func:`pool`.
    """
    q, u = np.asarray(coefficients, dtype=float), np.asarray(covariances, dtype=float)
    terms = tuple(
        pool(q[:, column], u[:, column, column], df=df, level=level) for column in range(q.shape[1])
    )
    between = np.atleast_2d(np.cov(q, rowvar=False))
    return PooledCoefficients(terms, np.asarray(u.mean(axis=0) + (1 + 1 / len(q)) * between))


def _table(table: ArrayLike) -> Floats:
    x = np.asarray(table, dtype=float)
    if x.ndim != 2 or np.isinf(x).any():
        raise InputError(
            f"a table of shape {x.shape} with {np.isinf(x).sum()} infinite values", "(n, p), finite or NaN"
        )
    return x


def _allowed(x: Floats, discrete: Bools) -> tuple[Floats | None, ...]:
    values = (np.unique(column[~np.isnan(column)]) for column in x.T)
    return tuple(found if flag else None for found, flag in zip(values, discrete, strict=True))


def _fitted(x: Floats, seed: int, rounds: int) -> Any:
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401 - makes the next import work
    from sklearn.impute import IterativeImputer

    # Draws stay within what was seen: a normal draw of a volume or a dose may be negative otherwise.
    return IterativeImputer(
        sample_posterior=True,
        max_iter=rounds,
        random_state=seed,
        min_value=np.nanmin(x, axis=0),
        max_value=np.nanmax(x, axis=0),
    ).fit(x)
