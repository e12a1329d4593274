"""Virtual cohorts as files: what training reads, the same bytes twice, refusals."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.simulation.cohort import CohortSettings, draw_patients, write_cohort
from LWCTRLogic.training.cohort_reading import read_cohort_files


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("virtual") / "é cohort"
    write_cohort(CohortSettings(120, seed=4, features="signature"), path)
    return path


def test_training_reads_what_was_written(folder):
    found = read_cohort_files(folder)
    assert found.cohort.features.shape == (120, 27)
    assert found.readings is not None
    assert found.readings.values.shape == (50, 3, 27)
    assert not any("nothing uses" in note for note in found.notes)


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    write_cohort(CohortSettings(120, seed=4, features="signature"), tmp_path)
    for name in ("cohort.csv", "truth.parquet", "features.parquet", "readings.parquet"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_another_seed_gives_other_patients_with_other_names(folder):
    other = draw_patients(CohortSettings(120, seed=5)).table
    mine = pd.read_csv(folder / "cohort.csv")
    assert not set(other["case_id"]) & set(mine["case_id"])
    assert not np.array_equal(other["os_months"], mine["os_months"])


def test_the_truth_stands_beside_the_patients(folder):
    truth = pd.read_parquet(folder / "truth.parquet")
    table = pd.read_csv(folder / "cohort.csv").set_index("case_id")
    assert list(truth.index) == list(table.index)
    died = table["os_event"] == 1
    assert np.allclose(truth.loc[died, "death_months"], table.loc[died, "os_months"], atol=0.006)
    assert truth["alive_at_12_months"].between(0, 1).all()


def test_the_true_probability_is_right_in_each_tenth_of_a_large_cohort():
    truth = draw_patients(CohortSettings(40_000, seed=6, features="none")).truth
    tenth = pd.qcut(truth["alive_at_12_months"], 10, labels=False)
    expected = truth["alive_at_12_months"].groupby(tenth).mean()
    seen = (truth["death_months"] > 12).groupby(tenth).mean()
    assert np.abs(expected - seen).max() < 4 * np.sqrt(0.25 / 4000)


def test_centres_come_in_their_shares():
    table = draw_patients(CohortSettings(20_000, seed=7, centres={"north": 3.0, "south": 1.0})).table
    assert (table["centre"] == "north").mean() == pytest.approx(0.75, abs=0.015)


def test_without_features_there_are_no_feature_files(tmp_path):
    write_cohort(CohortSettings(10, seed=8, features="none"), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cohort.csv", "truth.parquet"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"patients": 0}, "0 patients"),
        ({"features": "some"}, "features 'some'"),
        ({"centres": {}}, "centres"),
        ({"centres": {"centre 1": -1.0}}, "share above 0"),
    ],
)
def test_what_cannot_be_simulated_is_refused(wrong, words):
    with pytest.raises(InputError, match=words):
        CohortSettings(**({"patients": 5, "seed": 1} | wrong))
