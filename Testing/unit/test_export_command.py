"""``lwctr export`` from the command line."""

from __future__ import annotations

import json

import pydicom
import pytest

from LWCTRLogic.cli import main
from LWCTRLogic.radiomics.step import FeatureTable, write_table
from Testing.unit.export_case import make_export_case, write_study


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dicom")
    write_study(folder)
    return folder


@pytest.fixture
def case(case_folder, study):
    return make_export_case(case_folder, study)


def export(case, out, *more):
    return main(["export", str(case.folder), "-o", str(out), *map(str, more)])


def test_tables_are_written_unless_dicom_is_asked_for(case, tmp_path, capsys):
    write_table(FeatureTable({"pre_A": {"f_one": 1.0}}, {}), case.features_path)
    assert export(case, tmp_path / "out") == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["features.csv", "features.xlsx"]
    assert "features.xlsx" in capsys.readouterr().out


def test_an_identified_export_must_be_confirmed_by_the_cases_name(case, study, tmp_path, capsys):
    for confirmation in ((), ("--confirm", "yes")):
        assert export(case, tmp_path / "out", "--identified", study, *confirmation) == 2
        assert "--confirm LW-1" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_confirmed_identified_export_names_the_patient_and_says_so(case, study, tmp_path, capsys):
    pytest.importorskip("highdicom")
    more = ("--identified", study, "--confirm", "LW-1", "--creator", "reader-1=Roe^Richard")
    assert export(case, tmp_path / "out", *more) == 0
    assert "name the patient" in capsys.readouterr().err
    seg = pydicom.dcmread(tmp_path / "out" / "pre_A_seg.dcm")
    assert (seg.PatientName, seg.ContentCreatorName) == ("Doe^Jane", "Roe^Richard")
    line = json.loads(case.log_path.read_text(encoding="utf-8").splitlines()[-1])
    assert (line["event"], line["identified"], line["files"]) == ("dicom-exported", True, 3)


def test_generated_uids_are_told(case, tmp_path, capsys):
    pytest.importorskip("highdicom")
    assert export(case, tmp_path / "out", "--generated-uids") == 0
    captured = capsys.readouterr()
    assert "UIDs are generated and the patient is LW-1" in captured.err
    assert "pre_A_ct: 16 images" in captured.out


def test_files_are_told_as_json(case, tmp_path, capsys):
    pytest.importorskip("highdicom")
    assert export(case, tmp_path / "out", "--generated-uids", "--progress", "json") == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["event"] == "result"
    assert len(last["files"]) == 2 * 16 + 3


@pytest.mark.parametrize(
    "more",
    [
        ("--score",),
        ("--creator", "reader-1=Doe^Jane"),
        ("--generated-uids", "--creator", "Doe^Jane"),
        ("--generated-uids", "--identified", "."),
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(case, tmp_path, more):
    assert export(case, tmp_path / "out", *more) == 2
