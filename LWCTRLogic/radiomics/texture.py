"""Intensity and texture features of one image type: values → grey levels → counts → features."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.binning import bin_edges, gather, quantise
from LWCTRLogic.radiomics.firstorder import first_order
from LWCTRLogic.radiomics.glcm import glcm_features
from LWCTRLogic.radiomics.gldm import gldm_features
from LWCTRLogic.radiomics.glrlm import glrlm_features
from LWCTRLogic.radiomics.glszm import glszm_features
from LWCTRLogic.radiomics.kernels import TextureCounts, count_texture, directions_of
from LWCTRLogic.radiomics.matrix_features import SizeMatrix, from_dense
from LWCTRLogic.radiomics.names import TEXTURE_CLASSES
from LWCTRLogic.radiomics.ngtdm import ngtdm_features
from LWCTRLogic.radiomics.settings import ExtractionSettings

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Binned:
    """An image type inside the mask.

    Attributes
    ----------
    values : array (n,)
        Intensities in the order z, y, x.
    levels : array (z + 2, y + 2, x + 2)
        Grey levels from 1; 0 outside the mask and in the border of one voxel.
    highest : int
        The highest level.
    """

    values: F64
    levels: NDArray[np.uint16]
    highest: int


def bin_volume(volume: NDArray[Any], mask: Mask, settings: ExtractionSettings) -> Binned:
    """Take the values inside the mask and give each its grey level."""
    own = np.empty(int(mask.sum()), volume.dtype)
    gather(volume, mask, own)
    edges = bin_edges(own.min(), own.max(), settings)
    values = own.astype(np.float64, copy=False)
    levels = np.zeros(tuple(size + 2 for size in mask.shape), np.uint16)
    highest = quantise(values, edges, mask, levels)
    return Binned(values, levels, int(highest))


def texture_features(
    binned: Binned, mask: Mask, spacing: tuple[float, float, float], settings: ExtractionSettings
) -> dict[str, dict[str, float]]:
    """Return the features of every chosen class but shape, by class and name."""
    counts = count_texture(binned.levels, binned.highest, binned.values.size, settings)
    present = np.flatnonzero(counts.voxels[1:]) + 1
    levels = present.astype(np.float64)
    makers: dict[str, Callable[[], dict[str, float]]] = {
        "firstorder": lambda: first_order(
            binned.values, counts.voxels[present], float(np.prod(spacing)), float(settings.voxel_array_shift)
        ),
        "glcm": lambda: glcm_features(cooccurrence(counts, present, spacing, settings), levels),
        "gldm": lambda: gldm_features(dependence(counts, present, levels)),
        "glrlm": lambda: glrlm_features(run_lengths(counts, present, levels, mask, spacing, settings)),
        "glszm": lambda: glszm_features(zone_sizes(counts)),
        "ngtdm": lambda: ngtdm_features(
            counts.voxels[present].astype(np.float64), summed_differences(counts, present), levels
        ),
    }
    return {
        name: makers[name]() for name in ("firstorder", *TEXTURE_CLASSES) if name in settings.feature_classes
    }


def _weights(directions: NDArray[np.int64], spacing: tuple[float, float, float], norm: str) -> F64:
    """Return the length (mm) of each direction in a norm; 1 for ``no_weighting``."""
    steps = np.abs(directions) * np.array(spacing)
    if norm == "infinity":
        return np.asarray(steps.max(1))
    if norm == "euclidean":
        return np.asarray(np.sqrt((steps**2).sum(1)))
    return np.asarray(steps.sum(1) if norm == "manhattan" else np.ones(len(steps)))


def cooccurrence(
    counts: TextureCounts,
    present: NDArray[np.int64],
    spacing: tuple[float, float, float],
    settings: ExtractionSettings,
) -> F64:
    """Return co-occurrence counts (direction, level, level) of the present levels.

    Directions without a pair are left out; with a weighting norm, all directions are one.

    Raises
    ------
    InputError
        When no voxel has a neighbour.
    """
    pairs = counts.pairs[:, present[:, None], present[None, :]].astype(np.float64)
    if not pairs.any():
        raise InputError(
            f"none of the {int(counts.voxels[1:].sum())} voxels of the mask has a neighbour in the mask",
            "at least one pair of neighbours, for GLCM",
        )
    if settings.symmetrical_glcm:
        pairs += pairs.transpose(0, 2, 1)
    if settings.weighting_norm is None:
        return np.asarray(pairs[pairs.any((1, 2))])
    length = _weights(counts.directions, spacing, settings.weighting_norm)
    weight = np.ones_like(length) if settings.weighting_norm == "no_weighting" else np.exp(-(length**2))
    return np.asarray((pairs * weight[:, None, None]).sum(0, keepdims=True))


def dependence(counts: TextureCounts, present: NDArray[np.int64], levels: F64) -> SizeMatrix:
    """Return the number of voxels by level and number of dependent neighbours, the voxel itself included."""
    dense = counts.dependence[present].astype(np.float64)
    return from_dense(dense, levels, np.arange(1.0, dense.shape[1] + 1))


def run_lengths(
    counts: TextureCounts,
    present: NDArray[np.int64],
    levels: F64,
    mask: Mask,
    spacing: tuple[float, float, float],
    settings: ExtractionSettings,
) -> list[SizeMatrix]:
    """Return one matrix a direction, or a single one with a weighting norm.

    Directions in which no line holds two voxels of the mask are left out.

    Raises
    ------
    InputError
        When no direction is left.
    """
    lengths = np.arange(1.0, counts.runs.shape[2] + 1)
    directions = directions_of((1,), settings)
    kept = [
        d for d in range(len(directions)) if counts.runs[d, 1:, 1:].any() or _has_line(mask, directions[d])
    ]
    if not kept:
        raise InputError("no line of voxels meets the mask twice", "at least two voxels on a line, for GLRLM")
    dense = counts.runs[kept][:, present].astype(np.float64)
    if settings.weighting_norm is None:
        return [from_dense(matrix, levels, lengths) for matrix in dense]
    weight = _weights(directions[kept], spacing, settings.weighting_norm)
    return [from_dense((dense * weight[:, None, None]).sum(0), levels, lengths)]


def _has_line(mask: Mask, direction: NDArray[np.int64]) -> bool:
    """Whether some line in the direction meets the mask at two voxels or more."""
    points = np.argwhere(mask)
    axis = int(np.flatnonzero(direction)[0])
    start = points - (points[:, axis] * direction[axis])[:, None] * direction
    return len(np.unique(start, axis=0)) < len(points)


def zone_sizes(counts: TextureCounts) -> SizeMatrix:
    """Return the number of zones by level and size in voxels; no two entries hold the same pair."""
    level, size = np.nonzero(counts.small_zones)
    small = np.stack([level, size, counts.small_zones[level, size]], 1)
    if len(counts.large_zones):
        pairs, number = np.unique(counts.large_zones, axis=0, return_counts=True)
        small = np.concatenate([small, np.column_stack([pairs, number])])
    cells = small.astype(np.float64)
    return SizeMatrix(cells[:, 0], cells[:, 1], cells[:, 2])


def summed_differences(counts: TextureCounts, present: NDArray[np.int64]) -> F64:
    """Return for each present level the sum of |level - mean level of the neighbours| over its voxels."""
    neighbours = np.arange(1, counts.differences.shape[1])
    return np.asarray((counts.differences[present, 1:] / neighbours).sum(1))
