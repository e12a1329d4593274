"""Stages that judge each feature by itself, or in pairs: spread, univariate test, Spearman redundancy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from LWCTRLogic.stats.discrimination import weighted_auc
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.stage import Part, Stage


class VarianceFilter(Stage):
    """Drops features that are the same in (almost) every patient.

    Parameters
    ----------
    smallest : float
        Smallest standard deviation as a share of the feature's largest absolute value. The unit of a feature
        is arbitrary, so an absolute variance would mean nothing.
    """

    def __init__(self, smallest: float = 1e-8, part: Part = "images") -> None:
        self.smallest = smallest
        self.part = part

    def _choose(self, x: Floats, label: Bools, weight: Floats, index: pd.Index[Any] | None) -> Bools:
        return np.asarray(x.std(axis=0) > self.smallest * np.abs(x).max(axis=0), dtype=bool)


class UnivariateFilter(Stage):
    """Keeps features that differ between the classes by a Mann–Whitney test.

    Parameters
    ----------
    largest_p : float
        Largest p, not corrected for the number of features: this only thins the field.
    """

    def __init__(self, largest_p: float = 0.05, part: Part = "images") -> None:
        self.largest_p = largest_p
        self.part = part

    def _choose(self, x: Floats, label: Bools, weight: Floats, index: pd.Index[Any] | None) -> Bools:
        known = weight > 0
        yes, no = x[known & label], x[known & ~label]
        p = stats.mannwhitneyu(yes, no, axis=0, method="asymptotic").pvalue
        return np.asarray(p <= self.largest_p, dtype=bool)


class SpearmanFilter(Stage):
    """Of two features with a rank correlation beyond a bound, keeps the one that separates the classes better.

    Features are visited from the best univariate AUC down; one stays when it is not redundant with any that
    stayed before it.

    Parameters
    ----------
    largest : float
        Largest absolute correlation.
    """

    def __init__(self, largest: float = 0.9, part: Part = "images") -> None:
        self.largest = largest
        self.part = part

    def _choose(self, x: Floats, label: Bools, weight: Floats, index: pd.Index[Any] | None) -> Bools:
        ranks = stats.rankdata(x, axis=0)
        ranks -= ranks.mean(axis=0)
        size = np.sqrt((ranks**2).sum(axis=0))
        ranks /= np.where(size > 0, size, 1.0)
        correlation = np.abs(ranks.T @ ranks)
        quality = [abs(weighted_auc(label, column, weight) - 0.5) for column in x.T]
        kept: list[int] = []
        for column in np.argsort(-np.array(quality), kind="stable"):
            if (correlation[column, kept] <= self.largest).all():
                kept.append(int(column))
        chosen = np.zeros(x.shape[1], dtype=bool)
        chosen[kept] = True
        return chosen
