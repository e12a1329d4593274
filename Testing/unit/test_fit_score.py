"""A fitted score, and that no patient helps to fit the score that judges him."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.fit_score import fit_score, folds, held_out_margins
from LWCTRLogic.stats.discrimination import weighted_auc


def make_data(patients: int, signal: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, patients).astype(bool)
    x = rng.normal(size=(patients, 20)) * rng.uniform(0.01, 100, 20)
    x[:, 0] += signal * label * x[:, 0].std()
    return x, label, np.ones(patients)


def test_a_true_signal_is_found_in_margins_that_never_saw_the_patient() -> None:
    x, label, weight = make_data(80, 3.0)
    margins = held_out_margins(x, label, weight, folds(label, weight, 10, 1), 0.01)
    assert weighted_auc(label, margins) > 0.85


def test_a_patient_does_not_touch_the_margins_of_his_own_fold() -> None:
    x, label, weight = make_data(40, 1.0)
    changed = x.copy()
    changed[7] *= 100
    fold = folds(label, weight, 10, 3)
    before, after = (held_out_margins(data, label, weight, fold, 0.1) for data in (x, changed))
    same = fold == fold[7]
    same[7] = False
    assert same.sum() == 3
    np.testing.assert_array_equal(before[same], after[same])
    assert (before[~same] != after[~same]).any()


def test_the_classes_and_the_unknown_are_dealt_evenly_into_the_folds() -> None:
    label = np.arange(50) < 20
    weight = np.where(np.arange(50) % 5 == 0, 0.0, 1.0)
    fold = folds(label, weight, 5, 0)
    for group in (label & (weight > 0), ~label & (weight > 0), weight == 0):
        counts = np.bincount(fold[group], minlength=5)
        assert counts.max() - counts.min() <= 1
    assert np.bincount(fold).tolist() == [10] * 5


def test_a_patient_of_unknown_outcome_may_have_any_label() -> None:
    x, label, weight = make_data(50, 2.0)
    weight[4] = 0.0
    other = label.copy()
    other[4] = ~other[4]
    first, second = fit_score(x, label, weight, 0), fit_score(x, other, weight, 0)
    np.testing.assert_array_equal(first.weights, second.weights)
    assert (first.slope, first.offset) == (second.slope, second.offset)


def test_margins_that_point_the_wrong_way_give_everyone_the_same_score() -> None:
    # Leave-one-out on a balanced constant-ish input points the wrong way.
    label = np.array([False, True] * 10)
    x = np.zeros((20, 1))
    x[0] = 1e-3
    fit = fit_score(x, label, np.ones(20), 0)
    assert fit.slope >= 0
    assert np.ptp(fit.score(x)) < 0.5


def test_pooled_margins_of_pure_noise_lean_neither_way_even_for_a_loose_svm() -> None:
    # An SVM's own intercept follows the majority of each training fold, and pooled AUCs then fall far below ½.
    areas = []
    for seed in range(12):
        x, label, weight = make_data(50, 0.0, seed)
        fold = folds(label, weight, 10, seed)
        areas.append(weighted_auc(label, held_out_margins(x, label, weight, fold, 1e-3)))
    assert np.mean(areas) == pytest.approx(0.5, abs=0.07)


def test_a_score_needs_two_patients_of_each_class() -> None:
    x, label, weight = make_data(30, 2.0)
    one = label & (np.cumsum(label) > 1)
    with pytest.raises(InputError, match=r"1 patients of one class and .* of the other.*2 of each at least"):
        fit_score(x, label, np.where(one, 0.0, weight), 0)
    two = label & (np.cumsum(label) > 2)
    assert np.isfinite(fit_score(x, label, np.where(two, 0.0, weight), 0).weights).all()
