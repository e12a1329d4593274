"""The nomogram gives back the Cox model."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from LWCTRLogic.models.nomogram import make_nomogram, survival_of_points
from LWCTRLogic.models.prediction import Nomogram
from LWCTRLogic.models.prognosis import predict_prognosis
from Testing.unit import sample_bundle as sample

MODEL = sample.cox("Rad-Nomo", "OS")


def made(score: float, word: str) -> Nomogram:
    nomogram = make_nomogram(MODEL, {"rad_score": score, "mrecist": word})
    assert nomogram is not None
    return nomogram


def test_the_widest_axis_has_100_points_and_a_low_score_has_most() -> None:
    # Effects: Rad-score 2 between 0 and 1, mRECIST 0.5 between SD and PD: 100 and 25 points.
    score, response = made(0.75, "PD").axes
    assert dict(score.ticks)["0.0"] == pytest.approx(100) and dict(score.ticks)["1.0"] == pytest.approx(0)
    assert dict(response.ticks) == pytest.approx({"CR": 0, "PR": 0, "SD": 0, "PD": 25})
    assert (score.points, response.points) == pytest.approx((25, 25))
    assert (score.patient, response.patient) == ("0.75", "PD")


@pytest.mark.parametrize(("score", "word"), [(0.0, "PD"), (0.31, "SD"), (1.0, "CR")])
def test_the_total_gives_back_the_survival_of_the_cox_model(score: float, word: str) -> None:
    nomogram = made(score, word)
    curve = predict_prognosis([MODEL], score, word).curves[0]
    assert [outcome[2] for outcome in nomogram.outcomes] == pytest.approx(list(curve.at.values()), rel=1e-12)
    assert nomogram.total_range == pytest.approx((0, 125))


def test_a_tick_under_the_total_is_where_that_probability_is_reached() -> None:
    label, ticks, _ = made(0.5, "SD").outcomes[0]
    assert label == "Alive at 12 months"
    for text, total in ticks:
        # Undo the points: 100 points are an effect of 2, the lowest effects are −2 and 0, then the centres.
        predictor = total * 0.02 - 2 - (-2 * 0.5) - 0.5 * 0.25
        assert math.exp(-0.5 * math.exp(predictor)) == pytest.approx(float(text.rstrip(" %")) / 100)
    assert len(ticks) >= 3


def test_a_month_before_the_first_event_has_no_ticks_and_certain_survival() -> None:
    late = replace(MODEL, times=(13.0, 14.0, 20.0))
    nomogram = make_nomogram(late, {"rad_score": 0.5, "mrecist": "SD"})
    assert nomogram is not None and nomogram.outcomes[0][1:] == ((), 1.0)


def test_a_model_without_any_effect_has_no_nomogram() -> None:
    flat = replace(MODEL, terms=tuple(replace(term, coefficient=0.0) for term in MODEL.terms))
    assert make_nomogram(flat, {"rad_score": 0.5, "mrecist": "SD"}) is None


@pytest.mark.parametrize(("score", "word"), [(0.0, "PD"), (0.31, "SD"), (1.0, "CR")])
def test_a_total_added_by_hand_gives_the_survival_of_the_cox_model(score: float, word: str) -> None:
    curve = predict_prognosis([MODEL], score, word).curves[0]
    by_hand = survival_of_points(MODEL, made(score, word).total)
    assert {f"{month:g}": value for month, value in by_hand.items()} == pytest.approx(curve.at, rel=1e-12)
