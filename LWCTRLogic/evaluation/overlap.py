"""How well the readers' masks agree, from the table that ``lwctr readings agreement`` writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.metric import Metric, measured
from LWCTRLogic.stats.bootstrap import percentile_interval
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.tables import read_table

TOPIC = "overlap"
TABLE = "agreement.csv"
BETWEEN, WITHIN, PROPOSAL = "between readers", "within a reader", "reader against the automatic mask"
_NUMBERS = ("dice", "hd95_mm", "difference_percent")
NAMES = {"dice": "Dice", "hd95_mm": "HD95, mm", "difference_percent": "difference of volume, %"}


@dataclass(frozen=True)
class Overlap:
    """Pairs of masks of one volume.

    Attributes
    ----------
    what : str
        Who is compared with whom.
    cases : (n,) of str
        Patient of each pair.
    dice, hd95_mm, difference_percent : (n,)
        Of each pair.
    """

    volume: str
    what: str
    cases: tuple[str, ...]
    dice: Floats
    hd95_mm: Floats
    difference_percent: Floats


def read_overlaps(path: Path) -> tuple[Overlap, ...]:
    """Read pairs of masks, by volume and by who is compared with whom.

    Raises
    ------
    InputError
        When the table is not the one that ``lwctr readings agreement -o FOLDER`` writes.
    """
    rows = read_table(path / TABLE if path.is_dir() else path)
    missing = [name for name in ("case_id", "volume", "first", "second", *_NUMBERS) if name not in rows[0]]
    if missing:
        raise InputError(
            f"{path.name} has no column {', '.join(missing)}",
            "the table that 'lwctr readings agreement CASES -o FOLDER' writes",
        )
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows:
        groups.setdefault((row["volume"], _what(row["first"], row["second"])), []).append(row)
    order = [(volume, what) for what in (BETWEEN, WITHIN, PROPOSAL) for volume in VOLUMES]
    return tuple(_overlap(*key, groups[key]) for key in order if key in groups)


def _what(first: str, second: str) -> str:
    """Return who is compared: readings are named reader/number, masks of a step have no number."""
    if "/" not in first or "/" not in second:
        return PROPOSAL
    return WITHIN if first.rpartition("/")[0] == second.rpartition("/")[0] else BETWEEN


def _overlap(volume: str, what: str, rows: list[dict[str, str]]) -> Overlap:
    try:
        columns = {name: np.array([float(row[name]) for row in rows]) for name in _NUMBERS}
    except ValueError as error:
        raise InputError(f"agreement of masks: {error}", "a number in each cell") from None
    return Overlap(volume, what, tuple(row["case_id"] for row in rows), **columns)


def overlap_metrics(found: tuple[Overlap, ...], seed: int, draws: int) -> Iterator[Metric]:
    """Yield mean Dice, HD95 and difference of volume, with bootstrap intervals over patients, not over pairs."""
    for one in found:
        people, place = np.unique(one.cases, return_inverse=True)
        common: dict[str, Any] = {"topic": TOPIC, "group": f"{one.what}: {one.volume}"}
        common |= {"patients": len(people), "method": f"{len(one.cases)} pairs, bootstrap of patients"}
        for column in _NUMBERS:
            values = getattr(one, column)
            totals, counts = (
                np.bincount(place, part).astype(float) for part in (values, np.ones(len(values)))
            )
            yield measured(partial(_mean, totals, counts, seed, draws), name=NAMES[column], **common)


def _mean(totals: Floats, counts: Floats, seed: int, draws: int) -> Estimate:
    def mean(rows: Any) -> float:
        return float(totals[rows].sum() / counts[rows].sum())

    value = mean(slice(None))
    if len(totals) < 2:
        return Estimate(value)
    return Estimate(value, *percentile_interval(mean, len(totals), seed, draws))
