"""Competing risks: cumulative incidence, Gray's test, cause-specific hazards.

With several causes of death, 1 − Kaplan–Meier of one cause, the others censored, overstates its incidence; the
Aalen–Johansen estimate does not. Causes are numbered from 1; 0 is censored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.cox import CoxFit, fit_cox
from LWCTRLogic.stats.estimate import Estimate, Significance, normal_quantile
from LWCTRLogic.stats.steps import Floats, step_at
from LWCTRLogic.stats.ties import tied

Ints = NDArray[np.intp]


@dataclass(frozen=True)
class CumulativeIncidence:
    """Aalen–Johansen estimate of one cause.

    Attributes
    ----------
    times : (k,)
        Times of events of any cause, rising.
    incidence, low, high, se : (k,)
        Probability of the cause up to each time, limits on the scale of log(−log F), standard error.
    cause : int
        Which.
    last : float
        Last follow-up.
    level : float
        Confidence level.
    """

    times: Floats
    incidence: Floats
    low: Floats
    high: Floats
    se: Floats
    cause: int
    last: float
    level: float

    def at(self, time: float) -> Estimate:
        """Return the incidence up to one time; NaN beyond the last follow-up."""
        if time > self.last:
            return Estimate(np.nan, level=self.level)
        columns = (self.incidence, self.low, self.high, self.se)
        value, low, high, se = (float(step_at(self.times, column, [time], 0.0)[0]) for column in columns)
        return Estimate(value, low, high, se, self.level)


@dataclass(frozen=True)
class _Table:
    """Counts at each time of an event (k,): at risk, events of all causes, of the cause."""

    times: Floats
    at_risk: Floats
    died: Floats
    of_cause: Floats

    @property
    def survival(self) -> Floats:
        """Probability of no event of any cause, from each time on."""
        return np.asarray(np.cumprod(1 - self.died / self.at_risk), dtype=float)

    @property
    def before(self) -> Floats:
        """The same just before each time."""
        return np.concatenate([[1.0], self.survival])[: len(self.times)]

    @property
    def incidence(self) -> Floats:
        """Probability of the cause, from each time on."""
        return np.asarray(np.cumsum(self.before * self.of_cause / self.at_risk), dtype=float)


def cumulative_incidence(
    time: ArrayLike, cause: ArrayLike, *, of: int = 1, level: float = 0.95
) -> CumulativeIncidence:
    """Return the cumulative incidence of one cause.

    Parameters
    ----------
    time, cause : (n,)
        Follow-up, and what ended it: 0 censoring, 1, 2 … causes. Events come before censorings of the same time.
    of : int
        The cause wanted.

    Raises
    ------
    InputError
        When there is no event of that cause, or a time is negative or not finite.
    """
    times, causes = _checked(time, cause, of)
    table = _on_grid(times, causes, of, np.unique(times[causes > 0]))
    incidence = table.incidence
    se = np.sqrt(_aalen_variance(table, incidence))
    inside = (incidence > 0) & (incidence < 1 - 1e-12)  # a sum of steps may stop one rounding short of 1
    with np.errstate(divide="ignore", invalid="ignore"):
        width = np.where(inside, normal_quantile(level) * se / (incidence * np.abs(np.log(incidence))), 0.0)
        low, high = incidence ** np.exp(width), incidence ** np.exp(-width)
    low, high = (np.asarray(np.where(inside, limit, incidence), dtype=float) for limit in (low, high))
    return CumulativeIncidence(table.times, incidence, low, high, se, of, float(times.max()), level)


def gray_test(
    time: ArrayLike, cause: ArrayLike, group: ArrayLike, *, of: int = 1, strata: ArrayLike | None = None
) -> Significance:
    """Return Gray's test (1988, ρ = 0) that the cumulative incidence of a cause is the same in all groups.

    Parameters
    ----------
    group : (n,)
        Two groups or more.
    strata : (n,), optional
        Patients are compared within these only.

    Raises
    ------
    InputError
        As :func:`cumulative_incidence`; and with fewer than two groups.
    """
    times, causes = _checked(time, cause, of)
    names, index = np.unique(np.asarray(group), return_inverse=True)
    if len(names) < 2:
        raise InputError(f"{len(names)} groups", "two at least")
    stratum = (
        np.zeros(len(times)) if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    )
    score, covariance = np.zeros(len(names)), np.zeros((len(names), len(names)))
    for value in np.unique(stratum):
        rows = stratum == value
        if (causes[rows] == of).any():
            part = _gray_stratum(times[rows], causes[rows], index[rows], len(names), of)
            score, covariance = score + part[0], covariance + part[1]
    free, df = slice(0, len(names) - 1), len(names) - 1
    statistic = float(score[free] @ np.linalg.pinv(covariance[free, free], hermitian=True) @ score[free])
    return Significance(statistic, float(chdtrc(df, statistic)), float(df))


def cause_specific_cox(
    time: ArrayLike, cause: ArrayLike, covariates: ArrayLike, *, of: int = 1, strata: ArrayLike | None = None
) -> CoxFit:
    """Return the Cox model of the hazard of one cause, the others censored at their time.

    It speaks of the rate among those still alive, not of the cumulative incidence.
    """
    times, causes = _checked(time, cause, of)
    return fit_cox(times, causes == of, covariates, strata=strata)


def _checked(time: ArrayLike, cause: ArrayLike, of: int) -> tuple[Floats, Ints]:
    times, causes = np.asarray(time, dtype=float), np.asarray(cause)
    if times.shape != causes.shape or not (np.isfinite(times).all() and (times >= 0).all()):
        raise InputError(
            "times are negative, missing, or do not fit the causes", "one finite time from 0 on, each"
        )
    if not np.isin(causes, np.arange(100)).all() or of < 1 or not (causes == of).any():
        raise InputError(f"causes {np.unique(causes)[:5]}", f"0 for censored, 1, 2 …, some of them {of}")
    return tied(times), causes.astype(np.intp)


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Divide, with 0 where there is nothing to divide by (nobody left)."""
    shape = np.broadcast_shapes(numerator.shape, denominator.shape)
    return np.divide(numerator, denominator, out=np.zeros(shape), where=denominator > 0)


def _tied(events: Floats, at_risk: Floats) -> Floats:
    """Return the hypergeometric share of the variance that is left when several die at once; 1 for one death."""
    return np.where(events > 1, 1 - _ratio(events - 1, at_risk - 1), 1.0)


def _aalen_variance(table: _Table, incidence: Floats) -> Floats:
    """Return the variance of the incidence from each time t on, by the delta method.

    A death of the cause at s moves F(t) by S(s−) / n − (F(t) − F(s)) / (n − d), one of another cause by the second
    term alone; each cause with its own binomial variance, corrected for ties. (cmprsk does so; R's ``survfit`` has
    no correction and takes the causes together, which is up to 1 % less in the tail.)
    """
    n, d1 = table.at_risk, table.of_cause
    d2 = table.died - d1
    v1, v2 = d1 * _tied(d1, n), d2 * _tied(d2, n)
    q = _ratio(np.ones_like(n), n - table.died)
    f, u = incidence, table.before / n + incidence * q
    own = np.cumsum(u**2 * v1) - 2 * f * np.cumsum(u * q * v1) + f**2 * np.cumsum(q**2 * v1)
    other = np.cumsum((f * q) ** 2 * v2) - 2 * f * np.cumsum(f * q**2 * v2) + f**2 * np.cumsum(q**2 * v2)
    return np.asarray(np.maximum(own + other, 0.0), dtype=float)


def _gray_stratum(times: Floats, causes: Ints, group: Ints, groups: int, of: int) -> tuple[Floats, Floats]:
    """Return the scores (g,) and their covariance (g, g) within a stratum; the notation is Gray's.

    h = Y / S(t−), with Y at risk and S alive in a group; R = h · (1 − F(t−)) is at risk of the subdistribution. Under
    the hypothesis all groups have the incidence F₀, whose steps are events / Σ h.
    """
    moments = np.unique(times[causes > 0])
    tables = [_on_grid(times[group == g], causes[group == g], of, moments) for g in range(groups)]
    y, d, d1 = (np.stack([getattr(t, name) for t in tables]) for name in ("at_risk", "died", "of_cause"))
    d2, all_d1 = d - d1, d1.sum(axis=0)
    survival = np.asarray(np.cumprod(1 - _ratio(d, y), axis=1), dtype=float)
    before = np.hstack([np.ones((groups, 1)), survival[:, :-1]])
    steps = before * _ratio(d1, y)
    h = _ratio(y, before)
    risk = h * (1 - (np.cumsum(steps, axis=1) - steps))
    score = (d1 - risk * _ratio(all_d1, risk.sum(axis=0))).sum(axis=1)

    step = _ratio(all_d1, h.sum(axis=0))
    free = 1 - np.cumsum(step)
    weight = h[:, None, :] * (np.eye(groups)[:, :, None] - _ratio(h, np.broadcast_to(h.sum(axis=0), h.shape)))
    later = np.cumsum(weight * (step / (free + step)), axis=2)
    later = later[:, :, -1:] - later
    ratio = _ratio(np.broadcast_to(free, survival.shape), survival)
    own, other = weight + (1 - ratio) * later, ratio * later
    inverse = _ratio(np.ones_like(h), h)
    # The tied deaths of the cause are taken from as many at risk as the whole stratum is worth in this group's terms.
    own_variance = inverse * step * _tied(np.broadcast_to(all_d1, h.shape), h.sum(axis=0) * before)
    other_variance = inverse**2 * d2 * _tied(d2, y)
    covariance = np.einsum("krm,lrm,rm->kl", own, own, own_variance, optimize=True)
    covariance += np.einsum("krm,lrm,rm->kl", other, other, other_variance, optimize=True)
    return score, covariance


def _on_grid(times: Floats, causes: Ints, of: int, moments: Floats) -> _Table:
    """Return the counts of one group at the times of events in any group."""
    at_risk = len(times) - np.searchsorted(np.sort(times), moments, side="left")
    at = np.searchsorted(moments, times[causes > 0])
    died = np.bincount(at, minlength=len(moments))
    of_cause = np.bincount(at[causes[causes > 0] == of], minlength=len(moments))
    return _Table(moments, at_risk.astype(float), died.astype(float), of_cause.astype(float))
