"""Features and scores of a case as CSV and as an Excel workbook, with the bundle's notice beside every score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from LWCTRLogic import __version__, files
from LWCTRLogic.case import Case
from LWCTRLogic.errors import InputError
from LWCTRLogic.models.prediction import Prediction
from LWCTRLogic.radiomics.step import FeatureTable, read_table
from LWCTRLogic.reading.blinding import is_blinded
from LWCTRLogic.tables import safe_cell, write_csv

SCORE_COLUMNS = ("case_id", "model", "label", "score", "cutoff", "responder", "missing", "bundle", "notice")
Row = Mapping[str, Any]


def export_tables(case: Case, output: Path) -> list[Path]:
    """Write ``features.csv``, ``scores.csv`` and ``features.xlsx`` (both, with their making); return the paths.

    A feature is a row and a volume a column, which is how a person reads 1,316 of them.

    Raises
    ------
    InputError
        When the case has no features, or a reading is open.
    """
    if is_blinded(case):
        raise InputError(f"{case.folder} is being read", "no open reading", "Close the reading first")
    if not case.features_path.exists():
        raise InputError("the case has no features", "features.parquet", "Run 'lwctr extract' first")
    table = read_table(case.features_path)
    features = feature_rows(table)
    prediction = _prediction(case)
    scores = score_rows(prediction) if prediction else []
    columns = ["feature", *table.frame().index]
    written = [output / "features.csv"]
    write_csv(written[0], columns, features)
    if scores:
        written.append(output / "scores.csv")
        write_csv(written[1], SCORE_COLUMNS, scores)
    sheets: dict[str, tuple[Sequence[str], Sequence[Row]]] = {
        "Features": (columns, features),
        "Making": (("what", "value"), _making(case, table, prediction)),
    }
    if scores:
        sheets["Scores"] = (SCORE_COLUMNS, scores)
    written.append(output / "features.xlsx")
    write_workbook(written[-1], sheets)
    return written


def feature_rows(table: FeatureTable) -> list[dict[str, Any]]:
    """Return one row a feature: ``feature``, and the value in each volume."""
    frame = table.frame().T
    return [
        {"feature": name, **dict(zip(frame.columns, (float(value) for value in row), strict=True))}
        for name, *row in frame.itertuples()
    ]


def score_rows(prediction: Prediction) -> list[dict[str, Any]]:
    """Return one row a model; each carries the bundle's notice, wherever it is copied to."""
    return [
        {
            "case_id": prediction.case_id,
            "model": score.model,
            "label": score.label,
            "score": score.score,
            "cutoff": score.cutoff,
            "responder": score.responder,
            "missing": " ".join(score.missing),
            "bundle": f"{prediction.bundle.name} {prediction.bundle.version}",
            "notice": prediction.bundle.notice,
        }
        for score in prediction.scores
    ]


def write_workbook(path: Path, sheets: Mapping[str, tuple[Sequence[str], Sequence[Row]]]) -> None:
    """Write an Excel workbook: name of the sheet → columns and rows; no cell can run as a formula."""
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, (columns, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append([safe_cell(column) for column in columns])
        for row in rows:
            sheet.append([safe_cell(row.get(column)) for column in columns])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "B2"
        for letter, width in _widths(columns, rows):
            sheet.column_dimensions[letter].width = width
    files.write_with(path, book.save)


def _widths(columns: Sequence[str], rows: Sequence[Row]) -> list[tuple[str, float]]:
    from openpyxl.utils import get_column_letter

    found = []
    for number, column in enumerate(columns, start=1):
        longest = max([len(column), *(len(str(row.get(column, ""))) for row in rows)])
        found.append((get_column_letter(number), float(min(max(longest + 2, 10), 70))))
    return found


def _prediction(case: Case) -> Prediction | None:
    if not case.prediction_path.exists():
        return None
    return Prediction.from_dict(files.read_json(case.prediction_path))


def _making(case: Case, table: FeatureTable, prediction: Prediction | None) -> list[dict[str, Any]]:
    made: dict[str, Any] = {
        "case": case.load_info().case_id,
        "LWCTR": __version__,
        "feature backend": f"{table.origin.get('backend', '')} {table.origin.get('version', '')}".strip(),
        "settings hash": table.origin.get("settings_hash", ""),
    }
    if prediction is not None:
        made["model bundle"] = f"{prediction.bundle.name} {prediction.bundle.version}"
        made["notice"] = prediction.bundle.notice
    return [{"what": what, "value": value} for what, value in made.items()]
