"""Exact attribution of a linear model."""

from __future__ import annotations

import itertools
import math

from LWCTRLogic.explain.linear import linear_base, linear_contributions, linear_margin
from LWCTRLogic.models.bundle import Classifier
from Testing.unit import sample_bundle as sample

VALUES = {
    "pre_A:original_firstorder_Mean": 6.0,
    "pre_A:original_shape_MeshVolume": 3.0,
    "pre_V:original_firstorder_Mean": 4.0,
    "pre_V:original_shape_MeshVolume": 5.5,
}


def test_base_and_contributions_sum_to_the_margin_without_any_rounding() -> None:
    # Every number here is a small multiple of a power of two, so the sums are exact in floating point.
    model = sample.classifier("Radiomic-Pre")
    contributions = linear_contributions(model, VALUES)
    assert linear_base(model) + sum(contributions.values()) == linear_margin(model, VALUES)


def test_the_margin_is_that_computed_by_hand() -> None:
    # 0.125 + 0.5·(6−4)/2 − 0.125·(3−4)/2 + 0.5·(4−4)/2 − 0.125·(5.5−4)/2
    margin = linear_margin(sample.classifier("Radiomic-Pre"), VALUES)
    assert margin == 0.125 + 0.5 + 0.0625 + 0.0 - 0.09375


def test_a_contribution_is_the_shapley_value_over_all_orders() -> None:
    model = sample.classifier("Radiomic-Pre")
    contributions = linear_contributions(model, VALUES)
    for name in VALUES:
        assert math.isclose(contributions[name], shapley_value(model, name), abs_tol=1e-15)


def shapley_value(model: Classifier, name: str) -> float:
    """Average what a feature adds over all orders, absent features being at the background mean."""
    background = {feature.name: feature.background for feature in model.features}
    gains = []
    for order in itertools.permutations(VALUES):
        before = {**background, **{key: VALUES[key] for key in order[: order.index(name)]}}
        gains.append(linear_margin(model, {**before, name: VALUES[name]}) - linear_margin(model, before))
    return math.fsum(gains) / len(gains)
