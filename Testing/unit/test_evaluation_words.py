"""How an evaluation writes its numbers."""

from __future__ import annotations

from math import inf, nan

import pytest

from LWCTRLogic.evaluation.metric import Metric
from LWCTRLogic.evaluation.words import hazard_words, interval_words, p_words, percent_words
from LWCTRLogic.stats.estimate import Estimate


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (Estimate(0.784, 0.731, 0.834), "0.78 (0.73–0.83)"),
        (Estimate(-0.03, -0.29, 0.23), "−0.03 (−0.29 to 0.23)"),
        (Estimate(12.0), "12.00"),
        (Estimate(11.7, 0.4, nan), "11.70 (0.40–NR)"),
        (Estimate(1.0, 0.5, inf), "1.00 (0.50–∞)"),
        (Estimate(nan), "—"),
    ],
)
def test_an_estimate_is_written_with_its_interval(estimate: Estimate, words: str) -> None:
    assert interval_words(estimate) == words


def test_shares_are_written_in_per_cent() -> None:
    assert percent_words(Estimate(0.641, 0.57, 0.709)) == "64 (57–71)\u00a0%"
    assert percent_words(Estimate(nan)) == "—"


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.00002, "p < 0.001"), (0.0312, "p = 0.031"), (0.4567, "p = 0.46"), (None, ""), (nan, "")],
)
def test_a_p_value_is_written_as_print_does(p: float | None, words: str) -> None:
    assert p_words(p).replace("\u00a0", " ") == words


def test_the_hazard_ratio_of_all_is_picked_and_not_that_of_a_group() -> None:
    inside = Metric("groups", "hazard ratio", Estimate(9.0, 8.0, 10.0), group="responders")
    whole = Metric("groups", "hazard ratio", Estimate(0.33, 0.26, 0.42))
    assert hazard_words([inside, whole]) == "HR 0.33 (0.26–0.42)"
    assert hazard_words([inside]) == ""
