"""First-order features against hand computations and numpy."""

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics import firstorder
from LWCTRLogic.radiomics.firstorder import first_order, order_statistics, percentiles


def test_features_of_four_values_are_those_worked_out_by_hand():
    values = first_order(np.array([1.0, 2.0, 3.0, 6.0]), np.array([3, 1]), voxel_volume=2.0)
    assert values["Mean"] == 3
    assert values["Median"] == 2.5
    assert values["Energy"] == 50
    assert values["TotalEnergy"] == 100
    assert values["RootMeanSquared"] == pytest.approx(np.sqrt(12.5))
    assert values["Variance"] == 3.5
    assert values["Skewness"] == pytest.approx((27 - 8 - 1) / 4 / 3.5**1.5)
    assert values["Kurtosis"] == pytest.approx((16 + 1 + 81) / 4 / 3.5**2)
    assert values["MeanAbsoluteDeviation"] == 1.5
    assert values["Range"] == 5
    assert values["InterquartileRange"] == pytest.approx(3.75 - 1.75)
    assert (
        values["RobustMeanAbsoluteDeviation"] == 0.5
    )  # the values 2 and 3 lie within the 10th to 90th percentile
    assert values["Uniformity"] == 0.75**2 + 0.25**2
    assert values["Entropy"] == pytest.approx(-(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25)))


def test_the_shift_counts_in_the_energies_alone():
    shifted = first_order(np.array([-1.0, 0.0, 1.0]), np.array([3]), 1.0, shift=10)
    assert shifted["Energy"] == 81 + 100 + 121
    assert shifted["Mean"] == 0


def test_two_different_voxels_are_too_few_for_the_robust_deviation():
    with pytest.raises(InputError, match="2 voxels.*at least 3"):
        first_order(np.array([0.0, 1.0]), np.array([2]), 1.0)


def test_a_flat_region_has_no_skewness_and_no_kurtosis():
    values = first_order(np.full(1000, 0.1), np.array([1000]), 1.0)
    assert values["Variance"] == values["Skewness"] == values["Kurtosis"] == 0


@pytest.mark.parametrize("kind", ["normal", "ties", "outlier"])
def test_percentiles_of_many_values_equal_numpys_to_the_last_bit(kind):
    rng = np.random.default_rng(1)
    values = rng.normal(size=40_001)
    if kind == "ties":
        values = np.round(values)
    if kind == "outlier":
        values[7] = 1e9
    expected = np.percentile(values, firstorder.PERCENTILES)
    assert percentiles(values, values.min(), values.max()) == pytest.approx(list(expected), rel=1e-15)


def test_order_statistics_are_exact_at_both_ends():
    values = np.random.default_rng(2).permutation(50_000).astype(float)
    ranks = np.array([0, 1, 24_999, 49_998, 49_999])
    assert order_statistics(values, 0.0, 49_999.0, ranks).tolist() == ranks.tolist()
