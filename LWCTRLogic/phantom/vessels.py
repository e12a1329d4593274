"""Centre lines of the large vessels, and the trees of portal and hepatic veins inside the liver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.phantom.field import FAR, Field, Grid, LabelMap, paint, smooth_path, tube
from LWCTRLogic.phantom.labels import Label

Path = NDArray[np.float64]
_SKIN = 0.5  # mm around a tube whose inside alone is wanted


@dataclass(frozen=True)
class VesselPlan:
    """Centre lines (x, y, z, radius; canonical mm) of one person's vessels."""

    aorta: Path
    arteries: tuple[Path, ...]
    cava: Path
    veins: tuple[Path, ...]
    portal_trunk: Path
    portal_tree: tuple[Path, ...]
    hepatic_tree: tuple[Path, ...]
    bile_duct: Path
    hilum: tuple[float, float, float]


def plan_vessels(rng: np.random.Generator, portal_width: float = 1.0) -> VesselPlan:
    """Draw the course of the vessels of one person."""
    wobble = rng.normal(0, 2.5, 3)
    hilum = (-24 + wobble[0], 2 + wobble[1], -2 + wobble[2])
    shift = rng.normal(0, 3)
    wide = rng.uniform(0.85, 1.3)
    aorta = [(20, 28, 200), (17, 22, 100), (12, 18, 40), (10, 12, -20), (6, 13, -90), (2, 16, -135)]
    aorta_path = smooth_path([(px + shift, py, pz, 11.0 * wide) for px, py, pz in aorta], 16)
    cava = [(-16, -4, 118), (-19, 12, 78), (-24, 23, 45), (-26, 25, 5), (-24, 24, -50), (-20, 24, -135)]
    flat = rng.uniform(0.75, 1.2)
    cava_path = smooth_path([(px + wobble[0], py, pz, 11.5 * flat) for px, py, pz in cava], 18)
    meet = (-6 + wobble[0], -4, -32 + wobble[2])
    radius = 6.8 * portal_width * rng.uniform(0.85, 1.2)
    trunk = smooth_path([(*meet, radius), (-16, 1, -18, radius), (*hilum, radius)], 8)
    return VesselPlan(
        aorta_path,
        tuple(_arteries(shift, hilum)),
        cava_path,
        (*_veins(meet, radius), *_mesentery(rng)),
        trunk,
        tuple(_portal_tree(rng, hilum, radius)),
        tuple(_hepatic_tree(rng, wobble)),
        smooth_path(
            [(hilum[0] - 6, hilum[1] - 8, hilum[2] + 4, 2.2), (-30, -4, -20, 2.8), (-34, 4, -48, 2.5)], 6
        ),
        hilum,
    )


def _arteries(shift: float, hilum: tuple[float, float, float]) -> list[Path]:
    root = (10 + shift, 10, 12)
    return [
        smooth_path(
            [(*root, 4), (8, -10, 10, 3.6), (-8, -14, 4, 3), (hilum[0] + 6, hilum[1] - 8, hilum[2], 2)], 8
        ),
        smooth_path([(8, -10, 10, 3), (35, 6, 10, 3), (60, 14, 14, 2.8), (86, 26, 20, 2.2)], 10),
        smooth_path([(10 + shift, 8, -6, 4), (6, -8, -26, 3.8), (2, -22, -80, 3), (-10, -32, -130, 2)], 8),
        smooth_path([(6, 16, -16, 3.2), (-20, 38, -20, 3), (-48, 48, -26, 2.6)], 6),
        smooth_path([(12, 16, -14, 3.2), (34, 34, -16, 3), (50, 46, -20, 2.6)], 6),
        smooth_path([(4, 14, -130, 7), (30, 4, -190, 6), (55, -15, -240, 5)], 6),
        smooth_path([(0, 14, -130, 7), (-28, 4, -190, 6), (-55, -15, -240, 5)], 6),
    ]


def _veins(meet: tuple[float, float, float], radius: float) -> list[Path]:
    return [
        smooth_path([(*meet, radius), (22, -2, -16, radius * 0.8), (60, 12, -2, 4.6), (88, 26, 14, 3.6)], 10),
        smooth_path([(*meet, radius), (-8, -18, -60, 5.5), (-14, -28, -110, 4)], 6),
        smooth_path([(-24, 24, -28, 5), (-46, 44, -30, 4.4)], 4),
        smooth_path([(-20, 22, -24, 5), (12, 2, -22, 4.6), (34, 26, -22, 4.6), (50, 44, -24, 4)], 8),
        smooth_path([(-20, 24, -130, 7), (34, 14, -190, 6.5), (60, -8, -240, 6)], 6),
        smooth_path([(-20, 24, -130, 7), (-34, 14, -190, 6.5), (-60, -8, -240, 6)], 6),
    ]


def _mesentery(rng: np.random.Generator) -> list[Path]:
    """Return thin vessels that fan out through the mesentery."""
    out = []
    for _ in range(26):
        start = np.array([rng.uniform(-8, 2), -20, rng.uniform(-110, -35)])
        end = np.array([rng.uniform(-75, 95), rng.uniform(-65, 5), start[2] + rng.uniform(-70, 25)])
        middle = (start + end) / 2 + rng.normal(0, 10, 3)
        points = np.column_stack([np.vstack([start, middle, end]), [3.0, 2.3, 1.5]])
        out.append(smooth_path(points, 6))
    return out


def _branch(
    rng: np.random.Generator,
    start: Path,
    direction: Path,
    length: float,
    radius: float,
    depth: int,
    out: list[Path],
) -> None:
    """Grow a bending branch and, at its end and half way, thinner ones."""
    bend = rng.normal(0, 0.18, 3)
    middle = start + direction * length / 2 + bend * length / 3
    end = start + direction * length
    points = [(*start, radius), (*middle, radius * 0.88), (*end, radius * 0.72)]
    out.append(smooth_path(points, 6))
    if depth == 0:
        return
    for origin, share in ((end, 0.72), (end, 0.66), (middle, 0.6)):
        turn = direction + rng.normal(0, 0.62, 3)
        turn /= np.linalg.norm(turn)
        _branch(
            rng, np.asarray(origin), turn, length * rng.uniform(0.6, 0.85), radius * share, depth - 1, out
        )


def _portal_tree(rng: np.random.Generator, hilum: tuple[float, float, float], radius: float) -> list[Path]:
    out: list[Path] = []
    gate = np.array(hilum)
    right = gate + np.array([-26, 4, 6])
    left = gate + np.array([22, -14, 18])
    out.append(
        smooth_path([(*gate, radius * 0.95), (*(gate + right) / 2, radius * 0.85), (*right, radius * 0.8)], 5)
    )
    umbilical = left + np.array([6, -26, 4])
    out.append(smooth_path([(*gate, radius * 0.8), (*left, radius * 0.68), (*umbilical, radius * 0.6)], 8))
    for origin, aim, width in (
        (right, (-0.5, -0.75, 0.35), 0.62),
        (right, (-0.6, -0.5, -0.55), 0.55),
        (right, (-0.75, 0.6, 0.3), 0.62),
        (right, (-0.7, 0.35, -0.6), 0.55),
        (umbilical, (0.75, -0.3, -0.35), 0.42),
        (left, (0.85, 0.05, 0.3), 0.4),
        (umbilical, (-0.7, -0.4, 0.3), 0.45),
    ):
        direction = np.array(aim) + rng.normal(0, 0.12, 3)
        direction /= np.linalg.norm(direction)
        _branch(rng, np.asarray(origin, float), direction, rng.uniform(30, 42), radius * width, 2, out)
    return out


def _hepatic_tree(rng: np.random.Generator, wobble: Path) -> list[Path]:
    out: list[Path] = []
    top = np.array([-20 + wobble[0], 14.0, 62.0])
    for aim, length, width in (
        ((-0.85, 0.05, -0.35), 78, 4.8),
        ((-0.35, -0.75, -0.45), 74, 4.4),
        ((0.6, -0.65, -0.35), 62, 4.0),
        ((-0.6, 0.45, -0.65), 60, 3.0),
    ):
        direction = np.array(aim) + rng.normal(0, 0.1, 3)
        direction /= np.linalg.norm(direction)
        _branch(rng, top, direction, length * rng.uniform(0.85, 1.1), width * rng.uniform(0.8, 1.25), 1, out)
        _branch(
            rng, top + direction * length * 0.45, direction + rng.normal(0, 0.3, 3), 40, width * 0.6, 1, out
        )
    return out


def tree_distance(grid: Grid, paths: tuple[Path, ...], margin: float = 4.0) -> Field:
    """Return the distance to the nearest of many vessels, ``FAR`` where none is near."""
    whole = np.full(grid.shape, FAR, dtype=np.float32)
    for path in paths:
        window, distance = tube(grid, path, margin)
        whole[window] = np.minimum(whole[window], distance)
    return whole


def paint_large_vessels(grid: Grid, labels: LabelMap, plan: VesselPlan) -> None:
    """Paint the vessels outside the liver."""
    soft = (Label.VISCERAL_FAT, Label.MUSCLE, Label.PANCREAS, Label.LUNG, Label.BOWEL_WALL)
    for path in plan.veins:
        window, distance = tube(grid, path, _SKIN)
        paint(labels, window, distance < 0, Label.VEIN, soft)
    for path in plan.arteries:
        window, distance = tube(grid, path, _SKIN)
        paint(labels, window, distance < 0, Label.ARTERY, soft)
    for path, value in (
        (plan.portal_trunk, Label.PORTAL_VEIN),
        (plan.cava, Label.VENA_CAVA),
        (plan.aorta, Label.AORTA),
    ):
        window, distance = tube(grid, path, _SKIN)
        paint(labels, window, distance < 0, value, (*soft, Label.VEIN, Label.ARTERY, Label.HEART_WALL))
    window, distance = tube(grid, plan.bile_duct, _SKIN)
    paint(labels, window, distance < 0, Label.BILE_DUCT, [Label.VISCERAL_FAT, Label.PANCREAS])
