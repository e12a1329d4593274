"""One number of an evaluation."""

from __future__ import annotations

import json
from math import nan

import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.metric import COLUMNS, Metric, measured, pick, plain
from LWCTRLogic.stats.estimate import Comparison, Estimate, Significance


def test_a_metric_becomes_json_without_nan() -> None:
    row = Metric("course", "median months", Estimate(12.5, 9.0, nan), p=nan).to_dict()
    assert tuple(row) == COLUMNS
    assert (row["value"], row["low"], row["high"], row["p"]) == (12.5, 9.0, None, None)
    json.dumps(row, allow_nan=False)


def test_what_cannot_be_estimated_says_why() -> None:
    def refused() -> Estimate:
        raise InputError("no event up to 36", "one at least")

    metric = measured(refused, topic="discrimination", name="AUC(t)", at=36.0, method="IPCW")
    assert metric.to_dict()["value"] is None
    assert metric.method == "not estimated: no event up to 36"
    assert metric.at == 36.0


def test_a_comparison_gives_its_difference_and_its_p_value() -> None:
    comparison = Comparison(Estimate(0.1, 0.02, 0.18), Significance(2.5, 0.012))
    metric = measured(lambda: comparison, topic="comparison", name="difference of AUC")
    assert (metric.estimate.value, metric.p) == (0.1, 0.012)


def test_metrics_are_picked_by_their_attributes_in_order() -> None:
    metrics = [Metric("a", "x", plain(1)), Metric("b", "x", plain(2)), Metric("a", "y", plain(3))]
    assert [one.estimate.value for one in pick(metrics, topic="a")] == [1, 3]
    with pytest.raises(AttributeError):
        pick(metrics, topik="a")
