"""Riley's criteria against pmsampsize, the papers' worked examples and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.calibration import fit_logistic
from LWCTRLogic.stats.sample_size import (
    binary_sample_size,
    most_parameters,
    r_squared_of_c,
    survival_sample_size,
)
from Testing.r_reference import r_numbers


def test_the_worked_example_of_a_diagnostic_model_gives_662_patients() -> None:
    # Riley 2019 (part II), Chagas disease: R² 0.288, 24 parameters, prevalence 0.174.
    ours, expected = binary_sample_size(24, 0.174, r_squared=0.288), r_numbers("sample_size")["binary"]
    assert [ours.shrinkage, ours.optimism, ours.overall_risk, ours.patients] == expected["table"]
    assert ours.patients == 662 and ours.events == math.ceil(expected["events"])
    assert ours.events_per_parameter == pytest.approx(expected["per_parameter"], abs=0.005)
    assert ours.most_r_squared == pytest.approx(expected["most"], abs=0.0005)


def test_the_worked_example_of_a_prognostic_model_gives_5143_patients() -> None:
    # Riley 2019 (part II), recurrent thrombosis: R² 0.051, 30 parameters, rate 0.065, risk at 2 years.
    ours = survival_sample_size(30, 0.065, 2, 2.07, r_squared=0.051)
    expected = r_numbers("sample_size")["survival"]
    assert [ours.shrinkage, ours.optimism, ours.patients] == [*expected["table"][:2], 5143]
    assert ours.events == 692 and ours.most_r_squared == pytest.approx(expected["most"], abs=0.0005)
    assert ours.events_per_parameter == pytest.approx(expected["per_parameter"], abs=0.005)


def test_pmsampsize_finds_the_same_for_a_common_outcome() -> None:
    ours, expected = binary_sample_size(27, 0.5, r_squared=0.1), r_numbers("sample_size")["half"]
    assert [ours.shrinkage, ours.optimism, ours.overall_risk, ours.patients] == expected["table"]
    often, theirs = survival_sample_size(5, 0.6, 1, 1.5, r_squared=0.2), r_numbers("sample_size")["often"]
    assert [often.shrinkage, often.optimism] == theirs["table"][:2]


def test_both_limits_of_the_overall_risk_lie_within_the_margin_and_with_a_patient_less_they_do_not() -> None:
    ours = survival_sample_size(5, 0.6, 1, 1.5, r_squared=0.2)
    risk = 1 - math.exp(-0.6)

    def furthest(patients: int) -> float:
        half = 1.959964 * math.sqrt(0.6 / (1.5 * patients))
        return max(abs(1 - math.exp(-(0.6 + sign * half)) - risk) for sign in (-1, 1))

    assert furthest(ours.overall_risk) <= 0.05 < furthest(ours.overall_risk - 1)
    assert ours.patients == ours.overall_risk == 203


def test_the_mean_absolute_error_counts_where_it_is_asked_for() -> None:
    # van Smeden 2019: exp((−0.508 + 0.259 ln 0.3 + 0.504 ln 10 − ln 0.05) / 0.544), R² large enough not to matter.
    ours = binary_sample_size(10, 0.3, r_squared=0.6, absolute_error=0.05)
    by_hand = math.exp((-0.508 + 0.259 * math.log(0.3) + 0.504 * math.log(10) - math.log(0.05)) / 0.544)
    assert ours.absolute_error == ours.patients == math.ceil(by_hand)
    assert binary_sample_size(10, 0.3, r_squared=0.6).absolute_error is None


def test_a_c_statistic_gives_the_r_squared_of_pmsampsize_and_of_a_large_sample() -> None:
    ours = r_squared_of_c(0.89, 0.174)
    assert ours == pytest.approx(r_numbers("sample_size")["c_r2"], abs=0.0015)  # theirs is simulated
    rng = np.random.default_rng(0)
    y = rng.random(200_000) < 0.174
    x = rng.normal(size=y.size) + np.where(y, math.sqrt(2) * 1.2265281200366098, 0)  # Φ⁻¹(0.89)
    design = np.column_stack([x, np.ones(y.size)])
    eta = design @ fit_logistic(design, y)
    share = y.mean()
    null = share * np.log(share) + (1 - share) * np.log(1 - share)
    drawn = 1 - np.exp(-2 * (np.mean(y * eta - np.logaddexp(0, eta)) - null))
    assert ours == pytest.approx(drawn, abs=0.004)
    from_c = binary_sample_size(24, 0.174, c_statistic=0.89)
    np.testing.assert_allclose(from_c.patients, r_numbers("sample_size")["from_c"]["table"][3], atol=3)


def test_without_an_expectation_fifteen_per_cent_of_the_possible_is_taken() -> None:
    ours = binary_sample_size(5, 0.3)
    assert ours.r_squared == pytest.approx(0.15 * ours.most_r_squared)


def test_so_many_patients_allow_so_many_parameters() -> None:
    assert most_parameters(5143, 0.051) == 30 and most_parameters(5142, 0.051) == 29


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: binary_sample_size(5, 1.2), "prevalence = 1.2"),
        (lambda: binary_sample_size(0, 0.2), "0 parameters"),
        (lambda: binary_sample_size(5, 0.2, r_squared=0.9), "R² = 0.9"),
        (lambda: binary_sample_size(5, 0.2, r_squared=0.1, c_statistic=0.7), "one of them"),
        (lambda: binary_sample_size(5, 0.2, c_statistic=0.4), "C statistic = 0.4"),
        (lambda: survival_sample_size(5, -1, 2, 2), "rate = -1"),
        (lambda: binary_sample_size(5, 0.2, absolute_error=0), "mean absolute error"),
    ],
)
def test_numbers_out_of_range_are_refused(call, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        call()


def test_a_margin_wider_than_the_risk_on_both_sides_asks_for_nobody() -> None:
    assert survival_sample_size(1, 0.7, 1, 1, margin=0.6).overall_risk == 0
