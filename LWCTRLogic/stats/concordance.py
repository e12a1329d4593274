"""Concordance: of the pairs whose order of events is known, the share that the risk orders alike.

Harrell's C counts each such pair once; its limit depends on how patients were censored. Uno's C (2011) weighs a
pair by 1 / G(t−)² of the earlier event and stops at τ, so that it does not. Standard errors are infinitesimal
jackknife, with the weights of Uno's C taken as known, as in R's ``survival::concordance``. All in O(n log n).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.censoring import censoring_survival
from LWCTRLogic.stats.concordance_kernel import sums_in_order
from LWCTRLogic.stats.estimate import Comparison, Estimate, wald, wald_comparison
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.stats.ties import tied

Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Concordance:
    """C with its unclipped Wald interval, the influence (n,) of each patient, and the number of known pairs."""

    estimate: Estimate
    influence: Floats
    pairs: int


def harrell_c(time: ArrayLike, event: ArrayLike, risk: ArrayLike, *, level: float = 0.95) -> Concordance:
    """Return Harrell's C.

    Parameters
    ----------
    time, event : (n,)
        Follow-up. A pair is known when the earlier of the two had the event, also when the other was censored at
        that very time; two events at one time are no pair.
    risk : (n,)
        Higher for an earlier event; equal risks count one half.

    Raises
    ------
    InputError
        When no pair is known, or a value is not finite.
    """
    times, events, risks = _checked(time, event, risk)
    return _concordance(times, events, risks, events.astype(float), level)


def uno_c(
    time: ArrayLike, event: ArrayLike, risk: ArrayLike, *, tau: float | None = None, level: float = 0.95
) -> Concordance:
    """Return Uno's C.

    Parameters
    ----------
    tau : float, optional
        Only events up to τ count; without one, all do. Choose it where some patients are still observed: late
        events weigh most.

    Raises
    ------
    InputError
        As :func:`harrell_c`.
    """
    times, events, risks = _checked(time, event, risk)
    moments, free = censoring_survival(times, events)
    before = np.concatenate([[1.0], free[:-1]])[np.searchsorted(moments, times)]
    counted = events & (times <= (np.inf if tau is None else tau))
    weight = np.where(counted, 1 / np.where(counted, before, 1.0) ** 2, 0.0)
    return _concordance(times, events, risks, weight, level)


def concordance_difference(a: Concordance, b: Concordance, *, level: float = 0.95) -> Comparison:
    """Compare C of two scores of the same patients, in the same order; signed A − B.

    Raises
    ------
    InputError
        When the two come from different numbers of patients.
    """
    if a.influence.shape != b.influence.shape:
        raise InputError(
            f"{a.influence.size} and {b.influence.size} patients", "two scores of the same patients"
        )
    difference = a.estimate.value - b.estimate.value
    return wald_comparison(difference, _jackknife_error(a.influence - b.influence), level=level)


def _checked(time: ArrayLike, event: ArrayLike, risk: ArrayLike) -> tuple[Floats, NDArray[np.bool_], Floats]:
    times, risks = np.asarray(time, dtype=float), np.asarray(risk, dtype=float)
    events = np.asarray(event, dtype=bool)
    if not times.shape == events.shape == risks.shape:
        raise InputError(
            f"{times.shape} times, {events.shape} events, {risks.shape} risks", "one of each a patient"
        )
    if not (np.isfinite(times).all() and np.isfinite(risks).all()):
        raise InputError("a time or a risk is missing or infinite", "finite numbers")
    return tied(times), events, risks


def _concordance(
    times: Floats, events: NDArray[np.bool_], risks: Floats, weight: Floats, level: float
) -> Concordance:
    """Sum the weighted pairs of each patient as the earlier and as the later one."""
    # One moment holds its events first, then its censorings, and events of one moment are no pair.
    order = 2 * np.unique(times, return_inverse=True)[1] + ~events
    rank = np.unique(risks, return_inverse=True)[1]
    one = np.ones(len(times))
    later = _after(order, one)
    lower, equal = sums_below(-order, rank, one)
    earlier_events = _after(-order, weight)
    higher, equal_before = sums_below(order, -rank, weight)
    known = weight * later + earlier_events
    total = float((weight * later).sum())
    if total == 0:
        raise InputError(
            "no pair of patients has a known order of events", "at least one event before others"
        )
    agreed = weight * (lower + equal / 2) + higher + equal_before / 2
    value = float((weight * (lower + equal / 2)).sum()) / total
    influence = len(times) * (agreed - value * known) / total
    pairs = int(later[weight > 0].sum())
    return Concordance(wald(value, _jackknife_error(influence), level=level), influence, pairs)


def _jackknife_error(influence: Floats) -> float:
    """Return the infinitesimal jackknife's standard error, whose divisor is n² where others take n (n − 1)."""
    return float(np.sqrt((influence**2).sum())) / len(influence)


def _after(order: Ints, weight: Floats) -> Floats:
    """Return for each patient the weight of those with a higher ``order``."""
    values, index = np.unique(order, return_inverse=True)
    cumulated = np.cumsum(np.bincount(index, weight, len(values)))
    return np.asarray((cumulated[-1] - cumulated)[index], dtype=float)


def sums_below(x: Ints, y: Ints, weight: Floats) -> tuple[Floats, Floats]:
    """Return for each i the weight of all j with x_j < x_i and y_j < y_i, and with x_j < x_i and y_j = y_i.

    Whole numbers ``x`` and ``y`` (n,), and ``y`` with few gaps, such as ranks; no n × n table is needed.
    """
    below, equal = np.empty(len(x)), np.empty(len(x))
    sums_in_order(np.argsort(x, kind="stable"), x, y - y.min(initial=0), weight, below, equal)
    return below, equal
