"""CSV and Excel tables of a case."""

from __future__ import annotations

import csv

import openpyxl
import pytest

from LWCTRLogic import files
from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.errors import InputError
from LWCTRLogic.export.tables import export_tables, write_workbook
from LWCTRLogic.models.prediction import BundleReference, ModelScore, Prediction
from LWCTRLogic.radiomics.step import FeatureTable, write_table
from LWCTRLogic.reading.session import open_reading
from Testing.unit.reading_case import make_reading_case

NOTICE = "demonstration model, simulated patients, not for clinical use"
VALUE = 0.1 + 0.2


@pytest.fixture
def case(case_folder):
    case = Case.create(case_folder, CaseInfo("p01", {"pre_A": Scan(), "post_V": Scan()}))
    rows = {"post_V": {"f_one": 2.5, "f_two": -1.0}, "pre_A": {"f_one": VALUE, "f_two": 1e-20}}
    origin = {"backend": "native", "version": "1", "settings_hash": "abc"}
    write_table(FeatureTable(rows, origin), case.features_path)
    return case


def predict(case):
    scores = (
        ModelScore("lwctr", "=LWCTR", 0.37, -0.5, 0.52, False),
        ModelScore("x", "X", missing=("a", "b")),
    )
    made = Prediction("p01", BundleReference("demo", "1", "ab", True, NOTICE), "lwctr", scores)
    files.write_json(case.prediction_path, made.to_dict())


def read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_features_are_rows_and_volumes_columns_with_every_digit(case, tmp_path):
    written = export_tables(case, tmp_path)
    assert [path.name for path in written] == ["features.csv", "features.xlsx"]
    rows = read(written[0])
    assert list(rows[0]) == ["feature", "pre_A", "post_V"]
    assert float(rows[0]["pre_A"]) == VALUE
    assert float(rows[1]["pre_A"]) == 1e-20
    sheet = openpyxl.load_workbook(written[1])["Features"]
    assert [cell.value for cell in sheet[2]] == ["f_one", pytest.approx(VALUE, rel=1e-15), 2.5]


def test_the_notice_stands_beside_every_score(case, tmp_path):
    predict(case)
    _, scores, workbook = export_tables(case, tmp_path)
    assert [row["notice"] for row in read(scores)] == [NOTICE, NOTICE]
    assert read(scores)[0]["score"] == "0.37"
    assert read(scores)[1]["missing"] == "a b"
    book = openpyxl.load_workbook(workbook)
    column = [cell.value for cell in book["Scores"][1]].index("notice")
    assert [row[column].value for row in book["Scores"].iter_rows(min_row=2)] == [NOTICE, NOTICE]
    assert ("notice", NOTICE) in book["Making"].iter_rows(values_only=True)


def test_no_cell_can_run_as_a_formula(case, tmp_path):
    predict(case)
    _, scores, workbook = export_tables(case, tmp_path)
    assert read(scores)[0]["label"] == "'=LWCTR"
    write_workbook(tmp_path / "x.xlsx", {"S": (("=a",), [{"=a": "=1+1"}, {"=a": None}])})
    for path in (workbook, tmp_path / "x.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_case_without_features_is_refused(case, tmp_path):
    case.features_path.unlink()
    with pytest.raises(InputError, match="no features"):
        export_tables(case, tmp_path)


def test_no_score_leaves_a_case_that_is_being_read(tmp_path):
    case = make_reading_case(tmp_path / "case")
    open_reading(case, "pre_A", "reader-1").leave()
    with pytest.raises(InputError, match="is being read"):
        export_tables(case, tmp_path / "out")
