"""Censored follow-up: Kaplan–Meier, and inverse-probability-of-censoring weights (IPCW).

At equal times an event comes before a censoring, so a patient censored at t was at risk of an event at t.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.steps import Bools, Floats, step_at
from LWCTRLogic.stats.ties import tied


def kaplan_meier(time: ArrayLike, event: ArrayLike) -> tuple[Floats, Floats]:
    """Return the distinct times (k,) and the probability (k,) of having had no event from each on.

    Of times that are tied already (:func:`LWCTRLogic.stats.ties.tied`), so that each stands in the answer.
    """
    times, events = np.asarray(time, dtype=float), np.asarray(event, dtype=bool)
    moments, died, _, at_risk = event_table(times, events)
    return moments, np.asarray(np.cumprod(1 - died / at_risk), dtype=float)


def censoring_survival(time: ArrayLike, event: ArrayLike) -> tuple[Floats, Floats]:
    """Return the distinct times and the probability G of not being censored from each on.

    Those who died at a time are no longer at risk of being censored at it. Of times that are tied already, as in
    :func:`kaplan_meier`.
    """
    times, events = np.asarray(time, dtype=float), np.asarray(event, dtype=bool)
    moments, died, censored, at_risk = event_table(times, events)
    return moments, _free(died, censored, at_risk)


def _free(died: Floats, censored: Floats, at_risk: Floats) -> Floats:
    left = at_risk - died
    share = np.divide(censored, left, out=np.zeros_like(left), where=left > 0)
    return np.asarray(np.cumprod(1 - share), dtype=float)


def event_table(times: Floats, events: Bools) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the distinct times (k,), and the events, censorings and patients at risk (k,) at each."""
    return _indexed_table(times, events)[:4]


def _indexed_table(times: Floats, events: Bools) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.intp]]:
    """Return the table of :func:`event_table`, and each patient's row in it (n,)."""
    moments, index = np.unique(times, return_inverse=True)
    died: Floats = np.bincount(index[events], minlength=len(moments)).astype(np.float64)
    censored: Floats = np.bincount(index[~events], minlength=len(moments)).astype(np.float64)
    at_risk: Floats = len(times) - np.concatenate([[0.0], np.cumsum(died + censored)[:-1]])
    return moments, died, censored, at_risk, index


def alive_at(time: ArrayLike, event: ArrayLike, horizon: float) -> tuple[Bools, Floats]:
    """Return whether each patient lived beyond ``horizon``, and the weight of that answer.

    The weight is 1 / G(time−) for an event up to the horizon, 1 / G(horizon) for one still under observation
    after it, and 0 for a patient censored before, whose answer is not known (Graf 1999; Uno 2007).

    Raises
    ------
    InputError
        When nobody was observed beyond the horizon.
    """
    return CensoringWeights.of(time, event).alive_at(horizon)


def censoring_influence(time: ArrayLike, event: ArrayLike, pull: ArrayLike, until: ArrayLike) -> Floats:
    """Return what each patient adds to an IPCW statistic through the estimate of G.

    See :meth:`CensoringWeights.influence`.
    """
    return CensoringWeights.of(time, event).influence(pull, until)


@dataclass(frozen=True)
class CensoringWeights:
    """The estimate of G for one follow-up, sorted once for use at many horizons.

    Attributes
    ----------
    times, events : (n,)
        Follow-up, times tied where only rounding parts them.
    parts : tuple
        Of each group of patients within which G is estimated: their rows, and the estimate.
    """

    times: Floats
    events: Bools
    parts: tuple[tuple[NDArray[np.intp], _Censoring], ...]

    @classmethod
    def of(cls, time: ArrayLike, event: ArrayLike, groups: ArrayLike | None = None) -> CensoringWeights:
        """Estimate G from follow-up (n,).

        Parameters
        ----------
        groups : (n,), optional
            Groups of patients, such as quintiles of the score, that may be lost at different rates. One G for all is
            right only where losses do not depend on what is judged.
        """
        times, events = tied(time), np.asarray(event, dtype=bool)
        member = np.zeros(times.size) if groups is None else np.asarray(groups)
        if member.shape != times.shape:
            raise InputError(f"groups of shape {member.shape}", f"({times.size},)")
        rows = [np.flatnonzero(member == group) for group in np.unique(member)]
        return cls(times, events, tuple((row, _Censoring.of(times[row], events[row])) for row in rows))

    def alive_at(self, horizon: float) -> tuple[Bools, Floats]:
        """Return whether each patient lived beyond the horizon, and the weight of that: see :func:`alive_at`."""
        alive, weight = self.times > horizon, np.zeros(self.times.size)
        if not alive.any():
            longest = self.times.max(initial=0)
            raise InputError(
                f"the longest follow-up is {longest:g} months", f"somebody seen beyond {horizon:g} months"
            )
        for rows, part in self.parts:
            weight[rows] = part.weights(horizon)
        return alive, weight

    def until(self, horizon: float) -> Floats:
        """Return before which moment censorings enter each patient's weight at the horizon."""
        return np.where(self.times > horizon, np.nextafter(horizon, np.inf), self.times)

    def influence(self, pull: ArrayLike, until: ArrayLike) -> Floats:
        """Return what each patient adds to an IPCW statistic through the estimate of G.

        A patient's weight is 1 / G at some moment, and so depends on every censoring before that moment. With
        G known the result would be 0 (Blanche 2013, appendix).

        Parameters
        ----------
        pull : (n,)
            Part of the influence function that is proportional to the patient's own weight.
        until : (n,)
            Censorings strictly before this moment enter the weight; see :meth:`until`.

        Returns
        -------
        (n,)
            To be added to the influence function, whose mean is the error of the statistic.
        """
        pulls, limits, result = (
            np.asarray(pull, dtype=float),
            np.asarray(until, dtype=float),
            np.zeros(self.times.size),
        )
        for rows, part in self.parts:
            result[rows] = part.influence(pulls[rows], limits[rows])
        return result


@dataclass(frozen=True)
class _Censoring:
    """G of one group: distinct times, censorings and patients at risk at each, G from each on (k,); see above."""

    times: Floats
    events: Bools
    moments: Floats
    censored: Floats
    at_risk: Floats
    free: Floats
    index: NDArray[np.intp]

    @classmethod
    def of(cls, times: Floats, events: Bools) -> _Censoring:
        moments, died, censored, at_risk, index = _indexed_table(times, events)
        return cls(times, events, moments, censored, at_risk, _free(died, censored, at_risk), index)

    def weights(self, horizon: float) -> Floats:
        alive = self.times > horizon
        at_horizon = step_at(self.moments, self.free, [horizon], 1.0)[0] if alive.any() else 1.0
        before = np.concatenate([[1.0], self.free[:-1]])[self.index]
        weight = np.where(alive, 1 / at_horizon, 1 / np.where(self.events, before, 1.0))
        return np.where(alive | self.events, weight, 0.0)

    def influence(self, pull: Floats, until: Floats) -> Floats:
        # The place of a patient's own time is known; the others all stop at the horizon.
        first_unfelt, later = self.index.copy(), until != self.times
        first_unfelt[later] = np.searchsorted(self.moments, until[later], side="left")
        pulled = np.bincount(first_unfelt, pull, len(self.moments) + 1)
        still_pulled = (pulled.sum() - np.cumsum(pulled))[
            : len(self.moments)
        ]  # by those who feel this moment
        per_risk = still_pulled / self.at_risk
        compensator = np.cumsum(per_risk * self.censored / self.at_risk)
        return np.asarray(
            np.where(self.events, 0.0, per_risk[self.index]) - compensator[self.index], dtype=float
        )
