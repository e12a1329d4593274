"""Judging a centre by the others: centres that the others give no model for, or that have one class only."""

from __future__ import annotations

import math

import numpy as np
import pytest

from LWCTRLogic.training.centres import judge_centres
from LWCTRLogic.training.judging import folded_auc


def three_centres() -> tuple[np.ndarray, ...]:
    """A large centre with one score for all, and two small ones with a signal."""
    rng = np.random.default_rng(5)
    centre = np.repeat(["a", "b", "c"], [300, 40, 40])
    label = rng.random(380) < 0.5
    scores = label + rng.normal(size=380)
    scores[centre == "a"] = 0.41
    return scores, centre, label, np.ones(380)


def test_a_centre_without_a_model_says_so_and_does_not_narrow_the_interval_of_all() -> None:
    scores, centre, label, weight = three_centres()
    everyone, *each = judge_centres(scores, centre, label, weight)
    assert [(row.centre, row.patients) for row in each] == [("a", 300), ("b", 40), ("c", 40)]
    assert math.isnan(each[0].auc) and "one score to all" in each[0].remark
    # by hand: pairs within b and within c
    wins = pairs = 0.0
    for name in "bc":
        yes, no = scores[(centre == name) & label], scores[(centre == name) & ~label]
        wins += (yes[:, None] > no).sum()
        pairs += len(yes) * len(no)
    assert everyone.auc == pytest.approx(wins / pairs) and everyone.patients == 80 and not everyone.remark
    narrowest = min(row.high - row.low for row in each[1:])
    assert 0.5 * narrowest < everyone.high - everyone.low < narrowest


def test_a_centre_of_one_class_says_so_and_the_others_are_judged() -> None:
    scores, centre, label, weight = three_centres()
    label = label | (centre == "b")
    everyone, *each = judge_centres(scores, centre, label, weight)
    assert each[1].remark == "patients of one class only" and everyone.patients == 40
    assert (everyone.auc, everyone.low, everyone.high) == (each[2].auc, each[2].low, each[2].high)


def test_without_any_model_there_is_no_row_over_centres() -> None:
    _, centre, label, weight = three_centres()
    found = judge_centres(np.full(380, 0.5), centre, label, weight)
    assert [row.centre for row in found] == ["a", "b", "c"] and all(row.remark for row in found)


def test_where_every_centre_has_a_model_it_is_the_auc_within_centres() -> None:
    scores, centre, label, weight = three_centres()
    scores = scores + np.arange(380) / 1e3
    fold = np.unique(centre, return_inverse=True)[1]
    expected = folded_auc(scores[None], fold[None], label, weight)
    everyone = judge_centres(scores, centre, label, weight)[0]
    assert (everyone.auc, everyone.low, everyone.high) == (expected.value, *expected.interval())
