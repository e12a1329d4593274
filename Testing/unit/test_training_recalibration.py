"""What recalibration fits, what becomes of the Cox models, and what its page tells."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest

from LWCTRLogic.models.bundle import Bundle
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.stats.calibration import calibration, calibration_slope
from LWCTRLogic.training.recalibrate import INTERCEPT, SLOPE, Recalibration, recalibrate
from LWCTRLogic.training.recalibration_sheet import judge, moves_table, numbers, page, table, write_sheet
from Testing.unit.test_training_locked import make_bundle
from Testing.unit.training_cohort import make_files


def cohort(seed: int, patients: int = 120) -> TrainingCohort:
    return make_files(Path(mkdtemp()), patients, seed).cohort


@cache
def parent() -> Bundle:
    return replace(make_bundle(cohort(0)), sha256="a" * 64)


@cache
def child() -> Recalibration:
    return recalibrate(parent(), cohort(5), "child", draws=20)


def test_a_score_that_was_bent_before_ends_in_the_same_recalibrated_score() -> None:
    model = parent().classifiers[0]
    bent = replace(model, slope=2.0 * model.slope, offset=1.5 + 2.0 * model.offset)
    other = recalibrate(replace(parent(), classifiers=(bent,)), cohort(5), "child", draws=20).moves["LWCTR"]
    ours = child().moves["LWCTR"]
    assert other.slope.value == pytest.approx(ours.slope.value / 2, rel=1e-8)
    assert other.slope.high - other.slope.low == pytest.approx(
        (ours.slope.high - ours.slope.low) / 2, rel=1e-6
    )
    assert other.intercept.value == pytest.approx(ours.intercept.value - 1.5 * ours.slope.value / 2, rel=1e-8)
    np.testing.assert_allclose(other.after, ours.after, rtol=1e-7)


def test_without_early_losses_the_fit_is_a_plain_logistic_regression_with_limits_as_wide() -> None:
    everyone = cohort(5)
    seen = replace(everyone, os_months=np.where(everyone.os_event, everyone.os_months, 40.0))
    move = recalibrate(parent(), seen, "child", draws=20).moves["LWCTR"]
    plain = calibration(seen.os_months > 12, move.before)
    assert move.slope.value == pytest.approx(plain.slope.value, rel=1e-8)
    assert move.intercept.value == pytest.approx(plain.intercept.value, rel=1e-6)
    # the sandwich and the model's own errors estimate the same thing
    assert move.slope.se == pytest.approx(plain.slope.se, rel=0.2)


def test_the_bundle_carries_intercept_and_slope_with_their_limits() -> None:
    measures = {item.name: item for item in child().bundle.classifiers[0].performance}
    move = child().moves["LWCTR"]
    for name, value in ((INTERCEPT, move.intercept), (SLOPE, move.slope)):
        assert (measures[name].estimate, measures[name].low, measures[name].high) == (
            value.value, value.low, value.high,
        )  # fmt: skip
        assert value.low < value.value < value.high


def test_after_is_judged_on_patients_who_had_no_part_in_the_fit() -> None:
    move, patients = child().moves["LWCTR"], cohort(5)
    whole = child().bundle.classifiers[0]
    assert whole.slope == pytest.approx(parent().classifiers[0].slope * move.slope.value)
    before, after = judge(patients, move.before), judge(patients, move.after)
    assert abs(after.in_the_large.value) < 0.05 < abs(before.in_the_large.value)
    assert after.slope.value != pytest.approx(1, abs=1e-3)
    flat = judge(patients, np.full(len(patients), 0.4))
    assert np.isnan(flat.slope.value) and flat.predicted.value == pytest.approx(0.4)
    assert np.isnan(flat.predicted.low)  # one number for everybody has no error
    assert flat.observed == before.observed


def test_a_score_of_two_values_has_a_slope_though_no_curve() -> None:
    patients = cohort(5)
    two = np.where(patients.clinical["extrahepatic_spread"].to_numpy() == "present", 0.35, 0.6)
    found = judge(patients, two)
    label, weight = patients.response()
    slope, _ = calibration_slope(label[weight > 0], two[weight > 0], weight[weight > 0])
    assert found.slope.value == pytest.approx(slope, rel=1e-6)
    assert found.slope.low < found.slope.value < found.slope.high


def test_every_number_of_the_sheet_has_an_interval() -> None:
    found = numbers(child(), cohort(5), parent(), "b" * 64)
    for when in ("before", "after"):
        for name, part in found["models"]["LWCTR"][when].items():
            assert part["low"] < part["value"] < part["high"], (when, name)
    rows = [dict(zip(table(found)[0], row, strict=True)) for row in table(found)[1:]]
    assert all(row[name].endswith(")") for row in rows for name in ("mean score", "slope", "Brier"))
    assert "A cut-off has none" in page(child(), found)


def test_cox_models_are_fitted_anew_kept_or_left_out_and_each_says_so() -> None:
    assert all(fate.startswith("fitted anew on") for fate in child().cox.values()) and len(child().cox) == 6
    third = cohort(9)
    words = third.mrecist.copy()
    words.iloc[:3] = ""
    none = np.full(len(third), np.nan)
    poor = replace(third, mrecist=words, pfs_months=none, pfs_event=np.zeros(len(third), dtype=bool))
    made = recalibrate(child().bundle, poor, "grandchild", draws=20)
    old = {(model.endpoint, model.name): model for model in child().bundle.cox}
    new = {(model.endpoint, model.name): model for model in made.bundle.cox}
    assert set(new) == {("OS", "Rad-score"), ("OS", "mRECIST"), ("PFS", "mRECIST")}
    assert new["OS", "mRECIST"] == old["OS", "mRECIST"] and new["OS", "Rad-score"] != old["OS", "Rad-score"]
    assert "mRECIST is missing in" in made.cox["OS Rad-Nomo"]
    assert made.cox["OS mRECIST"].startswith("kept as it was, baseline and all")
    assert made.cox["PFS Rad-score"].endswith("no progression-free survival")
    limits = " ".join(made.bundle.limits)
    assert "Cox model OS Rad-Nomo: left out, since it took the old score" in limits


def test_the_page_shows_before_and_after_and_links_the_parent(tmp_path: Path) -> None:
    found = numbers(child(), cohort(5), parent(), "b" * 64)
    text = page(child(), found)
    for words in (
        "a" * 64,
        "b" * 64,
        "| LWCTR | before |",
        "|  | after |",
        "## Cox models",
        "on 120 patients",
    ):
        assert words in text
    assert len(table(found)) == 3 and len(moves_table(found)) == 2
    paths = write_sheet(child(), cohort(5), found, tmp_path / "é child.zip")
    assert [path.name for path in paths] == [
        "é child-recalibration.json", "é child-recalibration.md", "é child-calibration.png",
    ]  # fmt: skip
    assert all(path.stat().st_size > 500 for path in paths)
