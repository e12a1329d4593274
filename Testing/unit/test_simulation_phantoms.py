"""Phantom cohorts: real features of simulated scans, kept patient by patient."""

import json

import pandas as pd
import pytest

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.cohort import read_cohort
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.io import read_image, read_mask
from LWCTRLogic.progress import Progress
from LWCTRLogic.simulation import phantoms
from LWCTRLogic.simulation.phantoms import make_record, make_records, write_phantoms, write_records
from LWCTRLogic.training.cohort_reading import read_cohort_files


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    scans = tmp_path_factory.mktemp("scans")
    return make_record(9, "centre 2", spacing=(5.0, 5.0, 5.0), scans=scans), scans


def test_a_record_holds_all_features_of_all_volumes_and_the_truth(made):
    record, _ = made
    assert {volume: len(row) for volume, row in record["features"].items()} == dict.fromkeys(VOLUMES, 1316)
    assert 0 <= record["truth"]["alive_at_12_months"] <= 1
    assert record["row"]["centre"] == "centre 2"


def test_its_scans_and_masks_can_be_read(made):
    _, scans = made
    for volume in VOLUMES:
        image = read_image(scans / "phantom-9" / f"{volume}.nii.gz")
        mask = read_mask(scans / "phantom-9" / f"{volume}_liver.seg.nrrd")
        assert mask.GetSize() == image.GetSize()


def test_records_make_a_cohort_that_training_reads(made, tmp_path):
    record, _ = made
    other = json.loads(json.dumps(record))
    # training wants patients of both classes
    record["row"] |= {"os_months": 14.0, "os_event": 1, "pfs_months": 7.0, "pfs_event": 1}
    other["row"] |= {
        "case_id": "phantom-10",
        "os_months": 5.0,
        "os_event": 1,
        "pfs_months": 4.0,
        "pfs_event": 1,
    }
    other["features"]["pre_A"]["original_firstorder_Mean"] += 1.0
    write_records([record, other], tmp_path)
    cohort = read_cohort_files(tmp_path).cohort
    assert cohort.features.shape == (2, 5264)
    assert (
        cohort.features.loc["phantom-9", "post_V:original_firstorder_Mean"]
        == (record["features"]["post_V"]["original_firstorder_Mean"])
    )


def test_a_stopped_run_goes_on_where_it_was(made, tmp_path, monkeypatch):
    record, _ = made
    asked = []

    def make(seed, centre, scans=None):
        asked.append(seed)
        return record

    monkeypatch.setattr(phantoms, "make_record", make)
    make_records(range(3), "centre 1", tmp_path, Progress())
    make_records(range(5), "centre 1", tmp_path, Progress())
    assert asked == [0, 1, 2, 3, 4]


def test_a_phantom_cohort_can_be_run_as_a_batch(made, tmp_path, monkeypatch):
    record, _ = made

    def make(seed, centre, scans=None):
        named = json.loads(json.dumps(record))
        named["row"] |= {"case_id": f"phantom-{seed}", "centre": centre}
        for volume in VOLUMES:
            place = scans / f"phantom-{seed}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{volume}.nii.gz").touch()
            (place / f"{volume}_liver.seg.nrrd").touch()
        return named

    monkeypatch.setattr(phantoms, "make_record", make)
    seeds = write_phantoms(tmp_path, 3, 2, {"centre 1": 2.0, "centre 2": 1.0}, Progress())
    assert seeds == {"centre 1": [2000, 2001], "centre 2": [2002]}
    assert [row.info.case_id for row in read_cohort(tmp_path / "cohort.csv").rows] == [
        "phantom-2000",
        "phantom-2001",
        "phantom-2002",
    ]
    table = pd.read_csv(tmp_path / "cohort.csv")
    assert list(table["centre"]) == ["centre 1", "centre 1", "centre 2"]


def test_a_centre_without_a_scanner_is_refused(tmp_path):
    with pytest.raises(InputError, match="no scanner of north"):
        write_phantoms(tmp_path, 1, 1, {"north": 1.0}, Progress())
