"""Judging out-of-fold scores: AUC within folds, its interval over patients, paired differences.

What is estimated
-----------------
Cross-validation estimates how well *the procedure* does on new patients when it is given a sample of this
size (less one fold), averaged over such samples. It says less of the one model fitted in the end, whose own
figure only patients outside the cohort can tell (Bates, Hastie and Tibshirani 2023).

Only patients of one fold are compared, since they were scored by one and the same fit. Pooling folds would
compare scores of different fits, and puts the AUC of pure noise below one half: whoever is left out lowers
the mean of his class in training.

Interval
--------
The standard error over patients (infinitesimal jackknife of the AUC) is that of one repeat, although the
estimate is the mean of several: dealing the folds again takes away the noise of dealing, not that of having
drawn these patients. It takes the fits as given. Fits on overlapping samples share their luck, so intervals
from the spread of the folds are too narrow; whether these are was measured on simulated cohorts
(docs/explanation/honesty-gates.md), and :data:`WIDENING` is what they needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import on_the_logit, wald
from LWCTRLogic.stats.perfect import is_perfect, perfect_area
from LWCTRLogic.stats.steps import Bools, Floats

WIDENING = 1.1


@dataclass(frozen=True)
class FoldedAuc:
    """An AUC, or a C-index, of out-of-fold scores.

    Attributes
    ----------
    value : float
        Mean over the repeats.
    influence : (r, n)
        Each patient's share of the deviation, by repeat; a row's sum of squares is the variance over patients.
    compared : tuple of int
        Of an AUC: patients of each class that were compared, and in how many folds.
    """

    value: float
    influence: Floats
    compared: tuple[int, int, int] | None = None

    @property
    def error(self) -> float:
        """Standard error of one repeat, widened for the fits' shared luck."""
        return _error(self.influence)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the limits, taken on the logit.

        The error shrinks as the AUC grows, so plain limits miss the truth on the upper side twice as often as they
        should; these cover as they say (docs/explanation/honesty-gates.md). An AUC of 1, which has no error at all, has
        the score interval of :mod:`LWCTRLogic.stats.perfect`.
        """
        one = wald(self.value, self.error, level=level)
        if self.compared is not None and is_perfect(self.value):
            found = perfect_area(one, *self.compared)
        else:
            found = on_the_logit(one)
        return found.low, found.high


@dataclass(frozen=True)
class Difference:
    """The difference of two AUCs of the same patients and folds."""

    value: float
    low: float
    high: float
    p: float


def folded_auc(scores: Floats, fold: NDArray[np.intp], label: Bools, weight: Floats) -> FoldedAuc:
    """Return the weighted AUC within folds.

    Parameters
    ----------
    scores : (r, n)
        Out-of-fold scores of r repeats.
    fold : (r, n) of int
        Fold of each patient in each repeat.
    label, weight : (n,)
        Class, and censoring weight (0: unknown).

    Raises
    ------
    InputError
        When no fold has both classes.
    """
    values, influences = [], []
    for row, groups in zip(scores, fold, strict=True):
        wins, pairs = np.zeros(len(label)), np.zeros(len(label))
        for number in np.unique(groups):
            inside = np.flatnonzero((groups == number) & (weight > 0))
            yes, no = inside[label[inside]], inside[~label[inside]]
            product = weight[yes][:, None] * weight[no][None, :]
            above = (row[yes][:, None] > row[no]) + 0.5 * (row[yes][:, None] == row[no])
            wins[yes], wins[no] = (product * above).sum(axis=1), (product * above).sum(axis=0)
            pairs[yes], pairs[no] = product.sum(axis=1), product.sum(axis=0)
        total = pairs[label].sum()
        if total == 0:
            raise InputError("no fold has patients of both classes", "some of each", "Use fewer folds")
        value = wins[label].sum() / total
        values.append(value)
        influences.append((wins - value * pairs) / total)
        judged = pairs > 0
        compared = (int(label[judged].sum()), int((~label[judged]).sum()), len(np.unique(groups[judged])))
    return FoldedAuc(float(np.mean(values)), np.array(influences), compared)


def folded_concordance(time: Floats, event: Bools, risk: Floats, fold: NDArray[np.intp]) -> FoldedAuc:
    """Return Harrell's C within folds: of the pairs of one fold whose order is known, the share that is right.

    Parameters
    ----------
    time, event : (n,)
        Follow-up; at equal times an event comes before a censoring.
    risk : (n,)
        Higher for an earlier event, comparable within a fold.
    fold : (n,) of int
        Fold of each patient.

    Raises
    ------
    InputError
        When no fold has a pair whose order is known.
    """
    wins, pairs = np.zeros(len(time)), np.zeros(len(time))
    for number in np.unique(fold):
        inside = np.flatnonzero(fold == number)
        t, died, r = time[inside], event[inside], risk[inside]
        later = (t[None, :] > t[:, None]) | ((t[None, :] == t[:, None]) & ~died[None, :])
        known = died[:, None] & later
        right = known * ((r[:, None] > r[None, :]) + 0.5 * (r[:, None] == r[None, :]))
        wins[inside] = right.sum(axis=0) + right.sum(axis=1)
        pairs[inside] = known.sum(axis=0) + known.sum(axis=1)
    total = pairs.sum() / 2
    if total == 0:
        raise InputError(
            "no fold has two patients of a known order", "an event before others", "Use fewer folds"
        )
    value = wins.sum() / 2 / total
    return FoldedAuc(float(value), ((wins - value * pairs) / total)[None])


def auc_difference(left: FoldedAuc, right: FoldedAuc) -> Difference:
    """Return left − right with its interval and two-sided p."""
    error = _error(left.influence - right.influence)
    value = left.value - right.value
    z = float(stats.norm.ppf(0.975))
    p = 1.0 if error == 0 else float(2 * stats.norm.sf(abs(value) / error))
    return Difference(value, value - z * error, value + z * error, p)


def _error(influence: Floats) -> float:
    return float(WIDENING * np.sqrt((influence**2).sum(axis=1).mean()))
