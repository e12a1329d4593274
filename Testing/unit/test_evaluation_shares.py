"""Shares by a month: Kaplan–Meier and Aalen–Johansen inside, Wilson where all or none had the event."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.evaluation.shares import alive_share, incidence_share
from LWCTRLogic.stats.survival_curves import survival_curve

TIME = np.array([3.0, 5.0, 14.0, 20.0, 8.0])
DIED = np.array([True, True, False, True, False])


def test_a_share_between_is_that_of_kaplan_and_meier_with_its_limits() -> None:
    assert alive_share(TIME, DIED, 12.0) == survival_curve(TIME, DIED).at(12.0)


def test_three_survivors_of_three_have_wilsons_lower_limit() -> None:
    found = alive_share(np.array([13.0, 20.0, 30.0]), np.array([False, True, True]), 12.0)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(3 / (3 + 1.959963984540054**2), abs=1e-12)  # n / (n + z²)


def test_patients_lost_before_the_month_do_not_count_for_the_limit() -> None:
    lost = alive_share(np.array([13.0, 20.0, 30.0, 4.0]), np.zeros(4, dtype=bool), 12.0)
    assert lost.low == pytest.approx(3 / (3 + 1.959963984540054**2), abs=1e-12)


def test_nobody_left_has_wilsons_upper_limit() -> None:
    found = alive_share(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4, dtype=bool), 12.0)
    z2 = 1.959963984540054**2
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(z2 / (4 + z2), abs=1e-12)


def test_beyond_the_follow_up_nothing_is_known() -> None:
    assert np.isnan(alive_share(TIME, np.zeros(5, dtype=bool), 24.0).value)


def test_a_cause_of_which_nobody_died_has_an_upper_limit() -> None:
    causes = np.array([1, 1, 0, 1, 0])
    found = incidence_share(TIME, causes, 2, 12.0)
    z2 = 1.959963984540054**2
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(z2 / (4 + z2), abs=1e-12)  # all but the one lost at 8 months are known


def test_a_cause_of_which_some_died_is_counted_without_censoring() -> None:
    found = incidence_share(np.array([3.0, 5.0, 14.0, 20.0]), np.array([1, 2, 1, 2]), 1, 12.0)
    assert found.value == pytest.approx(0.25, abs=1e-12)
    assert found.low < 0.25 < found.high


def test_where_all_died_early_the_share_of_a_cause_is_known_for_good() -> None:
    times, causes = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1, 1, 2, 1])
    assert incidence_share(times, causes, 1, 12.0).value == pytest.approx(0.75, abs=1e-12)
    causes[3] = 0
    assert np.isnan(incidence_share(times, causes, 1, 12.0).value)
