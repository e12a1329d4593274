"""Features of repeated readings."""

from __future__ import annotations

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.reading.features import extract_readings, write_readings
from LWCTRLogic.reading.session import open_reading
from LWCTRLogic.training.feature_tables import read_readings
from Testing.unit.reading_case import ball, make_reading_case


class CountingBackend:
    """One feature: the number of voxels."""

    name, version = "counting", "1"

    def extract(self, image, mask, settings, progress, threads):
        return {"voxels": float(sitk.GetArrayFromImage(mask).sum())}


@pytest.fixture
def case(case_folder):
    case = make_reading_case(case_folder, ("pre_A", "pre_V"))
    for reader, volume, radius in (
        ("reader-1", "pre_A", 80.0),
        ("reader-1", "pre_V", 81.0),
        ("reader-2", "pre_A", 70.0),
    ):
        reading = open_reading(case, volume, reader, start="empty")
        reading.save_version(ball(radius))
        reading.close()
    return case


def test_each_reading_is_one_row_with_the_features_of_its_own_masks(case):
    frame = extract_readings([case], ExtractionSettings(), CountingBackend())
    assert list(frame.index) == [("p01", "reader-1", 1, "empty"), ("p01", "reader-2", 1, "empty")]
    count = [float(sitk.GetArrayFromImage(ball(radius)).sum()) for radius in (80.0, 81.0, 70.0)]
    assert frame["pre_A:voxels"].tolist() == [count[0], count[2]]
    assert frame["pre_V:voxels"].iloc[0] == count[1]
    assert np.isnan(frame["pre_V:voxels"].iloc[1])


def test_the_table_keeps_the_settings_it_was_made_with(case, tmp_path):
    settings = ExtractionSettings()
    frame = extract_readings([case], settings, CountingBackend())
    write_readings(frame, tmp_path / "readings.parquet", settings, CountingBackend())
    table = pq.read_table(tmp_path / "readings.parquet")
    assert json.loads(table.schema.metadata[b"lwctr"])["settings_hash"] == settings.hash
    assert table.to_pandas().equals(frame)


def test_training_reads_the_table_as_it_was_written(case, tmp_path):
    settings = ExtractionSettings()
    frame = extract_readings([case], settings, CountingBackend())
    write_readings(frame, tmp_path / "readings.parquet", settings, CountingBackend())
    readings, origin = read_readings(tmp_path / "readings.parquet")
    assert (readings.patients, readings.started_from) == (("p01",), ("empty",))
    first = readings.values[0, :, list(readings.names).index("pre_A:voxels")]
    assert sorted(first) == sorted(frame["pre_A:voxels"])
    assert origin["settings_hash"] == settings.hash


def test_cases_nobody_has_read_are_refused(case_folder):
    case = make_reading_case(case_folder)
    with pytest.raises(InputError, match="no reading in 1 cases"):
        extract_readings([case], ExtractionSettings(), CountingBackend())
