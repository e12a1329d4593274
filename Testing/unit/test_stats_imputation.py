"""Multiple imputation inside folds, and Rubin's rules against mice."""

from __future__ import annotations

import math

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.calibration import fit_logistic, logistic_covariance
from LWCTRLogic.stats.cox import fit_cox
from LWCTRLogic.stats.imputation import fit_imputers, pool, pool_coefficients
from Testing.r_reference import r_numbers, r_table


@pytest.fixture
def correlated() -> np.ndarray:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(200, 3))
    x[:, 1] = 0.9 * x[:, 0] + 0.3 * x[:, 1]
    x[:, 2] = x[:, 0] > 0
    return x


def _with_holes(x: np.ndarray) -> np.ndarray:
    holes = x.copy()
    holes[::4, 1] = np.nan
    holes[1::7, 2] = np.nan
    return holes


@pytest.mark.parametrize(("name", "df"), [("pool", 117), ("pool_large", math.inf)])
def test_mice_pools_alike(name: str, df: float) -> None:
    expected = r_numbers("sample_size")[name]
    ours = pool(expected["q"], expected["u"], df=df)
    found = [
        ours.estimate.value,
        ours.estimate.se**2,
        ours.within,
        ours.between,
        ours.test.df,
        ours.missing_information,
    ]
    r = [expected[key] for key in ("value", "total", "within", "between", "df", "lost")]
    assert found == pytest.approx(r, abs=1e-10)
    assert ours.estimate.low < ours.estimate.value < ours.estimate.high


def test_estimates_that_agree_lose_nothing() -> None:
    ours = pool([0.5, 0.5, 0.5], [0.04, 0.04, 0.04])
    assert (ours.estimate.se, ours.missing_information, ours.between) == (pytest.approx(0.2), 0, 0)
    assert ours.estimate.high - 0.5 == pytest.approx(1.959964 * 0.2, rel=1e-6)
    assert pool([0.0, 0.0], [0.0, 0.0]).test.p == 1


def test_what_was_observed_stays_and_what_was_not_is_guessed_from_the_rest(correlated: np.ndarray) -> None:
    holes = _with_holes(correlated)
    tables = fit_imputers(holes, count=3, seed=1, rounds=4, discrete=[False, False, True]).complete(holes)
    known = ~np.isnan(holes)
    for table in tables:
        np.testing.assert_array_equal(table[known], holes[known])
        assert not np.isnan(table).any() and set(table[:, 2]) == {0.0, 1.0}
    guessed, truth = tables[0][::4, 1], correlated[::4, 1]
    assert np.corrcoef(guessed, truth)[0, 1] > 0.8


def test_the_completed_tables_differ_by_as_much_as_is_uncertain(correlated: np.ndarray) -> None:
    holes = _with_holes(correlated)
    tables = np.stack(fit_imputers(holes, count=8, seed=0, rounds=3).complete(holes))
    spread = tables[:, ::4, 1].std(axis=0).mean()
    assert spread == pytest.approx(0.3, rel=0.35)  # the residual standard deviation


def test_the_same_seed_gives_the_same_tables_and_another_does_not(correlated: np.ndarray) -> None:
    holes = _with_holes(correlated)
    first, again, other = (fit_imputers(holes, count=2, seed=s, rounds=3).complete(holes) for s in (3, 3, 9))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_patients_of_a_test_fold_do_not_change_the_imputer(correlated: np.ndarray) -> None:
    holes = _with_holes(correlated)
    imputers = fit_imputers(holes[:150], count=2, seed=1, rounds=3)
    extreme = holes[150:].copy()
    extreme[0, 0] = 50.0
    completed = imputers.complete(extreme)[0]
    assert np.nanmin(holes[:150, 1]) <= completed[2, 1] <= np.nanmax(holes[:150, 1])
    assert not np.isnan(completed).any()


def test_a_table_without_holes_in_training_fills_those_of_a_new_patient_with_the_median(
    correlated: np.ndarray,
) -> None:
    imputers = fit_imputers(correlated, count=2)
    new = np.array([[np.nan, 0.5, 1.0]])
    assert imputers.complete(new)[1][0, 0] == np.median(correlated[:, 0])
    np.testing.assert_array_equal(imputers.complete(correlated)[0], correlated)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: fit_imputers([[np.nan, 1.0], [np.nan, 2.0]]), r"columns \[0\]"),
        (lambda: fit_imputers([[1.0, 2.0]], count=1), "1 data sets"),
        (lambda: fit_imputers([[1.0, 2.0]], discrete=[True]), "1 marks"),
        (lambda: fit_imputers([[np.inf]]), "1 infinite"),
        (lambda: fit_imputers([[1.0, 2.0]]).complete([[1.0]]), "as in training"),
        (lambda: pool([0.5], [0.1]), "1 estimates"),
        (lambda: pool([0.5, 0.4], [0.1, -0.1]), "two data sets"),
    ],
)
def test_what_cannot_be_imputed_or_pooled_is_refused(call, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        call()


def test_regressions_of_completed_tables_are_pooled_as_mice_pools_them() -> None:
    tables = [table for _, table in r_table("completed").groupby(".imp")]
    expected = r_numbers("imputation")
    cox = [fit_cox(table["time"], table["event"], table[["score", "grade"]]) for table in tables]
    events = int(tables[0]["event"].sum())
    ours = {
        "cox": pool_coefficients([f.coefficients for f in cox], [f.covariance for f in cox], df=events - 2)
    }
    logistic = []
    for table in tables:
        design = np.column_stack([np.ones(len(table)), table["score"]])
        fit = fit_logistic(design, table["alive"])
        logistic.append((fit, logistic_covariance(design, fit)))
    ours["logistic"] = pool_coefficients(*zip(*logistic, strict=True), df=len(tables[0]) - 2)
    for name, found in ours.items():
        for position, term in enumerate(found.terms):
            numbers = (
                term.estimate.value, term.within, term.between, term.estimate.se**2, term.test.df,
                term.missing_information,
            )  # fmt: skip
            r = [expected[name][key][position] for key in ("estimate", "ubar", "b", "t", "df", "fmi")]
            assert numbers == pytest.approx(r, rel=1e-7)
    np.testing.assert_allclose(ours["cox"].covariance, expected["total"], rtol=1e-7)
    np.testing.assert_array_equal(ours["cox"].values, [term.estimate.value for term in ours["cox"].terms])


def test_one_coefficient_is_pooled_too() -> None:
    found = pool_coefficients([[0.4], [0.6]], [[[0.04]], [[0.06]]])
    assert found.covariance == pytest.approx(np.array([[0.05 + 1.5 * 0.02]]))
