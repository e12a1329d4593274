"""Censoring weights when being lost depends on the score: a Cox model of the time to being lost."""

from __future__ import annotations

import numpy as np

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.cox import fit_cox
from LWCTRLogic.stats.steps import Bools, Floats, step_at


def alive_at_given(months: Floats, event: Bools, score: Floats, horizon: float) -> tuple[Bools, Floats]:
    """Return whether each patient lived beyond ``horizon``, and the weight of that answer, given his score.

    As :func:`LWCTRLogic.stats.censoring.alive_at`, with 1 / G(t | score) from a Cox model of being lost (Robins and
    Finkelstein 2000). Weights that ignore the score are right only when losses do not depend on it. Where the
    model cannot be fitted (nobody was lost, a constant score) the plain weights are returned.

    Parameters
    ----------
    months, event : (n,)
        Follow-up.
    score : (n,)
        What losses may depend on.

    Raises
    ------
    InputError
        When nobody was observed beyond the horizon.
    """
    alive, plain = alive_at(months, event, horizon)
    lost = ~event & (months <= horizon)
    until = np.minimum(months, horizon)
    try:
        fit = fit_cox(until, lost, score[:, None])
    except InputError:
        return alive, plain
    relative = np.exp((score - fit.centre[0]) * fit.coefficients[0])
    # Deaths at a time come before losses at it: a death is weighted by G just before.
    before = np.nextafter(until, -np.inf)
    hazard = step_at(fit.baseline.times, fit.baseline.hazard, np.where(alive, horizon, before), 0.0)
    weight = np.exp(hazard * relative)
    return alive, np.where(alive | (event & (months <= horizon)), weight, 0.0)
