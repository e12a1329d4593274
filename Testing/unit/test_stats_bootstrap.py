"""Bootstrap intervals."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.bootstrap import bca_interval, bootstrap_values, optimism_corrected, percentile_interval
from Testing.r_reference import r_numbers, r_table


def test_the_interval_of_a_mean_is_close_to_the_normal_one() -> None:
    values = np.random.default_rng(2).normal(size=400)
    low, high = percentile_interval(lambda rows: float(values[rows].mean()), 400, seed=0)
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.01)


def test_the_same_seed_gives_the_same_interval() -> None:
    def statistic(rows: np.ndarray) -> float:
        return float(rows.mean())

    assert percentile_interval(statistic, 9, 1, draws=50) == percentile_interval(statistic, 9, 1, draws=50)
    assert percentile_interval(statistic, 9, 1, draws=50) != percentile_interval(statistic, 9, 2, draws=50)


def test_a_statistic_that_is_mostly_undefined_is_refused() -> None:
    def never(rows: np.ndarray) -> float:
        raise InputError("one class only")

    with pytest.raises(InputError, match="0 of 20"):
        percentile_interval(never, 5, 0, draws=20)


def test_several_statistics_can_be_drawn_at_once() -> None:
    values = np.arange(30.0)
    drawn = bootstrap_values(lambda rows: [values[rows].mean(), values[rows].max()], 30, 5, draws=20)
    assert drawn.shape == (20, 2)
    alone = bootstrap_values(lambda rows: values[rows].mean(), 30, 5, draws=20)
    np.testing.assert_array_equal(drawn[:, 0], alone)


def test_the_accelerated_interval_is_that_of_r_up_to_the_draws() -> None:
    # The variance of a skewed sample; boot::boot.ci of 200,000 draws, ours of 4,000.
    values, expected = r_table("groups")["skewed"].to_numpy(), r_numbers("bootstrap")
    ours = bca_interval(lambda rows: float(values[rows].var(ddof=1)), len(values), 1, draws=4000)
    assert ours.value == pytest.approx(expected["variance"], rel=1e-12)
    assert [ours.low, ours.high] == pytest.approx(expected["bca"], rel=0.03)
    plain = percentile_interval(lambda rows: float(values[rows].var(ddof=1)), len(values), 1, draws=4000)
    assert list(plain) == pytest.approx(expected["percentile"], rel=0.03)
    assert ours.low > plain[0] and ours.high > plain[1]


def test_a_known_influence_replaces_leaving_patients_out() -> None:
    values = r_table("groups")["skewed"].to_numpy()

    def mean(rows: np.ndarray) -> float:
        return float(values[rows].mean())

    jackknife = bca_interval(mean, len(values), 1, draws=300)
    known = bca_interval(mean, len(values), 1, draws=300, influence=values - values.mean())
    assert (known.low, known.high) == pytest.approx((jackknife.low, jackknife.high), rel=1e-9)


def test_a_statistic_that_does_not_vary_has_no_accelerated_interval() -> None:
    with pytest.raises(InputError, match="one side"):
        bca_interval(lambda rows: float(len(np.unique(rows))), 9, 0, draws=50)


def test_optimism_is_what_fitting_and_judging_on_the_same_patients_adds() -> None:
    # A least-squares fit of noise on p = 5 columns: apparent R² is about p / (n − 1), the true one is below 0.
    rng = np.random.default_rng(11)
    x, y = rng.normal(size=(60, 5)), rng.normal(size=60)

    def fit_and_measure(fit_rows: np.ndarray, tests: tuple[np.ndarray, ...]) -> tuple[float, ...]:
        beta = np.linalg.lstsq(x[fit_rows], y[fit_rows], rcond=None)[0]
        return tuple(1 - np.sum((y[rows] - x[rows] @ beta) ** 2) / np.sum(y[rows] ** 2) for rows in tests)

    ours = optimism_corrected(fit_and_measure, 60, 2)
    assert ours.apparent > 0 and ours.corrected == pytest.approx(ours.apparent - ours.optimism)
    assert ours.optimism > 3 * ours.error and ours.corrected < 0.02
    assert ours.draws == 200
