"""The features of a case as a sheet."""

from __future__ import annotations

import csv

import openpyxl
import pytest

from LWCTRLogic.case import Case, CaseInfo
from LWCTRLogic.cli import main
from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.sheet import write_sheet
from LWCTRLogic.radiomics.step import FeatureTable, write_table


@pytest.fixture
def case(case_folder):
    case = Case.create(case_folder, CaseInfo("p01"))
    rows = {"post_V": {"a": 4.5, "b": -1e-12}, "pre_A": {"a": 0.1, "b": 2.0}}
    write_table(FeatureTable(rows, {"settings": {}, "settings_hash": ""}), case.features_path)
    return case


def test_a_csv_sheet_has_a_row_a_feature_with_every_digit_and_the_volumes_in_their_order(case, tmp_path):
    assert write_sheet(case, tmp_path / "f.csv") == 2
    rows = list(csv.reader((tmp_path / "f.csv").read_text(encoding="utf-8").splitlines()))
    assert rows == [["feature", "pre_A", "post_V"], ["a", "0.1", "4.5"], ["b", "2.0", "-1e-12"]]


def test_an_excel_sheet_holds_numbers_not_texts(case, tmp_path, capsys):
    target = tmp_path / "f é.xlsx"
    assert main(["features", str(case.folder), "-o", str(target)]) == 0
    assert capsys.readouterr().out == f"{target}: 2 features\n"
    sheet = openpyxl.load_workbook(target)["features"]
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["feature", "pre_A", "post_V"],
        ["a", 0.1, 4.5],
        ["b", 2.0, -1e-12],
    ]


def test_a_program_is_told_where_the_sheet_is(case, tmp_path, capsys):
    assert main(["features", str(case.folder), "-o", str(tmp_path / "f.csv"), "--progress", "json"]) == 0
    assert '"features": 2' in capsys.readouterr().out


def test_a_case_without_features_and_another_kind_of_file_are_refused(case, tmp_path):
    with pytest.raises(InputError, match=r"\.csv or \.xlsx"):
        write_sheet(case, tmp_path / "f.txt")
    case.features_path.unlink()
    with pytest.raises(InputError, match="lwctr extract"):
        write_sheet(case, tmp_path / "f.csv")
