"""The liver: level sets of its surfaces joined smoothly, then shaped by its neighbours."""

from __future__ import annotations

import numpy as np

from LWCTRLogic.phantom.field import (
    Field,
    Grid,
    ellipsoid,
    smooth_max,
    smooth_min,
    smooth_noise,
    spread,
    tube,
)
from LWCTRLogic.phantom.organs import Organs
from LWCTRLogic.phantom.torso import Torso
from LWCTRLogic.phantom.traits import Traits
from LWCTRLogic.phantom.vessels import VesselPlan


def _plane(grid: Grid, normal: tuple[float, float, float], through: tuple[float, float, float]) -> Field:
    """Return the signed distance to a plane, negative on the side away from ``normal``."""
    length = float(np.linalg.norm(normal))
    nx, ny, nz = (np.float32(value / length) for value in normal)
    px, py, pz = through
    distance = (grid.x - px) * nx + (grid.y - py) * ny + (grid.z - pz) * nz
    return np.asarray(distance, dtype=np.float32)


def build_liver(
    grid: Grid, torso: Torso, organs: Organs, plan: VesselPlan, traits: Traits, rng: np.random.Generator
) -> Field:
    """Return the liver's signed distance (mm, negative inside), large vessels' grooves included."""
    bumps = [smooth_noise(rng, grid.axes, scale) for scale in (60.0, 30.0, 14.0)]
    right = _right_lobe(grid, traits, rng) + 6.5 * bumps[0] + 2.2 * bumps[1]
    left = _left_lobe(grid, traits, rng) + 6.0 * bumps[0] + 2.2 * bumps[1]
    liver = smooth_min(right, left, 16.0)
    caudate = ellipsoid(
        grid, (-10, 14, 20), (17 * traits.caudate, 15 * traits.caudate, 32 * traits.caudate), turn=-0.4
    )
    liver = smooth_min(liver, caudate, 8.0)
    liver = _carve(grid, liver, organs, plan, traits, rng)
    gap = traits.liver_gap * (1 + 0.3 * bumps[0])
    liver = smooth_max(liver, torso.cavity + gap, 3.0)
    liver = smooth_max(liver, torso.diaphragm + np.float32(1.5) + 0.5 * (gap - 1.5), 3.0)
    if traits.nodularity > 0:
        liver = liver + traits.nodularity * (0.7 * bumps[2] + 0.5 * smooth_noise(rng, grid.axes, 9.0))
    return liver.astype(np.float32)


def _right_lobe(grid: Grid, traits: Traits, rng: np.random.Generator) -> Field:
    size = traits.right_size
    body = ellipsoid(
        grid,
        (-62, 2, 8),
        (92 * size, 104 * size, 128 * size),
        turn=rng.normal(0, 0.1),
        tilt=rng.normal(0.05, 0.05),
    )
    slope = rng.uniform(0.55, 1.0)
    back = rng.uniform(0.15, 0.5)
    below = _plane(grid, (slope, back, -1.0), (-112, -10, traits.right_tip))
    hollow = 0.0016 * rng.uniform(0.3, 1.2) * ((grid.x + 70) ** 2)
    below = below - np.clip(hollow, 0, 8).astype(np.float32) + 4
    medial = _plane(grid, (1.0, rng.uniform(0.1, 0.3), 0.1), (4, 0, 0))
    lobe = smooth_max(smooth_max(body, below, 14.0), medial, 14.0)
    if traits.resection == "right_posterior":
        lobe = smooth_max(lobe, _plane(grid, (-0.6, 0.8, -0.2), (-62, 28, 0)), 8.0)
    return lobe


def _left_lobe(grid: Grid, traits: Traits, rng: np.random.Generator) -> Field:
    end = 6.0 if traits.resection == "left" else traits.left_end
    taper = rng.uniform(0.1, 0.75) if end < 75 else rng.uniform(-0.15, 0.3)
    back = _plane(grid, (taper, 1.0, -rng.uniform(0.35, 0.7)), (10, -12 + traits.left_depth, 4))
    rise = rng.uniform(0.05, 0.45)
    below = _plane(grid, (rise, 0.15, -1.0), (0, -60, traits.left_bottom))
    tip = ellipsoid(
        grid,
        (end - 95, -40 + rng.normal(0, 10), 22),
        (95, rng.uniform(55, 110), rng.uniform(60, 95)),
        turn=rng.uniform(-0.35, 0.2),
        tilt=rng.uniform(-0.35, 0.35),
    )
    inner = _plane(grid, (-1.0, 0.0, 0.0), (-70, 0, 0))
    lobe = smooth_max(smooth_max(back, below, 9.0), smooth_max(tip, inner, 10.0), 9.0)
    return smooth_max(lobe, ellipsoid(grid, (0, -20, 10), (150, 110, 100)), 10.0)


def _carve(
    grid: Grid, liver: Field, organs: Organs, plan: VesselPlan, traits: Traits, rng: np.random.Generator
) -> Field:
    """Press the neighbours into the liver and cut the hilum and the fissures."""
    fat = 1.0 + 4.0 * traits.visceral_fat
    liver = smooth_max(liver, fat - organs.right_kidney, 5.0)
    liver = smooth_max(liver, 1.0 - organs.spleen, 3.0)
    liver = smooth_max(liver, rng.uniform(0.5, 3.0) - organs.stomach, 5.0)
    liver = smooth_max(liver, rng.uniform(0.5, 3.0) - organs.flexure_room, 9.0)
    liver = smooth_max(liver, 0.8 - organs.duodenum, 4.0)
    if organs.fossa is not None:
        liver = smooth_max(liver, 0.4 - organs.fossa, 2.0)
    hx, hy, hz = plan.hilum
    wide = rng.uniform(0.7, 1.2) * (0.8 + 0.5 * traits.visceral_fat)
    porta = ellipsoid(grid, (hx + 4, hy - 4, hz - 8), (26 * wide, 9 * wide, 13 * wide), turn=-0.3)
    liver = smooth_max(liver, -porta, 3.0)
    bend = 4.0 * smooth_noise(rng, grid.axes, 40.0)
    deep = rng.uniform(18, 36)
    teres = ellipsoid(grid, (8, -58, -18), (1.5 + 2 * traits.fissure, deep, 42), turn=rng.normal(-0.1, 0.15))
    liver = smooth_max(liver, -(teres + bend), 2.0)
    venosum = ellipsoid(grid, (10, -1, 22), (22, 1.2 + traits.fissure * 0.5, 22), turn=-0.35)
    liver = smooth_max(liver, -venosum, 1.5)
    cava = spread(grid, *tube(grid, plan.cava, margin=10.0))
    return np.maximum(liver, -cava)
