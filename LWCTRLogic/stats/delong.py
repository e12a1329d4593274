"""AUC with DeLong's variance (1988), by midranks in O(n log n) (Sun and Xu 2014)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit
from scipy.stats import rankdata

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import Comparison, Estimate, Significance, wald, wald_comparison
from LWCTRLogic.stats.steps import Floats


@dataclass(frozen=True)
class _Components:
    """AUC of s scores, and the placement of each positive (s, m) and negative (s, n) among the others."""

    auc: Floats
    positives: Floats
    negatives: Floats

    @property
    def covariance(self) -> Floats:
        """Covariance (s, s) of the AUCs; NaN where a class has one patient."""
        parts = []
        for placements in (self.positives, self.negatives):
            centred = placements - placements.mean(axis=1, keepdims=True)
            count = placements.shape[1]
            parts.append(centred @ centred.T / (count * (count - 1)) if count > 1 else np.nan)
        return np.asarray(parts[0] + parts[1], dtype=float)


def auc_delong(label: ArrayLike, score: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Return the AUC, its standard error and Wald interval.

    Parameters
    ----------
    label : (n,)
        0 or 1.
    score : (n,)
        Higher for a positive; ties count one half.
    level : float
        Confidence level. The limits are not clipped to 0…1, as in pROC's variance.

    Raises
    ------
    InputError
        When a class is empty, or a score is not finite.
    """
    components = _components(label, np.asarray(score, dtype=float)[None])
    return wald(float(components.auc[0]), float(np.sqrt(components.covariance[0, 0])), level=level)


def delong_covariance(label: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    """Return the AUCs (s,) of s scores (s, n) of the same patients, and their covariance (s, s)."""
    components = _components(label, scores)
    return components.auc, components.covariance


def delong_paired(
    label: ArrayLike, score_a: ArrayLike, score_b: ArrayLike, *, level: float = 0.95
) -> Comparison:
    """Compare two scores of the same patients; the difference and z are signed A − B.

    Two scores that order the patients alike have difference 0, se 0 and p 1.
    """
    a, b = np.asarray(score_a, dtype=float), np.asarray(score_b, dtype=float)
    if a.shape != b.shape:
        raise InputError(f"{a.size} and {b.size} scores", "two scores of the same patients")
    auc, covariance = delong_covariance(label, np.stack([a, b]))
    contrast = np.array([1.0, -1.0])
    variance = max(float(contrast @ covariance @ contrast), 0.0)
    same = np.array_equal(rankdata(a), rankdata(b))
    return wald_comparison(float(auc[0] - auc[1]), 0.0 if same else float(np.sqrt(variance)), level=level)


def delong_unpaired(
    label_a: ArrayLike, score_a: ArrayLike, label_b: ArrayLike, score_b: ArrayLike, *, level: float = 0.95
) -> Comparison:
    """Compare the AUCs of two groups of different patients; signed A − B.

    The statistic is referred to Student's t with Satterthwaite's degrees of freedom, as pROC does (the
    variance of each group on its own n − 1, n all of its patients).
    """
    a, b = auc_delong(label_a, score_a), auc_delong(label_b, score_b)
    size = np.size(label_a), np.size(label_b)
    variance = a.se**2 + b.se**2
    if variance == 0:
        return wald_comparison(a.value - b.value, 0.0, level=level)
    df = variance**2 / (a.se**4 / (size[0] - 1) + b.se**4 / (size[1] - 1))
    difference, se = a.value - b.value, float(np.sqrt(variance))
    half = float(stdtrit(df, 0.5 + level / 2)) * se
    statistic = difference / se
    p = float(2 * stdtr(df, -abs(statistic)))
    return Comparison(
        Estimate(difference, difference - half, difference + half, se, level), Significance(statistic, p, df)
    )


def _components(label: ArrayLike, scores: ArrayLike) -> _Components:
    labels, s = np.asarray(label), np.asarray(scores, dtype=float)
    if s.shape[1:] != labels.shape:
        raise InputError(f"{labels.shape} labels and {s.shape[1:]} scores", "one label a score")
    if not np.isin(labels, (0, 1)).all():
        raise InputError(f"labels {np.unique(labels)[:5]}", "0 and 1")
    if not np.isfinite(s).all():
        raise InputError(f"{np.sum(~np.isfinite(s))} scores are missing or infinite", "finite numbers")
    positive = labels.astype(bool)
    m, n = int(positive.sum()), int((~positive).sum())
    if m == 0 or n == 0:
        raise InputError(f"{m} of {m + n} patients are positive", "some of each class")
    x, y = s[:, positive], s[:, ~positive]
    everyone = rankdata(np.hstack([x, y]), axis=1)
    positives = (everyone[:, :m] - rankdata(x, axis=1)) / n
    negatives = 1 - (everyone[:, m:] - rankdata(y, axis=1)) / m
    return _Components(positives.mean(axis=1), positives, negatives)
