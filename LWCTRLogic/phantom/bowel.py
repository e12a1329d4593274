"""Colon and small bowel: winding tubes painted into what the solid organs leave free."""

from __future__ import annotations

import numpy as np

from LWCTRLogic.phantom.field import (
    EVERYWHERE,
    Grid,
    LabelMap,
    Window,
    paint,
    smooth_noise,
    smooth_path,
    tube,
)
from LWCTRLogic.phantom.labels import Label
from LWCTRLogic.phantom.organs import Organs
from LWCTRLogic.phantom.torso import Torso


def paint_bowel(grid: Grid, labels: LabelMap, organs: Organs, torso: Torso, rng: np.random.Generator) -> None:
    """Paint colon and small bowel over the cavity's fat."""
    inside = (torso.cavity < -2) & (torso.diaphragm < -3)
    _paint_colon(grid, labels, organs.flexure, EVERYWHERE, inside, rng)
    for points in _colon_course(rng):
        path = smooth_path(points, 40)
        path[:, 3] *= 1 + 0.15 * np.sin(np.arange(40) * 1.9)
        window, distance = tube(grid, path)
        _paint_colon(grid, labels, distance, window, inside[window], rng)
    for _ in range(int(rng.integers(14, 26))):
        _paint_loop(grid, labels, inside, rng)


def _colon_course(rng: np.random.Generator) -> list[list[tuple[float, float, float, float]]]:
    wide = rng.uniform(0.6, 1.2)
    sag = rng.uniform(-150, -70)
    front = rng.uniform(-72, -60)
    transverse: list[tuple[float, float, float, float]] = [
        (-50, -58, -86, 19 * wide),
        (-20, front, sag, 19 * wide),
        (30, front, sag + 10, 18 * wide),
        (74, -45, -40, 17 * wide),
        (100, 0, rng.normal(-8, 16), 17 * wide),
    ]
    descending: list[tuple[float, float, float, float]] = [
        (100, 0, -10, 16 * wide),
        (108, 28, -60, 14 * wide),
        (104, 30, -150, 13 * wide),
        (80, 0, -230, 13 * wide),
    ]
    return [transverse, descending]


def _paint_colon(
    grid: Grid,
    labels: LabelMap,
    distance: np.ndarray,
    window: Window,
    inside: np.ndarray,
    rng: np.random.Generator,
) -> None:
    where = inside & (distance < 0)
    paint(labels, window, where, Label.BOWEL_WALL, [Label.VISCERAL_FAT])
    lumen = where & (distance < -2.5)
    paint(labels, window, lumen, Label.STOOL, [Label.BOWEL_WALL])
    axes = [axis[cut] for axis, cut in zip(grid.axes, window, strict=True)]
    mottle = smooth_noise(rng, axes, 8.0) + 0.8 * smooth_noise(rng, axes, 35.0)
    gas = lumen & (mottle - 0.03 * (grid.y[window] + 30) > rng.uniform(-0.3, 1.6))
    paint(labels, window, gas, Label.GAS, [Label.STOOL])


def _paint_loop(grid: Grid, labels: LabelMap, inside: np.ndarray, rng: np.random.Generator) -> None:
    """Paint one winding loop of small bowel."""
    position = np.array([rng.uniform(-60, 90), rng.uniform(-66, 10), rng.uniform(-210, -25)])
    direction = rng.normal(0, 1, 3)
    points = []
    for _ in range(int(rng.integers(5, 9))):
        points.append((*position, rng.uniform(8, 14)))
        direction = 0.45 * direction / np.linalg.norm(direction) + rng.normal(0, 0.6, 3)
        position = position + 30 * direction / np.linalg.norm(direction)
        position = np.clip(position, [-80, -66, -240], [98, 22, -12])
    window, distance = tube(grid, smooth_path(points, 5 * len(points)), margin=2.0)
    where = inside[window] & (distance < 0)
    paint(labels, window, where, Label.BOWEL_WALL, [Label.VISCERAL_FAT])
    lumen = where & (distance < -2.2)
    paint(labels, window, lumen, Label.BOWEL_CONTENT, [Label.BOWEL_WALL])
    if rng.random() < 0.35:
        level = float(position[1]) - 4
        paint(labels, window, lumen & (grid.y[window] < level), Label.GAS, [Label.BOWEL_CONTENT])
