"""Every number of an evaluation has an interval, or says why it has none."""

from __future__ import annotations

from dataclasses import replace
from math import isnan, nan

import numpy as np
import pytest

from LWCTRLogic.evaluation.attribution import Attribution
from LWCTRLogic.evaluation.intervals import NONE, RULES, interval_of
from LWCTRLogic.evaluation.material import Material
from LWCTRLogic.evaluation.metric import pick
from LWCTRLogic.evaluation.overlap import Overlap
from LWCTRLogic.evaluation.reliability import reliability_of
from LWCTRLogic.evaluation.results import Evaluation, evaluate_cohort
from LWCTRLogic.evaluation.scored import Score
from LWCTRLogic.evaluation.sections.tables import dash_note
from LWCTRLogic.models.bundle import Classifier, Feature, Range
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.perfect import lowest_area
from LWCTRLogic.training.icc_filter import Readings
from Testing.unit.scored_cohorts import scored_cohort


def classifier() -> Classifier:
    features = tuple(
        Feature(f"post_V:{name}", 0.0, 1.0, weight, 0.0, Range(-3, -2, 0, 2, 3), {})
        for name, weight in (("a", 1.0), ("b", -0.5))
    )
    return Classifier("LWCTR", features, 0.0, 1.0, 0.0, 0.5)


def material() -> Material:
    draw = np.random.default_rng(2)
    noise = np.linspace(0.1, 1.0, 60)
    truth = draw.normal(size=(24, 1, 60))
    occasions = (("one", "1"), ("one", "2"), ("two", "1"))
    names = tuple(f"pre_A:feature_{number}" for number in range(60))
    values = truth + noise * draw.normal(size=(24, 3, 60))
    readings = Readings(tuple(f"p{n}" for n in range(24)), names, values, ("empty",), occasions)
    inputs = draw.normal(size=(60, 2))
    masks = Overlap("pre_A", "between readers", ("a", "b", "c"), *(np.array([0.9, 0.8, 0.95]),) * 3)
    return Material(
        attribution=Attribution(classifier(), inputs, inputs * [1.0, -0.5]),
        reliability=reliability_of(readings),
        overlaps=(masks,),
        other=replace(scored_cohort(100, seed=9), name="others"),
    )


@pytest.fixture(scope="module")
def everything() -> Evaluation:
    return evaluate_cohort(scored_cohort(), draws=20, improvement=True, material=material())


def test_every_number_has_an_interval_or_says_why_it_has_none(everything: Evaluation) -> None:
    for one in everything.metrics:
        value, limits = one.estimate.value, (one.estimate.low, one.estimate.high)
        assert one.interval, one
        if one.interval.startswith(NONE):
            assert isnan(value) or all(map(isnan, limits)), one
        else:
            assert not all(map(isnan, limits)), one


def test_only_counts_tests_plans_and_what_was_given_go_without(everything: Evaluation) -> None:
    known = [one for one in everything.metrics if not isnan(one.estimate.value)]
    # The score and the Cox model order these patients alike, so their areas cannot differ.
    known = [one for one in known if not (one.topic == "comparison" and one.estimate.value == 0)]
    bare = {one.name for one in known if one.interval.startswith(NONE)}
    bare = {name for name in bare if "χ²" not in name and ", Q" not in name and "interval 0." not in name}
    assert bare <= {
        "alive at the horizon", "dead by the horizon", "censored before the horizon", "patients", "cut-off",
    }  # fmt: skip


def test_every_interval_holds_its_number(everything: Evaluation) -> None:
    for one in everything.metrics:
        if one.name in ("integrated calibration index", "E90"):
            continue  # percentiles of a distance lie high and may miss it
        low, high = one.estimate.low, one.estimate.high
        assert isnan(low) or low <= one.estimate.value + 1e-12, one
        assert isnan(high) or one.estimate.value <= high + 1e-12, one


def test_every_topic_of_an_evaluation_has_its_rule_used(everything: Evaluation) -> None:
    topics = {one.topic for one in everything.metrics}
    assert topics == {topic for rule in RULES for topic in rule.topic.split("|")}


def test_the_words_go_with_each_number_into_the_tables(everything: Evaluation) -> None:
    assert all(one.to_dict()["interval"] == one.interval for one in everything.metrics)


def test_a_number_that_no_rule_knows_is_an_error_of_ours() -> None:
    with pytest.raises(LookupError, match="no rule"):
        interval_of("discrimination", "a new figure", Estimate(0.5, 0.4, 0.6))


def test_a_number_whose_interval_failed_says_so() -> None:
    assert interval_of("overlap", "Dice", Estimate(0.9)) == "none: one patient only"
    assert interval_of("overlap", "Dice", Estimate(nan)) == "none: no value"
    assert interval_of("groups", "median months", Estimate(20.0, 15.0, nan)).startswith("Brookmeyer")


# ---- by hand ------------------------------------------------------------------------------------------------
def test_acting_on_everybody_has_the_net_benefit_and_limits_of_the_survival(everything: Evaluation) -> None:
    alive = pick(everything.metrics, topic="cohort", name="survival at the horizon")[0].estimate
    found = pick(everything.metrics, name="net benefit, everybody", score="knowing", at=0.2)[0].estimate
    odds = 0.25
    for value, share in ((found.value, alive.value), (found.low, alive.high), (found.high, alive.low)):
        assert value == pytest.approx((1 - share) - share * odds, abs=1e-12)


def test_attributions_have_the_mean_of_their_sizes(everything: Evaluation) -> None:
    found = pick(everything.metrics, topic="attribution")
    sizes = np.abs(everything.material.attribution.contributions)  # type: ignore[union-attr]
    assert [one.group for one in found] == ["post_V:a", "post_V:b"]
    assert found[0].estimate.value == pytest.approx(sizes[:, 0].mean(), abs=1e-12)
    assert everything.to_dict()["attribution"]["mean_absolute"]["post_V:a"]["low"] == found[0].estimate.low


def test_the_difference_of_brier_scores_is_that_of_the_two(everything: Evaluation) -> None:
    found = pick(everything.metrics, name="difference of Brier score")[0]
    scores = [
        pick(everything.metrics, name="Brier score", score=name, endpoint="response")[0].estimate.value
        for name in ("knowing", "noise")
    ]
    assert found.estimate.value == pytest.approx(scores[0] - scores[1], abs=1e-12)
    assert found.p is not None
    assert found.p < 0.001


def test_mrecist_has_no_cut_off(everything: Evaluation) -> None:
    names = {one.score for one in pick(everything.metrics, name="cut-off")}
    assert names == {"knowing", "noise"}


@pytest.fixture(scope="module")
def perfect() -> Evaluation:
    """Return scores that separate the dead from the living without an error, order all events, or are all alike."""
    cohort = scored_cohort(60)
    months = cohort.outcomes.os_months
    alive = np.where(months > 12, 0.9, 0.1)
    scores = (
        Score("perfect", alive, cutoff=0.5),
        Score("times", months / 100),
        Score("flat", np.full(60, 0.4), cutoff=0.2),
    )
    return evaluate_cohort(
        replace(cohort, scores=scores, outcomes=replace(cohort.outcomes, landmark=None)), draws=20
    )


def test_no_number_has_an_interval_without_width(perfect: Evaluation, everything: Evaluation) -> None:
    for one in (*perfect.metrics, *everything.metrics):
        low, high = one.estimate.low, one.estimate.high
        assert isnan(low) or isnan(high) or high > low, one


def test_a_perfect_area_has_newcombes_interval(perfect: Evaluation) -> None:
    for name in ("AUC", "AUC, censored left out"):
        (one,) = pick(
            perfect.metrics, topic="discrimination", name=name, score="perfect", endpoint="response"
        )
        counts = {
            count.name: int(count.estimate.value) for count in pick(perfect.metrics, topic="cohort")[:2]
        }
        low = lowest_area(counts["alive at the horizon"], counts["dead by the horizon"])
        assert (one.estimate.value, one.estimate.high) == (1.0, 1.0)
        assert one.estimate.low == pytest.approx(low)
        assert "Newcombe" in one.interval


def test_a_bootstrap_of_a_perfect_area_says_why_it_has_no_limits(perfect: Evaluation) -> None:
    (one,) = pick(perfect.metrics, name="AUC, bootstrap interval", score="perfect")
    assert (one.estimate.value, isnan(one.estimate.low), one.is_bare) == (1.0, True, True)
    assert one.interval.startswith("none: all draws of patients have this value")


def test_a_perfect_order_has_no_interval_and_a_difference_without_error_no_p(perfect: Evaluation) -> None:
    (one,) = pick(perfect.metrics, name="Harrell's C", score="times", endpoint="OS")
    assert one.estimate.value == pytest.approx(1.0)
    assert (
        one.interval
        == "none: no patient differs from another in it, and an error follows from how they differ"
    )
    (difference,) = pick(perfect.metrics, name="difference of AUC, censored left out", versus="times")
    assert (difference.estimate.value, difference.p, difference.is_bare) == (0.0, None, True)


def test_the_report_says_why_a_number_stands_without_an_interval(perfect: Evaluation) -> None:
    note = dash_note(pick(perfect.metrics, endpoint="response"))
    assert note is not None
    assert (
        "Without an interval: AUC, bootstrap interval at 12 (all draws of patients have this value"
        in note.text
    )
