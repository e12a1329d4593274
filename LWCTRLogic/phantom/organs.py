"""The solid organs and the stomach, as signed distances in canonical millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.phantom.field import (
    EVERYWHERE,
    Field,
    Grid,
    LabelMap,
    Window,
    ellipsoid,
    paint,
    smooth_max,
    smooth_noise,
    smooth_path,
    spread,
    tube,
)
from LWCTRLogic.phantom.labels import Label
from LWCTRLogic.phantom.torso import Torso
from LWCTRLogic.phantom.traits import Traits


@dataclass(frozen=True)
class Organs:
    """Whole-grid signed distances of the liver's neighbours (mm, negative inside)."""

    right_kidney: Field
    left_kidney: Field
    spleen: Field
    stomach: Field
    duodenum: Field
    gallbladder: Field | None
    fossa: Field | None  # the gallbladder and the room under it
    flexure: Field
    flexure_room: Field  # the flexure and the room under it


def plan_organs(grid: Grid, torso: Torso, traits: Traits, rng: np.random.Generator) -> Organs:
    """Draw the place and shape of the liver's neighbours."""
    rough = smooth_noise(rng, grid.axes, 28.0)
    bladder = _gallbladder_course(traits, rng)
    colon = _flexure_course(traits, rng)
    return Organs(
        right_kidney=_kidney(grid, rng, -1) + 1.2 * rough,
        left_kidney=_kidney(grid, rng, 1) + 1.2 * rough,
        spleen=_spleen(grid, torso, traits, rng) + 2.0 * rough,
        stomach=_stomach(grid, traits, rng) + 2.5 * rough,
        duodenum=_duodenum(grid, rng),
        gallbladder=None if bladder is None else spread(grid, *tube(grid, bladder, margin=14.0)),
        fossa=None if bladder is None else _room_under(grid, bladder, (14.0, 30.0)),
        flexure=spread(grid, *tube(grid, colon, margin=14.0)) + 1.5 * rough,
        flexure_room=_room_under(grid, colon, (16.0, 34.0)),
    )


def _kidney(grid: Grid, rng: np.random.Generator, side: int) -> Field:
    size = rng.normal(1.0, 0.08)
    z = -52 if side < 0 else -36
    centre = (side * 62 + rng.normal(0, 4), 41 + rng.normal(0, 4), z + rng.normal(0, 10))
    radii = (25 * size, 27 * size, 54 * size)
    return ellipsoid(grid, centre, radii, turn=side * 0.5, tilt=side * rng.normal(0.22, 0.06))


def _spleen(grid: Grid, torso: Torso, traits: Traits, rng: np.random.Generator) -> Field:
    size = 1.1 * traits.spleen
    centre = (92 + rng.normal(0, 4), 34 + rng.normal(0, 6), 24 + rng.normal(0, 8) - 14 * (size - 1))
    body = ellipsoid(grid, centre, (42 * size, 50 * size, 58 * size), turn=-0.3, tilt=rng.normal(-0.2, 0.1))
    hollow = ellipsoid(grid, (centre[0] - 58 * size, centre[1] - 24, centre[2] - 4), (44, 42, 56))
    body = smooth_max(body, -hollow, 8.0)
    body = smooth_max(body, torso.cavity + 3, 4.0)
    return smooth_max(body, torso.diaphragm + 3, 4.0)


def _stomach(grid: Grid, traits: Traits, rng: np.random.Generator) -> Field:
    wide = traits.stomach
    low = rng.normal(-30, 14) - 25 * (wide - 1)
    points = [
        (46, 14, 64, 18 * wide),
        (60, 8, 58, 30 * wide),
        (68, -8, 36, 31 * wide),
        (64, -32, 6, 27 * wide),
        (38, -46, low, 24 * wide),
        (2, -42, low + 2, 17 * wide),
        (-24, -28, -20, 11),
    ]
    spot = rng.normal(0, 5, 3)
    path = smooth_path([(px + spot[0], py + spot[1], pz + spot[2], pr) for px, py, pz, pr in points], 16)
    return spread(grid, *tube(grid, path, margin=14.0))


def _duodenum(grid: Grid, rng: np.random.Generator) -> Field:
    wide = rng.uniform(0.8, 1.25)
    low = rng.normal(-84, 8)
    points = [
        (-24, -28, -20, 11 * wide),
        (-40, -16, -18, 13 * wide),
        (-46, 2, -34, 12 * wide),
        (-46, 10, -62, 12 * wide),
        (-36, 10, low, 12 * wide),
        (0, -2, low, 10 * wide),
        (28, -2, low + 26, 10 * wide),
    ]
    return spread(grid, *tube(grid, smooth_path(points, 16), margin=14.0))


def _gallbladder_course(traits: Traits, rng: np.random.Generator) -> NDArray[np.float64] | None:
    if traits.gallbladder == "absent":
        return None
    size = 0.5 if traits.gallbladder == "contracted" else rng.uniform(0.75, 1.35)
    low = -42 + rng.normal(0, 8) - 18 * (size - 1)
    points = [
        (-30, -6, -10, 3.5 * size),
        (-38, -18, -20, 9 * size),
        (-44, -36, -34, 15 * size),
        (-48 + rng.normal(0, 5), -52 + rng.normal(0, 6), low, 14 * size),
    ]
    return smooth_path(points, 9)


def _room_under(grid: Grid, path: NDArray[np.float64], falls: tuple[float, ...]) -> Field:
    """Return a tube with the room under it, so that no liver grows around it."""
    distance = spread(grid, *tube(grid, path, margin=14.0))
    for fall in falls:
        below = path + np.array([6.0, 4.0, -fall, 0.0])
        distance = np.minimum(distance, spread(grid, *tube(grid, below, margin=14.0)))
    return distance


def _flexure_course(traits: Traits, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the course of the hepatic flexure of the colon, which dents the liver from below."""
    top = min(traits.right_tip + rng.uniform(-5, 35), -45)
    wide = rng.uniform(0.6, 1.25)
    points = [
        (-100, 20, -240, 24 * wide),
        (-98, 14, -150, 24 * wide),
        (-88, 0, top - 30, 22 * wide),
        (-74, -26, top, 21 * wide),
        (-50, -58, top - 14, 20 * wide),
    ]
    path = smooth_path(points, 26)
    path[:, 3] *= 1 + 0.14 * np.sin(np.arange(26) * 2.1)
    return path


def paint_organs(
    grid: Grid, labels: LabelMap, organs: Organs, torso: Torso, traits: Traits, rng: np.random.Generator
) -> None:
    """Paint kidneys, adrenals, pancreas, spleen, stomach and duodenum over the cavity's fat."""
    free = (Label.VISCERAL_FAT,)
    below = (torso.cavity < -1) & (torso.diaphragm < -1)
    for kidney, side in ((organs.right_kidney, -1), (organs.left_kidney, 1)):
        _paint_kidney(grid, labels, kidney, side, rng)
    paint(labels, EVERYWHERE, (organs.spleen < 0) & below, Label.SPLEEN, free)
    _paint_adrenals(grid, labels)
    paint_hollow(grid, labels, organs.stomach, traits.stomach_content, below, rng)
    paint_hollow(grid, labels, organs.duodenum, "fluid", below, rng)
    _paint_pancreas(grid, labels, rng)


def _paint_kidney(grid: Grid, labels: LabelMap, kidney: Field, side: int, rng: np.random.Generator) -> None:
    window = grid.window((-130, -20, -150), (130, 120, 70))
    x, y, z = grid.x[window], grid.y[window], grid.z[window]
    distance = kidney[window]
    soft = (Label.VISCERAL_FAT, Label.MUSCLE)
    hilum = ((x * side - 48) / 19) ** 2 + ((y - 36) / 9) ** 2 + ((z + 44) / 26) ** 2
    inside = (distance < 0) & (x * side > 0)
    paint(labels, window, inside, Label.KIDNEY_CORTEX, soft)
    pyramids = np.sin(z * 0.33 + rng.uniform(0, 6)) + np.sin(y * 0.3 + x * 0.2) > -0.5
    paint(labels, window, inside & (distance < -7) & pyramids, Label.KIDNEY_MEDULLA, [Label.KIDNEY_CORTEX])
    inner = (Label.KIDNEY_CORTEX, Label.KIDNEY_MEDULLA)
    paint(labels, window, inside & (hilum < 1), Label.VISCERAL_FAT, inner)
    paint(labels, window, inside & (hilum < 0.35), Label.KIDNEY_PELVIS, (*inner, Label.VISCERAL_FAT))


def _paint_adrenals(grid: Grid, labels: LabelMap) -> None:
    for root, tips in (
        ((-36, 34, 14), ((-44, 50, 6), (-34, 50, 4))),
        ((34, 26, 8), ((44, 42, 2), (34, 42, 0))),
    ):
        for tip in tips:
            path = smooth_path([(*root, 2.6), (*tip, 1.8)], 3)
            window, distance = tube(grid, path)
            paint(labels, window, distance < 0, Label.ADRENAL, [Label.VISCERAL_FAT])


def _paint_pancreas(grid: Grid, labels: LabelMap, rng: np.random.Generator) -> None:
    size = rng.uniform(0.75, 1.2)
    points = [
        (-28, 0, -58, 11),
        (-24, -4, -38, 13),
        (-6, -16, -24, 9),
        (24, -14, -10, 9),
        (56, 4, 2, 9),
        (82, 20, 12, 7),
    ]
    path = smooth_path([(px, py, pz, pr * size) for px, py, pz, pr in points], 16)
    window, distance = tube(grid, path)
    lobules = 1.6 * smooth_noise(rng, [axis[cut] for axis, cut in zip(grid.axes, window, strict=True)], 9.0)
    paint(labels, window, distance + lobules < 0, Label.PANCREAS, [Label.VISCERAL_FAT])


def paint_hollow(
    grid: Grid,
    labels: LabelMap,
    distance: Field,
    content: str,
    where: np.ndarray,
    rng: np.random.Generator,
    window: Window = EVERYWHERE,
) -> None:
    """Paint a hollow organ: its wall, and what fills it, with gas on top where there is any."""
    stomach = content != "bowel"
    wall, filling = (
        (Label.STOMACH_WALL, Label.STOMACH_CONTENT) if stomach else (Label.BOWEL_WALL, Label.BOWEL_CONTENT)
    )
    inside = where & (distance < 0)
    paint(labels, window, inside, wall, [Label.VISCERAL_FAT])
    lumen = inside & (distance < -3.0)
    paint(labels, window, lumen, filling, [wall])
    y = grid.y[window]
    level = {"air": 10.0, "fluid": -52.0, "food": -45.0}.get(content, -60.0)
    gas = lumen & (y < level)
    if content == "food":
        axes = [axis[cut] for axis, cut in zip(grid.axes, window, strict=True)]
        gas |= lumen & (smooth_noise(rng, axes, 6.0) > 1.7)
    paint(labels, window, gas, Label.GAS, [filling])
