"""A bank of anatomies on disk, made once and looked at many times."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from LWCTRLogic import files
from LWCTRLogic.phantom.anatomy import View, make_anatomy

SPACING = 3.0
"""Isotropic voxel size of the stored label maps, mm."""
WHOLE_TRUNK = View((-216.0, -165.0, -235.0), (216.0, 165.0, 190.0))
"""More than a scan shows; the training patches are cut from it."""


def bank_path(folder: Path, seed: int) -> Path:
    """Return where the anatomy of a seed is kept."""
    return folder / f"anatomy-{seed:05d}.npz"


def store_anatomy(seed: int, folder: Path) -> Path:
    """Make and store the anatomy of one seed, unless it is there already."""
    target = bank_path(folder, seed)
    if not target.exists():
        anatomy = make_anatomy(seed, (SPACING, SPACING, SPACING), WHOLE_TRUNK)
        with files.replacing(target) as temporary, temporary.open("wb") as stream:
            np.savez_compressed(stream, labels=anatomy.labels, spacing=SPACING)
    return target


def make_bank(seeds: Sequence[int], folder: Path, workers: int) -> list[Path]:
    """Make the anatomies of all seeds in several processes."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(partial(store_anatomy, folder=folder), seeds))
