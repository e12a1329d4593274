"""A randomly turned, scaled and bent view of an anatomy, on the grid of a training patch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from LWCTRLogic.phantom.labels import LABELS

from .randomness import Dice

MAX_TURN = np.radians(13.0)
SCALE = (0.82, 1.22)
STRETCH = (0.9, 1.1)
OVERHANG = 0.22
"""How far a patch may reach beyond the anatomy, as a fraction of the patch."""

AT_LIVER = 0.75
"""Share of the patches whose middle is at the height of the liver."""
GROWING = (
    "muscle",
    "heart_wall",
    "spleen",
    "stomach_wall",
    "bowel_wall",
    "kidney_cortex",
    "pancreas",
    "vena_cava",
)
"""Organs that may fill the fat between themselves and the next."""


def rotation(dice: Dice) -> np.ndarray:
    """Draw a small turn about all three axes."""
    matrix = np.eye(3)
    for first, second in ((0, 1), (0, 2), (1, 2)):
        angle = dice.scalars.normal(0, MAX_TURN / 2.2)
        turn = np.eye(3)
        turn[first, first] = turn[second, second] = np.cos(angle)
        turn[first, second], turn[second, first] = np.sin(angle), -np.sin(angle)
        matrix = matrix @ turn
    return matrix


def draw_centre(size: Sequence[int], patch: np.ndarray, liver_rows: Sequence[int], dice: Dice) -> np.ndarray:
    """Draw where the patch looks.

    Near the middle in the plane, since it covers most of the body; along z anywhere or, more often, at the
    liver.
    """
    size_ = np.asarray(size, float)
    play = np.maximum(size_ - patch, 0) / 2 + OVERHANG * patch
    play[1:] *= 0.8
    centre = (size_ - 1) / 2 + dice.scalars.uniform(-1, 1, 3) * play
    if len(liver_rows) and dice.chance(AT_LIVER):
        centre[0] = dice.scalars.choice(liver_rows) + dice.between(-0.2, 0.2) * patch[0]
    return centre


def random_view(
    anatomy: torch.Tensor, patch: Sequence[int], scale: float, dice: Dice, liver_rows: Sequence[int] = ()
) -> torch.Tensor:
    """Sample a label map at a random place, turn, size and bend.

    Parameters
    ----------
    anatomy : torch.Tensor
        uint8 labels by (z, y, x).
    patch : sequence of int
        Size of the result by (z, y, x).
    scale : float
        Voxels of the anatomy to one voxel of the patch.
    dice : Dice
        Source of randomness.
    liver_rows : sequence of int
        Slices of the anatomy that show liver, to look there more often.

    Returns
    -------
    torch.Tensor
        Labels of the patch as int64; 0 (air) outside the anatomy.
    """
    factors = scale * dice.between(*SCALE) * dice.scalars.uniform(*STRETCH, 3)
    matrix = rotation(dice) * factors[:, None]
    extent = np.asarray(patch, float)
    centre = draw_centre(anatomy.shape, extent * factors, liver_rows, dice)
    ticks = [torch.arange(n, device=anatomy.device, dtype=torch.float32) - (n - 1) / 2 for n in patch]
    z, y, x = ticks[0][:, None, None], ticks[1][None, :, None], ticks[2][None, None, :]
    bend = _bend(patch, dice)
    index = torch.zeros(tuple(patch), dtype=torch.int64, device=anatomy.device)
    inside = torch.ones(tuple(patch), dtype=torch.bool, device=anatomy.device)
    for axis, size in enumerate(anatomy.shape):
        row = [float(value) for value in matrix[axis]]
        place = (bend[axis] + (z * row[0] + y * row[1] + x * row[2] + float(centre[axis]))).round_().long()
        inside &= (place >= 0) & (place < size)
        index = index * size + place.clamp_(0, size - 1)
    return anatomy.reshape(-1)[index].long() * inside


def close_gaps(labels: torch.Tensor, rounds: int) -> torch.Tensor:
    """Let the organs other than the liver grow into the fat between them, so that they touch each other.

    Parameters
    ----------
    labels : torch.Tensor
        int64 labels by (z, y, x).
    rounds : int
        By how many voxels.
    """
    growing = torch.zeros(256, device=labels.device)
    for name in GROWING:
        growing[LABELS[name]] = LABELS[name]
    for _ in range(rounds):
        near = functional.max_pool3d(growing[labels][None, None], 3, 1, 1)[0, 0].long()
        labels = torch.where((labels == LABELS["visceral_fat"]) & (near > 0), near, labels)
    return labels


def around_body(labels: NDArray[np.uint8], margin: int = 4) -> tuple[slice, slice, slice]:
    """Return the box without the air beside the body, which is cut off before a scan is segmented too."""
    body = (labels != LABELS["air"]) & (labels != LABELS["table"])
    box = []
    for axis in range(3):
        filled = np.flatnonzero(body.any(axis=tuple({0, 1, 2} - {axis})))
        box.append(slice(max(0, int(filled[0]) - margin), int(filled[-1]) + 1 + margin))
    return box[0], box[1], box[2]


def _bend(patch: Sequence[int], dice: Dice) -> torch.Tensor:
    """Return a displacement by (axis, z, y, x) in voxels: broad bends and narrower ones."""
    total = torch.zeros((3, *patch), device=dice.device)
    for grain, strength in ((26, dice.between(0, 2.6)), (9, dice.between(0, 0.7))):
        knots = [max(4, round(size / grain) + 1) for size in patch]
        coarse = dice.white((1, 3, *knots)) * strength
        total += functional.interpolate(coarse, tuple(patch), mode="trilinear", align_corners=True)[0]
    return total
