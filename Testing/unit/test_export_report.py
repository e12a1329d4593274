"""A score in a structured report: refused from a demonstration bundle."""

from __future__ import annotations

from dataclasses import replace

import pydicom
import pytest

from LWCTRLogic import files
from LWCTRLogic.errors import InputError
from LWCTRLogic.export.dicom import DicomOptions, export_dicom
from LWCTRLogic.export.structured_report import make_report
from LWCTRLogic.models.prediction import (
    BundleReference,
    Contribution,
    Explanation,
    ModelScore,
    Prediction,
)
from LWCTRLogic.radiomics.step import FeatureTable, write_table
from Testing.unit.export_case import make_export_case, write_study
from Testing.unit.test_export_dicom import numbers, texts

pytest.importorskip("highdicom")

FEATURE = "wavelet-HHH_glcm_Id"


def prediction(demonstration, **changes):
    bundle = BundleReference(
        "liver-study", "2.1", "ab" * 32, demonstration, "simulated" if demonstration else ""
    )
    part = Contribution(f"pre_A:{FEATURE}", "", "pre_A", 0.5, 0.1)
    return replace(
        Prediction(
            "LW-1",
            bundle,
            "lwctr",
            (ModelScore("lwctr", "LWCTR", 0.37, -0.5, 0.52, False),),
            (Explanation("lwctr", 0.0, (part,)),),
        ),
        **changes,
    )


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dicom")
    write_study(folder)
    return folder


@pytest.fixture
def case(case_folder, study):
    return make_export_case(case_folder, study)


def export(case, study, out, made, score=True):
    files.write_json(case.prediction_path, made.to_dict())
    return export_dicom(case, out, DicomOptions(study, {}, score))


def test_a_demonstration_score_never_enters_a_report(case, study, tmp_path):
    with pytest.raises(InputError, match="demonstration bundle liver-study"):
        export(case, study, tmp_path / "out", prediction(True))
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="demonstration bundle"):
        make_report([], 1, prediction(True))


def test_a_report_without_a_score_holds_none(case, study, tmp_path):
    report = pydicom.dcmread(export(case, study, tmp_path / "out", prediction(True), score=False)[-1])
    assert not any(scheme == "99LWCTR" for _, _, scheme in numbers(report))
    assert 0.37 not in [number for number, _ in numbers(report).values()]


def test_a_score_of_a_bundle_trained_on_patients_stands_with_its_making(case, study, tmp_path):
    report = pydicom.dcmread(export(case, study, tmp_path / "out", prediction(False))[-1])
    assert numbers(report)["LWCTR", "SCORE", "99LWCTR"] == (0.37, "1")
    assert {"liver-study", "2.1", f"sha256={'ab' * 32}"} <= set(texts(report))


def test_features_of_the_signature_stand_in_the_report(case, study, tmp_path):
    mask = files.sha256(case.current_mask("pre_A"))
    write_table(
        FeatureTable({"pre_A": {FEATURE: 0.25}}, {"inputs": {"pre_A": {"mask": mask}}}), case.features_path
    )
    report = pydicom.dcmread(export(case, study, tmp_path / "out", prediction(True), score=False)[-1])
    (value,) = [number for key, number in numbers(report).items() if key[2] == "99LWCTR"]
    assert value == (0.25, "1")
    assert FEATURE in str(report)


def test_a_prediction_without_a_score_is_refused(case, study, tmp_path):
    with pytest.raises(InputError, match="has no score"):
        export(case, study, tmp_path / "out", prediction(False, model=""))


def test_a_case_without_a_prediction_has_no_score_to_export(case, study, tmp_path):
    with pytest.raises(InputError, match="no prediction"):
        export_dicom(case, tmp_path / "out", DicomOptions(study, {}, score=True))
