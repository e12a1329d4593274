"""A cohort table: one row a patient, checked as a whole before anything runs."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from LWCTRLogic.case import VOLUMES, CaseInfo, Scan, check_case_id
from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.errors import InputError
from LWCTRLogic.tables import read_table

DAY_COLUMNS = ("pre_day", "post_day", "first_dose_day", "first_dose_date")
OUTCOME_COLUMNS = ("os_months", "os_event", "pfs_months", "pfs_event")
MASK_COLUMNS = tuple(f"{volume}_mask" for volume in VOLUMES)
KNOWN_COLUMNS = (
    "case_id",
    *VOLUMES,
    *MASK_COLUMNS,
    "dicom_folder",
    *DAY_COLUMNS,
    *VARIABLES,
    *OUTCOME_COLUMNS,
    "centre",
    "reader",
)


@dataclass(frozen=True)
class CohortRow:
    """One patient of a cohort: either scans by volume or one DICOM folder to be sorted.

    ``first_dose_date`` (YYYY-MM-DD) goes with a DICOM folder, whose scans have dates; it is never written.
    """

    info: CaseInfo
    dicom_folder: Path | None = None
    first_dose_date: str = ""


@dataclass(frozen=True)
class Cohort:
    """The patients of a table, and the columns that nothing uses."""

    rows: tuple[CohortRow, ...]
    unused_columns: tuple[str, ...] = ()


def read_cohort(path: Path) -> Cohort:
    """Read and check a cohort table; relative paths start at the table's folder.

    Raises
    ------
    InputError
        With every problem of every row in one message: misspelt columns (the nearest name is given), a
        missing or repeated ``case_id``, a scan that does not exist, a value out of range.
    """
    table = read_table(path)
    columns = list(table[0])
    problems = [f"column {name!r} looks like {near!r}" for name, near in _misspelt(columns)]
    if "case_id" not in columns:
        problems.append("no column 'case_id'")
    if not set(columns) & {*VOLUMES, "dicom_folder"}:
        problems.append("no column with scans (" + ", ".join((*VOLUMES, "dicom_folder")) + ")")
    if problems:
        raise _refusal(path, problems)
    rows = []
    for number, cells in enumerate(table, start=2):
        try:
            rows.append(_read_row(cells, path.parent))
        except InputError as error:
            problems.append(f"row {number}: {error.one_line()}")
    problems += _repeated([row.info.case_id for row in rows])
    if problems:
        raise _refusal(path, problems)
    unused = tuple(name for name in columns if name not in KNOWN_COLUMNS)
    return Cohort(tuple(rows), unused)


def _refusal(path: Path, problems: Sequence[str]) -> InputError:
    shown = " | ".join(problems[:20])
    more = f" | and {len(problems) - 20} more" if len(problems) > 20 else ""
    return InputError(f"{path.name} was refused, nothing was run: {shown}{more}")


def _misspelt(columns: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for name in columns:
        if name not in KNOWN_COLUMNS:
            near = difflib.get_close_matches(name, KNOWN_COLUMNS, n=1, cutoff=0.8)
            if near and near[0] not in columns:
                found.append((name, near[0]))
    return found


def _repeated(case_ids: Sequence[str]) -> list[str]:
    # Folders that differ only in case are one folder on Windows and macOS.
    lower = [case_id.lower() for case_id in case_ids]
    return [
        f"case_id {case_id!r} stands in several rows"
        for case_id in sorted(set(lower))
        if lower.count(case_id) > 1
    ]


def _read_row(cells: Mapping[str, str], folder: Path) -> CohortRow:
    dicom_folder = _existing(cells.get("dicom_folder", ""), folder)
    scans = {}
    for volume in VOLUMES:
        source = _existing(cells.get(volume, ""), folder)
        if source is not None:
            mask = _existing(cells.get(f"{volume}_mask", ""), folder)
            day = _day(cells.get(f"{volume.split('_')[0]}_day", ""))
            scans[volume] = Scan(source=str(source), day=day, mask=str(mask or ""))
    if not scans and dicom_folder is None:
        raise InputError("no scan is given", "a file or folder in " + ", ".join((*VOLUMES, "dicom_folder")))
    clinical = {name: VARIABLES[name].check(cells[name]) for name in VARIABLES if cells.get(name)}
    for name in OUTCOME_COLUMNS:
        _check_outcome(name, cells.get(name, ""))
    info = CaseInfo(
        case_id=check_case_id(cells["case_id"]),
        scans=scans,
        first_dose_day=_day(cells.get("first_dose_day", "")),
        clinical=clinical,
        centre=cells.get("centre", ""),
    )
    return CohortRow(info, dicom_folder, _date(cells.get("first_dose_date", ""), dicom_folder))


def _existing(cell: str, folder: Path) -> Path | None:
    if not cell:
        return None
    path = folder / Path(cell).expanduser()
    if not path.exists():
        raise InputError(f"{cell} does not exist", "an existing file or folder")
    return path.resolve()


def _day(cell: str) -> int | None:
    if not cell:
        return None
    try:
        return int(cell)
    except ValueError:
        raise InputError(f"day {cell!r}", "a whole number of days") from None


def _date(cell: str, dicom_folder: Path | None) -> str:
    if not cell:
        return ""
    if dicom_folder is None:
        raise InputError(
            "first_dose_date without a dicom_folder", "first_dose_day for scans given one by one"
        )
    try:
        return dt.date.fromisoformat(cell[:10]).isoformat()
    except ValueError:
        raise InputError(f"first_dose_date {cell!r}", "YYYY-MM-DD") from None


def _check_outcome(name: str, cell: str) -> None:
    if not cell:
        return
    try:
        number = float(cell)
    except ValueError:
        number = -1.0
    if name.endswith("_event"):
        if number not in (0.0, 1.0):
            raise InputError(f"{name} is {cell!r}", "0 (censored) or 1 (event)")
    elif not 0 < number <= 600:
        raise InputError(f"{name} is {cell!r}", "months above 0 and up to 600", "Were days meant?")
