"""The features of a case as a sheet for people: one row a feature, one column a volume."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.step import read_table
from LWCTRLogic.tables import csv_text

SUFFIXES = (".csv", ".xlsx")


def write_sheet(case: Case, path: Path) -> int:
    """Write the case's features as ``.csv`` or ``.xlsx`` and return the number of features.

    Raises
    ------
    InputError
        When the case has no features, or the name ends in something else.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path.name} is no table", "a name that ends in " + " or ".join(SUFFIXES))
    if not case.features_path.is_file():
        raise InputError(
            f"{case.features_path} does not exist", "the features", "Run 'lwctr extract CASE' first"
        )
    table = read_table(case.features_path).rows
    volumes = [volume for volume in VOLUMES if volume in table]
    names = list(dict.fromkeys(name for volume in volumes for name in table[volume]))
    rows = [{"feature": name, **{volume: table[volume].get(name) for volume in volumes}} for name in names]
    columns = ["feature", *volumes]
    if path.suffix.lower() == ".csv":
        files.write_text(path, csv_text(columns, rows))
    else:
        files.write_with(path, partial(_write_workbook, columns, rows))
    return len(rows)


def _write_workbook(columns: list[str], rows: list[dict[str, Any]], path: str) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("features")
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = 52
    sheet.append(columns)
    for row in rows:
        sheet.append([row[column] for column in columns])
    book.save(path)
