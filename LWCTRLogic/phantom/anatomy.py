"""Anatomies made in code: a label map of the trunk around a realistic liver."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from scipy.ndimage import label as label_pieces

from LWCTRLogic.phantom.bowel import paint_bowel
from LWCTRLogic.phantom.chest import paint_chest
from LWCTRLogic.phantom.disease import Disease, draw_disease, paint_liver, place_disease
from LWCTRLogic.phantom.field import EVERYWHERE, Field, Grid, LabelMap, Mask, Triple, paint, smooth_noise
from LWCTRLogic.phantom.labels import LABELS, LIVER_LABELS, TUMOUR_LABELS, Label
from LWCTRLogic.phantom.liver import build_liver
from LWCTRLogic.phantom.organs import Organs, paint_organs, plan_organs
from LWCTRLogic.phantom.torso import Torso, build_torso, paint_surroundings, paint_torso
from LWCTRLogic.phantom.traits import Traits, draw_traits
from LWCTRLogic.phantom.vessels import VesselPlan, paint_large_vessels, plan_vessels


@dataclass(frozen=True)
class View:
    """Field of view: the box of voxel centres, in mm from the porta hepatis (x left, y back, z head)."""

    lower: Triple
    upper: Triple


@dataclass(frozen=True)
class Anatomy:
    """One phantom anatomy.

    Attributes
    ----------
    labels : ndarray of uint8, shape (z, y, x)
        Tissue of every voxel (:data:`LWCTRLogic.phantom.labels.LABELS`); z runs to the head, y to the back,
        x to the patient's left (LPS).
    spacing, origin : (x, y, z) in mm
    traits, disease :
        What the anatomy was built from.
    """

    labels: LabelMap
    spacing: Triple
    origin: Triple
    traits: Traits
    disease: Disease
    table: dict[str, int] = field(default_factory=lambda: dict(LABELS))

    def mask(self, *names: str) -> Mask:
        """Return where the tissue is one of ``names``, shape (z, y, x)."""
        return np.isin(self.labels, [self.table[name] for name in names])

    def liver_mask(self) -> Mask:
        """Return the whole liver: parenchyma, tumours, intrahepatic vessels and thrombus."""
        return _member(self.labels, LIVER_LABELS)

    def tumour_mask(self) -> Mask:
        """Return the tumours with capsule, necrosis and lipiodol."""
        return _member(self.labels, TUMOUR_LABELS)

    def volume_ml(self, mask: Mask) -> float:
        """Return the volume of a mask in mL."""
        return float(np.count_nonzero(mask) * np.prod(self.spacing) / 1000)


def _member(labels: LabelMap, values: tuple[int, ...]) -> Mask:
    table = np.zeros(256, dtype=bool)
    table[list(values)] = True
    return np.asarray(table[labels])


@dataclass(frozen=True)
class Motion:
    """How the organs lie in one scan, compared with the person's resting position."""

    key: int = 0  # seed of the smooth deformation
    breath: float = 0.0  # how far the organs have moved to the head, canonical mm
    wobble: float = 0.0  # amplitude of the smooth deformation, canonical mm


def make_anatomy(
    seed: int,
    spacing: Triple = (3.0, 3.0, 3.0),
    view: View | None = None,
    traits: Traits | None = None,
    disease: Disease | None = None,
    *,
    motion: Motion | None = None,
    day: int = 0,
) -> Anatomy:
    """Make one anatomy from a seed.

    Parameters
    ----------
    seed : int
        The same seed gives the same person on every grid.
    spacing : (x, y, z) in mm
    view : View, optional
        The box to cover; drawn from the seed as clinics choose theirs when left out.
    traits, disease : optional
        Drawn from the seed when left out.
    motion : Motion, optional
        Breathing and position in this scan.
    day : int
        Bowel loops lie elsewhere on another day.

    Returns
    -------
    Anatomy
    """
    traits = traits or draw_traits(_stream(seed, 1))
    disease = disease or draw_disease(_stream(seed, 2))
    if any(lesion.centre is None for lesion in disease.lesions):
        disease = find_places(seed, traits, disease)
    view = view or random_view(_stream(seed, 3), traits)
    body = _Body.build(seed, _make_grid(seed, spacing, view, traits, motion or Motion()), traits)
    return Anatomy(_paint(seed, body, traits, disease, day), spacing, view.lower, traits, disease)


def find_places(seed: int, traits: Traits, disease: Disease) -> Disease:
    """Return the disease with every lesion placed in the person's liver, the same for every scan."""
    body = reference_body(seed, traits)
    return place_disease(body.grid, body.liver, disease)


@lru_cache(maxsize=2)  # a patient's view and lesions all ask for it
def reference_body(seed: int, traits: Traits) -> _Body:
    """Return the person's surfaces on a coarse grid over the whole liver."""
    spacing = (6.0 * traits.scale[0], 6.0 * traits.scale[1], 6.0 * traits.scale[2])
    view = whole_view(traits, -150.0, 125.0, 0.0)
    return _Body.build(seed, _make_grid(seed, spacing, view, traits, Motion()), traits)


@dataclass(frozen=True)
class _Body:
    """The surfaces from which a label map is painted."""

    grid: Grid
    torso: Torso
    plan: VesselPlan
    organs: Organs
    liver: Field

    @classmethod
    def build(cls, seed: int, grid: Grid, traits: Traits) -> _Body:
        torso = build_torso(grid, traits)
        plan = plan_vessels(_stream(seed, 6))
        organs = plan_organs(grid, torso, traits, _stream(seed, 7))
        liver = build_liver(grid, torso, organs, plan, traits, _stream(seed, 8))
        return cls(grid, torso, plan, organs, _without_crumbs(liver))


def _without_crumbs(liver: Field) -> Field:
    """Take away pieces of under a hundredth of the liver, which neighbours leave over when they press in."""
    pieces, count = label_pieces(liver < 0)
    if count < 2:
        return liver
    sizes = np.bincount(pieces.ravel())
    crumbs = sizes < 0.01 * sizes[1:].max()
    return np.where(crumbs[pieces] & (pieces > 0), np.float32(1.0), liver)


def _paint(seed: int, body: _Body, traits: Traits, disease: Disease, day: int) -> LabelMap:
    """Paint all tissues, those that others lean on first."""
    grid, torso, organs, liver = body.grid, body.torso, body.organs, body.liver
    labels = np.full(grid.shape, Label.AIR, dtype=np.uint8)
    paint_torso(grid, labels, torso, traits, _stream(seed, 4))
    paint_surroundings(grid, labels, traits)
    paint_chest(grid, labels, torso, traits, _stream(seed, 5))
    allowed = np.maximum(torso.cavity, torso.diaphragm)
    _paint_gallbladder(labels, organs, traits, _stream(seed, 9))
    # the liver goes first, so that its neighbours lie beside it, and again once its vessels are in place
    paint(labels, EVERYWHERE, (liver < 0) & (allowed < 0), Label.LIVER, [Label.VISCERAL_FAT])
    paint_organs(grid, labels, organs, torso, traits, _stream(seed, 10))
    paint_large_vessels(grid, labels, body.plan)
    paint_liver(grid, labels, liver, allowed, body.plan, disease)
    paint_bowel(grid, labels, organs, torso, np.random.default_rng([seed, 11, day]))
    _paint_ascites(grid, labels, torso, liver, traits, _stream(seed, 12))
    return labels


def _stream(seed: int, part: int) -> np.random.Generator:
    """Return an own stream of random numbers for each part, so that one does not shift another."""
    return np.random.default_rng([seed, part])


def _make_grid(seed: int, spacing: Triple, view: View, traits: Traits, motion: Motion) -> Grid:
    axes = []
    for low, high, step, scale in zip(view.lower, view.upper, spacing, traits.scale, strict=True):
        count = max(int(np.floor((high - low) / step + 1e-6)) + 1, 1)
        axes.append(((low + step * np.arange(count)) / scale).astype(np.float32))
    x_axis, y_axis, z_axis = axes
    zyx = (z_axis, y_axis, x_axis)
    rng = _stream(seed, 0)
    dz, dy, dx = (
        traits.warp * strength * (smooth_noise(rng, zyx, 130.0) + 0.3 * smooth_noise(rng, zyx, 50.0))
        for strength in (0.6, 1.0, 1.0)
    )
    if motion.breath or motion.wobble:
        still = ((x_axis[None, None, :] / 135) ** 2 + (y_axis[None, :, None] / 95) ** 2) ** 2
        free = np.exp(-still) / (1 + np.exp((y_axis[None, :, None] - 42) / 7))
        rng = np.random.default_rng([motion.key, 1])
        dz = dz - motion.breath * free
        dz, dy, dx = (shift + motion.wobble * free * smooth_noise(rng, zyx, 70.0) for shift in (dz, dy, dx))
    reach = float(max(np.abs(shift).max() for shift in (dz, dy, dx)))
    x, y, z = x_axis[None, None, :] + dx, y_axis[None, :, None] + dy, z_axis[:, None, None] + dz
    return Grid(x.astype(np.float32), y.astype(np.float32), z.astype(np.float32), zyx, reach)


def whole_view(traits: Traits, bottom: float = -150.0, top: float = 125.0, margin: float = 12.0) -> View:
    """Return the box around the whole trunk between two canonical heights."""
    sx, sy, sz = traits.scale
    half = (152 + 1.5 * traits.fat + (75 if traits.arms else 0)) * sx + margin
    front = (104 + traits.belly + 1.4 * traits.fat) * sy + margin
    back = (108 + 1.4 * traits.fat + (14 if traits.table != "none" else 0)) * sy + margin
    return View((-half, -front, bottom * sz), (half, back, top * sz))


def random_view(rng: np.random.Generator, traits: Traits) -> View:
    """Draw a field of view: liver alone, with chest, with pelvis, cut through the liver, or narrow."""
    kind = rng.choice(["liver", "chest", "pelvis", "cut_top", "cut_bottom"], p=[0.45, 0.2, 0.2, 0.075, 0.075])
    bottom, top = rng.uniform(-150, -105), rng.uniform(90, 130)
    if kind == "chest":
        top = rng.uniform(140, 200)
    elif kind == "pelvis":
        bottom = rng.uniform(-235, -170)
    elif kind == "cut_top":
        top = rng.uniform(0, 70)
    elif kind == "cut_bottom":
        bottom = rng.uniform(-60, 0)
    view = whole_view(traits, bottom, top, rng.uniform(4, 40))
    if rng.random() < 0.15:
        cut = rng.uniform(0.72, 0.95)
        lower = (view.lower[0] * cut, view.lower[1] * cut, view.lower[2])
        view = View(lower, (view.upper[0] * cut, view.upper[1] * cut, view.upper[2]))
    return view


def _paint_gallbladder(labels: LabelMap, organs: Organs, traits: Traits, rng: np.random.Generator) -> None:
    distance = organs.gallbladder
    if distance is None:
        return
    soft = (Label.VISCERAL_FAT, Label.MUSCLE)
    thick = rng.choice([1.2, 1.2, 3.0])
    paint(labels, EVERYWHERE, distance < 0, Label.GALLBLADDER_WALL, soft)
    paint(labels, EVERYWHERE, distance < -thick, Label.GALLBLADDER, [Label.GALLBLADDER_WALL])
    if traits.gallbladder == "stones":
        bed = distance < -2
        if bed.any():
            deepest = np.flatnonzero(bed.any(axis=(0, 2)))[-1]
            bed[:, : max(deepest - 3, 0)] = False
        paint(labels, EVERYWHERE, bed, Label.GALLSTONE, [Label.GALLBLADDER])


def _paint_ascites(
    grid: Grid, labels: LabelMap, torso: Torso, liver: Field, traits: Traits, rng: np.random.Generator
) -> None:
    """Fill the peritoneal cavity around the organs, and the flanks, with fluid."""
    if traits.ascites <= 0:
        return
    inside = (torso.cavity < -0.5) & (torso.diaphragm < -0.5) & (grid.y < 45)
    rough = smooth_noise(rng, grid.axes, 40.0)
    around = liver < 2 + 22 * traits.ascites + 5 * rough
    flanks = -torso.cavity < 55 * traits.ascites + 8 * rough - 6
    paint(labels, EVERYWHERE, inside & (around | flanks), Label.ASCITES, [Label.VISCERAL_FAT])
