"""Feature tables of a cohort, its repeat readings, and the tables of a folder of cases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.errors import InputError
from LWCTRLogic.models.settings_match import setting_differences, settings_digest
from LWCTRLogic.radiomics.step import METADATA_KEY
from LWCTRLogic.radiomics.step import read_table as read_case_table
from LWCTRLogic.training.icc_filter import Readings

_SHOWN = 8
READING_COLUMNS = ("case_id", "reader", "reading", "started_from")
SHUFFLED_VOXELS = "shuffled_voxels"
"""Marks, among what a table was made with, features of scans whose voxels were put in random order."""


def read_features(path: Path, columns: Sequence[str] | None = None) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a cohort's features (n, p), indexed by ``case_id``, and what they were made with.

    Parameters
    ----------
    columns : sequence of str, optional
        Only these, so far as the table has them.

    Raises
    ------
    InputError
        When the file is no feature table, a patient stands in it twice, or a value is missing or not finite.
    """
    frame, origin = _read_parquet(path, columns)
    if "case_id" in frame:
        frame = frame.set_index("case_id")
    frame.index = frame.index.astype(str)
    frame.index.name = "case_id"
    return _checked(frame, path.name), origin


def read_readings(path: Path) -> tuple[Readings, dict[str, Any]]:
    """Return repeat readings and what their features were made with.

    Raises
    ------
    InputError
        When a column is missing or a reading stands in the table twice.
    """
    frame, origin = _read_parquet(path)
    frame = frame.reset_index() if "case_id" not in frame else frame
    missing = [name for name in READING_COLUMNS if name not in frame]
    if missing:
        raise InputError(f"{path.name} has no column {', '.join(missing)}", ", ".join(READING_COLUMNS))
    names = [name for name in frame.columns if ":" in str(name)]
    frame["case_id"] = frame["case_id"].astype(str)
    frame["occasion"] = frame["reader"].astype(str) + " " + frame["reading"].astype(str)
    if frame.duplicated(["case_id", "occasion"]).any():
        row = frame[frame.duplicated(["case_id", "occasion"])].iloc[0]
        raise InputError(f"{path.name} has reading {row['occasion']!r} of {row['case_id']} twice")
    patients, occasions = sorted(set(frame["case_id"])), sorted(set(frame["occasion"]))
    if len(occasions) < 2:
        raise InputError(f"{path.name} has {len(occasions)} reading a patient", "two at least")
    values = np.full((len(patients), len(occasions), len(names)), np.nan)
    rows = [patients.index(item) for item in frame["case_id"]]
    columns = [occasions.index(item) for item in frame["occasion"]]
    values[rows, columns] = frame[names].to_numpy(dtype=float)
    started = tuple(map(str, frame["started_from"].astype(str).value_counts().index))
    named = {row.occasion: (str(row.reader), str(row.reading)) for row in frame.itertuples()}
    readings = tuple(named[occasion] for occasion in occasions)
    return Readings(tuple(patients), tuple(map(str, names)), values, started, readings), origin


def read_cases(
    folder: Path, ids: list[str], columns: Sequence[str] | None = None, name: str = ""
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the features of case folders (those that ``lwctr batch`` leaves, for example).

    Parameters
    ----------
    folder : Path
        Holds one folder a case.
    ids : list of str
        The cases wanted.
    columns : sequence of str, optional
        Only these features, so far as the cases have them.
    name : str
        Table inside each folder; the case's own features unless given.

    Raises
    ------
    InputError
        When a case has no features, lacks a volume that others have, or was extracted with other settings.
    """
    rows: dict[str, dict[str, float]] = {}
    origins: dict[str, dict[str, Any]] = {}
    for case_id in ids:
        path = folder / case_id / name if name else Case(folder / case_id).features_path
        if not path.is_file():
            continue
        table = read_case_table(path)
        rows[case_id] = {
            f"{volume}:{name}": value
            for volume in VOLUMES
            if volume in table.rows
            for name, value in table.rows[volume].items()
            if columns is None or f"{volume}:{name}" in columns
        }
        origins[case_id] = {key: value for key, value in table.origin.items() if key != "inputs"}
    if not rows:
        raise InputError(
            f"{folder} holds no features of the table's cases",
            "case folders with features.parquet, or a features.parquet",
            "Run 'lwctr batch' first",
        )
    first = next(iter(origins))
    for case_id, origin in origins.items():
        check_same_settings(origins[first], first, origin, case_id)
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("case_id")
    return _checked(frame, folder.name), origins[first]


def refuse_shuffled(origin: Mapping[str, Any], name: str) -> None:
    """Refuse the features of shuffled voxels where those of the scans are meant.

    Raises
    ------
    InputError
        When the table is marked as that control.
    """
    if SHUFFLED_VOXELS in origin:
        raise InputError(
            f"{name} holds features of shuffled voxels (seed {origin[SHUFFLED_VOXELS]}), which are a control",
            "features of the scans as they are",
            "Name that table by 'lwctr train --shuffled-voxels' and the scans' own by --features",
        )


def check_same_settings(
    left: Mapping[str, Any], left_name: str, right: Mapping[str, Any], right_name: str
) -> None:
    """Refuse two tables whose features were extracted with different settings.

    Raises
    ------
    InputError
        Naming what differs.
    """
    if left.get("settings_hash") == right.get("settings_hash"):
        return
    differences = setting_differences(right.get("settings", {}), left.get("settings", {}))
    shown = "; ".join(difference.replace("the model has", f"{left_name} has") for difference in differences)
    raise InputError(
        f"{right_name} was extracted with other settings than {left_name}: {shown or 'another hash'}",
        "one set of extraction settings for all",
        "Extract again with one settings file",
    )


def _read_parquet(path: Path, columns: Sequence[str] | None = None) -> tuple[pd.DataFrame, dict[str, Any]]:
    try:
        names = None
        if columns is not None:
            there = pq.read_schema(path).names
            names = [name for name in there if name in {"case_id", *columns}]
        table = pq.read_table(path, columns=names)
        origin = json.loads((table.schema.metadata or {})[METADATA_KEY])
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise InputError(
            f"{path} is no feature table of this package ({error})", "a Parquet table with its settings"
        ) from error
    if not {"settings", "settings_hash"} <= origin.keys():
        raise InputError(
            f"{path.name} does not say with which settings it was made", "settings and their hash"
        )
    if settings_digest(origin["settings"]) != origin["settings_hash"]:
        raise InputError(
            f"the extraction settings in {path.name} do not give the hash that stands beside them",
            "a table as the extraction wrote it",
            "Extract again",
        )
    return table.to_pandas(), origin


def _checked(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the columns of features as doubles, or refuse the table."""
    twice = frame.index[frame.index.duplicated()]
    if len(twice):
        raise InputError(f"{name} has {_list(twice)} twice", "one row a patient")
    frame = frame[[column for column in frame.columns if ":" in str(column)]]
    unknown = sorted({str(column).partition(":")[0] for column in frame.columns} - set(VOLUMES))
    if unknown or frame.empty:
        raise InputError(
            f"{name} has the volumes {', '.join(unknown) or 'none'}",
            "columns <volume>:<feature> of " + ", ".join(VOLUMES),
        )
    values = frame.to_numpy(dtype=float)
    bad = ~np.isfinite(values)
    if bad.any():
        rows, columns = frame.index[bad.any(axis=1)], frame.columns[bad.any(axis=0)]
        raise InputError(
            f"{name}: {bad.sum()} values are missing or not finite, of {_list(rows)} in {_list(columns)}",
            "every feature of every patient",
            "Extract them, or leave the patients or the volume out",
        )
    return pd.DataFrame(values, index=frame.index, columns=[str(column) for column in frame.columns])


def _list(names: Any) -> str:
    shown = ", ".join(map(str, names[:_SHOWN]))
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
