from pathlib import Path

import numpy as np
import pytest

from LWCTRLogic.phantom.anatomy import make_anatomy
from tools.liver_model import scans


def test_a_scan_that_is_there_already_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = []

    def small(seed: int):
        made.append(seed)
        anatomy = make_anatomy(seed, (12.0, 12.0, 15.0))
        return anatomy, np.zeros(anatomy.labels.shape, np.int16)

    monkeypatch.setattr(scans, "make_scan", small)
    path = scans.store_scan(300_001, tmp_path)
    assert scans.store_scan(300_001, tmp_path) == path == scans.scan_path(tmp_path, 300_001)
    assert made == [300_001]
    with np.load(path) as stored:
        assert stored["spacing"].tolist() == [15.0, 12.0, 12.0]
        assert stored["hu"].shape == stored["labels"].shape


@pytest.mark.slow
def test_a_scan_shows_a_liver_in_hu_and_is_repeatable():
    anatomy, volume = scans.make_scan(300_001)
    again = scans.make_scan(300_001)[1]
    assert np.array_equal(volume, again)
    assert volume.dtype == np.int16
    assert 20 < np.median(volume[anatomy.liver_mask()]) < 150
    assert anatomy.volume_ml(anatomy.liver_mask()) > 300
