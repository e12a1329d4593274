"""Cox models of a cohort with missing values, pooled over completed data sets."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
from scipy.special import expit

from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.fit_bundle import fit_cox_models, landmark_outcome, why_no_cox
from LWCTRLogic.models.pooled_cox import completed_grades, cumulative_hazard, fit_pooled_cox_models
from LWCTRLogic.stats.cox import fit_cox
from Testing.unit.training_cohort import make_files


@cache
def cohort() -> TrainingCohort:
    return make_files(Path(mkdtemp()), 140, signal=2.0).cohort


@cache
def scores() -> np.ndarray:
    """One score from a feature, and five data sets in which it is a little uncertain."""
    feature = cohort().features["post_A:original_firstorder_F0"].to_numpy()
    score = (feature - feature.mean()) / feature.std()
    return expit(score + 0.3 * np.random.default_rng(1).normal(size=(5, len(score))))


def holed() -> TrainingCohort:
    words = cohort().mrecist.copy()
    words.iloc[::6] = ""
    return replace(cohort(), mrecist=words)


def test_the_cumulative_hazard_is_nelson_and_aalens() -> None:
    found = cumulative_hazard(np.array([3.0, 1.0, 2.0, 2.0]), np.array([True, True, False, True]))
    assert found == pytest.approx([1 / 4 + 1 / 3 + 1, 1 / 4, 1 / 4 + 1 / 3, 1 / 4 + 1 / 3])


def test_data_sets_that_agree_give_the_model_of_one() -> None:
    same = np.tile(scores()[0], (5, 1))
    found = fit_pooled_cox_models(cohort(), same, 0, 20)
    plain = fit_cox_models(cohort(), scores()[0], 0, 20)
    assert [(m.endpoint, m.name) for m in found.models] == [(m.endpoint, m.name) for m in plain]
    for ours, theirs in zip(found.models, plain, strict=True):
        np.testing.assert_allclose(ours.hazard, theirs.hazard, rtol=1e-9)
        np.testing.assert_allclose(ours.covariance, theirs.covariance, rtol=1e-9)
        np.testing.assert_allclose(ours.mean_covariate, theirs.mean_covariate, rtol=1e-9, atol=1e-12)
        assert ours.performance == theirs.performance
    assert all(term.missing_information == 0 for item in found.pooled.values() for term in item.terms)


def test_coefficients_and_baseline_are_those_of_the_data_sets_on_average() -> None:
    found = fit_pooled_cox_models(cohort(), scores(), 0, 20)
    model = next(item for item in found.models if (item.endpoint, item.name) == ("OS", "Rad-score"))
    time, event, rows = landmark_outcome(cohort(), "OS")
    fits = [fit_cox(time, event, row[rows, None]) for row in scores()]
    assert model.terms[0].coefficient == pytest.approx(np.mean([fit.coefficients[0] for fit in fits]))
    centre = scores()[:, rows].mean()
    assert model.terms[0].centre == pytest.approx(centre)
    log_hazard = [
        np.log(fit.baseline.hazard) + fit.coefficients[0] * (centre - fit.centre[0]) for fit in fits
    ]
    np.testing.assert_allclose(np.log(model.hazard), np.mean(log_hazard, axis=0), rtol=1e-9)
    between = np.var([fit.coefficients[0] for fit in fits], ddof=1)
    within = np.mean([fit.covariance[0, 0] for fit in fits])
    assert model.covariance[0][0] == pytest.approx(within + 1.2 * between)


def test_a_missing_grade_is_drawn_and_what_was_seen_stays() -> None:
    time, _, rows = landmark_outcome(holed(), "OS")
    grades = completed_grades(holed(), "OS", scores(), 3)
    assert grades.shape == (5, len(time)) and set(np.unique(grades)) == {0.0, 1.0}
    seen = (holed().mrecist != "").to_numpy()[rows]
    truth = (cohort().mrecist == "PD").to_numpy()[rows]
    assert (grades[:, seen] == truth[seen]).all() and (grades[:, ~seen].std(axis=0) > 0).any()


def test_without_every_grade_all_six_models_are_there_and_say_what_was_lost() -> None:
    assert "mRECIST is missing in" in why_no_cox(holed(), "Rad-Nomo", "OS")
    found = fit_pooled_cox_models(holed(), scores(), 0, 20)
    assert len(found.models) == 6
    grade = found.pooled["OS", "Rad-Nomo"].terms[1]
    whole = fit_pooled_cox_models(cohort(), scores(), 0, 20).pooled["OS", "Rad-Nomo"].terms[1]
    assert 0 < grade.missing_information < 0.8
    assert abs(grade.estimate.value - whole.estimate.value) < 2 * whole.estimate.se
    nobody = replace(cohort(), mrecist=cohort().mrecist.where(cohort().mrecist == "x", ""))
    assert {item.name for item in fit_pooled_cox_models(nobody, scores(), 0, 20).models} == {"Rad-score"}
