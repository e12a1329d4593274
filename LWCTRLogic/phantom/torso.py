"""The trunk: skin, fat, muscle, ribs, sternum, spine, and the cavity with the diaphragm in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from LWCTRLogic.phantom.field import (
    EVERYWHERE,
    Field,
    Grid,
    LabelMap,
    ellipsoid,
    paint,
    smooth_max,
    smooth_noise,
)
from LWCTRLogic.phantom.labels import Label
from LWCTRLogic.phantom.traits import Traits


@dataclass(frozen=True)
class Torso:
    """Fields of the trunk that the organs lean on.

    Attributes
    ----------
    outside : ndarray, shape (z, y, x)
        Signed distance to the outer surface of the muscles, mm.
    cavity : ndarray, shape (z, y, x)
        Signed distance to the inner surface of the trunk's wall, mm, negative inside.
    diaphragm : ndarray, shape (z, y, x)
        Approximate distance above (positive) or below the diaphragm, mm.
    """

    outside: Field
    cavity: Field
    diaphragm: Field


def _profile(z: Field, knots: list[tuple[float, float]]) -> Field:
    heights, values = zip(*knots, strict=True)
    return np.asarray(np.interp(z, heights, values), dtype=np.float32)


def _outer_surface(grid: Grid, traits: Traits) -> Field:
    """Return the radial signed distance to the outer surface of the muscles."""
    x, y, z = grid.x, grid.y, grid.z
    width = _profile(
        z, [(-260, 150), (-200, 146), (-130, 128), (-60, 133), (20, 140), (150, 146), (260, 120)]
    ) + np.float32(traits.wall - 13)
    back = _profile(z, [(-260, 98), (-130, 90), (0, 97), (150, 104), (260, 92)])
    belly = _profile(z, [(-260, 0.6), (-90, 1.0), (40, 0.35), (110, 0.0)]) * np.float32(traits.belly)
    front = _profile(z, [(-260, 88), (-130, 84), (0, 94), (60, 98), (150, 100), (260, 80)]) + belly
    depth = np.where(y > 0, back, front)
    power = np.float32(2.5)
    ratio = ((np.abs(x) / width) ** power + (np.abs(y) / depth) ** power + np.float32(1e-9)) ** (1 / power)
    radius = np.sqrt(x * x + y * y)
    distance = radius * (1 - 1 / np.maximum(ratio, np.float32(1e-3)))
    return np.asarray(distance, dtype=np.float32)


def build_torso(grid: Grid, traits: Traits) -> Torso:
    """Return the surfaces of the trunk."""
    x, y, z = grid.x, grid.y, grid.z
    outside = _outer_surface(grid, traits)
    thin_front = _profile(z, [(-260, 11), (-20, 11), (60, 9), (200, 12)])
    spine_side = 27 * np.exp(-((x / np.float32(60)) ** 2))
    side = traits.wall + 4 * np.clip(z / 120, 0, 1)
    behind = side + spine_side * np.clip(y / 30, 0, 1)
    before = side + (thin_front - side) * np.clip(-y / 60, 0, 1)
    wall = np.where(y > 0, behind, before)
    cavity = outside + wall
    return Torso(outside, cavity.astype(np.float32), _diaphragm(grid, traits, -cavity))


def _diaphragm(grid: Grid, traits: Traits, inside: Field) -> Field:
    """Return the height above the diaphragm, scaled to a distance where the diaphragm is steep."""
    x, y, z = grid.x, grid.y, grid.z
    right = traits.dome - 0.0042 * (x + 62) ** 2 - 0.0022 * (y + 6) ** 2
    left = traits.dome - 13 - 0.0042 * (x - 68) ** 2 - 0.0022 * (y + 2) ** 2
    top = smooth_max(right.astype(np.float32), left.astype(np.float32), 18.0)
    back = np.clip(0.5 + y / 110, 0, 1)
    fall = 38 + 62 * back
    steep = fall * np.exp(-np.clip(inside, 0, None) / 17)
    height = z - (top - steep)
    return (height / np.sqrt(1 + (steep / 17) ** 2)).astype(np.float32)


def paint_torso(grid: Grid, labels: LabelMap, torso: Torso, traits: Traits, rng: np.random.Generator) -> None:
    """Paint skin, fat, muscle and the fat-filled cavity, then the bones."""
    uneven = 1 + 0.25 * smooth_noise(rng, grid.axes, 90.0)
    side = np.clip(0.75 + 0.35 * np.abs(grid.y) / 100 + 0.2 * (grid.z < -60), 0.5, 1.5)
    fat = np.clip(traits.fat * uneven * side, 1.5, None).astype(np.float32)
    depth = torso.outside - fat
    paint(labels, EVERYWHERE, depth < 2.2, Label.SKIN)
    paint(labels, EVERYWHERE, depth < 0, Label.FAT)
    paint(labels, EVERYWHERE, torso.outside < 0, Label.MUSCLE)
    _paint_wall_layers(grid, labels, torso)
    paint(labels, EVERYWHERE, torso.cavity < 0, Label.VISCERAL_FAT)
    _paint_ribs(grid, labels, torso, traits)
    _paint_back(grid, labels, torso)
    _paint_spine(grid, labels)
    _paint_pelvis(grid, labels, torso)


def _paint_wall_layers(grid: Grid, labels: LabelMap, torso: Torso) -> None:
    """Part the muscle layers by thin fat: the obliques, the linea alba, the back muscles."""
    x, y, z = grid.x, grid.y, grid.z
    flank = (np.abs(x) > 60) & (z < 20) & (y < 60)
    seams = (np.abs(torso.outside + 4.5) < 0.7) | (np.abs(torso.outside + 9) < 0.6)
    midline = (np.abs(x) < 2.5) & (y < 0) & (z < 60)
    lateral = (np.abs(np.abs(x) - 62) < 2.0) & (y < -30) & (z < 10)
    chest = (z > 60) & (torso.outside > -3) & (np.abs(x) > 40) & (y < -40)
    inside = torso.outside < 0
    paint(labels, EVERYWHERE, inside & ((flank & seams) | midline | lateral | chest), Label.FAT)


def _paint_ribs(grid: Grid, labels: LabelMap, torso: Torso, traits: Traits) -> None:
    """Paint the ribs as slanted bands in the wall, their cartilage in front, and the sternum."""
    x, y, z = grid.x, grid.y, grid.z
    angle = np.arctan2(np.abs(x), y).astype(np.float32)
    drop = 70 * (1 - np.cos(np.minimum(angle, 2.3))) - 75 * np.clip(angle - 2.3, 0, None)
    level = (z + drop - 22) / 26
    number = np.floor(level)
    beside = (level - number - 0.5) * 26 * np.float32(0.85)
    middle = torso.cavity - 5.5
    radius = np.sqrt((beside / 6.2) ** 2 + (middle / 4.0) ** 2)
    ends = np.array([0.0, 1.15, 1.75, 2.45, 2.6, 2.75, 3.0, 3.05], dtype=np.float32)
    last = ends[np.clip(number + 1, 0, 7).astype(np.int8)]
    exists = (number >= 0) & (angle < last) & (angle > 0.22)
    cartilage = exists & (angle > 2.25) & (radius < 1.05)
    bone = exists & (angle <= 2.25)
    paint(labels, EVERYWHERE, bone & (radius < 1), Label.BONE_CORTEX)
    paint(labels, EVERYWHERE, bone & (radius < 0.55), Label.BONE_MARROW)
    paint(labels, EVERYWHERE, cartilage, Label.CARTILAGE)
    if traits.calcified_cartilage:
        rim = cartilage & (radius > 0.75) & (np.sin(z * 0.7 + x * 0.5) > 0.2)
        paint(labels, EVERYWHERE, rim, Label.BONE_CORTEX)
    sternum = np.maximum(np.abs(x) - 17, np.abs(torso.cavity - 5.5) - 4.5)
    sternum = np.where((y < 0) & (z > 78), sternum, 99)
    paint(labels, EVERYWHERE, sternum < 0, Label.BONE_CORTEX)
    paint(labels, EVERYWHERE, sternum < -1.8, Label.BONE_MARROW)
    xiphoid = (np.abs(x) < 7) & (y < 0) & (np.abs(torso.cavity - 4.5) < 3) & (z > 48) & (z <= 78)
    paint(labels, EVERYWHERE, xiphoid, Label.CARTILAGE)


def spine_centre(z: Field) -> Field:
    """Return the y coordinate of the vertebral bodies' centres at height ``z``."""
    return (41 + 0.0007 * (z + 30) ** 2 - 0.06 * np.clip(z + 30, -200, 0) * 0.2).astype(np.float32)


def _paint_back(grid: Grid, labels: LabelMap, torso: Torso) -> None:
    """Paint psoas, quadratus and the crura beside the spine, on the cavity's fat."""
    z = grid.z
    sag = grid.y - spine_centre(z)
    swell = np.clip((25 - z) / 130, 0, 1)
    apart = 24 + 14 * swell
    for side in (-1, 1):
        psoas = np.sqrt(
            ((grid.x * side - apart) / (4 + 18 * swell)) ** 2 + ((sag - 6) / (5 + 17 * swell)) ** 2
        )
        paint(labels, EVERYWHERE, (psoas < 1) & (z < 22), Label.MUSCLE, [Label.VISCERAL_FAT])
        quadratus = np.sqrt(((grid.x * side - 62) / 22) ** 2 + ((sag - 32) / 9) ** 2)
        paint(labels, EVERYWHERE, (quadratus < 1) & (z < 0), Label.MUSCLE, [Label.VISCERAL_FAT])
        crus = np.sqrt(((grid.x * side - 18) / 4.5) ** 2 + ((sag + 10) / 17) ** 2)
        paint(labels, EVERYWHERE, (crus < 1) & (np.abs(z - 25) < 55), Label.MUSCLE, [Label.VISCERAL_FAT])


def _paint_spine(grid: Grid, labels: LabelMap) -> None:
    """Paint vertebral bodies, discs, the canal and the processes."""
    window = grid.window((-48, 0, -1e4), (48, 150, 1e4))
    x, y, z = grid.x[window], grid.y[window], grid.z[window]
    sag = y - spine_centre(z)
    phase = (z + 1000) % 33 - 16.5
    waist = 1 + 0.10 * (phase / 16.5) ** 2
    body = np.sqrt((x / (22 * waist)) ** 2 + (sag / (16.5 * waist)) ** 2)
    canal = np.sqrt((x / 10) ** 2 + ((sag - 25) / 8.5) ** 2)
    arch = (canal < 1.75) & (np.abs(phase) < 13)
    spinous = (np.abs(x) < 3.5) & (sag > 30) & (sag < 58) & (np.abs(phase + 0.3 * (sag - 30)) < 8)
    wings = (np.abs(sag - 27 - 0.12 * np.abs(x)) < 4.5) & (np.abs(x) < 40) & (np.abs(phase) < 5.5)
    paint(labels, window, spinous | wings | arch, Label.BONE_CORTEX)
    paint(labels, window, (np.abs(x) < 1.8) & spinous, Label.BONE_MARROW)
    paint(labels, window, body < 1, Label.BONE_CORTEX)
    paint(labels, window, (body < 0.9) & (np.abs(phase) < 12), Label.BONE_MARROW)
    paint(labels, window, (body < 0.98) & (np.abs(phase) > 13), Label.DISC)
    paint(labels, window, canal < 1, Label.SPINAL_CANAL)


def _paint_pelvis(grid: Grid, labels: LabelMap, torso: Torso) -> None:
    """Paint the iliac wings in the wall and the sacrum."""
    x, y, z = grid.x, grid.y, grid.z
    crest = -138 - 0.5 * np.clip(-y, 0, None) - 0.01 * np.clip(60 - np.abs(x), 0, None) ** 2
    wing = (np.abs(torso.cavity - 6) < 5) & (z < crest) & (y > -50) & (np.abs(x) > 30)
    paint(labels, EVERYWHERE, wing, Label.BONE_CORTEX)
    paint(labels, EVERYWHERE, wing & (np.abs(torso.cavity - 6) < 2.8), Label.BONE_MARROW)
    sacrum = np.sqrt((x / 52) ** 2 + ((y - spine_centre(z) - 12) / 22) ** 2)
    paint(labels, EVERYWHERE, (sacrum < 1) & (z < -175), Label.BONE_CORTEX)
    paint(labels, EVERYWHERE, (sacrum < 0.88) & (z < -178), Label.BONE_MARROW)


def paint_surroundings(grid: Grid, labels: LabelMap, traits: Traits) -> None:
    """Paint what lies beside the trunk: arms and the table."""
    if traits.arms:
        for side in (-1, 1):
            arm = ellipsoid(grid, (side * (172 + traits.fat), 22, 0), (33, 36, 2000))
            paint(labels, EVERYWHERE, arm < 0, Label.FAT, [Label.AIR])
            inner = ellipsoid(grid, (side * (172 + traits.fat), 22, 0), (26, 29, 2000))
            paint(labels, EVERYWHERE, inner < 0, Label.MUSCLE, [Label.FAT])
            shaft = ellipsoid(grid, (side * (172 + traits.fat), 24, 0), (9, 9, 2000))
            paint(labels, EVERYWHERE, shaft < 0, Label.BONE_CORTEX)
            paint(labels, EVERYWHERE, shaft < -4, Label.BONE_MARROW)
    if traits.table != "none":
        bend = 0.0007 * grid.x**2 if traits.table == "curved" else 0.0
        top = 112 + 1.1 * traits.fat - bend
        shell = (np.abs(grid.y - top - 6) < 2.0) & (np.abs(grid.x) < 210)
        paint(labels, EVERYWHERE, shell, Label.TABLE, [Label.AIR])
