"""Training patches cut from the scans that the phantom's own renderer drew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from LWCTRLogic.phantom.labels import LABELS, LIVER_LABELS

from .geometry import around_body, draw_centre, rotation
from .plans import HU_WINDOW, normalise
from .randomness import Dice
from .scanner import field_of_view

SCALE = (0.85, 1.18)
STRETCH = (0.94, 1.06)
UNTURNED = 0.4
"""Share of the patches that are not turned, so that they are interpolated just as a scan to be segmented."""
_GREYS = 255
_STEP = (HU_WINDOW[1] - HU_WINDOW[0]) / _GREYS


class _Scan(NamedTuple):
    greys: torch.Tensor
    """uint8 by (z, y, x): the HU window in 255 steps of 1.6 HU, far below the noise."""
    labels: torch.Tensor
    spacing: NDArray[np.float64]
    liver_rows: NDArray[np.int64]


class RenderedScans:
    """Scans of :mod:`liver_model.scans` in memory.

    Parameters
    ----------
    paths : sequence of Path
        Files of the scans.
    device : torch.device
        Where the patches are cut.
    """

    def __init__(self, paths: Sequence[Path], device: torch.device) -> None:
        self.scans = [_read(path, device) for path in paths]
        self.liver = torch.zeros(256, device=device)
        self.liver[list(LIVER_LABELS)] = 1

    def sample(
        self, patch: Sequence[int], voxel: float, regions: torch.Tensor, dice: Dice
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return a normalised patch by (z, y, x), and its regions by (region, z, y, x).

        Normalised before it is interpolated, as nnU-Net does. The liver is the interpolated mask, from 0 to 1, so
        that the network learns where between two voxels its border lies; the nearest voxel says the rest.
        """
        scan = self.scans[int(dice.scalars.integers(len(self.scans)))]
        size = np.asarray(scan.labels.shape)
        place, box = _places(scan, patch, voxel, dice)
        greys, labels = scan.greys[box].float(), scan.labels[box]
        extent = torch.tensor(labels.shape[::-1], device=labels.device)
        low = torch.tensor([part.start for part in box][::-1], device=labels.device)
        grid = ((place.flip(-1) - low + 0.5) * 2 / extent - 1)[None]
        both = torch.stack([greys, self.liver[labels.long()]])[None]
        drawn = functional.grid_sample(both, grid, padding_mode="border", align_corners=False)[0]
        nearest = functional.grid_sample(
            labels[None, None].float(), grid, mode="nearest", padding_mode="border", align_corners=False
        )
        goal = regions[:, nearest[0, 0].long()]
        goal[0] = drawn[1]
        limits = torch.as_tensor(size, device=place.device)
        seen = ((place > -0.5) & (place < limits - 0.5)).all(dim=-1) & field_of_view(tuple(patch), dice)
        hu = drawn[0] * _STEP + HU_WINDOW[0]
        return normalise(_vary(hu, dice)) * seen, goal * seen


def _read(path: Path, device: torch.device) -> _Scan:
    with np.load(path) as stored:
        box = around_body(stored["labels"])
        labels = np.ascontiguousarray(stored["labels"][box])
        hu = stored["hu"][box].astype(np.float32)
        greys = np.rint((np.clip(hu, *HU_WINDOW) - HU_WINDOW[0]) / _STEP).astype(np.uint8)
        rows = np.flatnonzero((labels >= LABELS["liver"]).any(axis=(1, 2)))
        return _Scan(
            torch.from_numpy(greys).to(device), torch.from_numpy(labels).to(device), stored["spacing"], rows
        )


def _places(
    scan: _Scan, patch: Sequence[int], voxel: float, dice: Dice
) -> tuple[torch.Tensor, tuple[slice, slice, slice]]:
    """Return the place of each voxel of the patch by (z, y, x, axis) in voxels of the scan, and their box."""
    factors = voxel * dice.between(*SCALE) * dice.scalars.uniform(*STRETCH, 3)
    turn = np.eye(3) if dice.chance(UNTURNED) else rotation(dice)
    matrix = turn * factors[:, None] / scan.spacing[:, None]
    size = scan.labels.shape
    centre = draw_centre(size, np.asarray(patch) * factors / scan.spacing, scan.liver_rows, dice)
    device = scan.labels.device
    ticks = [torch.arange(n, device=device, dtype=torch.float32) - (n - 1) / 2 for n in patch]
    z, y, x = ticks[0][:, None, None], ticks[1][None, :, None], ticks[2][None, None, :]
    rows = [[float(value) for value in row] for row in matrix]
    place = torch.stack(
        [z * r[0] + y * r[1] + x * r[2] + float(c) for r, c in zip(rows, centre, strict=True)], dim=-1
    )
    box = []
    for axis in range(3):
        low = int(place[..., axis].min().clamp(0, size[axis] - 2).floor())
        high = int(place[..., axis].max().clamp(low + 1, size[axis] - 1).ceil())
        box.append(slice(low, high + 1))
    return place, (box[0], box[1], box[2])


def _vary(hu: torch.Tensor, dice: Dice) -> torch.Tensor:
    """Change brightness and contrast a little, and add noise to some patches."""
    if dice.chance(0.5):
        hu = 50 + (hu - 50) * dice.between(0.85, 1.15) + dice.scalars.normal(0, 8)
    if dice.chance(0.3):
        hu = hu + dice.between(0, 14) * dice.white(hu.shape)
    return hu
