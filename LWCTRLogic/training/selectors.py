"""Stages that choose features together: LASSO, and recursive elimination with cross-validation."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.fit_score import folds
from LWCTRLogic.stats.discrimination import weighted_auc
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.elimination import Elimination, eliminate_features
from LWCTRLogic.training.lasso import TOLERANCE, lasso_cv
from LWCTRLogic.training.stage import Part, Stage, standardised


class LassoSelector(Stage):
    """Keeps the features with a coefficient in an L1-penalised logistic regression, λ by cross-validation.

    Parameters
    ----------
    folds : int
        Folds of the cross-validation.
    rule : {"min", "1se"}
        λ with the smallest deviance, or the largest within one standard error of it.
    patience : int or None
        Follow the path until so many λ brought no new minimum; ``None`` to its end.
    tolerance : float
        See :func:`LWCTRLogic.training.lasso_kernel.solve`.
    seed : int
        Of the folds.

    Attributes
    ----------
    penalty_ : float
        λ chosen; NaN when there was nothing to choose from.
    """

    def __init__(
        self,
        folds: int = 10,
        rule: Literal["min", "1se"] = "min",
        patience: int | None = 20,
        tolerance: float = TOLERANCE,
        seed: int = 0,
        part: Part = "images",
    ) -> None:
        self.folds = folds
        self.rule = rule
        self.patience = patience
        self.tolerance = tolerance
        self.seed = seed
        self.part = part

    def _choose(self, x: Floats, label: Bools, weight: Floats, index: pd.Index[Any] | None) -> Bools:
        self.penalty_ = float("nan")
        known = weight > 0
        x, label, weight = x[known], label[known], weight[known]
        if not np.ptp(x, axis=0).any():
            return np.zeros(x.shape[1], dtype=bool)
        fold = folds(label, weight, fold_count(label, self.folds), self.seed)
        found = lasso_cv(x, label.astype(float), weight, fold, None, self.tolerance, self.patience)
        chosen = found.index(self.rule)
        self.penalty_ = float(found.path.penalties[chosen])
        return np.asarray(found.path.coefficients[chosen] != 0, dtype=bool)


class RecursiveElimination(Stage):
    """Leaves out the feature with the smallest squared weight of a linear SVM, again and again.

    How many stay is decided by cross-validation: the elimination runs in every fold, and the number with the
    largest mean AUC of the patients left out wins, the smaller of two equal ones.

    Parameters
    ----------
    folds : int
        Folds of the cross-validation.
    penalty : float
        C of the machines; the classes weigh the same.
    fewest : int
        Fewest features to keep.
    seed : int
        Of the folds.

    Attributes
    ----------
    quality_ : (p,)
        Mean AUC with 1 … p features.
    """

    def __init__(
        self, folds: int = 5, penalty: float = 0.1, fewest: int = 1, seed: int = 0, part: Part = "images"
    ) -> None:
        self.folds = folds
        self.penalty = penalty
        self.fewest = fewest
        self.seed = seed
        self.part = part

    def _choose(self, x: Floats, label: Bools, weight: Floats, index: pd.Index[Any] | None) -> Bools:
        known = weight > 0
        x, label, weight = x[known], label[known], weight[known]
        count = x.shape[1]
        fold = folds(label, weight, fold_count(label, self.folds), self.seed)
        quality = np.zeros(count)
        for number in np.unique(fold):
            out = fold == number
            run = self._eliminate(x[~out], label[~out], weight[~out], x[out])
            auc = [weighted_auc(label[out], margin, weight[out]) for margin in run.margins[::-1]]
            quality += np.array(auc) / len(np.unique(fold))
        self.quality_ = quality
        fewest = min(self.fewest, count)
        best = fewest + int(np.argmax(np.round(quality[fewest - 1 :], 12)))
        chosen = np.zeros(count, dtype=bool)
        chosen[self._eliminate(x, label, weight).order[count - best :]] = True
        return chosen

    def _eliminate(self, x: Floats, label: Bools, weight: Floats, out: Floats | None = None) -> Elimination:
        both = standardised(x if out is None else np.concatenate([x, out]), _zero_padded(weight, x, out))
        bound = self.penalty * balanced(label, weight)
        return eliminate_features(both[: len(x)], label, bound, None if out is None else both[len(x) :])


def _zero_padded(weight: Floats, x: Floats, out: Floats | None) -> Floats:
    """Return weights of training patients and 0 for those left out, who must not help to scale."""
    return weight if out is None else np.concatenate([weight, np.zeros(len(out))])


def balanced(label: Bools, weight: Floats) -> Floats:
    """Return weights of mean 1 with which both classes weigh the same."""
    share = np.where(label, weight / weight[label].sum(), weight / weight[~label].sum())
    return np.asarray(share * (weight > 0).sum() / 2, dtype=float)


def fold_count(label: Bools, wanted: int) -> int:
    """Return how many folds leave at least one patient of each class to judge.

    Raises
    ------
    InputError
        When a class has fewer than two patients.
    """
    smaller = int(min(label.sum(), (~label).sum()))
    if smaller < 2:
        raise InputError(f"{smaller} patients of one class", "two at least", "Use a larger cohort")
    return min(wanted, smaller)
