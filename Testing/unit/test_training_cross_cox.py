"""Cox models judged out of fold: against a known truth, and that no patient helps to predict himself."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.fit_bundle import fit_cox_models, why_no_cox
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.concordance import harrell_c
from LWCTRLogic.training.chain import ChainSettings, fit_chain
from LWCTRLogic.training.cross_cox import FoldedCox, judge_cox_models, nested_scores
from LWCTRLogic.training.cross_fit import CrossFit, cross_fit_all, deal_folds
from LWCTRLogic.training.judging import folded_concordance
from LWCTRLogic.training.outcome import Outcome
from LWCTRLogic.training.plan import Plan
from LWCTRLogic.training.score_stage import CalibratedSvm

PLAN = Plan(chain=ChainSettings(selection="published"), folds=5, repeats=1, seed=3)
CHAIN = Pipeline([("score", CalibratedSvm(0))])


def virtual(patients: int, seed: int, signal: float = 1.0, features: int = 4) -> TrainingCohort:
    """Exponential survival from the scan on: the log hazard is a sum of two features and of mRECIST's PD."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, features))
    risk = signal * (x[:, 0] + 0.5 * x[:, 1])
    progressed = rng.random(patients) < 0.25
    landmark = np.full(patients, 1.8)
    death = landmark + rng.exponential(16 * np.exp(-risk - 0.6 * signal * progressed))
    end = rng.uniform(14, 60, patients)
    index = pd.Index([f"p{seed}-{number}" for number in range(patients)], name="case_id")
    names = [f"pre_A:original_firstorder_F{number}" for number in range(features)]
    none = np.full(patients, np.nan)
    return TrainingCohort(
        pd.DataFrame(x, index=index, columns=names),
        pd.DataFrame(index=index),
        pd.Series(np.where(progressed, "PD", "SD"), index=index),
        np.minimum(death, end),
        death <= end,
        none,
        np.zeros(patients, dtype=bool),
        landmark,
    )


def judge(cohort: TrainingCohort, plan: Plan = PLAN) -> tuple[CrossFit, tuple[FoldedCox, ...]]:
    outcome = Outcome(cohort.os_months, cohort.os_event)
    fold = deal_folds(outcome, plan.folds, 1, plan.seed)
    cross = cross_fit_all({"m": CHAIN}, {"m": cohort.features}, outcome, fold)["m"]
    models = fit_cox_models(cohort, cross.scores[0], 0, draws=0)
    return cross, judge_cox_models(cohort, models, CHAIN, cohort.features, cross, plan, Progress())


@cache
def judged() -> tuple[TrainingCohort, CrossFit, dict[str, FoldedCox]]:
    cohort = virtual(300, 1)
    cross, found = judge(cohort)
    return cohort, cross, {one.name: one for one in found}


def test_the_concordance_of_one_fold_is_harrells_and_pairs_of_two_folds_do_not_count() -> None:
    rng = np.random.default_rng(0)
    time, event = rng.integers(1, 20, 60).astype(float), rng.random(60) < 0.7
    risk = rng.integers(0, 8, 60).astype(float)
    whole = harrell_c(time, event, risk)
    found = folded_concordance(time, event, risk, np.zeros(60, dtype=int))
    assert found.value == pytest.approx(whole.estimate.value, rel=1e-13)
    np.testing.assert_allclose(60 * found.influence[0], whole.influence, atol=1e-12)
    half = np.repeat([0, 1], 30)
    parts = [harrell_c(time[half == k], event[half == k], risk[half == k]) for k in (0, 1)]
    both = sum(one.estimate.value * one.pairs for one in parts) / sum(one.pairs for one in parts)
    shifted = folded_concordance(time, event, risk + 100 * half, half)
    assert shifted.value == pytest.approx(both, rel=1e-13)
    with pytest.raises(InputError, match="no fold has two patients of a known order"):
        folded_concordance(time, np.zeros(60, dtype=bool), risk, half)


def test_the_nomogram_is_judged_as_it_does_on_new_patients() -> None:
    cohort, _, found = judged()
    measures = {item.name: item for item in found["Rad-Nomo"].measures}
    others = virtual(4000, 99)
    # What the same procedure does on many new patients, fitted to all of these.
    label, weight = cohort.response()
    fitted = fit_chain(CHAIN, cohort.features, label, weight)
    theirs = fitted.predict_proba(others.features)[:, 1]
    models = fit_cox_models(cohort, judged()[1].scores[0], 0, draws=0)
    terms = next(one for one in models if one.name == "Rad-Nomo").terms
    risk = terms[0].coefficient * theirs + terms[1].coefficient * (others.mrecist == "PD").to_numpy()
    truth = harrell_c(others.os_months - others.landmark, others.os_event, risk).estimate.value
    c = measures["C-index"]
    assert c.low < truth < c.high and abs(c.estimate - truth) < 0.04 and truth > 0.7
    for month in (12, 24, 36):
        slope = measures[f"calibration slope at {month} months"]
        assert slope.low < 1 < slope.high and 0.6 < slope.estimate < 1.6
        large = measures[f"calibration in the large at {month} months"]
        assert large.low < 0 < large.high
        assert measures[f"scaled Brier score at {month} months"].estimate > 0.1
        assert measures[f"AUC at {month} months"].estimate > 0.7
    assert "integrated Brier score, 12–36 months" in measures
    assert measures["C-index"].estimate > {i.name: i for i in found["mRECIST"].measures}["C-index"].estimate


def test_from_noise_the_nomogram_predicts_nothing_although_it_fits_its_own_patients() -> None:
    cohort = virtual(160, 7, signal=0.0, features=12)
    label, weight = cohort.response()
    own = fit_chain(CHAIN, cohort.features, label, weight).predict_proba(cohort.features)[:, 1]
    time = cohort.os_months - cohort.landmark
    resubstituted = harrell_c(time, cohort.os_event, -own).estimate.value
    c = {item.name: item for item in judge(cohort)[1][0].measures}["C-index"]
    assert resubstituted > 0.6 and c.low < 0.5 < c.high


def test_what_became_of_a_patient_does_not_touch_his_prediction() -> None:
    cohort, cross, before = judged()
    out = cross.fold[0] == 2
    months, event = cohort.os_months.copy(), cohort.os_event.copy()
    months[out], event[out] = months[out][::-1] * 0.5 + 2, ~event[out][::-1]
    other = replace(cohort, os_months=months, os_event=event)
    models = fit_cox_models(cohort, cross.scores[0], 0, draws=0)
    after = judge_cox_models(other, models, CHAIN, cohort.features, cross, PLAN, Progress())
    for one in after:
        np.testing.assert_array_equal(one.risk[out], before[one.name].risk[out])
        np.testing.assert_array_equal(one.survival[out], before[one.name].survival[out])
        assert (one.risk[~out] != before[one.name].risk[~out]).any()


def test_a_fold_is_scored_in_its_own_order_and_its_outcomes_touch_no_score() -> None:
    cohort, cross, _ = judged()
    outcome = Outcome(cohort.os_months, cohort.os_event)
    found = nested_scores(CHAIN, cohort.features, outcome, cross, PLAN, Progress())
    assert list(found) == [0, 1, 2, 3, 4]
    for number, scores in found.items():
        assert scores.shape == (1, 300) and np.isfinite(scores).all()
        out = cross.fold[0] == number
        np.testing.assert_array_equal(np.argsort(scores[0, out]), np.argsort(cross.margins[0, out]))
    out = cross.fold[0] == 2
    other = Outcome(np.where(out, 5.0, outcome.months), outcome.event | out)
    again = nested_scores(CHAIN, cohort.features, other, cross, PLAN, Progress())
    np.testing.assert_array_equal(again[2], found[2])
    assert (again[1] != found[1]).any()


def test_patients_without_mrecist_or_risk_have_no_prediction_and_small_cohorts_say_why() -> None:
    cohort, cross, found = judged()
    assert np.isfinite(found["Rad-Nomo"].risk).all() and found["Rad-Nomo"].months == (12.0, 24.0, 36.0)
    early = replace(cohort, landmark=np.where(np.arange(300) < 5, cohort.os_months, cohort.landmark))
    models = fit_cox_models(early, cross.scores[0], 0, draws=0)
    one = judge_cox_models(early, models, CHAIN, cohort.features, cross, PLAN, Progress())[0]
    assert np.isnan(one.risk[:5]).all() and np.isfinite(one.risk[5:]).all()
    few = cohort.rows(slice(0, 24))
    small = CrossFit(cross.scores[:, :24], cross.fold[:, :24], (), cross.margins[:, :24])
    one = judge_cox_models(few, models, CHAIN, few.features, small, PLAN, Progress())[0]
    assert one.measures == () and "without one fold" in one.not_done and np.isnan(one.risk).all()


def test_nothing_is_said_of_a_month_beyond_which_nearly_nobody_was_followed() -> None:
    cohort, cross, _ = judged()
    late = np.flatnonzero(cohort.os_months > 36 + 1.8)[4:]
    months, event = cohort.os_months.copy(), cohort.os_event.copy()
    months[late], event[late] = 30.0, False
    ended = replace(cohort, os_months=months, os_event=event)
    models = fit_cox_models(ended, cross.scores[0], 0, draws=0)
    one = judge_cox_models(ended, models, CHAIN, cohort.features, cross, PLAN, Progress())[0]
    assert one.months == (12.0, 24.0) and not any("36" in item.name for item in one.measures)


def test_a_grade_of_mrecist_without_any_event_gives_no_cox_model_of_mrecist() -> None:
    cohort, cross, _ = judged()
    spared = replace(cohort, os_event=cohort.os_event & (cohort.mrecist != "PD").to_numpy())
    assert why_no_cox(spared, "Rad-Nomo", "OS") == "all events are of patients with one grade of mRECIST"
    assert [one.name for one in fit_cox_models(spared, cross.scores[0], 0, draws=0)] == ["Rad-score"]
