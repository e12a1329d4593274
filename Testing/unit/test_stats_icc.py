"""Intraclass correlation against R, the published example and cases with a known answer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.icc import Form, intraclass_correlation
from Testing.r_reference import r_numbers, r_table

FORMS: list[Form] = ["1,1", "2,1", "3,1"]
# Shrout and Fleiss (1979), table 2: six subjects, four judges; their results in table 4.
SHROUT = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


@pytest.fixture
def readings() -> np.ndarray:
    table = r_table("readings")
    features = [name for name in table if name.startswith("f")]
    return np.stack([table.pivot(index="subject", columns="reader", values=name) for name in features])


@pytest.mark.parametrize("form", FORMS)
def test_r_finds_the_same_correlations_limits_and_tests(form: Form, readings: np.ndarray) -> None:
    # Feature f4 lacks two readings, f7 is of the order of 1e9 and f8 of 1e-4 with a spread of 1e-6.
    ours = intraclass_correlation(readings, form=form)
    expected = pd.DataFrame(r_numbers("icc")["irr"][form])
    assert ours.subjects.tolist() == expected["subjects"].tolist() == [40, 40, 40, 38, 40, 40, 40, 40]
    np.testing.assert_allclose(ours.value, expected["value"], atol=1e-10)
    np.testing.assert_allclose(ours.low, expected["low"], atol=1e-10)
    np.testing.assert_allclose(ours.high, expected["high"], atol=1e-10)
    if (
        form == "2,1"
    ):  # irr tests agreement with degrees of freedom of its own; psych takes MSR / MSE, as we do
        psych = r_numbers("icc")["psych_p"][form]
        np.testing.assert_allclose(np.delete(ours.p, 3), np.delete(psych, 3), rtol=1e-7)
    else:
        np.testing.assert_allclose(ours.p, expected["p"], rtol=1e-7)


def test_another_level_gives_the_narrower_interval_of_r(readings: np.ndarray) -> None:
    ours = intraclass_correlation(readings[2:3], level=0.9)
    expected = r_numbers("icc")["ninety"]
    assert (ours.low[0], ours.high[0]) == pytest.approx((expected["low"], expected["high"]), abs=1e-10)


@pytest.mark.parametrize(("form", "published"), [("1,1", 0.17), ("2,1", 0.29), ("3,1", 0.71)])
def test_the_example_of_shrout_and_fleiss_gives_their_values(form: Form, published: float) -> None:
    assert intraclass_correlation([SHROUT], form=form).value[0] == pytest.approx(published, abs=0.005)


@pytest.mark.parametrize("form", FORMS)
def test_exact_agreement_is_one_with_limits_of_one(form: Form) -> None:
    same = np.repeat(0.1 * np.arange(7.0)[:, None], 3, axis=1)
    ours = intraclass_correlation([same], form=form)
    assert (ours.value[0], ours.low[0], ours.high[0], ours.p[0]) == (1, 1, 1, 0)


def test_a_constant_shift_of_a_reader_costs_agreement_but_not_consistency() -> None:
    shifted = np.arange(7.0)[:, None] + [0.0, 1.0]
    consistency = intraclass_correlation([shifted], form="3,1")
    assert (consistency.value[0], consistency.low[0]) == (1, 1)
    assert intraclass_correlation([shifted], form="2,1").value[0] < 0.95


@pytest.mark.parametrize("form", FORMS)
def test_what_has_no_correlation_is_nan_and_leaves_its_neighbours_alone(form: Form) -> None:
    constant = np.full((6, 4), 0.1)
    nearly_empty = np.array(SHROUT, dtype=float)
    nearly_empty[1:, 0] = np.nan
    ours = intraclass_correlation([constant, nearly_empty, SHROUT], form=form)
    assert ours.subjects.tolist() == [6, 1, 6]
    for array in (ours.value, ours.low, ours.high, ours.p):
        assert np.isnan(array).tolist() == [True, True, False]


def test_an_infinite_reading_counts_as_missing() -> None:
    infinite = np.array(SHROUT, dtype=float)
    infinite[0, 0] = np.inf
    without = intraclass_correlation([SHROUT[1:]])
    np.testing.assert_allclose(intraclass_correlation([infinite]).value, without.value, rtol=1e-12)


def test_no_subjects_or_no_features_give_nan_or_nothing() -> None:
    assert np.isnan(intraclass_correlation(np.zeros((2, 0, 3))).value).all()
    assert intraclass_correlation(np.zeros((0, 5, 3))).value.shape == (0,)


def test_readings_of_one_reader_or_an_unknown_form_are_refused() -> None:
    with pytest.raises(InputError, match=r"\(1, 6, 1\).*two readers"):
        intraclass_correlation(np.zeros((1, 6, 1)))
    with pytest.raises(InputError, match="2,k"):
        intraclass_correlation([SHROUT], form="2,k")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="95"):
        intraclass_correlation([SHROUT], level=95)


@pytest.mark.shared
def test_the_reference_readings_give_the_numbers_of_r(shared_data: Path) -> None:
    reference = shared_data.parent / "reference"
    expected = json.loads((reference / "outputs/icc.json").read_text())
    for row, form in zip(expected["shrout_fleiss"][:3], FORMS, strict=True):
        ours = intraclass_correlation([SHROUT], form=form)
        found = [ours.value[0], ours.low[0], ours.high[0], ours.p[0]]
        np.testing.assert_allclose(found, [row["icc"], row["lo"], row["hi"], row["p"]], atol=1e-10)
    table = pd.read_csv(reference / "inputs/icc_readings.csv")
    for name, rows in expected["intra"].items():
        twice = table[table["reading"].isin([1, 2])].pivot(index="subject", columns="reading", values=name)
        for row, form in zip(rows[:3], FORMS, strict=True):
            ours = intraclass_correlation([twice], form=form)
            found = [ours.value[0], ours.low[0], ours.high[0]]
            np.testing.assert_allclose(found, [row["icc"], row["lo"], row["hi"]], atol=1e-10)
