"""Calibration of a procedure's scores on patients whom no fit has seen.

The chain's last stage calibrates its score on inner folds, but the features were chosen on those very patients, so with
free selection its probabilities are far too extreme. What they are worth shows in the patients left out: the outcome is
regressed on their linear predictors, and slope and offset are applied to later ones (van Houwelingen and le Cessie
1990). A patient who is judged is calibrated by the patients of the other folds; a bundle by all of them.

Fits differ in how extreme they are, and regression on a mixture of scales would find too small a slope. So each linear
predictor is first expressed in standard deviations of the fit's own training patients: a *margin*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from LWCTRLogic.models.fit_score import LinearScore
from LWCTRLogic.stats.calibration import fit_platt
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.outcome import Outcome

SMALLEST_SLOPE = 0.01
"""Of margins without signal: everyone's probability is then nearly the same, and their order is kept."""
_ROUNDING = 1e-9
"""Logits and margins that differ by no more are one: scaled up, their last bits would pass for a score."""


@dataclass(frozen=True)
class MarginScale:
    """Mean and standard deviation of a fit's logits over its own training patients."""

    mean: float
    sd: float

    @classmethod
    def of(cls, logits: Floats) -> MarginScale:
        """Return the scale of the logits (n,) of the training patients; SD 1 where all have the same."""
        return cls(float(logits.mean()), float(logits.std()) if np.ptp(logits) > _ROUNDING else 1.0)

    def margins(self, logits: Floats) -> Floats:
        """Return logits on this scale."""
        return (logits - self.mean) / self.sd


@dataclass(frozen=True)
class MarginCalibration:
    """Logit of the probability = slope · margin + offset; each a number, or an array that goes with the margins."""

    slope: float | Floats
    offset: float | Floats

    def probability(self, margins: Floats) -> Floats:
        """Return the probabilities that belong to margins."""
        return np.asarray(expit(self.slope * margins + self.offset), dtype=float)

    def of_sets(self) -> MarginCalibration:
        """Return a calibration of (r, n) margins for those of m completed data sets, (r, m, n)."""
        return MarginCalibration(np.asarray(self.slope)[:, None], np.asarray(self.offset)[:, None])

    def of_score(self, score: LinearScore, scale: MarginScale) -> LinearScore:
        """Return a linear score, whose logits have the given scale, calibrated so."""
        slope = float(self.slope) / scale.sd
        offset = slope * (score.offset - scale.mean) + float(self.offset)
        return replace(score, slope=slope * score.slope, offset=offset)


def fit_calibration(margins: Floats, outcome: Outcome) -> MarginCalibration:
    """Return the calibration of out-of-fold margins.

    Parameters
    ----------
    margins : (r, n)
        Of r repeats.
    outcome : Outcome
        Of the n patients. Those of unknown outcome weigh nothing.
    """
    label, weight = outcome.response()
    known = weight > 0
    label, weight, margins = label[known], weight[known], margins[:, known]
    repeats = len(margins)
    if np.ptp(margins) > _ROUNDING:
        # Shared among the repeats, so that a patient counts once.
        slope, offset = fit_platt(
            margins.ravel(), np.tile(label, repeats), np.tile(weight / repeats, repeats)
        )
        if slope >= SMALLEST_SLOPE:
            return MarginCalibration(slope, offset)
    share = float(np.average(label, weights=weight))
    mean = float(np.average(margins.mean(axis=0), weights=weight))
    return MarginCalibration(SMALLEST_SLOPE, float(logit(share)) - SMALLEST_SLOPE * mean)


def calibrate_by_others(fold: NDArray[np.intp], margins: Floats, outcome: Outcome) -> MarginCalibration:
    """Return each patient's calibration, fitted to the patients of the other folds.

    Parameters
    ----------
    fold : (r, n) of int
        Fold of each patient in each repeat.
    margins : (q, n)
        Out-of-fold margins to fit to.
    outcome : Outcome
        Of the n patients.

    Returns
    -------
    MarginCalibration
        Whose slope and offset are (r, n).
    """
    slope, offset = np.empty(fold.shape), np.empty(fold.shape)
    for turn, groups in enumerate(fold):
        for number in np.unique(groups):
            inside: Bools = groups == number
            found = fit_calibration(margins[:, ~inside], outcome.rows(~inside))
            slope[turn, inside], offset[turn, inside] = found.slope, found.offset
    return MarginCalibration(slope, offset)
