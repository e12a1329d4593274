"""The texture control on phantom patients: what shuffling leaves and what it takes."""

import numpy as np
import pytest

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.errors import InputError
from LWCTRLogic.phantom.patient import make_patient
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.extract import extract
from LWCTRLogic.simulation import phantom_shuffled
from LWCTRLogic.simulation.phantom_shuffled import make_shuffled, write_shuffled
from LWCTRLogic.simulation.phantoms import CROP_MM, SCANNERS, SETTINGS, write_features
from LWCTRLogic.training.shuffled import SHUFFLED, read_shuffled

COARSE = (5.0, 5.0, 5.0)
ORIGIN = {"settings": SETTINGS.to_dict(), "settings_hash": SETTINGS.hash}


@pytest.fixture(scope="module")
def shuffled():
    return {
        "case_id": "phantom-9",
        "features": phantom_shuffled._shuffled(9, "centre 2", 7, COARSE)["features"],
    }


def test_volume_and_shape_stay_and_texture_goes(shuffled):
    patient = make_patient(9, spacing=COARSE, crop_mm=CROP_MM, scanner=SCANNERS["centre 2"])
    plain = extract(patient.volumes["pre_V"], patient.liver["pre_V"], SETTINGS)
    found = shuffled["features"]["pre_V"]
    shape = [name for name in plain if "_shape_" in name]
    assert len(shape) == 14
    assert [found[name] for name in shape] == [plain[name] for name in shape]
    mean = "original_firstorder_Mean"
    assert found[mean] == pytest.approx(plain[mean], abs=0.5)
    # neighbours are less alike; on this coarse grid noise and resampling leave little of either to begin with
    for name in ("original_glcm_Correlation", "original_glcm_Imc2", "wavelet-LLL_glcm_Correlation"):
        assert found[name] < 0.92 * plain[name]


def test_training_takes_the_table_from_its_folder_and_refuses_plain_features(shuffled, tmp_path):
    write_shuffled([shuffled], tmp_path, 7)
    frame = read_shuffled(tmp_path, ["phantom-9"], ORIGIN)
    assert frame.shape == (1, 5264)
    assert np.array_equal(frame, read_shuffled(tmp_path / SHUFFLED, ["phantom-9"], ORIGIN))
    write_features({"phantom-9": shuffled["features"]}, tmp_path / "features.parquet")
    with pytest.raises(InputError, match="holds features of the scans as they are"):
        read_shuffled(tmp_path / "features.parquet", ["phantom-9"], ORIGIN)
    with pytest.raises(InputError, match="other settings"):
        read_shuffled(tmp_path, ["phantom-9"], {"settings": {"binWidth": 5}, "settings_hash": "another"})


def test_a_stopped_run_goes_on_and_another_order_is_made_anew(tmp_path, monkeypatch):
    asked = []

    def make(seed, centre, shuffle):
        asked.append((seed, shuffle))
        return {"case_id": f"phantom-{seed}", "features": {volume: {} for volume in VOLUMES}}

    monkeypatch.setattr(phantom_shuffled, "_shuffled", make)
    make_shuffled([1], "centre 1", tmp_path, Progress(), 7)
    make_shuffled([1, 2], "centre 1", tmp_path, Progress(), 7)
    make_shuffled([1], "centre 1", tmp_path, Progress(), 8)
    assert asked == [(1, 7), (2, 7), (1, 8)]
