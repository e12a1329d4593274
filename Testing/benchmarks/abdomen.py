"""A synthetic abdomen for benchmarks: a liver of about 1.6 L with a rough surface, seeded, made in code."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

FULL = ((80, 512, 512), (0.75, 0.75, 2.5))
QUICK = ((32, 128, 128), (3.0, 3.0, 6.25))

Field = NDArray[np.float32]


def make_abdomen(quick: bool = False, seed: int = 20261121) -> tuple[sitk.Image, sitk.Image]:
    """Return an int16 CT in HU and the uint8 mask of its liver.

    The full one is 512 × 512 × 80 voxels of 0.75 × 0.75 × 2.5 mm. The quick one is the same body on a coarser
    grid.
    """
    shape, spacing = QUICK if quick else FULL
    rng = np.random.default_rng(seed)
    grid = _millimetres(shape, spacing)
    body = _ball(grid, (0, 0, 0), (400, 135, 175)) < 1
    liver = _liver(grid, shape, spacing, rng)
    values = np.where(body, np.float32(-95), np.float32(-1000))
    values[_ball(grid, (0, 0, 0), (400, 118, 156)) < 1] = 45
    values[_ball(grid, (0, 88, 0), (400, 28, 30)) < 1] = 320
    values[_ball(grid, (10, 20, 70), (70, 45, 38)) < 1] = 20
    values[liver] = 105
    _add_vessels(values, liver, shape, spacing, rng)
    for centre, radius, level in (
        ((-5, -15, -80), 24, 75),
        ((22, 22, -60), 15, 130),
        ((-30, 5, -95), 11, 60),
    ):
        values[liver & (_ball(grid, centre, (radius,) * 3) < 1)] = level
    values += 16 * _grain(shape, (0.5, 0.9, 0.9), rng) + 5 * _grain(shape, (2, 7, 7), rng)
    image = sitk.GetImageFromArray(np.rint(values.clip(-1024, 3071)).astype(np.int16))
    mask = sitk.GetImageFromArray(liver.astype(np.uint8))
    for volume in (image, mask):
        volume.SetSpacing(spacing)
        volume.SetOrigin((-192.0, -192.0, -100.0))
    return image, mask


def _millimetres(shape: tuple[int, ...], spacing: tuple[float, ...]) -> list[Field]:
    axes = [(np.arange(n) - (n - 1) / 2) * step for n, step in zip(shape, spacing[::-1], strict=True)]
    return [axis.astype(np.float32) for axis in np.meshgrid(*axes, indexing="ij", sparse=True)]


def _ball(grid: list[Field], centre: tuple[float, ...], radii: tuple[float, ...]) -> Field:
    parts = [((axis - c) / r) ** 2 for axis, c, r in zip(grid, centre, radii, strict=True)]
    total: Field = parts[0] + parts[1] + parts[2]
    return total


def _liver(
    grid: list[Field], shape: tuple[int, ...], spacing: tuple[float, ...], rng: np.random.Generator
) -> NDArray[np.bool_]:
    right = _ball(grid, (0, 0, -72), (76, 71, 60))
    left = _ball(grid, (8, -34, -12), (40, 38, 66))
    step = np.array(spacing[::-1])
    rough = 0.06 * _grain(shape, tuple(9 / step), rng) + 0.03 * _grain(shape, tuple(2.5 / step), rng)
    return np.asarray((np.minimum(right, left) + rough) < 1)


def _add_vessels(
    values: Field,
    liver: NDArray[np.bool_],
    shape: tuple[int, ...],
    spacing: tuple[float, ...],
    rng: np.random.Generator,
) -> None:
    """Bright, branching ridges: where a smooth field crosses zero twice over."""
    step = np.array(spacing[::-1])
    first, second = (_grain(shape, tuple(11 / step), rng) for _ in range(2))
    values[liver & (np.abs(first) < 0.22) & (np.abs(second) < 0.22)] = 150


def _grain(shape: tuple[int, ...], sigma: tuple[float, ...], rng: np.random.Generator) -> Field:
    noise = ndimage.gaussian_filter(rng.standard_normal(shape, dtype=np.float32), sigma)
    return np.asarray(noise / noise.std(), dtype=np.float32)
