"""Random numbers and smooth random fields on the device that trains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional


class Dice:
    """Scalars from numpy and fields from torch, both from one seed."""

    def __init__(self, seed: int, device: torch.device) -> None:
        self.scalars = np.random.default_rng(seed)
        self.fields = torch.Generator(device=device).manual_seed(seed)
        self.device = device

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return bool(self.scalars.random() < probability)

    def between(self, low: float, high: float) -> float:
        """Return a uniform number."""
        return float(self.scalars.uniform(low, high))

    def white(self, shape: Sequence[int]) -> torch.Tensor:
        """Return independent normal numbers."""
        return torch.randn(tuple(shape), generator=self.fields, device=self.device)

    def smooth(self, shape: Sequence[int], grain: float | Sequence[float]) -> torch.Tensor:
        """Return a field of about unit variance whose detail is ``grain`` voxels wide."""
        grains = np.broadcast_to(np.asarray(grain, float), 3)
        knots = [max(2, round(size / width) + 1) for size, width in zip(shape, grains, strict=True)]
        coarse = self.white((1, 1, *knots))
        # linear interpolation leaves (2/3)^3 of the variance between random knots
        return functional.interpolate(coarse, tuple(shape), mode="trilinear", align_corners=True)[0, 0] * 1.8
