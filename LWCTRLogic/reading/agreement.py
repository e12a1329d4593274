"""How well readings agree: overlap, surface distance and volume, and the tables from which ICC is computed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

from LWCTRLogic.case import MADE_BY_A_STEP, VOLUMES, Case
from LWCTRLogic.imaging.geometry import check_same_grid
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.reading.blinding import is_blinded
from LWCTRLogic.segment.propagate import MAKER as PROPAGATED
from LWCTRLogic.segment.quality import volume_ml
from LWCTRLogic.stats.icc import intraclass_correlation

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class SavedReading:
    """The last mask of one reading of one volume.

    ``reading`` is 0 for a mask that a step made; ``seconds`` are those of all versions of the reading.
    """

    case_id: str
    volume: str
    reader: str
    reading: int
    start: str
    path: Path
    versions: int
    seconds: float

    @property
    def name(self) -> str:
        """Such as ``reader-1/2``; a step's mask has the step's name."""
        return f"{self.reader}/{self.reading}" if self.reading else self.reader


@dataclass(frozen=True)
class Agreement:
    """Two masks of one volume compared.

    Attributes
    ----------
    dice : float
        Overlap, 0 to 1.
    hd95_mm : float
        95th percentile of the distances from each surface to the other, both pooled.
    first_ml, second_ml : float
        Volumes.
    """

    case_id: str
    volume: str
    first: str
    second: str
    dice: float
    hd95_mm: float
    first_ml: float
    second_ml: float

    @property
    def difference_ml(self) -> float:
        """Second minus first."""
        return self.second_ml - self.first_ml

    @property
    def difference_percent(self) -> float:
        """Second minus first, of their mean."""
        return 200 * self.difference_ml / (self.first_ml + self.second_ml)


@dataclass(frozen=True)
class VolumeIcc:
    """ICC(2,1) of liver volumes: of one reading each by several readers, or of one reader's readings."""

    volume: str
    what: str
    readings: tuple[str, ...]
    cases: int
    value: float
    low: float
    high: float


def saved_readings(case: Case) -> list[SavedReading]:
    """Return the last version of each reading, and of each step that made a mask, by volume."""
    case_id = case.load_info().case_id
    groups: dict[tuple[str, str, int], list[dict[str, str]]] = {}
    for row in case.readings():
        number = int(row["reading"]) if row["reading"].isdigit() else 0
        groups.setdefault((row["volume"], row["reader"], number), []).append(row)
    found = [
        SavedReading(
            case_id,
            volume,
            reader,
            number,
            rows[0]["start"],
            case.mask_folder(volume) / rows[-1]["version"],
            len(rows),
            sum(float(row["active_seconds"] or 0) for row in rows),
        )
        for (volume, reader, number), rows in groups.items()
    ]
    return sorted(found, key=lambda one: (VOLUMES.index(one.volume), one.reader, one.reading))


def is_step(reading: SavedReading) -> bool:
    """Whether a step made the mask, not a reader."""
    return reading.reader in (*MADE_BY_A_STEP, PROPAGATED)


def open_cases(cases: Iterable[Case]) -> list[Case]:
    """Return the cases that are being read now: comparing their masks would unblind the reader."""
    return [case for case in cases if is_blinded(case)]


def compare_readings(case: Case) -> list[Agreement]:
    """Compare every two readings of each volume, and each reading with the automatic mask.

    Raises
    ------
    GeometryError
        When two masks of a volume lie on different grids.
    """
    found = []
    for volume, group in itertools.groupby(saved_readings(case), key=lambda one: one.volume):
        readings = sorted(group, key=lambda one: not is_step(one))
        masks = {one.name: read_mask(one.path) for one in readings}
        for first, second in itertools.combinations(readings, 2):
            if is_step(second):
                continue
            a, b = masks[first.name], masks[second.name]
            dice, distance = compare_masks(a, b)
            sizes = (volume_ml(a), volume_ml(b))
            found.append(Agreement(first.case_id, volume, first.name, second.name, dice, distance, *sizes))
    return found


def compare_masks(first: sitk.Image, second: sitk.Image) -> tuple[float, float]:
    """Return Dice and HD95 (mm) of two masks on one grid, neither of them empty.

    Raises
    ------
    GeometryError
        When the grids differ.
    """
    check_same_grid(first, second)
    a, b = (sitk.GetArrayViewFromImage(mask) != 0 for mask in (first, second))
    dice = 2 * int((a & b).sum()) / (int(a.sum()) + int(b.sum()))
    box = ndimage.find_objects((a | b).astype(np.uint8))[0]
    a, b = (np.pad(part[box], 1) for part in (a, b))
    spacing = tuple(reversed(first.GetSpacing()))
    distances = np.concatenate([_distances(a, b, spacing), _distances(b, a, spacing)])
    return dice, float(np.percentile(distances, 95))


def _distances(of: Mask, to: Mask, spacing: Sequence[float]) -> NDArray[np.float64]:
    """Distances in mm from the border voxels of one mask to the nearest border voxel of the other."""
    borders = [mask & ~ndimage.binary_erosion(mask) for mask in (of, to)]
    found: NDArray[np.float64] = ndimage.distance_transform_edt(~borders[1], sampling=spacing)[borders[0]]
    return found


def volume_icc(cases: Sequence[Case]) -> list[VolumeIcc]:
    """Return the ICC(2,1) of liver volumes over cases, between readers and within each reader.

    Between readers counts the first reading of each; cases that lack a reading are left out, and fewer than
    two cases give no row.
    """
    sizes: dict[str, dict[str, dict[str, float]]] = {}
    for case in cases:
        for one in saved_readings(case):
            if not is_step(one):
                size = volume_ml(read_mask(one.path))
                sizes.setdefault(one.volume, {}).setdefault(one.name, {})[one.case_id] = size
    found = []
    for volume, by_name in sizes.items():
        firsts = tuple(name for name in by_name if name.endswith("/1"))
        groups = {"between readers": firsts}
        for reader in sorted({name.partition("/")[0] for name in by_name}):
            own = tuple(name for name in by_name if name.partition("/")[0] == reader)
            groups[f"within {reader}"] = own
        for what, names in groups.items():
            shared = sorted(set.intersection(*(set(by_name[name]) for name in names))) if names else []
            if len(names) > 1 and len(shared) > 1:
                found.append(_icc(volume, what, names, shared, by_name))
    return found


def _icc(
    volume: str,
    what: str,
    names: tuple[str, ...],
    shared: Sequence[str],
    sizes: dict[str, dict[str, float]],
) -> VolumeIcc:
    table = np.array([[sizes[name][case] for name in names] for case in shared]).reshape(1, -1, len(names))
    icc = intraclass_correlation(table)
    return VolumeIcc(
        volume, what, names, len(shared), float(icc.value[0]), float(icc.low[0]), float(icc.high[0])
    )
