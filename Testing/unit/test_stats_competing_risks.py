"""Competing risks against cmprsk and hand computations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.competing_risks import cause_specific_cox, cumulative_incidence, gray_test
from LWCTRLogic.stats.survival_curves import survival_curve
from Testing.r_reference import r_numbers, r_table


@pytest.fixture
def survival() -> pd.DataFrame:
    return r_table("survival")


@pytest.mark.parametrize("cause", [1, 2])
def test_cmprsk_finds_the_same_incidence_and_variance(cause: int, survival: pd.DataFrame) -> None:
    expected = r_numbers("competing_risks")
    ours = cumulative_incidence(survival["time"], survival["cause"], of=cause)
    found = [ours.at(time) for time in expected["times"]]
    np.testing.assert_allclose([e.value for e in found], expected["all"]["est"][cause - 1], atol=1e-12)
    np.testing.assert_allclose([e.se**2 for e in found], expected["all"]["var"][cause - 1], atol=1e-12)
    # survfit's errors, without cmprsk's correction for ties, are a little smaller.
    np.testing.assert_allclose(
        [e.se for e in found], np.array(expected["jackknife_se"])[:, cause - 1], rtol=0.012
    )


def test_cmprsk_finds_the_same_in_groups(survival: pd.DataFrame) -> None:
    expected = r_numbers("competing_risks")
    for name, est, var in zip(*(expected["arms"][key] for key in ("names", "est", "var")), strict=True):
        arm, cause = map(int, name.split())
        rows = survival[survival["arm"] == arm]
        ours = cumulative_incidence(rows["time"], rows["cause"], of=cause)
        found = [ours.at(time) for time in expected["times"]]
        np.testing.assert_allclose([e.value for e in found], est, atol=1e-12)
        np.testing.assert_allclose([e.se**2 for e in found], var, atol=1e-12)


def test_cmprsk_finds_the_same_variance_when_the_last_patient_dies() -> None:
    ours = cumulative_incidence([1, 2, 2, 3, 4, 5], [1, 1, 2, 0, 2, 1])
    found = [ours.at(time).se ** 2 for time in (1, 2, 5)]
    np.testing.assert_allclose(found, r_numbers("competing_risks")["last_var"], atol=1e-12)


def test_the_incidence_of_five_patients_is_that_computed_by_hand() -> None:
    # Cause 1 at 1 (of 5), cause 2 at 2 (of 4), cause 1 at 4 (of 2, one alive before with probability 3/5).
    ours = cumulative_incidence([1, 2, 3, 4, 5], [1, 2, 0, 1, 0])
    assert [ours.at(t).value for t in (0.5, 1, 3, 4)] == pytest.approx([0, 0.2, 0.2, 0.2 + 0.6 / 2])
    assert ours.at(0.5).low == ours.at(0.5).high == 0
    assert np.isnan(ours.at(6).value)


def test_with_one_cause_the_incidence_is_what_kaplan_meier_leaves(survival: pd.DataFrame) -> None:
    ours = cumulative_incidence(survival["time"], survival["event"])
    km = survival_curve(survival["time"], survival["event"])
    for time in (3, 12, 24):
        assert ours.at(time).value == pytest.approx(1 - km.at(time).value, abs=1e-12)


def test_all_causes_and_survival_sum_to_one(survival: pd.DataFrame) -> None:
    total = sum(cumulative_incidence(survival["time"], survival["cause"], of=k).at(18).value for k in (1, 2))
    alive = survival_curve(survival["time"], survival["event"]).at(18).value
    assert total + alive == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "group", "strata"),
    [("arm_test", "arm", None), ("stage_test", "stage", None), ("strata_test", "stage", "centre")],
)
def test_cmprsk_finds_the_same_gray_test(
    name: str, group: str, strata: str | None, survival: pd.DataFrame
) -> None:
    within = None if strata is None else survival[strata]
    for cause in (1, 2):
        ours = gray_test(survival["time"], survival["cause"], survival[group], of=cause, strata=within)
        expected = r_numbers("competing_risks")[name][cause - 1]
        assert [ours.statistic, ours.p, ours.df] == pytest.approx(expected, abs=1e-10)


def test_cmprsk_finds_the_same_gray_test_without_ties(survival: pd.DataFrame) -> None:
    time = survival["time"] + np.arange(len(survival)) / 1000
    for cause in (1, 2):
        ours = gray_test(time, survival["cause"], survival["stage"], of=cause)
        assert ours.statistic == pytest.approx(
            r_numbers("competing_risks")["untied_test"][cause - 1][0], abs=1e-10
        )


def test_a_stratum_without_the_cause_adds_nothing(survival: pd.DataFrame) -> None:
    alone = gray_test(survival["time"], survival["cause"], survival["arm"])
    more = pd.concat([survival, survival[survival["cause"] == 2].head(9)])
    stratum = np.repeat([0, 1], [len(survival), 9])
    assert gray_test(more["time"], more["cause"], more["arm"], strata=stratum) == alone


def test_cause_specific_hazards_are_those_of_r(survival: pd.DataFrame) -> None:
    for cause, expected in enumerate(r_numbers("competing_risks")["specific"], start=1):
        ours = cause_specific_cox(survival["time"], survival["cause"], survival[["score", "arm"]], of=cause)
        np.testing.assert_allclose(ours.coefficients, expected["coefficients"], atol=1e-7)
        np.testing.assert_allclose(np.sqrt(np.diag(ours.covariance)), expected["se"], atol=1e-7)


@pytest.mark.parametrize(
    ("time", "cause", "reason"),
    [
        ([1, 2], [0, 2], "some of them 1"),
        ([1, 2], [0.5, 1], "causes"),
        ([-1, 2], [0, 1], "negative"),
        ([1], [0, 1], "do not fit"),
    ],
)
def test_causes_that_are_none_are_refused(time: list, cause: list, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        cumulative_incidence(time, cause)


def test_one_group_is_refused() -> None:
    with pytest.raises(InputError, match="1 groups"):
        gray_test([1, 2], [1, 0], ["a", "a"])


def test_an_incidence_that_reaches_one_has_no_overflow_on_its_way() -> None:
    times = np.sort(np.random.default_rng(0).exponential(10, 60))
    found = cumulative_incidence(times, np.ones(60, dtype=int))  # nobody censored: the last step ends at 1
    assert found.at(times[-1]).value == pytest.approx(1, abs=1e-12)
    assert np.isfinite(found.low).all()
