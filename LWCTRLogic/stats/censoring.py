"""Censored follow-up: Kaplan–Meier, and inverse-probability-of-censoring weights (IPCW).

At equal times an event comes before a censoring, so a patient censored at t was at risk of an event at t.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.steps import Bools, Floats, step_at


def kaplan_meier(time: ArrayLike, event: ArrayLike) -> tuple[Floats, Floats]:
    """Return the distinct times (k,) and the probability (k,) of having had no event from each on."""
    times, events = np.asarray(time, dtype=float), np.asarray(event, dtype=bool)
    moments, died, _, at_risk = event_table(times, events)
    return moments, np.asarray(np.cumprod(1 - died / at_risk), dtype=float)


def censoring_survival(time: ArrayLike, event: ArrayLike) -> tuple[Floats, Floats]:
    """Return the distinct times and the probability G of not being censored from each on.

    Those who died at a time are no longer at risk of being censored at it.
    """
    times, events = np.asarray(time, dtype=float), np.asarray(event, dtype=bool)
    moments, died, censored, at_risk = event_table(times, events)
    left = at_risk - died
    return moments, np.cumprod(1 - np.divide(censored, left, out=np.zeros_like(left), where=left > 0))


def event_table(times: Floats, events: Bools) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the distinct times (k,), and the events, censorings and patients at risk (k,) at each."""
    moments, index = np.unique(times, return_inverse=True)
    died: Floats = np.bincount(index[events], minlength=len(moments)).astype(np.float64)
    censored: Floats = np.bincount(index[~events], minlength=len(moments)).astype(np.float64)
    at_risk: Floats = len(times) - np.concatenate([[0.0], np.cumsum(died + censored)[:-1]])
    return moments, died, censored, at_risk


def alive_at(time: ArrayLike, event: ArrayLike, horizon: float) -> tuple[Bools, Floats]:
    """Return whether each patient lived beyond ``horizon``, and the weight of that answer.

    The weight is 1 / G(time−) for an event up to the horizon, 1 / G(horizon) for one still under observation
    after it, and 0 for a patient censored before, whose answer is not known (Graf 1999; Uno 2007).

    Raises
    ------
    InputError
        When nobody was observed beyond the horizon.
    """
    times, events = np.asarray(time, dtype=float), np.asarray(event, dtype=bool)
    alive = times > horizon
    if not alive.any():
        raise InputError(
            f"the longest follow-up is {times.max():g} months", f"somebody seen beyond {horizon:g} months"
        )
    moments, free = censoring_survival(times, events)
    at_horizon = step_at(moments, free, [horizon], 1.0)[0]
    just_before = np.concatenate([[1.0], free[:-1]])[np.searchsorted(moments, times)]
    known = alive | events
    weight = np.where(alive, 1 / at_horizon, 1 / np.where(events, just_before, 1.0))
    return alive, np.where(known, weight, 0.0)


def censoring_influence(time: ArrayLike, event: ArrayLike, pull: ArrayLike, until: ArrayLike) -> Floats:
    """Return what each patient adds to an IPCW statistic through the estimate of G.

    A patient's weight is 1 / G at some moment, and so depends on every censoring before that moment. With
    G known the result would be 0 (Robins and Rotnitzky; Blanche 2013, appendix).

    Parameters
    ----------
    time, event : (n,)
        Follow-up.
    pull : (n,)
        Part of the influence function that is proportional to the patient's own weight.
    until : (n,)
        Censorings strictly before this moment enter the weight: the patient's own time for an event, and the
        next float after the horizon for one who was still observed then.

    Returns
    -------
    (n,)
        To be added to the influence function, whose mean is the error of the statistic.
    """
    times, events = np.asarray(time, dtype=float), np.asarray(event, dtype=bool)
    moments, _, censored, at_risk = event_table(times, events)
    first_unfelt = np.searchsorted(moments, np.asarray(until, dtype=float), side="left")
    pulled = np.bincount(first_unfelt, np.asarray(pull, dtype=float), len(moments) + 1)
    still_pulled = (pulled.sum() - np.cumsum(pulled))[: len(moments)]  # by those who feel this moment
    per_risk = still_pulled / at_risk
    compensator = np.cumsum(per_risk * censored / at_risk)
    index = np.searchsorted(moments, times)
    return np.asarray(np.where(events, 0.0, per_risk[index]) - compensator[index], dtype=float)
