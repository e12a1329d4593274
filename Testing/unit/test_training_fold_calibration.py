"""Probabilities calibrated on patients left out: right on new patients, although features were chosen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from LWCTRLogic.models.fit_score import fit_score
from LWCTRLogic.stats.calibration import calibration_slope
from LWCTRLogic.training.chain import ChainSettings, fit_chain, make_chain
from LWCTRLogic.training.cross_fit import cross_fit_all, deal_folds
from LWCTRLogic.training.fold_calibration import (
    SMALLEST_SLOPE,
    MarginScale,
    calibrate_by_others,
    fit_calibration,
)
from LWCTRLogic.training.outcome import Outcome


def observed(alive: np.ndarray) -> Outcome:
    """Everybody's outcome is known: dead at 6 months, or followed for 24."""
    return Outcome(np.where(alive, 24.0, 6.0), ~alive)


def test_the_calibration_is_a_logistic_regression_on_the_margins() -> None:
    rng = np.random.default_rng(0)
    margins = rng.normal(size=2000)
    alive = rng.random(2000) < expit(0.7 * margins + 0.4)
    found = fit_calibration(margins[None], observed(alive))
    oracle = LogisticRegression(C=np.inf).fit(margins[:, None], alive)
    # Platt's targets move a fit to 2,000 patients in the third digit
    assert found.slope == pytest.approx(oracle.coef_[0, 0], rel=0.01)
    assert found.offset == pytest.approx(oracle.intercept_[0], rel=0.01)


def test_a_patient_counts_once_however_many_repeats_there_are() -> None:
    rng = np.random.default_rng(1)
    margins = rng.normal(size=60)
    alive = rng.random(60) < expit(margins)
    once, thrice = (fit_calibration(np.tile(margins, (count, 1)), observed(alive)) for count in (1, 3))
    assert once.slope == pytest.approx(thrice.slope, rel=1e-9)
    assert once.offset == pytest.approx(thrice.offset, rel=1e-9)


def test_patients_lost_before_12_months_weigh_nothing() -> None:
    rng = np.random.default_rng(2)
    margins = rng.normal(size=(1, 80))
    outcome = Outcome(rng.uniform(1, 30, 80), rng.random(80) < 0.6)
    lost = (outcome.months < 12) & ~outcome.event
    changed = np.where(lost, 100.0, margins)
    assert lost.sum() > 5 and fit_calibration(margins, outcome) == fit_calibration(changed, outcome)


def test_margins_without_signal_give_nearly_one_probability_in_the_same_order() -> None:
    rng = np.random.default_rng(3)
    alive = rng.random(100) < 0.4
    margins = rng.normal(size=100) - 2 * alive
    found = fit_calibration(margins[None], observed(alive))
    scores = found.probability(margins)
    assert found.slope == SMALLEST_SLOPE and np.ptp(scores) < 0.02
    assert scores.mean() == pytest.approx(alive.mean(), abs=1e-3)
    np.testing.assert_array_equal(np.argsort(scores), np.argsort(margins))


def test_fits_that_found_nothing_calibrate_no_other_by_their_rounding_errors() -> None:
    rng = np.random.default_rng(5)
    fold, alive = np.arange(90)[None] % 3, rng.random(90) < 0.4
    logits = np.where(fold == 2, rng.normal(size=90), -0.3143273961096408)
    # one score for all, whose mean misses it by the last bit: 80 equal numbers
    nothing = MarginScale.of(np.full(80, -0.3143273961096408))
    margins = np.where(fold == 2, logits, nothing.margins(logits))
    rounded = margins + np.where((fold != 2) & alive, 5e-17, 0)  # as it may fall: a slope of 1e16
    for item in (margins, rounded):
        found = calibrate_by_others(fold, item, observed(alive)).probability(item)
        np.testing.assert_allclose(found[fold == 2], alive[fold[0] != 2].mean(), atol=0.02)
    assert MarginScale.of(np.array([0.3, 0.3 + 1e-16, 0.3 + 1e-16])).sd == 1


def test_fits_of_different_scales_are_calibrated_as_one() -> None:
    rng = np.random.default_rng(4)
    fold = np.arange(4000) % 4
    logits = rng.normal(size=4000)
    alive = rng.random(4000) < expit(0.8 * logits)
    stretched = logits * np.array([0.2, 1.0, 5.0, 25.0])[fold] + fold
    margins = np.empty(4000)
    for number in range(4):
        inside = fold == number
        margins[inside] = MarginScale.of(stretched[inside]).margins(stretched[inside])
    assert fit_calibration(margins[None], observed(alive)).slope == pytest.approx(0.8, abs=0.1)
    assert fit_calibration(stretched[None], observed(alive)).slope < 0.1


def test_a_fold_is_calibrated_by_the_other_folds_alone() -> None:
    rng = np.random.default_rng(5)
    fold = np.array([np.arange(90) % 3, rng.permutation(90) % 3])
    margins = rng.normal(size=(2, 90))
    alive = rng.random(90) < expit(margins[0])
    before = calibrate_by_others(fold, margins, observed(alive))
    other = alive.copy()
    other[fold[0] == 1] ^= True
    after = calibrate_by_others(fold, margins, observed(other))
    inside = fold[0] == 1
    np.testing.assert_array_equal(before.slope[0, inside], after.slope[0, inside])
    assert (before.slope[0, ~inside] != after.slope[0, ~inside]).all()
    by_hand = fit_calibration(margins[:, ~inside], observed(alive[~inside]))
    assert set(before.offset[0, inside]) == {by_hand.offset}
    assert before.of_sets().probability(np.zeros((2, 5, 90))).shape == (2, 5, 90)


def test_a_linear_score_calibrated_so_gives_the_same_probabilities() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(80, 3))
    alive = x[:, 0] + rng.normal(size=80) > 0
    score = fit_score(x, alive, np.ones(80), 0)
    scale = MarginScale.of(score.logit(x))
    calibration = fit_calibration(rng.normal(size=(1, 80)) + alive, observed(alive))
    new = rng.normal(size=(20, 3))
    wanted = calibration.probability(scale.margins(score.logit(new)))
    np.testing.assert_allclose(calibration.of_score(score, scale).score(new), wanted, rtol=1e-12)


def test_after_choosing_among_many_features_probabilities_hold_for_new_patients() -> None:
    chain = make_chain(ChainSettings(lasso_folds=5), None, 0)
    plain, wanted, found, told = [], [], [], []
    for seed in range(5):
        x, alive = draw(150, seed)
        outcome = observed(alive)
        cross = cross_fit_all({"m": chain}, {"m": x}, outcome, deal_folds(outcome, 8, 1, seed))["m"]
        fitted = fit_chain(chain, x, *outcome.response())
        new, truth = draw(3000, seed + 100)
        logits = fitted.decision_function(new)
        margins = MarginScale.of(fitted.decision_function(x)).margins(logits)
        plain.append(calibration_slope(truth, expit(logits))[0])
        wanted.append(calibration_slope(truth, expit(margins))[0])
        found.append(fit_calibration(cross.margins, outcome).slope)
        told.append(calibration_slope(alive, cross.scores[0])[0])
    # One cohort's slope is uncertain by a fourth, and the fits without a fold have fewer patients.
    assert np.mean(plain) < 0.6
    assert np.mean(wanted) / np.mean(found) == pytest.approx(1.1, abs=0.25)
    assert np.median(told) == pytest.approx(1, abs=0.2)


def draw(patients: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Patients with 300 features, five of which tell something."""
    rng = np.random.default_rng(seed)
    risk = rng.normal(size=patients)
    x = rng.normal(size=(patients, 300))
    x[:, :5] += 0.6 * risk[:, None]
    columns = [f"pre_A:original_firstorder_F{number}" for number in range(300)]
    return pd.DataFrame(x, columns=columns), rng.random(patients) < expit(2 * risk)
