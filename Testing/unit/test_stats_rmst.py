"""Restricted mean survival against R and hand computations."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.rmst import restricted_mean, restricted_mean_difference
from Testing.r_reference import r_numbers, r_table


def test_r_finds_the_same_means_errors_and_difference() -> None:
    table, expected = r_table("survival"), r_numbers("survival_curves")["rmst"]
    treated, control = (table[table["arm"] == arm] for arm in (1, 0))
    for rows, name in ((treated, "treated"), (control, "control")):
        ours = restricted_mean(rows["time"], rows["event"], 24)
        assert [ours.value, ours.se, ours.low, ours.high] == pytest.approx(expected[name], abs=1e-10)
    ours = restricted_mean_difference(
        treated["time"], treated["event"], control["time"], control["event"], 24
    )
    found = [ours.difference.value, ours.difference.low, ours.difference.high, ours.test.p]
    assert found == pytest.approx(expected["difference"], abs=1e-10)


def test_survfit_finds_the_same() -> None:
    table = r_table("survival")
    for arm, expected in enumerate(r_numbers("survival_curves")["survfit_rmst"]):
        rows = table[table["arm"] == arm]
        ours = restricted_mean(rows["time"], rows["event"], 24)
        assert [ours.value, ours.se] == pytest.approx(expected, abs=1e-10)


def test_the_area_of_three_steps_is_that_computed_by_hand() -> None:
    # S: 1 to 1, ⅔ to 2, ⅓ to 4. Variance Σ area² d / (r (r − d)): (4/3)² / 6 + (2/3)² / 2.
    ours = restricted_mean([1, 2, 5], [1, 1, 0], 4)
    assert ours.value == pytest.approx(1 + 2 / 3 + 2 / 3)
    assert ours.se**2 == pytest.approx((4 / 3) ** 2 / 6 + (2 / 3) ** 2 / 2)


def test_everybody_dead_before_the_limit_is_allowed_and_adds_no_more_time() -> None:
    assert restricted_mean([1, 2], [1, 1], 10).value == pytest.approx(1.5)


def test_a_limit_beyond_the_follow_up_or_not_positive_is_refused() -> None:
    with pytest.raises(InputError, match="last follow-up at 3"):
        restricted_mean([1, 3], [1, 0], 4)
    with pytest.raises(InputError, match="above 0"):
        restricted_mean([1, 3], [1, 0], 0)


@pytest.mark.shared
def test_the_lung_data_give_the_numbers_of_r(shared_data: Path) -> None:
    reference = shared_data.parent / "reference"
    table = pd.read_csv(reference / "inputs/lung.csv")
    for row in json.loads((reference / "outputs/km_logrank.json").read_text())["rmst365"]:
        group = table[table["sex"] == row["sex"]]
        ours = restricted_mean(group["time"], group["event"], 365)
        assert [ours.value, ours.se] == pytest.approx([row["rmean"], row["se"]], abs=1e-9)
