"""The feature table as the models read it: values, and the extraction settings that made them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from LWCTRLogic.errors import InputError

METADATA_KEY = b"lwctr"
_MOST_SHOWN = 6


@dataclass(frozen=True)
class FeatureTable:
    """One row a volume (index ``volume``), columns PyRadiomics names; with the extraction settings."""

    values: pd.DataFrame
    settings: Mapping[str, Any]
    settings_hash: str


def read_feature_table(path: Path) -> FeatureTable:
    """Read ``features.parquet``.

    Raises
    ------
    InputError
        When it is missing, damaged, or does not say with which settings it was made.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist", "the feature table", "Run 'lwctr extract CASE' first")
    try:
        table = pq.read_table(path)
        values = table.to_pandas()
        metadata = table.schema.metadata or {}
        origin = json.loads(metadata[METADATA_KEY])
        settings, digest = origin["settings"], origin["settings_hash"]
    except KeyError as error:
        raise InputError(
            f"{path} does not say with which settings it was made", "a table of 'lwctr extract'"
        ) from error
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(
            f"{path} could not be read ({error})", "a Parquet file", "Run 'lwctr extract CASE' again"
        ) from error
    if values.index.name != "volume":
        if "volume" not in values.columns:
            raise InputError(f"{path} has no column 'volume'", "one row a volume")
        values = values.set_index("volume")
    return FeatureTable(values, settings, digest)


def check_settings(
    table: FeatureTable, expected: Mapping[str, Any], expected_hash: str, bundle_name: str
) -> None:
    """Refuse features that were extracted with other settings than the model was trained with.

    Raises
    ------
    InputError
        Naming each setting that differs, with both values.
    """
    if table.settings_hash == expected_hash:
        return
    differences = setting_differences(table.settings, expected) or ["only the settings' hash"]
    shown = "; ".join(differences[:_MOST_SHOWN])
    rest = len(differences) - _MOST_SHOWN
    raise InputError(
        f"the features were extracted with other settings than the model {bundle_name} needs: {shown}"
        + (f"; and {rest} more" if rest > 0 else ""),
        "the settings that the model was trained with",
        "Extract again without --settings, or with those of the bundle",
    )


def setting_differences(found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Return ``name is A, the model has B`` for every setting that differs, nested names joined by dots."""
    left, right = _flat(found), _flat(expected)
    names = [*right, *(name for name in left if name not in right)]
    missing = "nothing"
    return [
        f"{name} is {left.get(name, missing)}, the model has {right.get(name, missing)}"
        for name in names
        if left.get(name, missing) != right.get(name, missing)
    ]


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, item in value.items():
        if isinstance(item, Mapping) and item:
            flat.update(_flat(item, f"{prefix}{name}."))
        else:
            flat[f"{prefix}{name}"] = json.dumps(item)
    return flat
