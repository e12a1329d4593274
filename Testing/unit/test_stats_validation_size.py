"""The size of a validation: simulated validations of that size are as precise as was asked for."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np
import pytest
from scipy.special import expit

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.calibration import fit_logistic
from LWCTRLogic.stats.discrimination import weighted_auc
from LWCTRLogic.stats.validation_size import validation_sample_size


def test_the_ratio_of_observed_to_expected_is_as_precise_as_asked_and_no_more() -> None:
    found = validation_sample_size(0.4, 0.8, np.linspace(-3, 3, 50)).observed_expected
    widths = []
    for patients in (found, found - 1):
        error = sqrt(0.6 / (0.4 * patients))
        widths.append(exp(1.96 * error) - exp(-1.96 * error))
    assert widths[0] <= 0.2 < widths[1]


def test_simulated_validations_have_the_standard_errors_that_the_widths_ask_for() -> None:
    draw = np.random.default_rng(5)
    population = draw.normal(-0.3, 1.2, 200_000)
    label = draw.random(len(population)) < expit(population)
    area = weighted_auc(label, population, np.ones(len(label)))
    size = validation_sample_size(float(label.mean()), area, population, slope_width=0.6, c_width=0.2)
    slopes, areas = [], []
    for _ in range(300):
        rows = draw.integers(0, len(population), size.slope)
        x = np.column_stack([population[rows], np.ones(size.slope)])
        slopes.append(fit_logistic(x, label[rows].astype(float), np.ones(size.slope))[0])
        rows = draw.integers(0, len(population), size.c_statistic)
        areas.append(weighted_auc(label[rows], population[rows], np.ones(size.c_statistic)))
    # Monte Carlo error of a standard deviation of 300 values is 4 %
    assert np.std(slopes) == pytest.approx(0.6 / (2 * 1.96), rel=0.13)
    assert np.std(areas) == pytest.approx(0.2 / (2 * 1.96), rel=0.13)


def test_the_largest_of_the_three_is_needed() -> None:
    size = validation_sample_size(0.5, 0.85, np.linspace(-4, 4, 100))
    assert size.patients == max(size.observed_expected, size.slope, size.c_statistic)


@pytest.mark.parametrize(
    ("prevalence", "c", "words"), [(0.0, 0.8, "prevalence = 0"), (0.5, 1.0, "C statistic = 1")]
)
def test_a_share_out_of_range_is_refused(prevalence: float, c: float, words: str) -> None:
    with pytest.raises(InputError, match=words):
        validation_sample_size(prevalence, c, np.linspace(-1, 1, 9))


def test_predictions_that_are_all_the_same_are_refused() -> None:
    with pytest.raises(InputError, match="every prediction is the same"):
        validation_sample_size(0.5, 0.8, np.full(9, 0.3))
