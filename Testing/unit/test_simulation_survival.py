"""Survival of virtual patients: the cohort's curve is kept, the hazard ratio wanes, the truth is the truth."""

import numpy as np
import pytest

from LWCTRLogic.simulation.survival import Curve, alive_after, draw_deaths


@pytest.fixture(scope="module")
def prognosis() -> np.ndarray:
    return np.random.default_rng(5).standard_normal(40_000)


def test_the_cohort_dies_as_its_curve_says(prognosis):
    curve = Curve()
    months = draw_deaths(curve, prognosis, np.random.default_rng(6))
    for at, alive in zip(curve.months, curve.alive, strict=True):
        assert np.mean(months > at) == pytest.approx(alive, abs=4 * np.sqrt(0.25 / 40_000))


def test_nobody_dies_before_the_first_point(prognosis):
    assert draw_deaths(Curve(), prognosis, np.random.default_rng(7)).min() > 2.3


def test_the_true_probability_is_the_share_of_like_patients_who_live():
    same = np.full(20_000, 0.4)
    months = draw_deaths(Curve(), same, np.random.default_rng(8))
    for at in (6.0, 12.1, 24.0):
        truth = alive_after(Curve(), same[:1], at)[0]
        assert np.mean(months > at) == pytest.approx(truth, abs=4 * np.sqrt(0.25 / 20_000))


def test_without_any_effect_everyone_has_the_cohorts_survival(prognosis):
    flat = Curve(early=0.0, late=0.0)
    assert alive_after(flat, prognosis[:50], 12.0) == pytest.approx(0.5, abs=1e-6)
    assert alive_after(flat, prognosis[:50], 24.0) == pytest.approx(0.25, abs=1e-6)


def test_the_hazard_ratio_wanes():
    curve = Curve()
    pair = np.array([0.0, 1.0])

    def log_hazard_ratio(at: float) -> float:
        hazard = np.log(alive_after(curve, pair, at)) - np.log(alive_after(curve, pair, at + 0.25))
        return float(np.log(hazard[1] / hazard[0]))

    assert log_hazard_ratio(4.0) == pytest.approx(2.5, abs=0.05)
    assert log_hazard_ratio(30.0) == pytest.approx(0.3, abs=0.01)
    assert log_hazard_ratio(12.875) == pytest.approx(1.4, abs=0.01)
