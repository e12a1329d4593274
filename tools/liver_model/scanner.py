"""What a scanner does to a picture: blur, thick slices, noise, streaks, a limited field of view."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from .randomness import Dice


def acquire(hu: torch.Tensor, voxel: float, dice: Dice) -> torch.Tensor:
    """Return the scan that a random scanner and protocol would make of a noiseless one.

    Parameters
    ----------
    hu : torch.Tensor
        HU by (z, y, x).
    voxel : float
        Voxel size in mm.
    dice : Dice
        Source of randomness.
    """
    hu = hu.clamp(-1000, 1500)
    hu = _blur(hu, dice.between(0, 0.75), dice)
    hu = _thicken(hu, voxel, dice)
    if dice.chance(0.3):
        hu = hu * (1 + dice.between(0, 0.06) * dice.smooth(hu.shape, 40)) + dice.scalars.normal(0, 4)
    if dice.chance(0.2):
        hu = hu + _streaks(hu, dice)
    return hu + _noise(hu, dice)


def _along(hu: torch.Tensor, weights: np.ndarray, axis: int) -> torch.Tensor:
    shape = [1, 1, 1, 1, 1]
    shape[axis + 2] = len(weights)
    kernel = torch.as_tensor(weights / weights.sum(), dtype=hu.dtype, device=hu.device).reshape(shape)
    padding = [0] * 6
    padding[2 * (2 - axis)] = padding[2 * (2 - axis) + 1] = len(weights) // 2
    return functional.conv3d(functional.pad(hu[None, None], padding, mode="replicate"), kernel)[0, 0]


def _blur(hu: torch.Tensor, sigma: float, dice: Dice) -> torch.Tensor:
    if sigma < 0.2:
        return hu
    weights = np.exp(-0.5 * (np.arange(-2, 3) / sigma) ** 2)
    return _along(_along(hu, weights, 1), weights, 2)


def _thicken(hu: torch.Tensor, voxel: float, dice: Dice) -> torch.Tensor:
    """Average over the slice thickness; half of the thick scans are also sampled only once a slice."""
    thickness = float(dice.scalars.choice([1, 2, 3, 5, 5, 7, 8])) / voxel
    if thickness < 0.7:
        return hu
    reach = int(np.ceil(thickness / 2))
    weights = np.clip((thickness + 1) / 2 - np.abs(np.arange(-reach, reach + 1)), 0, 1)
    hu = _along(hu, weights, 0)
    if thickness > 1 and dice.chance(0.5):
        start = dice.between(0, thickness)
        nearest = np.round((np.arange(len(hu)) - start) / thickness) * thickness + start
        rows = np.clip(np.round(nearest), 0, len(hu) - 1).astype(np.int64)
        hu = hu[torch.as_tensor(rows, device=hu.device)]
    return hu


def _noise(hu: torch.Tensor, dice: Dice) -> torch.Tensor:
    """White and correlated noise; sampling a scan at the points of a coarse grid whitens its noise."""
    sigma = dice.between(2, 10) if dice.chance(0.4) else dice.between(8, 34)
    share = dice.between(0, 1)
    return sigma * (
        np.sqrt(1 - share) * dice.white(hu.shape) + np.sqrt(share) * dice.smooth(hu.shape, (1.01, 1.8, 1.8))
    )


def _streaks(hu: torch.Tensor, dice: Dice) -> torch.Tensor:
    """Parallel streaks in the plane, another pattern every few slices, as beside arms and metal."""
    depth, height, width = hu.shape
    angle = dice.scalars.normal(0, 0.5)
    y = torch.arange(height, device=hu.device)[:, None] * float(np.cos(angle))
    x = torch.arange(width, device=hu.device)[None, :] * float(np.sin(angle))
    phase = (y + x) * dice.between(0.6, 2.5)
    drift = dice.smooth((depth, 2, 2), (2, 1, 1))[:, :1, :1] * 3
    return dice.between(3, 16) * torch.sin(phase[None] + drift) * dice.smooth(hu.shape, 20)


def field_of_view(shape: tuple[int, ...], dice: Dice) -> torch.Tensor:
    """Return the voxels that were scanned: slices cut off, a box cut out, or a circle in the plane."""
    seen = torch.ones(shape, dtype=torch.bool, device=dice.device)
    for axis, probability, least in ((0, 0.4, 0.3), (1, 0.12, 0.6), (2, 0.12, 0.6)):
        if dice.chance(probability):
            length = round(shape[axis] * dice.between(least, 1))
            start = int(dice.scalars.integers(0, shape[axis] - length + 1))
            seen.narrow(axis, 0, start).zero_()
            seen.narrow(axis, start + length, shape[axis] - start - length).zero_()
    if dice.chance(0.2):
        y = torch.arange(shape[1], device=dice.device)[:, None] - shape[1] / 2 - dice.between(-8, 8)
        x = torch.arange(shape[2], device=dice.device)[None, :] - shape[2] / 2 - dice.between(-8, 8)
        seen &= (y**2 + x**2 < (shape[2] / 2 * dice.between(0.75, 1.05)) ** 2)[None]
    return seen
