"""Numbers that R found on our own small tables (Testing/contract/r_reference says how)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

FOLDER = Path(__file__).parent / "contract" / "r_reference"


def r_table(name: str) -> pd.DataFrame:
    """A table that both R and the tests read."""
    return pd.read_csv(FOLDER / "tables" / f"{name}.csv", float_precision="round_trip")


def r_numbers(name: str) -> dict[str, Any]:
    """What R found."""
    return json.loads((FOLDER / "numbers" / f"{name}.json").read_text(encoding="utf-8"))
