"""The interval of an AUC of exactly 1."""

from __future__ import annotations

import math

import numpy as np
import pytest

from LWCTRLogic.stats.delong import auc_delong
from LWCTRLogic.stats.estimate import Estimate, bounded
from LWCTRLogic.stats.perfect import lowest_area, shown_area
from LWCTRLogic.stats.proportion import wilson


@pytest.mark.parametrize(
    ("positives", "negatives", "expected"),
    # found by R's uniroot on Newcombe's equation
    [(10, 10, 0.800213612881), (8, 40, 0.851271003657), (150, 100, 0.983756509501), (5, 300, 0.807402032591)],
)
def test_r_solves_newcombes_equation_alike(positives: int, negatives: int, expected: float) -> None:
    assert lowest_area(positives, negatives) == pytest.approx(expected, abs=1e-7)


def test_of_one_patient_each_it_is_wilsons_limit_of_one_of_one() -> None:
    assert lowest_area(1, 1) == pytest.approx(wilson(1, 1).low, abs=1e-12)


def test_a_perfect_area_has_an_interval_where_delong_has_none() -> None:
    label, score = np.repeat([0, 1], 10), np.arange(20.0)
    naive = auc_delong(label, score)
    assert (naive.low, naive.high) == (1.0, 1.0)
    found = shown_area(naive, 10, 10)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.8002136, abs=1e-6)
    assert math.isnan(found.se)
    turned = shown_area(auc_delong(label, -score), 10, 10)
    assert (turned.value, turned.low) == (0.0, 0.0)
    assert turned.high == pytest.approx(1 - found.low, abs=1e-12)


def test_other_areas_keep_their_limits() -> None:
    for one in (Estimate(0.8, 0.7, 0.9, 0.05), Estimate(0.98, 0.95, 1.01, 0.015), Estimate(math.nan)):
        assert str(shown_area(one, 30, 30)) == str(bounded(one))


def test_it_holds_areas_from_which_perfection_comes_by_chance() -> None:
    """Of normal scores whose true area is 0.9, 5 % of samples of 10 and 10 are separated without an error."""
    generator = np.random.default_rng(1)
    low = generator.normal(0, 1, (20_000, 10))
    high = generator.normal(math.sqrt(2) * 1.2816, 1, (20_000, 10))
    share = float((high.min(axis=1) > low.max(axis=1)).mean())
    assert 0.02 < share < 0.08
    assert lowest_area(10, 10) < 0.9
