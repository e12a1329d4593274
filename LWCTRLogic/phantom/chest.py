"""What lies above the diaphragm: lungs with their vessels, effusion, heart, oesophagus."""

from __future__ import annotations

import numpy as np

from LWCTRLogic.phantom.field import (
    EVERYWHERE,
    Grid,
    LabelMap,
    ellipsoid,
    paint,
    smooth_path,
    tube,
)
from LWCTRLogic.phantom.labels import Label
from LWCTRLogic.phantom.torso import Torso, spine_centre
from LWCTRLogic.phantom.traits import Traits

_CAVITY = (Label.VISCERAL_FAT, Label.MUSCLE)


def paint_chest(grid: Grid, labels: LabelMap, torso: Torso, traits: Traits, rng: np.random.Generator) -> None:
    """Paint the chest's organs over the cavity's fat."""
    x, y, z = grid.x, grid.y, grid.z
    above = (torso.cavity < -1.5) & (torso.diaphragm > 1.5)
    sheet = (torso.cavity < 0) & (np.abs(torso.diaphragm) < 1.5)
    paint(labels, EVERYWHERE, sheet, Label.MUSCLE, [Label.VISCERAL_FAT])
    sag = y - spine_centre(z)
    column = np.sqrt((x / 24) ** 2 + (sag / 27) ** 2) < 1
    front = (np.abs(x - 4) < 10 + 0.12 * (z - 60)) & (y < 0)
    lung = above & ~column & ~front
    paint(labels, EVERYWHERE, lung, Label.LUNG, _CAVITY)
    _paint_heart(grid, labels, torso, traits, rng)
    _paint_lung_vessels(grid, labels, rng)
    if traits.effusion > 0:
        height = 78 - 70 * traits.effusion
        side = x < 0 if rng.random() < 0.5 else x > 0
        if rng.random() < 0.4:
            side = np.ones_like(lung)
        fluid = side & (y + 0.1 * np.abs(x) > height)
        paint(labels, EVERYWHERE, fluid, Label.PLEURAL_EFFUSION, [Label.LUNG, Label.LUNG_VESSEL])
    gullet = smooth_path([(6, 18, 200, 8), (8, 18, 110, 8), (12, 15, 72, 8), (22, 10, 58, 9)], 10)
    window, distance = tube(grid, gullet)
    paint(labels, window, distance < 0, Label.OESOPHAGUS)
    paint(labels, window, distance < -6.2, Label.GAS)


def _paint_heart(
    grid: Grid, labels: LabelMap, torso: Torso, traits: Traits, rng: np.random.Generator
) -> None:
    base = traits.dome + 32 + rng.normal(0, 5)
    size = rng.normal(1.0, 0.09)
    turn = rng.normal(-0.5, 0.12)
    centre = (30 + rng.normal(0, 6), -32 + rng.normal(0, 4), base)
    heart = ellipsoid(grid, centre, (62 * size, 46 * size, 50 * size), turn)
    chest = (torso.cavity < -3) & (torso.diaphragm > 1.5)
    bag = chest & (heart < 6 + 6 * traits.visceral_fat)
    tissues = (Label.LUNG, Label.VISCERAL_FAT)
    paint(labels, EVERYWHERE, bag, Label.VISCERAL_FAT, tissues)
    paint(labels, EVERYWHERE, bag & (heart < 0), Label.HEART_WALL, tissues)
    left = ellipsoid(grid, (centre[0] + 18, centre[1] + 2, base), (30 * size, 19 * size, 28 * size), turn)
    right = ellipsoid(grid, (centre[0] - 22, centre[1] - 12, base), (32 * size, 19 * size, 34 * size), turn)
    atrium = ellipsoid(grid, (centre[0] - 28, centre[1] + 18, base + 8), (20, 18, 28))
    blood = (left < 0) | (right < 0) | (atrium < 0)
    paint(labels, EVERYWHERE, blood & (heart < -3), Label.HEART_BLOOD, [Label.HEART_WALL])


def _paint_lung_vessels(grid: Grid, labels: LabelMap, rng: np.random.Generator) -> None:
    """Paint tapering vessels from both hila to the lungs' rim."""
    for side in (-1, 1):
        for _ in range(14):
            start = np.array([side * 28, 8, 150 + rng.normal(0, 15)])
            end = np.array([side * rng.uniform(40, 120), rng.uniform(-60, 75), rng.uniform(20, 170)])
            middle = (start + end) / 2 + rng.normal(0, 12, 3)
            points = np.column_stack([np.vstack([start, middle, end]), [5.0, 2.8, 1.2]])
            window, distance = tube(grid, smooth_path(points, 7), margin=1.0)
            paint(labels, window, distance < 0, Label.LUNG_VESSEL, [Label.LUNG])
