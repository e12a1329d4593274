"""A bank of scans drawn by the phantom's own renderer, to train beside the randomised ones."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from LWCTRLogic import files
from LWCTRLogic.phantom.anatomy import Anatomy, Motion, find_places, make_anatomy, random_view, whole_view
from LWCTRLogic.phantom.appearance import appearance
from LWCTRLogic.phantom.patient import make_story
from LWCTRLogic.phantom.render import render
from LWCTRLogic.phantom.scanner import Scanner


def scan_path(folder: Path, seed: int) -> Path:
    """Return where the scan of a seed is kept."""
    return folder / f"scan-{seed:06d}.npz"


def make_scan(seed: int) -> tuple[Anatomy, np.ndarray]:
    """Draw one simulated patient in one of the four volumes, by a random scanner and on a random grid.

    Returns
    -------
    Anatomy, ndarray of int16
        The anatomy and its CT volume in HU, shape (z, y, x).
    """
    rng = np.random.default_rng([seed, 78])
    number = int(rng.integers(4))
    story = make_story(seed)
    disease = find_places(seed, story.traits, story.after if number >= 2 else story.before)
    in_plane = rng.uniform(1.3, 2.0)
    spacing = (in_plane, in_plane, float(rng.choice([1.5, 2.0, 2.5, 3.0, 3.0, 3.0, 4.0, 5.0])))
    view = whole_view(story.traits) if rng.random() < 0.6 else random_view(rng, story.traits)
    motion = Motion(int(rng.integers(2**31)), float(np.clip(rng.normal(0, 4), -8, 8)), 1.5)
    anatomy = make_anatomy(seed, spacing, view, story.traits, disease, motion=motion, day=number // 2)
    look, enhancement = appearance(seed, number, story.latent, story.change, _scanner(rng))
    enhancement = replace(enhancement, liver=enhancement.liver + rng.normal(0, 10))
    return anatomy, render(anatomy, enhancement, look)


def _scanner(rng: np.random.Generator) -> Scanner:
    """Draw a centre's habits, wider than those of the simulated centres."""
    low = rng.uniform(6, 18)
    return Scanner(
        noise=(low, 1.2 * low),
        grain=rng.uniform(0.7, 1.4),
        blur=rng.uniform(0.7, 1.6),
        blood=rng.normal(1.0, 0.12),
        arterial_lag=rng.uniform(0, 0.2),
        venous_lag=rng.uniform(0, 0.2),
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
