"""The exact attributions against shap's kernel explainer, where that package is installed.

With ``l1_reg=0``: its default keeps ten features and sets the others to zero.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from LWCTRLogic.evaluation.attribution import Attribution
from LWCTRLogic.stats.steps import Floats

PATIENTS = 5
SAMPLES = 4096
"""Coalitions of features; a linear model is found exactly by any more than it has features."""


@dataclass(frozen=True)
class KernelCheck:
    """Largest absolute difference of any attribution from the exact one, and of how many patients."""

    patients: int
    largest: float
    version: str


def kernel_check(attribution: Attribution) -> KernelCheck | None:
    """Return how far the kernel explainer is from the exact attributions; ``None`` where shap is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of shap's own imports
        try:
            import shap
        except ImportError:
            return None
        rows = np.flatnonzero(attribution.known)[:PATIENTS]
        if not len(rows):
            return None
        features = attribution.classifier.features
        background = np.array([[item.background for item in features]])
        weights = np.array([item.weight / item.sd for item in features])
        means = np.array([item.mean for item in features])

        def margin(x: Floats) -> Floats:
            return np.asarray(attribution.classifier.intercept + (x - means) @ weights)

        explainer = shap.KernelExplainer(margin, background, seed=0)
        found = explainer.shap_values(attribution.values[rows], nsamples=SAMPLES, l1_reg=0, silent=True)
    largest = float(np.abs(np.asarray(found) - attribution.contributions[rows]).max())
    return KernelCheck(len(rows), largest, str(shap.__version__))
