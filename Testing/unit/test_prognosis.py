"""Survival of one patient from the bundle's Cox models."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from LWCTRLogic.models.prognosis import predict_prognosis
from Testing.unit import sample_bundle as sample

MODELS = sample.make_bundle().cox


def test_each_endpoint_is_led_by_rad_nomo_and_read_at_the_months_of_the_method() -> None:
    prognosis = predict_prognosis(MODELS, 0.75, "SD")
    order = [(curve.endpoint, curve.model) for curve in prognosis.curves]
    assert order == [(e, m) for e in ("OS", "PFS") for m in ("Rad-Nomo", "Rad-score", "mRECIST")]
    assert [list(prognosis.curves[i].at) for i in (0, 3)] == [["12", "24", "36"], ["6", "12", "18"]]
    assert prognosis.warnings == ()
    assert [item.endpoint for item in prognosis.nomograms] == ["OS", "PFS"]


def test_survival_is_that_computed_by_hand_and_does_not_change_between_events() -> None:
    # Rad-Nomo OS: −2·(0.75 − 0.5) + 0.5·(0 − 0.25); H0 is 0.5 from month 10, 1 from month 20.
    curve = predict_prognosis(MODELS, 0.75, "SD").curves[0]
    relative = math.exp(-2 * 0.25 - 0.5 * 0.25)
    assert curve.at["12"] == pytest.approx(math.exp(-0.5 * relative), rel=1e-14)
    assert curve.at["24"] == curve.at["36"] == pytest.approx(math.exp(-relative), rel=1e-14)
    assert curve.times == (0.0, 5.0, 10.0, 20.0, 40.0)
    assert curve.survival[0] == 1.0 and curve.survival[-1] == curve.survival[-2]


def test_the_limits_are_those_of_the_log_log_scale() -> None:
    # Rad-score OS at month 12 with x − centre = 0.25: variance of H = e^{2η}·(0.01 + (0.25·0.5)²·0.0625).
    curve = predict_prognosis(MODELS, 0.75, "SD").curves[1]
    relative = math.exp(-0.5)
    hazard, sd = 0.5 * relative, relative * math.sqrt(0.01 + 0.125**2 * 0.0625)
    factor = math.exp(1.959963984540054 * sd / hazard)
    assert curve.lower[2] == pytest.approx(math.exp(-hazard * factor), rel=1e-12)
    assert curve.upper[2] == pytest.approx(math.exp(-hazard / factor), rel=1e-12)


def test_without_mrecist_the_rad_score_model_runs_alone_and_the_rest_is_named() -> None:
    prognosis = predict_prognosis(MODELS, 0.75, None)
    assert [curve.model for curve in prognosis.curves] == ["Rad-score", "Rad-score"]
    (warning,) = prognosis.warnings
    assert "OS by Rad-Nomo, OS by mRECIST, PFS by Rad-Nomo, PFS by mRECIST" in warning.text


def test_progression_at_the_follow_up_scan_leaves_no_pfs_to_estimate_by_any_model() -> None:
    prognosis = predict_prognosis(MODELS, 0.75, "PD")
    assert [(curve.endpoint, curve.model) for curve in prognosis.curves] == [
        ("OS", "Rad-Nomo"),
        ("OS", "Rad-score"),
        ("OS", "mRECIST"),
    ]
    assert [nomogram.endpoint for nomogram in prognosis.nomograms] == ["OS"]
    (warning,) = prognosis.warnings
    assert "PFS by Rad-Nomo, PFS by Rad-score, PFS by mRECIST; mRECIST is PD" in warning.text
    assert "the very event" in warning.text


def test_pfs_is_estimated_after_progression_where_training_knew_such_patients() -> None:
    model = sample.cox("mRECIST", "PFS")
    knows = replace(model, terms=(replace(model.terms[0], coding={"SD": 0.0, "PD": 1.0}),))
    prognosis = predict_prognosis([knows, sample.cox("Rad-score", "PFS")], 0.75, "PD")
    assert [curve.model for curve in prognosis.curves] == ["Rad-score", "mRECIST"]
    assert prognosis.warnings == ()


def test_nothing_is_predicted_beyond_the_last_month_seen() -> None:
    short = replace(sample.cox("Rad-score", "OS"), last=24.0)
    curve = predict_prognosis([short], 0.75, None).curves[0]
    assert list(curve.at) == ["12", "24"] and curve.times[-1] == 24.0


def test_a_response_that_training_never_saw_is_not_predicted() -> None:
    model = sample.cox("mRECIST", "OS")
    rare = replace(model, terms=(replace(model.terms[0], coding={"SD": 0.0, "PD": 1.0}),))
    prognosis = predict_prognosis([rare], None, "CR")
    assert prognosis.curves == ()
    assert "training saw no patient with mRECIST CR" in prognosis.warnings[0].text
