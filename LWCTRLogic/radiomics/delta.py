"""Delta features: what changed between the baseline and the follow-up scan of one phase."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.step import FeatureTable, read_table, write_table

PHASES = ("A", "V")


class Delta(StrEnum):
    """How a change is expressed."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"


def delta_features(
    pre: Mapping[str, float], post: Mapping[str, float], kind: Delta = Delta.ABSOLUTE
) -> dict[str, float]:
    """Return the change of every feature from ``pre`` to ``post``, under the features' own names.

    Absolute: ``post - pre``, in the feature's unit. Relative: ``(post - pre) / |pre|``, without unit; its
    sign says growth or loss for negative features (HU) too. Where the baseline is exactly zero a relative
    change is 0 if the follow-up is zero as well and NaN (undefined, a missing value) if it is not.

    Parameters
    ----------
    pre, post : mapping of str to float
        Features of the same names, extracted with the same settings.
    kind : Delta
        Absolute or relative.

    Raises
    ------
    InputError
        When the names differ.
    """
    _check_same_names(pre, post)
    if kind is Delta.ABSOLUTE:
        return {name: post[name] - before for name, before in pre.items()}
    return {name: _relative(before, post[name]) for name, before in pre.items()}


def delta_table(features: pd.DataFrame, kind: Delta = Delta.ABSOLUTE) -> pd.DataFrame:
    """Return one row of changes a phase: ``delta_A`` and ``delta_V`` (``relative-delta_A`` …).

    Parameters
    ----------
    features : DataFrame
        The feature table of a case: one row a volume (``pre_A``, ``post_A``, …), one column a feature.
    kind : Delta
        Absolute or relative.

    Raises
    ------
    InputError
        When no phase was scanned at both timepoints.
    """
    both = [phase for phase in PHASES if {f"pre_{phase}", f"post_{phase}"} <= set(features.index)]
    if not both:
        found = ", ".join(str(volume) for volume in features.index) or "none"
        raise InputError(
            f"the volumes of the table are {found}",
            "pre and post of the same phase (pre_A with post_A, or pre_V with post_V)",
            "Delta features need both timepoints",
        )
    prefix = "delta" if kind is Delta.ABSOLUTE else "relative-delta"
    rows = {}
    for phase in both:
        pre, post = (dict(features.loc[f"{time}_{phase}"]) for time in ("pre", "post"))
        rows[f"{prefix}_{phase}"] = delta_features(pre, post, kind)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(features.columns))
    table.index.name = features.index.name
    return table


class Written(NamedTuple):
    """A table of changes: its file, its rows, its columns, and the (row, feature) whose change is undefined."""

    path: Path
    rows: int
    columns: int
    undefined: list[tuple[str, str]]


def write_deltas(features: Path, kind: Delta = Delta.ABSOLUTE) -> Written:
    """Write the changes of a case's feature table beside it.

    Parameters
    ----------
    features : Path
        ``features.parquet``. ``features_delta.parquet`` or ``features_relative-delta.parquet`` and the CSV of it come
        into its folder, with its origin (settings, images, masks).
    kind : Delta
        Absolute or relative.

    Raises
    ------
    InputError
        When the file is no feature table, or no phase was scanned at both timepoints.
    """
    table = read_table(features)
    changes = delta_table(table.frame(), kind)
    rows = {str(name): dict(zip(changes.columns, row, strict=True)) for name, *row in changes.itertuples()}
    prefix = next(iter(rows)).removesuffix("_A").removesuffix("_V")
    path = features.with_name(f"{features.stem}_{prefix}.parquet")
    write_table(FeatureTable(rows, {**table.origin, "delta": kind.value}), path)
    undefined = [(row, name) for row in rows for name, value in rows[row].items() if math.isnan(value)]
    return Written(path, len(rows), len(changes.columns), undefined)


def _relative(before: float, after: float) -> float:
    if before == 0:
        return 0.0 if after == 0 else float("nan")
    return (after - before) / abs(before)


def _check_same_names(pre: Mapping[str, float], post: Mapping[str, float]) -> None:
    lacking = [name for name in pre if name not in post] + [name for name in post if name not in pre]
    if lacking:
        raise InputError(
            f"baseline and follow-up do not have the same features: {len(lacking)} are in one alone, "
            f"the first is {lacking[0]}",
            "features that were extracted with the same settings",
            "Extract both volumes again with one settings file",
        )
