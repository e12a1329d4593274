"""Small images and masks made in code, each with one property that a kernel may get wrong."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

Array = NDArray[np.generic]

SHAPE = (22, 26, 24)
SPACING = (0.75, 0.8, 2.5)


def texture(
    shape: tuple[int, int, int] = SHAPE, seed: int = 1, mean: float = 90.0, sd: float = 40.0
) -> Array:
    """Correlated noise in HU, float64, (z, y, x)."""
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=shape), 0.9)
    return noise / noise.std() * sd + mean


def as_image(
    array: Array,
    dtype: str = "int16",
    spacing: tuple[float, float, float] = SPACING,
    origin: tuple[float, float, float] = (-31.5, 12.25, 104.0),
    direction: NDArray[np.float64] | None = None,
) -> sitk.Image:
    """Turn an array (z, y, x) into an image with a grid."""
    values = np.rint(array).astype(dtype) if np.dtype(dtype).kind in "iu" else array.astype(dtype)
    image = sitk.GetImageFromArray(values)
    image.SetSpacing(spacing)
    image.SetOrigin(origin)
    if direction is not None:
        image.SetDirection(direction.ravel().tolist())
    return image


def blob(shape: tuple[int, int, int] = SHAPE, seed: int = 2, radius: float = 0.36) -> NDArray[np.uint8]:
    """A rough ball: an ellipsoid whose surface is moved by noise."""
    axes = [(np.arange(n) - (n - 1) / 2) / (radius * n) for n in shape]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    rough = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=shape), 1.0) * 1.5
    return (z**2 + y**2 + x**2 + rough < 1).astype(np.uint8)


def with_holes(mask: NDArray[np.uint8], seed: int = 3) -> NDArray[np.uint8]:
    """Take single voxels and one larger cavity out of a mask."""
    holed = mask * (np.random.default_rng(seed).random(mask.shape) > 0.15)
    centre = [n // 2 for n in mask.shape]
    holed[tuple(slice(c - 2, c + 2) for c in centre)] = 0
    return holed.astype(np.uint8)


def in_pieces() -> NDArray[np.uint8]:
    """Three pieces that do not touch, one of them a single voxel."""
    mask = np.zeros(SHAPE, np.uint8)
    mask[2:9, 3:11, 4:12] = blob((7, 8, 8), 5, 0.45)
    mask[12:20, 13:24, 10:20] = blob((8, 11, 10), 6, 0.45)
    mask[20, 2, 21] = 1
    return mask


def scattered(seed: int = 7, share: float = 0.08) -> NDArray[np.uint8]:
    """Mostly lone voxels: empty angles, runs and zones of length one."""
    return (np.random.default_rng(seed).random(SHAPE) < share).astype(np.uint8)


def one_slice(axis: int) -> NDArray[np.uint8]:
    """A mask that is one voxel thick along ``axis`` (0 is z)."""
    mask = np.zeros(SHAPE, np.uint8)
    index = [slice(None)] * 3
    index[axis] = slice(SHAPE[axis] // 2, SHAPE[axis] // 2 + 1)
    mask[tuple(index)] = blob()[tuple(index)]
    return mask


def line(axis: int) -> NDArray[np.uint8]:
    """A straight line of twelve voxels along ``axis``."""
    mask = np.zeros(SHAPE, np.uint8)
    index: list[slice | int] = [n // 2 for n in SHAPE]
    index[axis] = slice(5, 17)
    mask[tuple(index)] = 1
    return mask


def diagonal() -> NDArray[np.uint8]:
    """A line through the corners of voxels."""
    mask = np.zeros(SHAPE, np.uint8)
    steps = np.arange(5, 17)
    mask[steps, steps + 1, 22 - steps] = 1
    return mask


def eight_voxels() -> NDArray[np.uint8]:
    """Two voxels a side."""
    mask = np.zeros(SHAPE, np.uint8)
    mask[10:12, 11:13, 9:11] = 1
    return mask


def touching_the_border() -> NDArray[np.uint8]:
    """A ball pushed into the first corner and a piece on the last voxel of every axis."""
    mask = np.roll(blob(), (-7, -9, -8), axis=(0, 1, 2))
    mask[-1, -1, -1] = 1
    mask[0, 0, 0] = 1
    return mask


def rotation(degrees: float, axis: tuple[float, float, float]) -> NDArray[np.float64]:
    """Direction matrix of a turn about ``axis`` (Rodrigues)."""
    unit = np.asarray(axis, float) / np.linalg.norm(axis)
    cross = np.cross(np.eye(3), unit)
    angle = np.deg2rad(degrees)
    turn: NDArray[np.float64] = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return turn
