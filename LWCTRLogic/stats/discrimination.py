"""How well a score separates: weighted AUC, Youden's cut-off, concordance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.concordance import harrell_c
from LWCTRLogic.stats.steps import Bools, Floats


def weighted_auc(label: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Return the probability that a positive scores higher than a negative; ties count one half.

    With weights of :func:`LWCTRLogic.stats.censoring.alive_at` this is the cumulative/dynamic time-dependent
    AUC of Blanche (2013) and Uno (2007).

    Raises
    ------
    InputError
        When one of the two classes is empty.
    """
    positive, scores, weights = _checked(label, score, weight)
    order = np.argsort(scores[~positive], kind="stable")
    negatives = scores[~positive][order]
    below = np.concatenate([[0.0], np.cumsum(weights[~positive][order])])
    left = below[np.searchsorted(negatives, scores[positive], side="left")]
    right = below[np.searchsorted(negatives, scores[positive], side="right")]
    share = weights[positive] @ (left + right) / 2
    # weights that are no round numbers can sum to a little more than the whole
    return min(1.0, float(share / (weights[positive].sum() * below[-1])))


def auc_standard_error(auc: float, positives: float, negatives: float) -> float:
    """Return the standard error of an AUC of independent patients (Hanley and McNeil 1982)."""
    both_higher = auc / (2 - auc)
    both_lower = 2 * auc**2 / (1 + auc)
    spread = (positives - 1) * (both_higher - auc**2) + (negatives - 1) * (both_lower - auc**2)
    return float(np.sqrt((auc * (1 - auc) + spread) / (positives * negatives)))


def youden_cutoff(label: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Return the cut-off with the largest sensitivity + specificity − 1; at or above it is positive.

    Cut-offs lie midway between neighbouring scores; of equally good ones the lowest is taken.
    """
    positive, scores, weights = _checked(label, score, weight)
    values, index = np.unique(scores, return_inverse=True)
    if values.size == 1:
        return float(values[0])
    below = np.cumsum(np.bincount(index, np.where(positive, weights, 0.0)))[:-1] / weights[positive].sum()
    passed = np.cumsum(np.bincount(index, np.where(positive, 0.0, weights)))[:-1] / weights[~positive].sum()
    best = int(np.argmax(np.round(passed - below, 12)))
    return float((values[best] + values[best + 1]) / 2)


def _checked(label: ArrayLike, score: ArrayLike, weight: ArrayLike | None) -> tuple[Bools, Floats, Floats]:
    scores = np.asarray(score, dtype=float)
    weights = np.ones_like(scores) if weight is None else np.asarray(weight, dtype=float)
    positive = np.asarray(label, dtype=bool)
    counted = weights > 0
    positive, scores, weights = positive[counted], scores[counted], weights[counted]
    if positive.all() or not positive.any():
        raise InputError(f"{positive.sum()} of {positive.size} patients are positive", "some of each class")
    return positive, scores, weights


def concordance(time: ArrayLike, event: ArrayLike, risk: ArrayLike) -> float:
    """Return Harrell's C alone; :func:`LWCTRLogic.stats.concordance.harrell_c` gives its interval too."""
    return harrell_c(time, event, risk).estimate.value
