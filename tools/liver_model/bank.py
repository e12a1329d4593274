"""A bank of anatomies on disk, made once and looked at many times."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from LWCTRLogic import files
from LWCTRLogic.phantom.anatomy import View, make_anatomy
from LWCTRLogic.phantom.traits import Traits, draw_traits

SPACING = 3.0
"""Isotropic voxel size of the stored label maps, mm."""
WHOLE_TRUNK = View((-216.0, -165.0, -235.0), (216.0, 165.0, 190.0))
"""More than a scan shows; the training patches are cut from it."""


def bank_path(folder: Path, seed: int) -> Path:
    """Return where the anatomy of a seed is kept."""
    return folder / f"anatomy-{seed:05d}.npz"


def wide_traits(seed: int) -> Traits:
    """Draw a person's traits; every second one has a more unusual outline of the liver."""
    rng = np.random.default_rng([seed, 77])
    traits = draw_traits(rng)
    if rng.random() < 0.5:
        traits = replace(
            traits,
            left_end=rng.uniform(40, 130),
            left_bottom=rng.normal(-60, 24),
            right_tip=rng.normal(-92, 28),
            dome=rng.normal(78, 12),
        )
    return traits


def store_anatomy(seed: int, folder: Path) -> Path:
    """Make and store the anatomy of one seed, unless it is there already."""
    target = bank_path(folder, seed)
    if not target.exists():
        anatomy = make_anatomy(seed, (SPACING, SPACING, SPACING), WHOLE_TRUNK, wide_traits(seed))
        with files.replacing(target) as temporary, temporary.open("wb") as stream:
            np.savez_compressed(stream, labels=anatomy.labels, spacing=SPACING)
    return target


def make_bank(seeds: Sequence[int], folder: Path, workers: int) -> list[Path]:
    """Make the anatomies of all seeds in several processes."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(partial(store_anatomy, folder=folder), seeds))
