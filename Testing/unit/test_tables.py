import subprocess
import sys

import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.tables import csv_text, read_table, safe_cell, write_csv


@pytest.mark.parametrize("hostile", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1"])
def test_a_text_that_a_spreadsheet_would_run_is_made_inert(hostile):
    assert safe_cell(hostile) == "'" + hostile


def test_numbers_are_left_alone_negative_ones_too():
    assert safe_cell(-1.5) == -1.5


def test_a_written_table_keeps_commas_quotes_and_line_ends_in_their_cells():
    text = csv_text(["a", "b"], [{"a": 'x, "y"\nz', "b": None}, {"a": 0.1, "b": True}])
    assert text == 'a,b\n"x, ""y""\nz",\n0.1,True\n'


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_with_any_usual_separator_and_a_byte_order_mark(tmp_path, separator):
    path = tmp_path / "é.csv"
    path.write_text(f"case_id{separator}age\nP1{separator}61\n\n", encoding="utf-8-sig")
    assert read_table(path) == [{"case_id": "P1", "age": "61"}]


def test_excel_and_parquet_give_the_same_rows_as_csv(tmp_path):
    frame = pd.DataFrame({"case_id": ["P1", "P2"], "age": [61, None], "afp": [400.5, 3.0]})
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_csv(tmp_path / "t.csv", index=False)
    expected = [{"case_id": "P1", "age": "61", "afp": "400.5"}, {"case_id": "P2", "age": "", "afp": "3"}]
    assert read_table(tmp_path / "t.xlsx") == expected
    assert read_table(tmp_path / "t.parquet") == expected
    written = read_table(tmp_path / "t.csv")
    assert [row["case_id"] for row in written] == ["P1", "P2"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "no rows"),
        ("t.csv", b"a,b\n", "no rows"),
        ("t.csv", b"a,a\n1,2\n", "the columns a twice"),
        ("t.csv", b"a,b\n1,2,3\n", "row 2 of t.csv has 3 cells; expected 2"),
        ("t.csv", b"\xff\xfe\x00", "could not be read as a table"),
        ("t.xlsx", b"PK not a zip", "could not be read as a table"),
        ("t.parquet", b"PAR1", "could not be read as a table"),
        ("t.sav", b"x", "no known table"),
    ],
)
def test_a_broken_table_is_refused_in_words(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_table(tmp_path / name)


def test_a_missing_table_is_refused(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_table(tmp_path / "t.csv")


def test_a_table_is_written_whole(tmp_path):
    write_csv(tmp_path / "t.csv", ["a"], [{"a": 1}])
    assert (tmp_path / "t.csv").read_bytes() == b"a\n1\n"


def test_writing_a_table_needs_no_pandas():
    code = (
        "import sys, LWCTRLogic.tables as t; t.csv_text(['a'], [{'a': 1}]); sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
