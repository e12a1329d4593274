"""Shape features: definitions of the PyRadiomics documentation, on the mask alone."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel
from LWCTRLogic.radiomics.diameters import diameters
from LWCTRLogic.radiomics.mesh import surface, surface_vertices

# An eigenvalue this far below the largest is the round-off of a zero.
ROUND_OFF = 1e-14


def shape_features(mask: NDArray[np.bool_], spacing: tuple[float, float, float]) -> dict[str, float]:
    """Return every shape feature.

    Parameters
    ----------
    mask : array (z, y, x)
        The mask, cut to its bounding box.
    spacing : tuple of float
        Distance of voxels (z, y, x) in mm.
    """
    padded = np.pad(mask, 1).view(np.uint8)
    area, volume = surface(padded, spacing)
    across_z, across_y, across_x, in_space = diameters(surface_vertices(padded), spacing)
    least, minor, major = principal_variances(padded, spacing)
    sphere_area = (36 * math.pi * volume**2) ** (1 / 3)
    return {
        "Compactness1": volume / (area**1.5 * math.sqrt(math.pi)),
        "Compactness2": 36 * math.pi * volume**2 / area**3,
        "Elongation": math.sqrt(minor / major),
        "Flatness": math.sqrt(least / major),
        "LeastAxisLength": 4 * math.sqrt(least),
        "MajorAxisLength": 4 * math.sqrt(major),
        "Maximum2DDiameterColumn": across_y,
        "Maximum2DDiameterRow": across_x,
        "Maximum2DDiameterSlice": across_z,
        "Maximum3DDiameter": in_space,
        "MeshVolume": volume,
        "MinorAxisLength": 4 * math.sqrt(minor),
        "Sphericity": sphere_area / area,
        "SphericalDisproportion": area / sphere_area,
        "SurfaceArea": area,
        "SurfaceVolumeRatio": area / volume,
        "VoxelVolume": float(np.count_nonzero(mask)) * math.prod(spacing),
    }


@kernel
def coordinate_sums(mask: NDArray[np.uint8], sums: NDArray[np.int64]) -> None:
    """Add up 1, z, y, x, zz, zy, zx, yy, yx, xx over the mask, in whole numbers."""
    for z in range(mask.shape[0]):
        for y in range(mask.shape[1]):
            count = np.int64(0)
            first = np.int64(0)
            second = np.int64(0)
            for x in range(mask.shape[2]):
                inside = np.int64(mask[z, y, x])
                count += inside
                first += inside * x
                second += inside * x * x
            row = (count, z * count, y * count, first, z * z * count, z * y * count, z * first)
            for k in range(7):
                sums[k] += row[k]
            sums[7] += y * y * count
            sums[8] += y * first
            sums[9] += second


def principal_variances(
    mask: NDArray[np.uint8], spacing: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return the variances (mm²) of the voxel centres along the three principal axes, ascending.

    The covariance is made from whole-number sums, so a flat mask has exactly zero variance across it.
    """
    sums = np.zeros(10, np.int64)
    coordinate_sums(mask, sums)
    n, z, y, x, *squares = (int(value) for value in sums)
    first = (z, y, x)
    covariance = np.empty((3, 3))
    for value, (i, j) in zip(squares, ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)), strict=True):
        entry = (n * value - first[i] * first[j]) / (n * n) * spacing[i] * spacing[j]
        covariance[i, j] = covariance[j, i] = entry
    values = np.linalg.eigvalsh(covariance)
    values[values < ROUND_OFF * values[-1]] = 0
    return float(values[0]), float(values[1]), float(values[2])
