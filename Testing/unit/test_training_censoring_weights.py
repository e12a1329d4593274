"""Censoring weights that depend on the score, on patients whose true outcome is known."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.discrimination import weighted_auc
from LWCTRLogic.training.censoring_weights import alive_at_given


def make_patients(by_score: float, patients: int = 20_000) -> tuple[np.ndarray, ...]:
    """Survival by a score; a third lost before 12 months, sooner for a higher score."""
    rng = np.random.default_rng(1)
    score = rng.normal(size=patients)
    died = 12 * np.exp(0.9 * (0.85 * score + np.sqrt(1 - 0.85**2) * rng.normal(size=patients)))
    lost = rng.exponential(1.0, patients) / np.exp(by_score * score)
    lost *= 12 / np.quantile(lost, 0.33)
    return score, died > 12, np.minimum(died, lost), died <= lost


def test_the_auc_is_right_although_losses_depend_on_the_score() -> None:
    score, alive, months, event = make_patients(1.0)
    truth = weighted_auc(alive, score)
    label, plain = alive_at(months, event, 12.0)
    _, given = alive_at_given(months, event, score, 12.0)
    assert weighted_auc(label, score, plain) < truth - 0.02
    assert weighted_auc(label, score, given) == pytest.approx(truth, abs=0.006)


def test_without_dependence_it_is_the_plain_weight() -> None:
    score, _, months, event = make_patients(0.0)
    label, plain = alive_at(months, event, 12.0)
    label_given, given = alive_at_given(months, event, score, 12.0)
    np.testing.assert_array_equal(label, label_given)
    np.testing.assert_array_equal(plain == 0, given == 0)
    np.testing.assert_allclose(given, plain, rtol=0.15)
    assert given.sum() == pytest.approx(len(score), rel=0.01)


def test_a_death_at_the_moment_of_a_loss_is_weighted_by_what_was_before_it() -> None:
    months = np.array([3.0, 5.0, 5.0, 7.0, 20.0, 30.0])
    event = np.array([True, True, False, True, False, True])
    score = np.array([0.1, 0.5, 0.2, 0.3, 0.9, 0.7])
    _, weight = alive_at_given(months, event, score, 12.0)
    assert weight[0] == weight[1] == 1.0 and weight[2] == 0.0 and (weight[3:] > 1).all()


def test_where_nobody_is_lost_or_the_score_is_constant_the_plain_weights_are_given() -> None:
    months, event = np.array([3.0, 5.0, 20.0, 30.0]), np.array([True, True, True, True])
    np.testing.assert_array_equal(alive_at_given(months, event, np.arange(4.0), 12.0)[1], np.ones(4))
    lost = np.array([True, False, True, False])
    constant = alive_at_given(months, lost, np.full(4, 0.5), 12.0)[1]
    np.testing.assert_array_equal(constant, alive_at(months, lost, 12.0)[1])
    with pytest.raises(InputError, match="longest follow-up"):
        alive_at_given(months, event, np.arange(4.0), 40.0)
