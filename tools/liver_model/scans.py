"""A bank of scans drawn by the phantom's own renderer, to train beside the randomised ones."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from LWCTRLogic import files
from LWCTRLogic.phantom.anatomy import Anatomy, Motion, find_places, make_anatomy, random_view, whole_view
from LWCTRLogic.phantom.contrast import Enhancement
from LWCTRLogic.phantom.patient import make_story
from LWCTRLogic.phantom.render import Look, render


def scan_path(folder: Path, seed: int) -> Path:
    """Return where the scan of a seed is kept."""
    return folder / f"scan-{seed:06d}.npz"


def make_scan(seed: int) -> tuple[Anatomy, np.ndarray]:
    """Draw one simulated patient at one time in one phase, on a random grid.

    Returns
    -------
    Anatomy, ndarray of int16
        The anatomy and its CT volume in HU, shape (z, y, x).
    """
    rng = np.random.default_rng([seed, 78])
    story = make_story(seed)
    disease = find_places(seed, story.traits, story.after if rng.random() < 0.5 else story.before)
    in_plane = rng.uniform(1.3, 2.0)
    spacing = (in_plane, in_plane, float(rng.choice([1.5, 2.0, 2.5, 3.0, 3.0, 3.0, 4.0, 5.0])))
    view = whole_view(story.traits) if rng.random() < 0.6 else random_view(rng, story.traits)
    motion = Motion(int(rng.integers(2**31)), float(np.clip(rng.normal(0, 4), -8, 8)), 1.5)
    anatomy = make_anatomy(
        seed, spacing, view, story.traits, disease, motion=motion, day=int(rng.integers(2))
    )
    return anatomy, render(anatomy, _enhancement(rng), _look(rng))


def _look(rng: np.random.Generator) -> Look:
    return Look(
        texture_key=int(rng.integers(2**31)),
        liver_texture=rng.uniform(2, 12),
        tumour_texture=rng.uniform(4, 26),
        coarse=rng.uniform(0.1, 0.9),
        noise=rng.uniform(6, 22),
        grain=rng.uniform(0.7, 1.4),
        blur=rng.uniform(0.7, 1.6),
        noise_key=int(rng.integers(2**31)),
    )


def _enhancement(rng: np.random.Generator) -> Enhancement:
    return Enhancement(
        str(rng.choice(["A", "V"])),
        blood=rng.normal(1.0, 0.12),
        liver=rng.normal(0, 12),
        wash_in=rng.uniform(4, 80),
        wash_out=rng.uniform(5, 50),
    )


def store_scan(seed: int, folder: Path) -> Path:
    """Make and store the scan of one seed, unless it is there already."""
    target = scan_path(folder, seed)
    if not target.exists():
        anatomy, volume = make_scan(seed)
        with files.replacing(target) as temporary, temporary.open("wb") as stream:
            np.savez_compressed(
                stream, hu=volume, labels=anatomy.labels, spacing=np.array(anatomy.spacing[::-1])
            )
    return target


def make_scans(seeds: Sequence[int], folder: Path, workers: int) -> list[Path]:
    """Make the scans of all seeds in several processes."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(partial(store_scan, folder=folder), seeds))
