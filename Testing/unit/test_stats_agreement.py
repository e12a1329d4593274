"""Agreement of readers against R and textbook examples."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.agreement import Weights, cohen_kappa, dice_agreement, limits_of_agreement
from Testing.r_reference import r_numbers, r_table


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_r_finds_the_same_kappa_and_standard_error(weights: Weights) -> None:
    table = r_table("response")
    ours = cohen_kappa(
        table["reader1"].tolist(), table["reader2"].tolist(), categories=[1, 2, 3, 4], weights=weights
    ).kappa
    assert [ours.value, ours.se] == pytest.approx(r_numbers("agreement")["kappa"][weights], abs=1e-12)
    if weights == "none":
        assert [ours.low, ours.value, ours.high] == pytest.approx(r_numbers("agreement")["psych"], abs=1e-12)


def test_kappa_of_a_two_by_two_table_is_that_computed_by_hand() -> None:
    # 20 both yes, 15 both no, 5 and 10 apart: observed 0.7, expected 0.5 × 0.6 + 0.5 × 0.4 = 0.5.
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    ours = cohen_kappa(first, second, categories=["yes", "no"])
    assert (ours.observed, ours.expected, ours.kappa.value) == pytest.approx((0.7, 0.5, 0.4))


def test_one_category_for_everybody_has_no_kappa() -> None:
    ours = cohen_kappa(["SD"] * 4, ["SD"] * 4, categories=["SD", "PD"])
    assert np.isnan(ours.kappa.value) and ours.observed == 1


def test_readings_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(InputError, match="NE"):
        cohen_kappa(["NE"], ["PD"], categories=["SD", "PD"])
    with pytest.raises(InputError, match="1 and 2 readings"):
        cohen_kappa(["SD"], ["SD", "PD"], categories=["SD", "PD"])


def test_the_bias_has_the_paired_t_interval_of_r() -> None:
    table = r_table("response")
    ours = limits_of_agreement(table["dice1"], table["dice2"])
    expected = r_numbers("agreement")["bias"]
    found = [ours.bias.value, ours.bias.low, ours.bias.high]
    assert found == pytest.approx([expected["value"], expected["low"], expected["high"]], abs=1e-12)


def test_limits_of_agreement_lie_two_deviations_from_the_bias() -> None:
    # Differences −1, 0, 1: sd 1; the limit's se is √(1/3 + 1.96² / 4) (Bland and Altman 1999, exact form).
    ours = limits_of_agreement([0, 1, 2], [1, 1, 1])
    assert (ours.lower.value, ours.upper.value) == pytest.approx((-1.959964, 1.959964), abs=1e-6)
    assert ours.upper.se == pytest.approx(np.sqrt(1 / 3 + 1.959964**2 / 4), abs=1e-6)


def test_dice_values_are_summarised_as_r_does() -> None:
    expected, ours = r_numbers("agreement"), dice_agreement(r_table("response")["dice1"])
    found = [ours.mean.value, ours.mean.low, ours.mean.high]
    assert found == pytest.approx([expected["dice"][key] for key in ("mean", "low", "high")], abs=1e-12)
    assert [ours.quartiles[0], ours.median, ours.quartiles[1]] == pytest.approx(expected["dice"]["quartiles"])
    share = expected["wilson"]
    found = [ours.share_at_least.value, ours.share_at_least.low, ours.share_at_least.high]
    assert found == pytest.approx([share["share"], share["low"], share["high"]], abs=1e-12)
    assert ours.pairs == 90 and ours.lowest == r_table("response")["dice1"].min()


def test_values_that_are_no_dice_and_too_few_are_refused() -> None:
    with pytest.raises(InputError, match="90"):
        dice_agreement([90.0, 95.0])
    with pytest.raises(InputError, match="1 Dice"):
        dice_agreement([0.9])
    with pytest.raises(InputError, match="2 and 2"):
        limits_of_agreement([1, 2], [1, 2])
