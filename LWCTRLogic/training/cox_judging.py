"""Figures of survival predictions that were made out of fold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import Measure
from LWCTRLogic.stats.brier import brier_survival, integrated_brier
from LWCTRLogic.stats.calibration import finite_logit
from LWCTRLogic.stats.calibration_survival import weak_calibration
from LWCTRLogic.stats.censoring import CensoringWeights, alive_at
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.judging import FoldedAuc, folded_auc, folded_concordance

ORDER = (
    "strict: Cox model and score out of fold, nested; pairs of one fold; interval over patients, widened for the fits' "
    "shared luck"
)
PREDICTED = (
    "strict: Cox model and score out of fold, nested; censoring weights; interval over patients, fits taken as "
    "given"
)


def cox_measures(
    time: Floats,
    event: Bools,
    risk: Floats,
    survival: Floats,
    fold: NDArray[np.intp],
    months: tuple[float, ...],
) -> tuple[Measure, ...]:
    """Return order, prediction error and calibration of out-of-fold predictions; what is not defined is left out.

    Only patients of one fold are compared for the order, as for the scores. Error and calibration are of the predicted
    probabilities, which mean the same in every fold.

    Parameters
    ----------
    time, event : (n,)
        From the follow-up scan.
    risk : (n,)
        Linear predictor.
    survival : (n, m)
        Predicted probability of having had no event by each of the ``months``.
    fold : (n,) of int
        Of each patient.
    """
    found = [
        _measure("C-index", ORDER, lambda: _bounded(folded_concordance(time, event, risk, fold))),
    ]
    # a prediction of 0 or 1, whose logit is infinite, is moved in
    inside = np.clip(survival, 1e-6, 1 - 1e-6)
    for column, month in enumerate(months):
        found += _at(month, time, event, risk, inside[:, column], fold)
    if len(months) > 1:
        name = f"integrated Brier score, {months[0]:g}–{months[-1]:g} months"
        found.append(
            _measure(name, PREDICTED, lambda: integrated_brier(time, event, survival, months).estimate)
        )
    return tuple(item for item in found if item is not None)


def _at(
    month: float, time: Floats, event: Bools, risk: Floats, survival: Floats, fold: NDArray[np.intp]
) -> list[Measure | None]:
    def auc() -> Estimate:
        alive, weight = alive_at(time, event, month)
        return _bounded(folded_auc(-risk[None], fold[None], alive, weight))

    def weak(name: str) -> Estimate:
        weights = CensoringWeights.of(time, event)
        found: Estimate = getattr(weak_calibration(weights, finite_logit(survival), month), name)
        return found

    at = f"at {month:g} months"
    return [
        _measure(f"AUC {at}", ORDER, auc),
        _measure(
            f"Brier score {at}", PREDICTED, lambda: brier_survival(time, event, survival, month).estimate
        ),
        _measure(
            f"scaled Brier score {at}", PREDICTED, lambda: brier_survival(time, event, survival, month).scaled
        ),
        _measure(f"calibration slope {at}", PREDICTED, lambda: weak("slope")),
        _measure(f"calibration in the large {at}", PREDICTED, lambda: weak("in_the_large")),
    ]


def _bounded(auc: FoldedAuc) -> Estimate:
    return Estimate(auc.value, *auc.interval(), auc.error)


def _measure(name: str, method: str, estimate: Callable[[], Estimate]) -> Measure | None:
    """Return a measure, or ``None`` where it is not defined."""
    try:
        found = estimate()
    except InputError:
        return None
    if not np.isfinite([found.value, found.low, found.high]).all():
        return None
    return Measure(name, found.value, found.low, found.high, method)
