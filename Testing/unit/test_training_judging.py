"""The AUC within folds and its interval, against a count by hand and a jackknife."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.discrimination import weighted_auc
from LWCTRLogic.training.cross_fit import (
    CrossFit,
    Outcome,
    chosen_share,
    deal_folds,
    nogueira_stability,
)
from LWCTRLogic.training.judging import WIDENING, auc_difference, folded_auc
from LWCTRLogic.training.strict import cross_cutoffs


def make_scores(patients: int = 60, seed: int = 0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    label = rng.random(patients) < 0.5
    weight = np.where(rng.random(patients) < 0.15, 0.0, rng.uniform(1, 2, patients))
    fold = np.array([rng.permutation(np.arange(patients) % 5) for _ in range(3)])
    scores = (label + rng.normal(size=(3, patients))).round(1)
    return scores, fold, label, weight


def test_only_patients_of_one_fold_are_compared() -> None:
    scores, fold, label, weight = make_scores()
    expected = []
    for row, groups in zip(scores, fold, strict=True):
        won = total = 0.0
        for i in np.flatnonzero(label):
            for j in np.flatnonzero(~label):
                if groups[i] == groups[j]:
                    pair = weight[i] * weight[j]
                    total += pair
                    won += pair * (1.0 if row[i] > row[j] else 0.5 if row[i] == row[j] else 0.0)
        expected.append(won / total)
    assert folded_auc(scores, fold, label, weight).value == pytest.approx(np.mean(expected), rel=1e-12)


def test_with_one_fold_it_is_the_plain_auc() -> None:
    scores, _, label, weight = make_scores()
    found = folded_auc(scores[:1], np.zeros((1, 60), dtype=int), label, weight)
    assert found.value == pytest.approx(weighted_auc(label, scores[0], weight), rel=1e-12)


def test_the_influence_is_the_derivative_by_a_patients_weight() -> None:
    scores, fold, label, weight = make_scores()
    found = folded_auc(scores, fold, label, weight)
    for patient in (0, 7, 31):
        nudged = weight.copy()
        nudged[patient] *= 1 + 1e-6
        slope = (folded_auc(scores, fold, label, nudged).value - found.value) / 1e-6
        assert found.influence[:, patient].mean() == pytest.approx(slope, abs=1e-6)
    assert found.influence.sum() == pytest.approx(0, abs=1e-12)


def test_the_error_is_the_jackknifes_widened() -> None:
    scores, _, label, _ = make_scores(200, 1)
    one, every = np.zeros((1, 200), dtype=int), np.ones(200)
    found = folded_auc(scores[:1], one, label, every)
    left_out = [
        folded_auc(scores[:1, rows], one[:, rows], label[rows], every[rows]).value
        for rows in (np.arange(200) != patient for patient in range(200))
    ]
    jackknife = np.sqrt(199 / 200 * ((np.array(left_out) - np.mean(left_out)) ** 2).sum())
    assert found.error == pytest.approx(WIDENING * jackknife, rel=0.02)
    low, high = (np.log(limit / (1 - limit)) for limit in found.interval())
    centre = np.log(found.value / (1 - found.value))
    half = 1.959964 * found.error / (found.value * (1 - found.value))
    assert (low, high) == (pytest.approx(centre - half), pytest.approx(centre + half))


def test_a_paired_difference_of_equal_scores_is_nothing_and_of_better_ones_is_seen() -> None:
    scores, fold, label, weight = make_scores(200, 2)
    worse = scores + 3 * np.random.default_rng(0).normal(size=scores.shape)
    ours, other = (folded_auc(item, fold, label, weight) for item in (scores, worse))
    same = auc_difference(ours, ours)
    assert (same.value, same.low, same.high, same.p) == (0, 0, 0, 1)
    gap = auc_difference(ours, other)
    assert gap.value == ours.value - other.value and gap.low > 0 and gap.p < 0.05


def test_a_perfect_area_within_folds_has_the_score_interval() -> None:
    label, fold = np.arange(40) % 2 == 0, np.arange(40)[None] // 10
    found = folded_auc(label[None] + np.arange(40) / 100, fold, label, np.ones(40))
    low, high = found.interval()
    # by hand, of 4 folds with 5 and 5 patients: k = 4, Hanley and McNeil's variance of one fold over 4
    spread = 1 + 4 * (1 - low) / (2 - low) + 4 * low / (1 + low)
    assert 1 - low == pytest.approx(1.959964 * np.sqrt(low * (1 - low) * spread / 25 / 4), rel=1e-6)
    assert (found.value, high) == (1, 1)
    assert folded_auc(-found.influence - label, fold, label, np.ones(40)).interval() == (0, 1 - low)


def test_folds_without_both_classes_have_no_auc() -> None:
    scores, _, label, weight = make_scores()
    with pytest.raises(InputError, match="no fold has patients of both classes"):
        folded_auc(scores, np.broadcast_to(label.astype(int), scores.shape), label, weight)


def test_a_patient_is_called_by_the_cut_off_of_the_other_folds() -> None:
    scores, fold, label, weight = make_scores()
    cross = CrossFit(scores, fold, (), scores)
    cutoff, called = cross_cutoffs(cross, label, weight)
    changed = scores.copy()
    changed[1, fold[1] == 2] = 50.0
    again = cross_cutoffs(CrossFit(changed, fold, (), changed), label, weight)[1]
    np.testing.assert_array_equal(again[[0, 2]], called[[0, 2]])
    assert again[1, fold[1] == 2].all() and scores.min() < cutoff < scores.max()


def test_every_model_gets_the_same_folds_and_every_class_is_spread() -> None:
    rng = np.random.default_rng(0)
    outcome = Outcome(rng.uniform(2, 30, 80), rng.random(80) < 0.7)
    fold = deal_folds(outcome, 5, 2, 3)
    np.testing.assert_array_equal(fold, deal_folds(outcome, 5, 2, 3))
    assert (fold[0] != fold[1]).any()
    label, weight = outcome.response()
    for turn in fold:
        counts = np.bincount(turn[label & (weight > 0)], minlength=5)
        assert counts.max() - counts.min() <= 1


def test_the_stability_of_a_selection_is_nogueiras() -> None:
    # Three fits among four features; the variance of each share by hand: 0, 1/3, 1/3, 1/3 (with 3 / 2).
    fits = (("a", "b"), ("a", "c"), ("a", "d"))
    assert chosen_share(fits) == {"a": 1.0, "b": 1 / 3, "c": 1 / 3, "d": 1 / 3}
    assert nogueira_stability(fits, 4) == pytest.approx(1 - (3 * 1.5 * (1 / 3) * (2 / 3) / 4) / (0.5 * 0.5))
    assert nogueira_stability((("a",), ("a",)), 4) == 1.0
    assert np.isnan(nogueira_stability(((), ()), 4))
