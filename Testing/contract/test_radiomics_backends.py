"""The two feature backends on one scan and one mask."""

import warnings

import pytest

from LWCTRLogic.phantom.patient import make_patient
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.backend import make_backend
from LWCTRLogic.radiomics.settings import ExtractionSettings

pytest.importorskip("radiomics")


def test_a_scan_has_the_same_1316_columns_and_values_through_both_backends():
    patient = make_patient(7, spacing=(4.0, 4.0, 5.0))
    scan, mask, settings = patient.volumes["pre_V"], patient.liver["pre_V"], ExtractionSettings()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyRadiomics warns of its own deprecations
        theirs = make_backend("pyradiomics").extract(scan, mask, settings, Progress(), 1)
    ours = make_backend("native").extract(scan, mask, settings, Progress(), 1)
    assert list(ours) == list(theirs) and len(ours) == 1316
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)
