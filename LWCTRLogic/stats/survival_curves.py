"""Kaplan–Meier curve with pointwise limits, numbers at risk, and the median with its interval.

Variance by Greenwood, limits on the scale of log(−log S), which keeps them between 0 and 1, as R's ``survfit``
with ``conf.type = "log-log"``. Nothing is interpolated between events.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.censoring import event_table
from LWCTRLogic.stats.estimate import Estimate, normal_quantile
from LWCTRLogic.stats.steps import Bools, Floats, step_at
from LWCTRLogic.stats.ties import tied


@dataclass(frozen=True)
class SurvivalCurve:
    """The estimate from each distinct follow-up time on.

    Attributes
    ----------
    times : (k,)
        Distinct times, rising.
    survival, low, high, se : (k,)
        S, its limits and Greenwood's standard error from each time on; the limits are NaN once S is 0.
    at_risk, events, censored : (k,)
        Patients observed up to each time, and what happened to them at it.
    level : float
        Confidence level.
    """

    times: Floats
    survival: Floats
    low: Floats
    high: Floats
    se: Floats
    at_risk: Floats
    events: Floats
    censored: Floats
    level: float

    def at(self, time: float) -> Estimate:
        """Return S at one time; NaN beyond the last follow-up unless S is 0 by then."""
        if time > self.times[-1] and self.survival[-1] > 0:
            return Estimate(np.nan, level=self.level)
        columns = ((self.survival, 1.0), (self.low, 1.0), (self.high, 1.0), (self.se, 0.0))
        value, low, high, se = (
            float(step_at(self.times, column, [time], first)[0]) for column, first in columns
        )
        return Estimate(value, low, high, se, self.level)

    def numbers_at_risk(self, times: ArrayLike) -> NDArray[np.int64]:
        """Return how many patients are still observed just before each of the times."""
        index = np.searchsorted(self.times, np.asarray(times, dtype=float), side="left")
        return np.concatenate([self.at_risk, [0.0]])[index].astype(np.int64)

    def quantile(self, share: float = 0.5) -> Estimate:
        """Return the time by which ``share`` had the event, limits from the limits of S (Brookmeyer, Crowley 1982).

        Where S lies exactly on the quantile the middle of that step is taken. NaN: not reached.
        """
        curves = (self.survival, self.low, self.high)
        value, low, high = (_first_time(self.times, curve, 1 - share) for curve in curves)
        return Estimate(value, low, high, level=self.level)

    def median(self) -> Estimate:
        """Return the median time."""
        return self.quantile(0.5)


def survival_curve(time: ArrayLike, event: ArrayLike, *, level: float = 0.95) -> SurvivalCurve:
    """Return the Kaplan–Meier curve.

    Parameters
    ----------
    time, event : (n,)
        Follow-up, and whether the event was seen; at equal times an event comes before a censoring.

    Raises
    ------
    InputError
        When there is no patient, or a time is negative or not finite.
    """
    times, events = checked_follow_up(time, event)
    moments, died, censored, at_risk = event_table(times, events)
    survival = np.asarray(np.cumprod(1 - died / at_risk), dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard_variance = np.cumsum(died / (at_risk * (at_risk - died)))
        se = np.asarray(np.where(survival > 0, survival * np.sqrt(hazard_variance), 0.0), dtype=float)
        width = normal_quantile(level) * np.sqrt(hazard_variance) / np.abs(np.log(survival))
        low, high = survival ** np.exp(width), survival ** np.exp(-width)
    whole, empty = survival == 1, survival == 0
    low, high = (np.where(whole, 1.0, np.where(empty, np.nan, limit)) for limit in (low, high))
    return SurvivalCurve(moments, survival, low, high, se, at_risk, died, censored, level)


def survival_at(times: Floats, events: Bools, horizon: float) -> Estimate:
    """Return S at one time with Greenwood's error, without limits: what the curve gives there, sooner.

    Parameters
    ----------
    times, events : (n,)
        Follow-up, in rising order of the times.
    """
    deaths, died = np.unique(times[events & (times <= horizon)], return_counts=True)
    at_risk = len(times) - np.searchsorted(times, deaths, side="left")
    survival = float(np.prod(1 - died / at_risk))
    if survival == 0:
        return Estimate(0.0, se=0.0)
    if horizon > times[-1]:
        return Estimate(np.nan)
    return Estimate(survival, se=survival * float(np.sqrt((died / (at_risk * (at_risk - died))).sum())))


def checked_follow_up(time: ArrayLike, event: ArrayLike) -> tuple[Floats, Bools]:
    """Return times, tied where only rounding parts them, and events as arrays, or refuse them."""
    times, events = np.asarray(time, dtype=float), np.asarray(event)
    if times.ndim != 1 or times.shape != events.shape or times.size == 0:
        raise InputError(
            f"times of shape {times.shape}, events of shape {events.shape}", "(n,) and (n,), n ≥ 1"
        )
    if not (np.isfinite(times).all() and (times >= 0).all()):
        raise InputError("a time is negative, missing or infinite", "finite times from 0 on")
    if not np.isin(events, (0, 1)).all():
        raise InputError(f"events {np.unique(events)[:5]}", "0 and 1")
    return tied(times), events.astype(bool)


def _first_time(times: Floats, curve: Floats, level: float) -> float:
    """Return when the curve first falls to the level; the middle of the step where it equals it."""
    known = ~np.isnan(curve)
    times, curve = times[known], curve[known]
    below = np.flatnonzero(curve <= level + 1e-12)
    if below.size == 0:
        return float("nan")
    first = int(below[0])
    lower = np.flatnonzero(curve < level - 1e-12)
    if abs(curve[first] - level) <= 1e-12 and lower.size:
        return float((times[first] + times[lower[0]]) / 2)
    return float(times[first])
