"""Survival with a hazard ratio that wanes, and with a given survival curve of the whole cohort.

The hazard of a patient with prognosis s (higher is worse) is h₀(t)·exp(β(t)·s), with β(t) falling from an early to
a late value. A constant β, or a correlation between s and log T, makes the AUC rise with the horizon; in the
published figures it falls. h₀ is found month by month, so that the mean curve over the cohort is the wanted one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq
from scipy.stats import norm

from LWCTRLogic.stats.steps import Floats

STEP = 0.25
"""Months within which a patient's hazard is constant."""
_LAST = 240.0
_TURNING = 2.0
_NODES = 400
_SMALLEST = 1e-12


@dataclass(frozen=True)
class Curve:
    """The survival of a whole cohort, and how strongly and how long the prognosis tells.

    Attributes
    ----------
    months, alive : tuple of float
        Points of the cohort's curve; it is 1 up to the first.
    early, late : float
        Logarithm of the hazard ratio of one standard deviation of the prognosis, at first and in the end.
    turn : float
        Months at which the difference between the two has halved.
    """

    months: tuple[float, ...] = (2.4, 7.0, 12.0, 24.0, 36.0, 60.0, 120.0, 240.0)
    alive: tuple[float, ...] = (1.0, 0.75, 0.50, 0.25, 0.145, 0.07, 0.018, 0.001)
    early: float = 2.5
    late: float = 0.3
    turn: float = 13.0

    def log_hazard_ratio(self, months: Floats) -> Floats:
        """Return β(t)."""
        return np.asarray(
            self.late + (self.early - self.late) / (1 + np.exp((months - self.turn) / _TURNING))
        )


@lru_cache(maxsize=8)
def _baseline(curve: Curve) -> tuple[Floats, Floats]:
    """Return h₀ times the step, and β, of every step."""
    ends = np.arange(STEP, _LAST + STEP / 2, STEP)
    beta = curve.log_hazard_ratio(ends - STEP / 2)
    wanted = _cohort_alive(curve, ends)
    prognosis = norm.ppf((np.arange(_NODES) + 0.5) / _NODES)
    cumulative = np.zeros(_NODES)
    steps = np.zeros(len(ends))
    for index, alive in enumerate(wanted):
        ratio = np.exp(beta[index] * prognosis)

        def excess(
            log_step: float, ratio: Floats = ratio, alive: float = alive, so_far: Floats = cumulative
        ) -> float:
            return float(np.exp(-so_far - np.exp(log_step) * ratio).mean() - alive)

        if excess(np.log(_SMALLEST)) > 0:
            steps[index] = np.exp(brentq(excess, np.log(_SMALLEST), 12.0))
        cumulative = cumulative + steps[index] * ratio
    return steps, beta


def _cohort_alive(curve: Curve, months: Floats) -> Floats:
    """Return the cohort's curve: monotone cubic in log S through its points."""
    points = PchipInterpolator((0.0, *curve.months), np.log((1.0, *curve.alive)))
    return np.asarray(np.exp(points(months)))


def alive_after(curve: Curve, prognosis: Floats, months: float) -> Floats:
    """Return the true probability (n,) of living longer than ``months``."""
    steps, beta = _baseline(curve)
    whole = int(months // STEP)
    share = months / STEP - whole
    weights = np.zeros(len(steps))
    weights[:whole] = 1.0
    if whole < len(steps):
        weights[whole] = share
    kept = np.flatnonzero(weights * steps)
    cumulative = np.zeros(len(prognosis))
    for index in kept:
        cumulative += weights[index] * steps[index] * np.exp(beta[index] * prognosis)
    return np.asarray(np.exp(-cumulative))


def draw_deaths(curve: Curve, prognosis: Floats, rng: np.random.Generator) -> Floats:
    """Draw each patient's time of death (n,) in months, by inverting the cumulative hazard."""
    steps, beta = _baseline(curve)
    left = rng.standard_exponential(len(prognosis))
    months = np.full(len(prognosis), _LAST)
    open_ = np.arange(len(prognosis))
    for index, step in enumerate(steps):
        hazard = step * np.exp(beta[index] * prognosis[open_])
        ended = hazard >= left[open_]
        done = open_[ended]
        months[done] = STEP * (index + left[done] / hazard[ended])
        left[open_] -= hazard
        open_ = open_[~ended]
        if len(open_) == 0:
            break
    return months
