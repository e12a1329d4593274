"""Fitting one of the seven models: a linear SVM with a calibrated score.

A score that a patient helped to fit flatters the model. So C and calibration come from margins of fits that never saw
the patient.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.calibration import fit_platt
from LWCTRLogic.stats.discrimination import auc_standard_error, weighted_auc
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.linear_svm import svm_weights

PENALTIES = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
INNER_FOLDS = 5
LEAST_OF_A_CLASS = 2
"""Patients, so that each inner fold leaves one of each class to fit on."""


@dataclass(frozen=True)
class LinearScore:
    """margin = intercept + Σ weights · (x − mean) / sd; score = logistic(slope · margin + offset)."""

    mean: Floats
    sd: Floats
    weights: Floats
    intercept: float
    slope: float
    offset: float
    penalty: float

    def logit(self, x: Floats) -> Floats:
        """Return the logit of the score of each row of ``x`` (n, p)."""
        margin = self.intercept + (x - self.mean) / self.sd @ self.weights
        return np.asarray(self.slope * margin + self.offset, dtype=float)

    def score(self, x: Floats) -> Floats:
        """Return the score of each row of ``x`` (n, p)."""
        return np.asarray(expit(self.logit(x)), dtype=float)


def fit_score(x: Floats, label: Bools, weight: Floats, seed: int) -> LinearScore:
    """Fit a linear SVM with a calibrated score.

    The SVM's C is the smallest whose out-of-fold margins have a weighted AUC within one standard error of the
    best (with few patients the best one is mostly luck), and Platt's calibration is fitted to those margins.
    A slope below 0, which means that the margins carry no signal, is set to 0: the score is then the same for
    everyone.

    Parameters
    ----------
    x : (n, p)
        Inputs.
    label, weight : (n,)
        Whether the patient lived longer than 12 months, and the censoring weight; 0 for unknown.
    seed : int
        Seed of the folds.

    Raises
    ------
    InputError
        When a class has fewer than :data:`LEAST_OF_A_CLASS` patients.
    """
    classes = int((label & (weight > 0)).sum()), int((~label & (weight > 0)).sum())
    if min(classes) < LEAST_OF_A_CLASS:
        raise InputError(
            f"{classes[0]} patients of one class and {classes[1]} of the other to fit a score to",
            f"{LEAST_OF_A_CLASS} of each at least",
            "Use a larger cohort",
        )
    fold = folds(label, weight, INNER_FOLDS, seed)
    margins = {penalty: held_out_margins(x, label, weight, fold, penalty) for penalty in PENALTIES}
    penalty = _choose_penalty(
        {key: weighted_auc(label, item, weight) for key, item in margins.items()}, label
    )
    known = weight > 0
    slope, offset = fit_platt(margins[penalty][known], label[known], weight[known])
    if slope < 0:
        slope, offset = 0.0, float(logit(np.average(label[known], weights=weight[known])))
    return LinearScore(*_fit_svm(x, label, weight, penalty), slope, offset, penalty)


def _choose_penalty(quality: dict[float, float], label: Bools) -> float:
    """Return the smallest C whose AUC is within one standard error of the best one."""
    best = max(quality.values())
    enough = best - auc_standard_error(best, label.sum(), (~label).sum())
    return min(penalty for penalty, auc in quality.items() if auc >= enough)


def folds(label: Bools, weight: Floats, count: int, seed: int) -> NDArray[np.intp]:
    """Return the fold of each patient: responders, non-responders and unknown dealt out in turn."""
    strata = np.where(weight > 0, np.where(label, 0, 1), 2)
    shuffled = np.random.default_rng(seed).permutation(len(label))
    dealt = shuffled[np.argsort(strata[shuffled], kind="stable")]
    fold = np.empty(len(label), dtype=np.intp)
    fold[dealt] = np.arange(len(label)) % count
    return fold


def held_out_margins(
    x: Floats, label: Bools, weight: Floats, fold: NDArray[np.intp], penalty: float
) -> Floats:
    """Return each patient's margin (n,) from an SVM with C = ``penalty`` that never saw the patient's fold."""
    margins = np.empty(len(x))
    for number in np.unique(fold):
        out = fold == number
        mean, sd, weights, intercept = _fit_svm(x[~out], label[~out], weight[~out], penalty)
        margins[out] = intercept + (x[out] - mean) / sd @ weights
    return margins


def _fit_svm(x: Floats, label: Bools, weight: Floats, penalty: float) -> tuple[Floats, Floats, Floats, float]:
    """Return scaler mean and sd, weights and intercept; those of unknown outcome only help the scaler.

    The classes weigh the same, and the margin is 0 midway between their means. The SVM's own intercept is
    loose where C is small: it follows whichever class the fold has more of, which is the one that the
    patients left out have less of, and then pooled margins point the wrong way. Calibration fits the offset.
    """
    mean, sd = x.mean(axis=0), x.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)
    z, known = (x - mean) / sd, weight > 0
    share = np.where(label, weight / weight[label].sum(), weight / weight[~label].sum())
    weights = svm_weights(z, label, penalty * share * known.sum() / 2)
    return mean, sd, weights, -float(share @ (z @ weights)) / 2
