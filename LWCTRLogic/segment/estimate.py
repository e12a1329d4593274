"""What a run of nnU-Net will need, told before it starts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.nnunet_model import NnunetModel
from LWCTRLogic.segment.memory import free_memory

if TYPE_CHECKING:
    from LWCTRLogic.segment.nnunet import NnunetSettings

# Resident memory of a process with torch, nnU-Net and OpenVINO loaded.
_BASE_BYTES = 0.75e9
# Multiply-adds a second that one CPU thread reached on 3 × 3 × 3 convolutions, torch and OpenVINO alike
# within a factor of three: good enough to tell minutes from hours.
_RATE = 1.5e10


@dataclass(frozen=True)
class Estimate:
    """Needs of one run.

    Attributes
    ----------
    tiles : int
        Tiles that the network computes, over all folds.
    peak_bytes : int
        Largest memory of the worker.
    seconds : float
        Wall time on a CPU; rough.
    """

    tiles: int
    peak_bytes: int
    seconds: float

    def text(self) -> str:
        """Return the estimate in words."""
        return (
            f"{self.tiles} tiles, about {self.peak_bytes / 1e9:.1f} GB of memory and "
            f"{math.ceil(self.seconds / 60)} min on the CPU"
        )


def estimate(
    model: NnunetModel, shape: Sequence[int], spacing: Sequence[float], settings: NnunetSettings
) -> Estimate:
    """Estimate memory and time of segmenting an array.

    Parameters
    ----------
    model : NnunetModel
        The model.
    shape : sequence of int
        Voxels by (z, y, x), after cropping to the body.
    spacing : sequence of float
        Voxel size in mm by (z, y, x).
    settings : NnunetSettings
        Step size, mirroring and threads.
    """
    configuration = model.settings
    patch = [int(size) for size in configuration["patch_size"]]
    order = model.plans.get("transpose_forward", [0, 1, 2])
    sizes = [shape[axis] for axis in order]
    mm = [spacing[axis] for axis in order]
    wanted = [float(size) for size in configuration["spacing"]]
    wanted = [mm[0], *wanted] if len(wanted) == 2 else wanted
    resampled = [max(1, round(size * old / new)) for size, old, new in zip(sizes, mm, wanted, strict=True)]
    tiles = _tiles(resampled, patch, settings.step_size) * len(model.folds)
    passes = 2 ** len(patch) if settings.mirroring else 1
    adds, activations = _network_cost(configuration, patch)
    return Estimate(
        tiles=tiles,
        peak_bytes=int(_BASE_BYTES + _array_bytes(math.prod(shape), resampled, patch, model) + activations),
        seconds=tiles * passes * adds / (_RATE * settings.threads),
    )


def _tiles(sizes: Sequence[int], patch: Sequence[int], step: float) -> int:
    """Count tiles as nnU-Net lays them out: the last ends at the border, steps are the given one at most."""
    slices = sizes[0] if len(patch) < len(sizes) else 1
    inner = sizes[-len(patch) :]
    counts = [
        math.ceil(max(0, size - tile) / (tile * step)) + 1 for size, tile in zip(inner, patch, strict=True)
    ]
    return slices * math.prod(counts)


def _array_bytes(voxels: int, resampled: Sequence[int], patch: Sequence[int], model: NnunetModel) -> float:
    """Arrays that live together at the worst moment, of the two resamplings and the tiling.

    Resampling holds its input and output in double precision and the input in single precision once more.
    Tiling holds the input in single and every output channel in half precision.
    """
    padded = list(resampled)
    padded[-len(patch) :] = [max(a, b) for a, b in zip(resampled[-len(patch) :], patch, strict=True)]
    small = math.prod(padded)
    heads = len(model.labels)
    return max(voxels * 26 + small * 20, voxels * 4 + small * (4 + 2 * (heads + 2)))


def _network_cost(configuration: dict[str, Any], patch: Sequence[int]) -> tuple[float, float]:
    """Return multiply-adds and bytes of activations of one tile of a U-Net."""
    kwargs = configuration.get("architecture", {}).get("arch_kwargs", {})
    features = kwargs.get("features_per_stage", [32, 64, 128, 256, 320, 320])
    strides = kwargs.get("strides", [[1] * len(patch)] + [[2] * len(patch)] * (len(features) - 1))
    kernel = 3 ** len(patch)
    size, adds, activations, before = float(math.prod(patch)), 0.0, 0.0, 1
    for stage, (channels, stride) in enumerate(zip(features, strides, strict=True)):
        stride = stride if isinstance(stride, list) else [stride] * len(patch)
        size /= math.prod(stride)
        encoder = kernel * channels * (before + channels)
        decoder = kernel * channels * 3 * channels if stage < len(features) - 1 else 0
        adds += size * (encoder + decoder)
        activations += 4 * size * channels * 3
        before = channels
    return adds, activations


def check_memory(need: Estimate, free: int | None = None) -> None:
    """Refuse a run that needs more memory than is free.

    Parameters
    ----------
    need : Estimate
        The run.
    free : int, optional
        Free bytes; asked of the system unless given. Where it cannot be told nothing is refused.

    Raises
    ------
    InputError
        With both numbers.
    """
    free = free_memory() if free is None else free
    if free is not None and need.peak_bytes > free:
        raise InputError(
            f"segmentation needs about {need.peak_bytes / 1e9:.1f} GB of memory and "
            f"{free / 1e9:.1f} GB are free",
            "enough free memory",
            "Close other programs, crop the scan to the abdomen, or use a model with larger voxels",
        )
