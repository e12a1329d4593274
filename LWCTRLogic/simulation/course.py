"""What happens to virtual patients: response at the follow-up scan, progression, death, loss to follow-up."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

from LWCTRLogic.errors import InputError
from LWCTRLogic.simulation.survival import Curve, alive_after, draw_deaths
from LWCTRLogic.stats.steps import Floats

HORIZON = 12.0
EARLIEST_END = 2.45
"""Months: everyone was alive and seen at the follow-up scan."""
_DAYS_A_MONTH = 30.4375


@dataclass(frozen=True)
class CourseSettings:
    """How a cohort is followed.

    Attributes
    ----------
    curve : Curve
        Survival.
    lost_early : float
        Share of patients whose state at 12 months is unknown, beyond those whom the end of the study censors.
    loss_by_score : float
        Logarithm of the hazard ratio of being lost, for one standard deviation of the Rad-score's risk.
    follow_up, follow_up_sd : float
        Months from the first dose to the end of the study, normal.
    """

    curve: Curve = field(default_factory=Curve)
    lost_early: float = 0.0
    loss_by_score: float = 0.0
    follow_up: float = 25.0
    follow_up_sd: float = 7.0


def draw_course(
    prognosis: Floats, score: Floats, age: Floats, settings: CourseSettings, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw what happens and what of it is observed.

    Parameters
    ----------
    prognosis : (n,)
        Standard normal, higher is worse: what drives death.
    score : (n,)
        Standard normal, higher is worse: what images can show of it. Only losses may depend on it.
    age : (n,) in years
        Deaths of other causes are more frequent in the old.

    Returns
    -------
    observed : DataFrame
        mrecist, os_months, os_event, pfs_months, pfs_event, landmark_months, cause_of_death.
    truth : DataFrame
        death_months, progression_months, alive_at_12_months (probability).
    """
    n = len(prognosis)
    landmark = np.round(rng.integers(42, 71, n) / _DAYS_A_MONTH, 2)
    mrecist = draw_response(prognosis, rng)
    death = draw_deaths(settings.curve, prognosis, rng)
    progression = _draw_progression(prognosis, mrecist == "PD", landmark, rng)
    first = np.minimum(progression, death)
    end = np.maximum(rng.normal(settings.follow_up, settings.follow_up_sd, n), EARLIEST_END)
    end = np.minimum(end, _draw_losses(death, score, settings, rng))
    observed = pd.DataFrame(
        {
            "mrecist": mrecist,
            "os_months": np.round(np.minimum(death, end), 2),
            "os_event": (death <= end).astype(int),
            "pfs_months": np.round(np.minimum(first, end), 2),
            "pfs_event": (first <= end).astype(int),
            "landmark_months": landmark,
            "cause_of_death": _causes(death <= end, age, rng),
        }
    )
    alive = alive_after(settings.curve, prognosis, HORIZON)
    truth = pd.DataFrame(
        {"death_months": death, "progression_months": progression, "alive_at_12_months": alive}
    )
    return observed, truth


def draw_response(prognosis: Floats, rng: np.random.Generator) -> np.ndarray:
    """Draw mRECIST: progression tells much, the grade of response little, as published."""
    n = len(prognosis)
    progressed = rng.random(n) < expit(-3.55 + 3.2 * prognosis)
    rank = -0.35 * prognosis + rng.standard_normal(n)
    complete, partial = 2.17, 0.75
    word = np.where(rank > complete, "CR", np.where(rank > partial, "PR", "SD"))
    return np.where(progressed, "PD", word)


def _draw_progression(
    prognosis: Floats, progressed: np.ndarray, landmark: Floats, rng: np.random.Generator
) -> Floats:
    """Draw months to progression: at the follow-up scan where it shows it, log-normal afterwards elsewhere."""
    later = np.exp(1.68 - 1.45 * prognosis + 0.85 * rng.standard_normal(len(prognosis)))
    return np.where(progressed, landmark, landmark + later)


def _draw_losses(death: Floats, score: Floats, settings: CourseSettings, rng: np.random.Generator) -> Floats:
    """Draw when patients are lost, so that the wanted share is lost before 12 months and before death.

    Raises
    ------
    InputError
        When so many cannot be lost.
    """
    if settings.lost_early <= 0:
        return np.full(len(death), np.inf)
    ratio = np.exp(settings.loss_by_score * score)
    exposed = np.minimum(death, HORIZON) - EARLIEST_END

    def excess(log_rate: float) -> float:
        return float(
            np.mean(-np.expm1(-np.exp(log_rate) * ratio * np.maximum(exposed, 0))) - settings.lost_early
        )

    if excess(8.0) < 0:
        raise InputError(
            f"{settings.lost_early:.0%} of patients lost before 12 months", "less: too many die before"
        )
    rate = np.exp(brentq(excess, -20.0, 8.0)) * ratio
    return np.asarray(EARLIEST_END + rng.standard_exponential(len(death)) / rate)


def _causes(died: np.ndarray, age: Floats, rng: np.random.Generator) -> np.ndarray:
    other = rng.random(len(died)) < expit(-2.5 + 0.04 * (age - 57))
    return np.where(died, np.where(other, "other", "cancer"), "")
