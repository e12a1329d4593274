"""What is wrong in the liver: tumours, traces of earlier treatment, thrombus, cysts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from LWCTRLogic.phantom.field import (
    EVERYWHERE,
    Field,
    Grid,
    LabelMap,
    Triple,
    Window,
    ellipsoid,
    paint,
    smooth_noise,
)
from LWCTRLogic.phantom.labels import LIVER_LABELS, Label
from LWCTRLogic.phantom.vessels import VesselPlan, tree_distance


@dataclass(frozen=True)
class Lesion:
    """One lesion; lengths in canonical mm, shares from 0 to 1."""

    key: int  # seed of its place and shape, so that it stays itself when it grows or shrinks
    radius: float
    kind: str = "tumour"  # "tumour", "cyst" or "ablation"
    necrosis: float = 0.0  # share of the radius
    lipiodol: float = 0.0  # share of the lesion that holds lipiodol
    filled_radius: float | None = None  # of the part that lipiodol may fill; the whole lesion when None
    capsule: bool = False
    ragged: float = 0.15  # amplitude of the surface's irregularity over the radius
    exophytic: bool = False
    centre: Triple | None = None  # found by `place_disease`


@dataclass(frozen=True)
class Disease:
    """All that is wrong in one liver at one time."""

    lesions: tuple[Lesion, ...] = ()
    thrombus: str = "none"  # "none", "right", "left" or "main"
    bile_ducts: bool = False


def draw_disease(rng: np.random.Generator) -> Disease:
    """Draw a liver's disease: from none to tumours in more than 40 % of the liver."""
    load = float(rng.choice([0.0, rng.uniform(0, 0.05), rng.uniform(0.05, 0.25), rng.uniform(0.25, 0.8)]))
    lesions = draw_tumours(rng, load) if load > 0 else []
    for _ in range(int(rng.choice([0, 0, 0, 1, 3]))):
        lesions.append(Lesion(int(rng.integers(2**31)), rng.uniform(3, 16), "cyst", ragged=0.05))
    if rng.random() < 0.12:
        lesions.append(Lesion(int(rng.integers(2**31)), rng.uniform(10, 22), "ablation", ragged=0.1))
    thrombus = "none"
    if load > 0.05 and rng.random() < 0.3:
        thrombus = str(rng.choice(["right", "left", "main"]))
    return Disease(tuple(lesions), thrombus, bool(rng.random() < 0.06))


def draw_tumours(rng: np.random.Generator, load: float) -> list[Lesion]:
    """Draw tumours that together hold ``load`` of an ordinary liver (1,500 mL); they fill less, as they overlap."""
    left = load * 1.5e6
    lesions: list[Lesion] = []
    most = int(rng.integers(1, 9))
    while left > 200 and len(lesions) < 14:
        share = rng.uniform(0.4, 0.95) if len(lesions) < most else 1.0
        radius = float(np.clip((left * share * 0.75 / np.pi) ** (1 / 3), 4, 75))
        left -= 4 / 3 * np.pi * radius**3
        treated = rng.random() < 0.25
        lesions.append(
            Lesion(
                int(rng.integers(2**31)),
                radius,
                necrosis=rng.uniform(0.3, 0.8) if radius > 15 and rng.random() < 0.5 else 0.0,
                lipiodol=rng.uniform(0.1, 0.9) if treated else 0.0,
                capsule=bool(rng.random() < 0.35),
                ragged=rng.uniform(0.05, 0.35),
                exophytic=bool(rng.random() < 0.3),
            )
        )
    return lesions


def paint_liver(
    grid: Grid, labels: LabelMap, liver: Field, allowed: Field, plan: VesselPlan, disease: Disease
) -> None:
    """Paint parenchyma, the trees of vessels in it, and the disease.

    Parameters
    ----------
    grid : Grid
    labels : ndarray of uint8, shape (z, y, x)
    liver : ndarray, shape (z, y, x)
        Signed distance to the liver's surface.
    allowed : ndarray, shape (z, y, x)
        Negative inside the abdominal cavity, where an exophytic tumour may grow.
    plan : VesselPlan
    disease : Disease
    """
    paint(labels, EVERYWHERE, liver < 0, Label.LIVER, [Label.VISCERAL_FAT, Label.MUSCLE, Label.ARTERY])
    veins = tree_distance(grid, plan.hepatic_tree)
    portal = tree_distance(grid, plan.portal_tree)
    paint(labels, EVERYWHERE, veins < 0, Label.HEPATIC_VEIN, [Label.LIVER])
    if disease.bile_ducts:
        paint(labels, EVERYWHERE, portal < 2.5, Label.DILATED_BILE_DUCT, [Label.LIVER])
    paint(
        labels, EVERYWHERE, portal < 0, Label.PORTAL_VEIN_INSIDE,
        [Label.LIVER, Label.HEPATIC_VEIN, Label.DILATED_BILE_DUCT],
    )  # fmt: skip
    outer = portal + 0.0
    paint(
        labels, EVERYWHERE, (outer < 0) & (liver > 0) & (liver < 14), Label.PORTAL_VEIN, [Label.VISCERAL_FAT]
    )
    for lesion in disease.lesions:
        _paint_lesion(grid, labels, liver, allowed, lesion)
    _paint_thrombus(grid, labels, plan, disease.thrombus)


def place_disease(grid: Grid, liver: Field, disease: Disease) -> Disease:
    """Return the disease with a place for every lesion that has none; one that fits nowhere is left out.

    Parameters
    ----------
    grid : Grid
        A grid over the whole liver: a person's lesions are placed on one grid for all scans.
    liver : ndarray, shape (z, y, x)
        Signed distance to the liver's surface.
    disease : Disease
    """
    placed = []
    for lesion in disease.lesions:
        centre = lesion.centre or _find_place(grid, liver, lesion)
        if centre is not None:
            placed.append(replace(lesion, centre=centre))
    return replace(disease, lesions=tuple(placed))


def _find_place(grid: Grid, liver: Field, lesion: Lesion) -> Triple | None:
    """Return the first of many random points whose depth suits the lesion, else the deepest of them."""
    rng = np.random.default_rng([lesion.key, 10])
    wanted = -min(0.35 * lesion.radius, 14.0) if lesion.exophytic else -min(0.65 * lesion.radius, 18.0)
    best: tuple[int, ...] | None = None
    deepest = -2.0
    for _ in range(80):
        point = (rng.uniform(-135, 95), rng.uniform(-95, 80), rng.uniform(-120, 90))
        near = [int(np.searchsorted(axis, at)) for axis, at in zip(grid.axes, point[::-1], strict=True)]
        index = tuple(min(i, n - 1) for i, n in zip(near, grid.shape, strict=True))
        depth = liver[index]
        too_deep = lesion.exophytic and depth < wanted - 8
        if depth < wanted and not too_deep:
            best = index
            break
        if depth < deepest and not too_deep:
            best, deepest = index, float(depth)
    if best is None:
        return None
    return float(grid.x[best]), float(grid.y[best]), float(grid.z[best])


def lesion_distance(grid: Grid, lesion: Lesion) -> tuple[Window, Field] | None:
    """Return the window of a placed lesion and the signed distance to its surface, or None out of view."""
    if lesion.centre is None:
        return None
    rng = np.random.default_rng([lesion.key, 11])
    centre = lesion.centre
    squash = np.clip(rng.normal(1, 0.12, 3), 0.75, 1.35)
    squash /= squash.prod() ** (1 / 3)
    radius = lesion.radius
    reach = 1.8 * radius + 6
    window = grid.window([c - reach for c in centre], [c + reach for c in centre])
    inner = grid.cut(window)
    if inner.x.size == 0:
        return None
    shape = ellipsoid(
        inner, centre, (radius * squash[0], radius * squash[1], radius * squash[2]), rng.uniform(0, 3)
    )
    rough = smooth_noise(rng, inner.axes, float(np.clip(radius * 0.8, 9, 40)))
    fine = smooth_noise(rng, inner.axes, 9.0)
    return window, (shape + radius * lesion.ragged * (rough + 0.25 * fine)).astype(np.float32)


def _paint_lesion(grid: Grid, labels: LabelMap, liver: Field, allowed: Field, lesion: Lesion) -> None:
    found = lesion_distance(grid, lesion)
    if found is None:
        return
    window, distance = found
    inside = distance < 0
    if lesion.kind == "cyst":
        paint(labels, window, inside, Label.LIVER_CYST, LIVER_LABELS)
        return
    beyond = (liver[window] < 16) & (allowed[window] < -2)
    if lesion.kind == "ablation":
        paint(labels, window, inside, Label.ABLATION_CAVITY, LIVER_LABELS)
        paint(labels, window, inside & beyond, Label.ABLATION_OUTSIDE, [Label.VISCERAL_FAT])
        return
    soft = (*LIVER_LABELS, Label.VISCERAL_FAT, Label.PORTAL_VEIN) if lesion.exophytic else LIVER_LABELS
    where = inside & beyond
    if lesion.capsule:
        paint(labels, window, where, Label.TUMOUR_CAPSULE, soft)
        where = where & (distance < -2.0)
        soft = (*soft, Label.TUMOUR_CAPSULE)
    paint(labels, window, where, Label.TUMOUR, soft)
    _paint_inside(grid, labels, window, distance, lesion)


def _paint_inside(grid: Grid, labels: LabelMap, window: Window, distance: Field, lesion: Lesion) -> None:
    """Paint necrosis in the middle and lipiodol in spots."""
    rng = np.random.default_rng([lesion.key, 12])
    axes = grid.cut(window).axes
    if lesion.necrosis > 0:
        rough = smooth_noise(rng, axes, float(np.clip(lesion.radius * 0.5, 6, 25)))
        core = distance + lesion.radius * (1 - lesion.necrosis) + 0.18 * lesion.radius * rough
        paint(labels, window, core < 0, Label.NECROSIS, [Label.TUMOUR])
    if lesion.lipiodol > 0:
        rng = np.random.default_rng([lesion.key, 13])  # the same spots whatever the necrosis
        spots = smooth_noise(rng, axes, 8.0) + 0.8 * smooth_noise(rng, axes, 20.0)
        limit = 1.6 - 2.6 * lesion.lipiodol
        shell = lesion.radius - (lesion.filled_radius or lesion.radius)
        filled = (spots > limit) & (distance + shell < 0)
        paint(labels, window, filled, Label.LIPIODOL, [Label.TUMOUR, Label.NECROSIS])


def _paint_thrombus(grid: Grid, labels: LabelMap, plan: VesselPlan, place: str) -> None:
    if place == "none":
        return
    chosen = {"right": (0, 2, 3, 4), "left": (1,), "main": (0, 1)}[place]
    paths = tuple(plan.portal_tree[index] * np.array([1, 1, 1, 1.45]) for index in chosen)
    inside = (Label.LIVER, Label.PORTAL_VEIN_INSIDE, Label.HEPATIC_VEIN)
    clot = tree_distance(grid, paths)
    paint(labels, EVERYWHERE, clot < 0, Label.PORTAL_THROMBUS, inside)
    if place == "main":
        clot = np.minimum(clot, tree_distance(grid, (plan.portal_trunk,)))
    paint(labels, EVERYWHERE, clot < 0, Label.PORTAL_THROMBUS_OUTSIDE, [Label.PORTAL_VEIN])
