"""An endless stream of randomised training patches from a bank of anatomies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from LWCTRLogic.phantom.labels import LABELS, LIVER_LABELS

from .appearance import paint_hu
from .geometry import around_body, close_gaps, random_view
from .plans import HU_WINDOW, normalise
from .randomness import Dice
from .rendered import RenderedScans
from .scanner import acquire, field_of_view
from .tissues import REGIONS


def region_table(device: torch.device) -> torch.Tensor:
    """Return for each label which regions it belongs to, by (label, region); the liver comes first."""
    table = torch.zeros(256, 1 + len(REGIONS))
    table[list(LIVER_LABELS), 0] = 1
    for column, names in enumerate(REGIONS.values(), start=1):
        table[[LABELS[name] for name in names], column] = 1
    return table.T.contiguous().to(device)


def make_sample(
    anatomy: torch.Tensor,
    patch: Sequence[int],
    scale: float,
    voxel: float,
    dice: Dice,
    liver_rows: Sequence[int] = (),
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return one normalised patch by (z, y, x), and its labels.

    Outside the field of view the patch is air and the labels are background, as where nnU-Net pads.
    """
    labels = random_view(anatomy, patch, scale, dice, liver_rows)
    if dice.chance(0.4):
        labels = close_gaps(labels, int(dice.scalars.integers(1, 3)))
    seen = field_of_view(tuple(patch), dice)
    hu = acquire(paint_hu(labels, dice), voxel, dice)
    hu.masked_fill_(~seen, HU_WINDOW[0])
    return normalise(hu), labels * seen


class SampleStream:
    """Iterator over batches ``{"data", "target"}`` as nnU-Net's trainer takes them.

    Parameters
    ----------
    bank : sequence of Path
        Files made by :mod:`liver_model.bank`.
    patch : sequence of int
        Patch size by (z, y, x).
    voxel : float
        Voxel size of the patch, mm.
    batch_size : int
        Patches a batch.
    strides : sequence of int
        Down-sampling of each output of the network under deep supervision.
    seed : int
        Same seed, same patches.
    scans : RenderedScans, optional
        Scans of the phantom's own renderer.
    share : float
        Share of the patches that come from them.
    """

    def __init__(
        self,
        bank: Sequence[Path],
        patch: Sequence[int],
        voxel: float,
        batch_size: int,
        strides: Sequence[int],
        seed: int,
        device: torch.device,
        scans: RenderedScans | None = None,
        share: float = 0.0,
    ) -> None:
        self.scans, self.share = scans, share
        self.anatomies: list[torch.Tensor] = []
        self.liver_rows: list[NDArray[np.int64]] = []
        self.spacings = []
        for path in bank:
            with np.load(path) as stored:
                labels = stored["labels"]
                labels = np.ascontiguousarray(labels[around_body(labels)])
                self.liver_rows.append(np.flatnonzero((labels >= LABELS["liver"]).any(axis=(1, 2))))
                self.anatomies.append(torch.from_numpy(labels).to(device))
                self.spacings.append(float(stored["spacing"]))
        self.patch, self.voxel, self.batch_size, self.strides = tuple(patch), voxel, batch_size, strides
        self.dice = Dice(seed, device)
        self.regions = region_table(device)

    def __iter__(self) -> Iterator[dict[str, object]]:
        return self

    def __next__(self) -> dict[str, object]:
        pairs = [self._one() for _ in range(self.batch_size)]
        goals = torch.stack([pair[1] for pair in pairs])
        targets = []
        for stride in self.strides:
            middle = stride // 2
            targets.append(goals[:, :, middle::stride, middle::stride, middle::stride].contiguous())
        return {"data": torch.stack([pair[0] for pair in pairs])[:, None], "target": targets}

    def _one(self) -> tuple[torch.Tensor, torch.Tensor]:
        if self.scans and self.dice.chance(self.share):
            return self.scans.sample(self.patch, self.voxel, self.regions, self.dice)
        choice = int(self.dice.scalars.integers(len(self.anatomies)))
        scale = self.voxel / self.spacings[choice]
        rows = self.liver_rows[choice]
        hu, labels = make_sample(self.anatomies[choice], self.patch, scale, self.voxel, self.dice, rows)
        return hu, self.regions[:, labels]
