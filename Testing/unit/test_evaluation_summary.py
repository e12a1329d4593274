"""What the first section says of probabilities that are none."""

import math

from LWCTRLogic.evaluation.sections.summary import calibration_warning
from LWCTRLogic.stats.estimate import Estimate


def slope(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, (high - low) / 3.92)


def test_a_slope_below_one_is_told_as_too_extreme_with_its_figures():
    told = calibration_warning(slope(0.20, 0.15, 0.26))
    assert "0.20 (0.15–0.26)" in told and "too extreme" in told and "recalibrate" in told


def test_a_slope_above_one_is_told_as_too_timid():
    assert "too timid" in calibration_warning(slope(1.8, 1.2, 2.4))


def test_an_interval_that_holds_one_or_is_unknown_is_left_without_a_word():
    assert calibration_warning(slope(0.9, 0.7, 1.1)) == ""
    assert calibration_warning(slope(0.9, math.nan, math.nan)) == ""
