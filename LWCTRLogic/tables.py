"""Tables that people open in a spreadsheet: read as text, written so that no cell can run as a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from LWCTRLogic import files
from LWCTRLogic.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> Any:
    """Return ``value``, with an apostrophe before a text that a spreadsheet would run as a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a CSV table: points as decimal separator, unix line ends, ``None`` as an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = (row.get(column) for column in columns)
        writer.writerow(["" if cell is None else safe_cell(cell) for cell in cells])
    return text.getvalue()


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a CSV table whole or not at all."""
    files.write_text(path, csv_text(columns, rows))


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a CSV, Excel or Parquet table as texts; empty cells are empty texts.

    Raises
    ------
    InputError
        When the file is missing, of another kind, unreadable, empty, or has a column twice.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist", "a table (.csv, .xlsx or .parquet)")
    try:
        frame = _read_frame(path)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path} could not be read as a table ({error})", "a .csv, .xlsx or .parquet table"
        ) from error
    names = [str(name).strip() for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{path.name} has the columns {', '.join(twice)} twice", "each column once")
    if frame.empty:
        raise InputError(f"{path.name} has no rows", "one row a patient")
    return [
        dict(zip(names, (_as_text(cell) for cell in row), strict=True))
        for row in frame.itertuples(index=False, name=None)
    ]


def _read_frame(path: Path) -> pd.DataFrame:
    import pandas as pd  # not needed to write, and as large as a CT volume in memory

    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv", ".txt"):
        text = path.read_text(encoding="utf-8-sig")
        header = text.splitlines()[0] if text.strip() else ""
        separator = max(",;\t", key=header.count)
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
        rows = [row for row in rows if any(cell.strip() for cell in row)]
        _refuse_ragged(path, rows)
        return pd.DataFrame(rows[1:], columns=rows[0] if rows else None)
    if suffix in (".xlsx", ".xlsm"):
        return pd.read_excel(path, dtype=object)
    if suffix == ".parquet":
        return pd.read_parquet(path).astype(object)
    raise InputError(f"{path.name} is no known table", "a .csv, .xlsx or .parquet file")


def _refuse_ragged(path: Path, rows: list[list[str]]) -> None:
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(rows[0]):
            raise InputError(
                f"row {number} of {path.name} has {len(row)} cells", f"{len(rows[0])}, as in the first row"
            )


def _as_text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if cell is None or cell != cell:  # an empty cell; NaN differs from itself
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
