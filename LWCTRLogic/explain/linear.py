"""Exact attribution of a linear model: what each feature adds to the margin, measured from the training mean.

For a linear margin with a background mean the Shapley value of a feature is weight · (x − x̄) / sd exactly,
whatever the features' correlation with independent masking; no sampling and no shap package is needed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from LWCTRLogic.models.bundle import Classifier


def linear_margin(model: Classifier, values: Mapping[str, float]) -> float:
    """Return intercept + Σ weight · (value − mean) / sd; ``values`` are raw, by feature name."""
    terms = (item.weight * (values[item.name] - item.mean) / item.sd for item in model.features)
    return math.fsum((model.intercept, *terms))


def linear_base(model: Classifier) -> float:
    """Return the margin of a patient whose every feature is at the background mean."""
    return linear_margin(model, {item.name: item.background for item in model.features})


def linear_contributions(model: Classifier, values: Mapping[str, float]) -> dict[str, float]:
    """Return weight · (value − background) / sd by feature; with the base they sum to the margin."""
    return {
        item.name: item.weight * (values[item.name] - item.background) / item.sd for item in model.features
    }
