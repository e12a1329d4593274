"""Delta features against hand computation."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.delta import Delta, delta_features, delta_table, write_deltas
from LWCTRLogic.radiomics.step import FeatureTable, read_table, write_table


def test_an_absolute_delta_is_post_minus_pre() -> None:
    assert delta_features({"a": 2.0, "b": -5.0}, {"a": 3.5, "b": -7.0}) == {"a": 1.5, "b": -2.0}


def test_a_relative_delta_keeps_the_sign_of_the_change_for_negative_features() -> None:
    relative = delta_features({"a": 4.0, "b": -50.0}, {"a": 5.0, "b": -25.0}, Delta.RELATIVE)
    assert relative == {"a": 0.25, "b": 0.5}


def test_a_zero_baseline_gives_zero_or_an_undefined_relative_change() -> None:
    relative = delta_features({"still": 0.0, "new": 0.0}, {"still": 0.0, "new": 3.0}, Delta.RELATIVE)
    assert relative["still"] == 0.0
    assert math.isnan(relative["new"])


def test_different_features_are_refused_with_their_number_and_the_first_name() -> None:
    with pytest.raises(InputError, match=r"2 are in one alone, the first is b"):
        delta_features({"a": 1.0, "b": 2.0}, {"a": 1.0, "c": 2.0})


def test_a_table_has_one_row_a_phase_that_was_scanned_twice() -> None:
    table = pd.DataFrame(
        {"x": [1.0, 2.0, 10.0, 5.0], "y": [4.0, 8.0, 2.0, 1.0]},
        index=pd.Index(["pre_A", "pre_V", "post_A", "post_V"], name="volume"),
    )
    absolute = delta_table(table)
    assert list(absolute.index) == ["delta_A", "delta_V"]
    assert list(absolute.columns) == ["x", "y"]
    assert absolute.loc["delta_A"].tolist() == [9.0, -2.0]
    assert absolute.loc["delta_V"].tolist() == [3.0, -7.0]
    relative = delta_table(table.drop(index="post_V"), Delta.RELATIVE)
    assert list(relative.index) == ["relative-delta_A"]
    assert relative.loc["relative-delta_A"].tolist() == [9.0, -0.5]
    assert relative.index.name == "volume"


def test_a_table_without_a_pair_is_refused_and_says_what_it_has() -> None:
    table = pd.DataFrame({"x": [1.0, 2.0]}, index=["pre_A", "post_V"])
    with pytest.raises(InputError, match="the volumes of the table are pre_A, post_V"):
        delta_table(table)


@pytest.fixture
def features(tmp_path: Path) -> Path:
    rows = {
        "pre_A": {"x": 4.0, "y": 0.0, "z": -50.0},
        "post_A": {"x": 5.0, "y": 3.0, "z": -25.0},
        "pre_V": {"x": 8.0, "y": 0.0, "z": 0.5},
        "post_V": {"x": 6.0, "y": 0.0, "z": 0.25},
    }
    path = tmp_path / "features.parquet"
    write_table(FeatureTable(rows, {"settings_hash": "ab", "inputs": {"pre_A": {"image": "1"}}}), path)
    return path


def test_absolute_changes_are_written_beside_the_features_with_their_origin(features: Path) -> None:
    written = write_deltas(features)
    assert written == (features.with_name("features_delta.parquet"), 2, 3, [])
    table = read_table(written.path)
    assert table.rows == {
        "delta_A": {"x": 1.0, "y": 3.0, "z": 25.0},
        "delta_V": {"x": -2.0, "y": 0.0, "z": -0.25},
    }
    assert table.origin == {
        "settings_hash": "ab",
        "inputs": {"pre_A": {"image": "1"}},
        "delta": "absolute",
    }


def test_relative_changes_from_zero_are_empty_cells_and_told(features: Path) -> None:
    written = write_deltas(features, Delta.RELATIVE)
    assert written.path.name == "features_relative-delta.parquet"
    assert written.undefined == [("relative-delta_A", "y")]
    assert written.path.with_suffix(".csv").read_text() == (
        "volume,x,y,z\nrelative-delta_A,0.25,,0.5\nrelative-delta_V,-0.25,0.0,-0.5\n"
    )
    assert math.isnan(read_table(written.path).rows["relative-delta_A"]["y"])
