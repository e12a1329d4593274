"""Intervals by drawing patients again, and Harrell's correction of optimism."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.steps import Floats

Rows = NDArray[np.intp]


def bootstrap_values(
    statistic: Callable[[Rows], ArrayLike], patients: int, seed: int, *, draws: int = 2000
) -> Floats:
    """Return a statistic, or an array of them, of each draw of patients: (b, …) with b ≤ draws.

    Parameters
    ----------
    statistic : callable
        Gets the row numbers of the drawn patients, with repeats; may raise :class:`InputError` for a draw in
        which it is not defined (one class only), which is then left out.
    patients, draws : int
        Number of patients, and of draws.
    seed : int
        Seed of the draws; the same seed gives the same values.

    Raises
    ------
    InputError
        When more than a tenth of the draws had to be left out.
    """
    generator = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        rows = generator.integers(0, patients, patients)
        try:
            values.append(np.asarray(statistic(rows), dtype=float))
        except InputError:
            continue
    if len(values) < 0.9 * draws:
        raise InputError(
            f"the statistic is defined in {len(values)} of {draws} bootstrap draws", "at least nine in ten"
        )
    return np.stack(values)


def percentile_interval(
    statistic: Callable[[Rows], float],
    patients: int,
    seed: int,
    draws: int = 2000,
    level: float = 0.95,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a statistic; parameters of :func:`bootstrap_values`."""
    values = bootstrap_values(statistic, patients, seed, draws=draws)
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)


def bca_interval(
    statistic: Callable[[Rows], float],
    patients: int,
    seed: int,
    *,
    draws: int = 2000,
    level: float = 0.95,
    influence: ArrayLike | None = None,
) -> Estimate:
    """Return a statistic with its bias-corrected and accelerated interval (Efron 1987).

    Better than percentiles where the statistic is skewed or biased, as an AUC near 1 or a difference of Brier scores.
    The draws are those of :func:`bootstrap_values`.

    Parameters
    ----------
    influence : (n,), optional
        Influence of each patient, from which the acceleration follows; without it, from leaving out one patient
        after the other (n more evaluations).

    Raises
    ------
    InputError
        When too many draws are undefined, or all fall on one side of the estimate.
    """
    everyone = np.arange(patients)
    value = float(statistic(everyone))
    values = bootstrap_values(statistic, patients, seed, draws=draws)
    below = (np.sum(values < value) + np.sum(values == value) / 2) / len(values)
    if not 0 < below < 1:
        raise InputError(
            f"all {len(values)} bootstrap values lie on one side of {value:g}", "a statistic that varies"
        )
    if influence is None:
        without = np.array([statistic(np.delete(everyone, row)) for row in everyone])
        pull = without.mean() - without
    else:
        pull = np.asarray(influence, dtype=float)
    spread = float(np.sum(pull**2)) ** 1.5
    acceleration = float(np.sum(pull**3)) / (6 * spread) if spread > 0 else 0.0
    bias = float(ndtri(below))
    shifted = bias + ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    low, high = np.quantile(values, ndtr(bias + shifted / (1 - acceleration * shifted)))
    return Estimate(value, float(low), float(high), float(values.std(ddof=1)), level)


@dataclass(frozen=True)
class OptimismCorrected:
    """Apparent performance, how much of it is optimism, and what is left.

    Attributes
    ----------
    apparent : float
        Performance on the patients that the model was fitted on.
    optimism : float
        Mean over the draws of (performance on the drawn patients − on all patients) of the model fitted on the draw.
    corrected : float
        Apparent − optimism: estimates the performance, on new patients, of what the procedure makes of this sample.
    error : float
        Monte Carlo standard error of the optimism; not a confidence interval of the performance.
    draws : int
        Draws in which the procedure worked.
    """

    apparent: float
    optimism: float
    corrected: float
    error: float
    draws: int


def optimism_corrected(
    fit_and_measure: Callable[[Rows, tuple[Rows, ...]], tuple[float, ...]],
    patients: int,
    seed: int,
    *,
    draws: int = 200,
) -> OptimismCorrected:
    """Return Harrell's optimism-corrected performance of a whole modelling procedure.

    Parameters
    ----------
    fit_and_measure : callable
        ``fit_and_measure(fit_rows, (test_rows, …))`` repeats *every* step of the procedure, selection included, on
        the patients ``fit_rows``, and returns its performance on each of the other sets of rows.
    patients, draws, seed : int
        As in :func:`bootstrap_values`.

    Raises
    ------
    InputError
        When the procedure fails in more than a tenth of the draws.
    """
    everyone = np.arange(patients)
    (apparent,) = fit_and_measure(everyone, (everyone,))

    def optimism(rows: Rows) -> float:
        inside, outside = fit_and_measure(rows, (rows, everyone))
        return inside - outside

    values = bootstrap_values(optimism, patients, seed, draws=draws)
    mean, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
    return OptimismCorrected(float(apparent), mean, float(apparent) - mean, error, len(values))
