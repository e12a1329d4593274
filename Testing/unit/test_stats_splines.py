"""Restricted cubic splines against R and their definition."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.splines import restricted_cubic_basis, spline_knots
from Testing.r_reference import r_numbers


def test_rms_has_the_same_basis() -> None:
    ours = restricted_cubic_basis([-2, 0, 0.5, 3], [-1, 0, 1, 2])
    np.testing.assert_allclose(ours, r_numbers("calibration")["basis"], atol=1e-12)


def test_the_spline_is_straight_beyond_the_knots() -> None:
    left, right = (
        restricted_cubic_basis([-9, -8, -7], [0, 1, 2]),
        restricted_cubic_basis([7, 8, 9], [0, 1, 2]),
    )
    for outside in (left, right):
        np.testing.assert_allclose(np.diff(outside, n=2, axis=0), 0, atol=1e-12)


def test_the_knots_lie_at_the_quantiles_of_harrell_and_equal_ones_merge() -> None:
    assert spline_knots(np.arange(101), 4).tolist() == [5, 35, 65, 95]
    np.testing.assert_allclose(spline_knots(np.arange(101), 5), [5, 27.5, 50, 72.5, 95])
    assert spline_knots([0, 0, 0, 0, 0, 1], 3).tolist() == [0, 0.5]
    assert restricted_cubic_basis([1.0, 2.0], [0, 0.5]).tolist() == [[1], [2]]


def test_another_number_of_knots_is_refused() -> None:
    with pytest.raises(InputError, match="7 knots"):
        spline_knots([1, 2], 7)
