"""Agreement of repeat readings: of every feature, and of the masks themselves."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.metric import pick
from LWCTRLogic.evaluation.overlap import overlap_metrics, read_overlaps
from LWCTRLogic.evaluation.reliability import (
    Reliability,
    reliability_metrics,
    reliability_of,
    reliability_rows,
    write_reliability,
)
from LWCTRLogic.stats.icc import intraclass_correlation
from LWCTRLogic.training.icc_filter import Readings


@pytest.fixture(scope="module")
def readings() -> Readings:
    draw = np.random.default_rng(3)
    truth = draw.normal(size=(30, 1, 2))
    values = truth + np.array([0.05, 1.0]) * draw.normal(size=(30, 3, 2))
    occasions = (("one", "1"), ("one", "2"), ("two", "1"))
    return Readings(
        tuple(f"p{n}" for n in range(30)), ("pre_A:steady", "post_V:noisy"), values, ("empty",), occasions
    )


@pytest.fixture(scope="module")
def found(readings: Readings) -> Reliability:
    return reliability_of(readings)


def test_first_readings_are_compared_between_readers_and_all_of_a_reader_within(found: Reliability) -> None:
    assert [(one.what, one.readings) for one in found.comparisons] == [
        ("between readers", ("one/1", "two/1")),
        ("within one", ("one/1", "one/2")),
    ]


def test_each_form_is_that_of_the_readings_compared(found: Reliability, readings: Readings) -> None:
    between = found.comparisons[0]
    for form in ("1,1", "2,1", "3,1"):
        one = intraclass_correlation(np.moveaxis(readings.values[:, [0, 2], :], 2, 0), form=form)
        np.testing.assert_array_equal(between.forms[form].value, one.value)
        np.testing.assert_array_equal(between.forms[form].low, one.low)


def test_a_volumes_share_of_features_that_surely_agree_is_counted(found: Reliability) -> None:
    metrics = list(reliability_metrics(found))
    shares = {
        metric.group: metric.estimate.value
        for metric in pick(metrics, name="share of features with ICC(2,1) surely ≥ 0.75")
    }
    assert shares["between readers: pre_A"] == 1
    assert shares["between readers: post_V"] == 0


def test_every_feature_and_form_is_a_row_of_the_table(found: Reliability, tmp_path: Path) -> None:
    rows = list(reliability_rows(found))
    assert len(rows) == 2 * 3 * 2
    write_reliability(found, tmp_path / "icc.csv")
    written = list(csv.DictReader((tmp_path / "icc.csv").read_text(encoding="utf-8").splitlines()))
    assert float(written[0]["icc"]) == rows[0]["icc"]


AGREEMENT = """case_id,volume,first,second,dice,hd95_mm,first_ml,second_ml,difference_ml,difference_percent
a,pre_A,auto,one/1,0.96,2.0,1500,1520,20,1.3
a,pre_A,one/1,one/2,0.98,1.0,1520,1525,5,0.3
a,pre_A,one/1,two/1,0.94,3.0,1520,1500,-20,-1.3
b,pre_A,one/1,two/1,0.90,5.0,1400,1440,40,2.8
"""


def test_pairs_of_masks_are_told_apart_by_who_drew_them(tmp_path: Path) -> None:
    (tmp_path / "agreement.csv").write_text(AGREEMENT, encoding="utf-8")
    found = read_overlaps(tmp_path)
    assert [(one.what, len(one.cases)) for one in found] == [
        ("between readers", 2),
        ("within a reader", 1),
        ("reader against the automatic mask", 1),
    ]
    dice = pick(overlap_metrics(found, 1, 50), name="Dice", group="between readers: pre_A")[0]
    assert dice.estimate.value == pytest.approx(0.92)
    assert (dice.estimate.low, dice.estimate.high) == pytest.approx((0.90, 0.94))
    assert dice.patients == 2


def test_another_table_is_refused_with_the_command_that_writes_it(tmp_path: Path) -> None:
    (tmp_path / "agreement.csv").write_text("case_id,dice\na,0.9\n", encoding="utf-8")
    with pytest.raises(InputError, match="lwctr readings agreement"):
        read_overlaps(tmp_path / "agreement.csv")


def test_a_cell_that_is_no_number_is_refused(tmp_path: Path) -> None:
    (tmp_path / "agreement.csv").write_text(AGREEMENT.replace("0.98", "good"), encoding="utf-8")
    with pytest.raises(InputError, match="'good'"):
        read_overlaps(tmp_path)


def test_averages_over_features_have_intervals_over_patients() -> None:
    draw = np.random.default_rng(8)
    values = draw.normal(size=(40, 1, 80)) + np.linspace(0.2, 0.9, 80) * draw.normal(size=(40, 2, 80))
    names = tuple(f"pre_A:{number}" for number in range(80))
    people, occasions = tuple(f"p{number}" for number in range(40)), (("one", "1"), ("two", "1"))
    metrics = list(reliability_metrics(reliability_of(Readings(people, names, values, (), occasions))))
    median = pick(metrics, name="median ICC(2,1)")[0].estimate
    share = pick(metrics, name="share of features with ICC(2,1) surely ≥ 0.75")[0].estimate
    # the noise of the middle feature is 0.55: its ICC is 1 / (1 + 0.55²)
    assert median.low < 1 / (1 + 0.55**2) < median.high
    assert 0 <= share.low < share.value < share.high <= 1


def test_a_share_of_few_features_has_no_interval_and_says_so(found: Reliability) -> None:
    for one in pick(reliability_metrics(found), name="share of features with ICC(2,1) surely ≥ 0.75"):
        assert np.isnan(one.estimate.low)
        assert "fewer than 50 features" in one.interval
