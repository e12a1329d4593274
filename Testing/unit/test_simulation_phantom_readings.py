"""Repeat readings of phantom patients: a table that training reads, and features that agree as masks do."""

import numpy as np
import pytest

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.progress import Progress
from LWCTRLogic.simulation import phantom_readings
from LWCTRLogic.simulation.phantom_readings import (
    choose_patients,
    make_patient_readings,
    make_readings,
    write_phantom_readings,
)
from LWCTRLogic.simulation.phantoms import SETTINGS
from LWCTRLogic.training.feature_tables import read_readings


@pytest.fixture(scope="module")
def read():
    return make_patient_readings(9, "centre 2", spacing=(5.0, 5.0, 5.0))


def test_every_reading_has_all_features_of_all_volumes(read):
    assert [(one["reader"], one["reading"], one["started_from"]) for one in read["readings"]] == [
        ("reader 1", 1, "auto"),
        ("reader 1", 2, "auto"),
        ("reader 2", 1, "empty"),
    ]
    for one in read["readings"]:
        assert {volume: len(row) for volume, row in one["features"].items()} == dict.fromkeys(VOLUMES, 1316)


def test_masks_are_close_to_the_truth_and_volumes_are_theirs(read):
    for one in read["readings"]:
        assert all(0.9 < value < 0.995 for value in one["dice"].values())
    volumes = {one["features"]["pre_A"]["original_shape_VoxelVolume"] for one in read["readings"]}
    assert len(volumes) == 3
    assert max(volumes) / min(volumes) < 1.1


def test_training_reads_the_table(read, tmp_path):
    other = {**read, "case_id": "phantom-10"}
    write_phantom_readings([read, other], tmp_path / "readings.parquet")
    found, origin = read_readings(tmp_path / "readings.parquet")
    assert found.patients == ("phantom-10", "phantom-9")
    assert found.values.shape == (2, 3, 5264)
    assert found.started_from == ("auto", "empty")
    assert origin["settings_hash"] == SETTINGS.hash
    column = found.names.index("post_V:original_firstorder_Mean")
    assert (
        found.values[1, 2, column] == (read["readings"][2]["features"]["post_V"]["original_firstorder_Mean"])
    )
    assert np.isfinite(found.values).all()


def test_fewer_patients_are_the_first_of_more_and_one_is_none():
    many = choose_patients(range(100, 160), 50)
    assert len(set(many)) == 50
    assert set(many) < set(range(100, 160))
    assert choose_patients(range(100, 160), 20) == many[:20]
    assert sorted(choose_patients([5, 6, 7], 50)) == [5, 6, 7]
    assert choose_patients([5], 50) == choose_patients([5, 6], 0) == choose_patients([], 20) == []


def test_a_stopped_run_goes_on_where_it_was(tmp_path, monkeypatch):
    asked = []

    def make(seed, centre):
        asked.append(seed)
        return {"case_id": f"phantom-{seed}", "readings": []}

    monkeypatch.setattr(phantom_readings, "make_patient_readings", make)
    make_readings([3, 1], "centre 1", tmp_path, Progress())
    found = make_readings([3, 1, 2], "centre 1", tmp_path, Progress())
    assert asked == [3, 1, 2]
    assert [one["case_id"] for one in found] == ["phantom-3", "phantom-1", "phantom-2"]
