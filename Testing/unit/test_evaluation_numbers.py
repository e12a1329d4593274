"""The numbers of an evaluation: equal to the statistics on hand-made rows, and right about a known truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.classification import classification_metrics, reclassification_improvement
from LWCTRLogic.evaluation.comparisons import between_cohorts, comparison_metrics
from LWCTRLogic.evaluation.competing import competing_risk_metrics
from LWCTRLogic.evaluation.metric import Metric, pick
from LWCTRLogic.evaluation.reclassification import reclassification_metrics
from LWCTRLogic.evaluation.response import response_metrics
from LWCTRLogic.evaluation.scored import Score, ScoredCohort, SurvivalModel
from LWCTRLogic.evaluation.subgroups import subgroup_metrics
from LWCTRLogic.evaluation.survival import (
    MEAN,
    hazard_ratio,
    mrecist_responders,
    rankings,
    responders,
    survival_metrics,
)
from LWCTRLogic.evaluation.validation_size import validation_size_metrics
from LWCTRLogic.outcomes import Outcomes
from Testing.unit.scored_cohorts import scored_cohort


@pytest.fixture(scope="module")
def cohort() -> ScoredCohort:
    return scored_cohort(600, seed=5)  # of six seeds, 17 of 18 calibration intervals hold the truth


@pytest.fixture(scope="module")
def response(cohort: ScoredCohort) -> list[Metric]:
    return list(response_metrics(cohort, seed=1, draws=60))


@pytest.fixture(scope="module")
def survival(cohort: ScoredCohort) -> list[Metric]:
    return list(survival_metrics(cohort, seed=1, draws=20))


def one(metrics: list[Metric], **wanted: object) -> Metric:
    found = pick(metrics, **wanted)
    assert len(found) == 1, f"{len(found)} metrics for {wanted}"
    return found[0]


def five_patients() -> ScoredCohort:
    """Return patients without censoring, so that everything can be counted by hand."""
    outcomes = Outcomes(
        ("a", "b", "c", "d", "e"),
        np.array([3.0, 6.0, 20.0, 30.0, 40.0]),
        np.array([True, True, True, True, True]),
    )
    score = Score("score", np.array([0.1, 0.6, 0.4, 0.8, 0.9]), cutoff=0.5)
    mrecist = np.array(["PD", "SD", "SD", "PR", "PD"])
    return ScoredCohort("five", outcomes, (score,), mrecist)


# ---- by hand ------------------------------------------------------------------------------------------------
def test_the_auc_of_five_patients_is_that_counted_by_hand() -> None:
    metrics = list(response_metrics(five_patients(), seed=1, draws=20))
    # alive at 12 months: 0.4, 0.8, 0.9; dead: 0.1, 0.6; five of six pairs are in order
    for name in ("AUC", "AUC, censored left out"):
        assert one(metrics, name=name, score="score").estimate.value == pytest.approx(5 / 6, abs=1e-12)


def test_the_error_rates_of_five_patients_are_those_counted_by_hand() -> None:
    metrics = list(classification_metrics(five_patients()))
    rates = {metric.name: metric.estimate.value for metric in pick(metrics, score="score")}
    assert rates["sensitivity"] == pytest.approx(2 / 3)
    assert rates["specificity"] == pytest.approx(1 / 2)
    assert rates["PPV"] == pytest.approx(2 / 3)
    assert rates["NPV"] == pytest.approx(1 / 2)
    assert rates["Youden's J"] == pytest.approx(1 / 6)


def test_the_table_against_mrecist_counts_each_patient_once() -> None:
    metrics = list(reclassification_metrics(five_patients()))
    counts = {metric.group: metric.estimate.value for metric in metrics if metric.name == "patients"}
    assert counts["PD, responders"] == 1
    assert counts["PD, non-responders"] == 1
    assert counts["SD, responders"] == 1
    assert counts["PR, responders"] == 1
    assert sum(counts.values()) == 5


def test_progression_by_mrecist_is_the_only_non_response() -> None:
    np.testing.assert_array_equal(mrecist_responders(five_patients()), [0, 1, 1, 1, 0])


def test_a_patient_without_a_score_is_neither_responder_nor_non_responder() -> None:
    called = responders(Score("s", np.array([0.2, np.nan, 0.5]), cutoff=0.5))
    np.testing.assert_array_equal(called, [0, np.nan, 1])


# ---- the truth ----------------------------------------------------------------------------------------------
def test_true_probabilities_have_slope_one_and_noise_has_none(response: list[Metric]) -> None:
    slope = one(response, name="calibration slope", score="knowing").estimate
    assert slope.low < 1 < slope.high
    flat = one(response, name="calibration slope", score="noise").estimate
    assert flat.low < 0 < flat.high


def test_noise_is_not_told_from_chance(response: list[Metric]) -> None:
    for name in ("AUC", "AUC, bootstrap interval"):
        area = one(response, name=name, score="noise").estimate
        assert area.low < 0.5 < area.high


def test_the_two_intervals_of_an_auc_agree(response: list[Metric]) -> None:
    influence = one(response, name="AUC", score="knowing").estimate
    bootstrap = one(response, name="AUC, bootstrap interval", score="knowing").estimate
    assert bootstrap.value == pytest.approx(influence.value, abs=1e-12)
    assert bootstrap.low == pytest.approx(influence.low, abs=0.02)


def test_true_survival_of_a_cox_model_is_calibrated_at_each_of_its_months(survival: list[Metric]) -> None:
    slopes = pick(survival, name="calibration slope", score="Rad-Nomo")
    assert [metric.at for metric in slopes] == [12, 24, 36]
    assert all(metric.estimate.low < 1 < metric.estimate.high for metric in slopes)


def test_the_true_risk_lets_hazards_be_proportional(survival: list[Metric], cohort: ScoredCohort) -> None:
    assert one(survival, name="Harrell's C", score="Rad-Nomo", endpoint="OS").estimate.value > 0.65
    hazard = one(survival, name="hazard ratio per +10 points", score="knowing", endpoint="OS").estimate
    assert hazard.high < 1


def test_responders_live_longer_by_the_log_rank_test(survival: list[Metric]) -> None:
    test = one(survival, name="log-rank χ²", score="knowing", endpoint="OS")
    assert test.p is not None
    assert test.p < 1e-6


def test_mrecist_cannot_part_those_who_are_all_without_progression(survival: list[Metric]) -> None:
    found = one(survival, name="hazard ratio, responders against the others", score="mRECIST", endpoint="PFS")
    assert np.isnan(found.estimate.value)
    assert found.method.startswith("not estimated")


def test_the_knowing_score_beats_noise_by_the_difference_of_their_areas(
    cohort: ScoredCohort, response: list[Metric]
) -> None:
    difference = one(
        list(comparison_metrics(cohort)), name="difference of AUC", score="knowing", versus="noise"
    )
    areas = [one(response, name="AUC", score=name).estimate.value for name in ("knowing", "noise")]
    assert difference.estimate.value == pytest.approx(areas[0] - areas[1], abs=1e-12)
    assert difference.estimate.low > 0


def test_equal_scores_do_not_differ_between_two_draws_of_the_same_patients(cohort: ScoredCohort) -> None:
    metrics = list(between_cohorts(cohort, scored_cohort(600, seed=8)))
    here, there, difference = (metric.estimate for metric in pick(metrics, score="knowing"))
    assert difference.low < 0 < difference.high
    assert difference.value == pytest.approx(here.value - there.value)
    assert [metric.name for metric in metrics[:2]] == ["AUC here", "AUC there"]


def test_a_subgroup_is_judged_on_its_own_patients(cohort: ScoredCohort) -> None:
    metrics = list(subgroup_metrics(cohort, cohort.scores[0]))
    sizes = {metric.group: metric.patients for metric in pick(metrics, name="AUC")}
    assert sizes == {
        "centre: A": int((cohort.groups["centre"] == "A").sum()),
        "centre: B": int((cohort.groups["centre"] == "B").sum()),
    }
    assert one(metrics, name="interaction χ²").p is not None


def test_a_subgroup_of_a_few_patients_is_named_and_not_estimated(cohort: ScoredCohort) -> None:
    levels = np.array(["few"] * 8 + ["many"] * 100 + ["others"] * (len(cohort) - 108))
    metrics = list(subgroup_metrics(replace(cohort, groups={"size": levels}), cohort.scores[0]))
    few = one(metrics, group="size: few", name="AUC")
    assert (few.patients, np.isnan(few.estimate.value)) == (8, True)
    assert few.method == "not estimated: the subgroup has fewer than 10 patients"
    assert np.isnan(one(metrics, group="size: few", endpoint="OS").estimate.value)
    followed = cohort.follow_up("OS").rows
    assert one(metrics, group="size", name="interaction χ²").patients == int(followed[8:].sum())


def test_subgroups_by_mrecist_stand_from_the_best_class_to_the_worst(cohort: ScoredCohort) -> None:
    classes = replace(cohort, groups={"mRECIST": cohort.mrecist})
    metrics = pick(list(subgroup_metrics(classes, cohort.scores[0])), name="AUC")
    assert [metric.group for metric in metrics] == [
        "mRECIST: CR",
        "mRECIST: PR",
        "mRECIST: SD",
        "mRECIST: PD",
    ]


def test_causes_of_death_share_out_the_incidence_of_all_deaths(cohort: ScoredCohort) -> None:
    metrics = list(competing_risk_metrics(cohort))
    both = [
        one(metrics, name="cumulative incidence", group=f"{cause}, non-responders").estimate.value
        for cause in ("cancer", "other")
    ]
    follow_up = cohort.follow_up("OS")
    rows = responders(cohort.scores[0])[follow_up.rows] == 0
    from LWCTRLogic.stats.survival_curves import survival_curve

    died = 1 - survival_curve(follow_up.months[rows], follow_up.event[rows]).at(12).value
    assert sum(both) == pytest.approx(died, abs=1e-12)


def test_without_causes_of_death_nothing_is_said_of_them(cohort: ScoredCohort) -> None:
    plain = replace(cohort, outcomes=replace(cohort.outcomes, cause=None))
    assert list(competing_risk_metrics(plain)) == []


def test_reclassification_is_computed_when_asked_for(cohort: ScoredCohort) -> None:
    metrics = list(reclassification_improvement(cohort))
    assert one(metrics, name="IDI").estimate.value > 0
    assert one(metrics, name="continuous NRI").versus == "noise"


def test_mean_months_of_the_groups_differ_by_the_difference_that_is_given(survival: list[Metric]) -> None:
    found = {
        group: one(survival, score="knowing", endpoint="OS", name=MEAN, group=group).estimate.value
        for group in ("responders", "non-responders")
    }
    gap = one(survival, score="knowing", endpoint="OS", name=f"difference of {MEAN}")
    assert gap.estimate.value == pytest.approx(found["responders"] - found["non-responders"])
    assert gap.estimate.low > 0


def test_mean_months_stop_where_the_shorter_followed_group_ends(cohort: ScoredCohort) -> None:
    late = np.flatnonzero(cohort.outcomes.os_months > 30)
    months = cohort.outcomes.os_months.copy()
    months[late] = 30.0
    short = replace(cohort, outcomes=replace(cohort.outcomes, os_months=months))
    gap = one(
        list(survival_metrics(short, seed=1, draws=20)),
        score="knowing",
        endpoint="OS",
        name=f"difference of {MEAN}",
    )
    assert gap.at is not None
    assert 25 < gap.at < 30
    assert np.isfinite(gap.estimate.value)


def test_survival_beyond_the_last_follow_up_says_so(cohort: ScoredCohort) -> None:
    months = np.minimum(cohort.outcomes.os_months, 30.0)
    event = cohort.outcomes.os_event & (cohort.outcomes.os_months <= 30.0)
    short = replace(cohort, outcomes=replace(cohort.outcomes, os_months=months, os_event=event))
    last = one(
        list(survival_metrics(short, seed=1, draws=20)),
        topic="course",
        endpoint="OS",
        name="free of event",
        at=36,
    )
    assert last.method.startswith("not estimated: nobody was followed for longer than 28.")


def test_a_cox_model_of_one_score_is_not_ranked_beside_that_score(cohort: ScoredCohort) -> None:
    score = cohort.scores[0]
    alone = SurvivalModel("Cox: Rad-score", "OS", 2.0 - 3.0 * score.values, (12.0,), score.values[:, None])
    names = [ranking.name for ranking in rankings(replace(cohort, survival=(*cohort.survival, alone)), "OS")]
    assert names == ["knowing", "noise", "mRECIST", "Rad-Nomo"]


def test_a_score_of_three_values_has_a_slope_and_says_why_it_has_no_curve(cohort: ScoredCohort) -> None:
    """All with the lowest value are dead: a curve through three points would fall to minus infinity there."""
    dead = np.flatnonzero(cohort.outcomes.os_event & (cohort.outcomes.os_months < 12))[:90]
    values = np.random.default_rng(1).choice([0.5, 0.7], len(cohort))
    values[dead] = 0.3
    three = replace(cohort, scores=(Score("three", values),), survival=())
    metrics = list(response_metrics(three, seed=1, draws=20))
    slope = one(metrics, topic="calibration", name="calibration slope", score="three").estimate
    assert slope.low < slope.value < slope.high
    distance = one(metrics, name="integrated calibration index", score="three")
    assert np.isnan(distance.estimate.value) and distance.method.startswith("not estimated: ")


def test_distances_from_the_diagonal_have_limits(response: list[Metric]) -> None:
    for name in ("integrated calibration index", "E90"):
        found = one(response, score="knowing", name=name).estimate
        assert found.low < found.high


def test_the_needed_size_of_a_validation_is_given_for_probabilities_only(cohort: ScoredCohort) -> None:
    sizes = [metric.estimate.value for metric in validation_size_metrics(cohort)]
    assert len(sizes) == 3
    assert min(sizes) > 100
    plain = replace(cohort, scores=(Score("risk", cohort.scores[0].values, is_probability=False),))
    assert list(validation_size_metrics(plain)) == []


def test_a_group_without_any_event_has_no_hazard_ratio(cohort: ScoredCohort) -> None:
    follow_up = cohort.follow_up("OS")
    group = np.where(follow_up.event, 0.0, 1.0)
    with pytest.raises(InputError, match="one of the groups had no event"):
        hazard_ratio(follow_up.months, follow_up.event, group)
    with pytest.raises(InputError, match="all patients have one value"):
        hazard_ratio(follow_up.months, follow_up.event, np.ones(len(group)))


def test_score_and_mrecist_of_five_patients_agree_as_counted_by_hand() -> None:
    metrics = list(reclassification_metrics(five_patients()))
    # score: b, d, e responders; mRECIST: b, c, d; a is called alike by both, as are b and d
    share = one(metrics, name="share called otherwise than by mRECIST").estimate
    assert share.value == pytest.approx(2 / 5)
    # observed 3/5, expected (3·3 + 2·2) / 25
    assert one(metrics, name="Cohen's kappa").estimate.value == pytest.approx((0.6 - 0.52) / 0.48)
    assert one(metrics, name="share of the class", group="PD, responders").estimate.value == 0.5
    assert "2 events" in one(metrics, group="PD", name="hazard ratio, responders against the others").method
