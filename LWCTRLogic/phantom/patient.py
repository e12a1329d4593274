"""Simulated patients: two examinations of two phases each, with masks, clinical values and a course."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from LWCTRLogic.files import write_json, write_with
from LWCTRLogic.phantom.anatomy import (
    Anatomy,
    Motion,
    View,
    find_places,
    make_anatomy,
    reference_body,
    whole_view,
)
from LWCTRLogic.phantom.appearance import appearance
from LWCTRLogic.phantom.course import (
    Change,
    Latent,
    Outcome,
    draw_baseline,
    draw_change,
    draw_clinical,
    draw_latent,
    draw_outcome,
    follow_up,
)
from LWCTRLogic.phantom.disease import Disease
from LWCTRLogic.phantom.field import Triple
from LWCTRLogic.phantom.render import Texture, make_texture, render
from LWCTRLogic.phantom.scanner import USUAL, Scanner
from LWCTRLogic.phantom.traits import Traits, draw_traits

VOLUMES = ("pre_A", "pre_V", "post_A", "post_V")


@dataclass(frozen=True)
class PhantomPatient:
    """One simulated patient.

    Attributes
    ----------
    seed : int
    volumes : dict
        CT volumes in HU (int16) by name: pre_A, pre_V, post_A, post_V.
    liver, tumour : dict
        Masks (uint8, 0 or 1) on the grids of the volumes.
    clinical : dict
        Clinical values in the words of :mod:`LWCTRLogic.clinical`, mRECIST included.
    mrecist, os_months, os_event, pfs_months, pfs_event :
        The course; months from the first dose, an event is 1.
    days : dict
        Day of each scan from the first dose.
    latent : Latent
        What drove the simulation; no model may see it.
    """

    seed: int
    volumes: dict[str, sitk.Image]
    liver: dict[str, sitk.Image]
    tumour: dict[str, sitk.Image]
    clinical: dict[str, str | float]
    mrecist: str
    os_months: float
    os_event: int
    pfs_months: float
    pfs_event: int
    days: dict[str, int]
    latent: Latent

    @property
    def risk(self) -> float:
        """The latent risk."""
        return self.latent.risk


@dataclass(frozen=True)
class Story:
    """Everything about a patient that needs no voxels."""

    traits: Traits
    latent: Latent
    before: Disease
    after: Disease
    change: Change
    outcome: Outcome
    clinical: dict[str, str | float]
    days: dict[str, int]


def make_story(
    seed: int, body_scale: float = 1.0, baseline: float | None = None, resistance: float | None = None
) -> Story:
    """Draw a patient's body, disease and course; cheap, for simulating cohorts without scans."""
    rng = np.random.default_rng([seed, 100])
    latent = draw_latent(rng)
    latent = Latent(
        latent.baseline if baseline is None else baseline,
        latent.resistance if resistance is None else resistance,
    )
    traits = draw_traits(rng)
    sx, sy, sz = (1 + 0.6 * (side - 1) for side in traits.scale)
    traits = replace(
        traits, scale=(sx * body_scale, sy * body_scale, sz * body_scale), arms=False, resection="none"
    )
    before = draw_baseline(rng, latent)
    change = draw_change(rng, latent)
    after = follow_up(rng, before, change)
    outcome = draw_outcome(rng, latent, change)
    clinical = draw_clinical(rng, latent, before, traits, outcome.mrecist)
    days = {"pre": int(rng.integers(-20, -2)), "post": int(rng.integers(45, 66))}
    return Story(traits, latent, before, after, change, outcome, clinical, days)


def make_patient(
    seed: int,
    *,
    spacing: Triple = (2.0, 2.0, 2.0),
    body_scale: float = 1.0,
    crop_mm: float | None = None,
    baseline: float | None = None,
    resistance: float | None = None,
    scanner: Scanner = USUAL,
) -> PhantomPatient:
    """Make one patient with four CT volumes, masks, clinical values and a course.

    Parameters
    ----------
    seed : int
        The same seed and options give the same bytes.
    spacing : (x, y, z) in mm
    body_scale : float
        Size of the body; 0.5 makes it cheap to extract features from.
    crop_mm : float, optional
        Keep only this margin around the liver; the whole trunk when left out.
    baseline, resistance : float, optional
        Set the latent risk before treatment and the resistance to it instead of drawing them.
    scanner : Scanner
        How the centre scans.

    Returns
    -------
    PhantomPatient
    """
    story = make_story(seed, body_scale, baseline, resistance)
    before = find_places(seed, story.traits, story.before)
    placed = {lesion.key: lesion.centre for lesion in before.lesions}
    kept = [replace(lesion, centre=placed.get(lesion.key)) for lesion in story.after.lesions]
    old = {lesion.key for lesion in story.before.lesions}
    kept = [lesion for lesion in kept if lesion.centre is not None or lesion.key not in old]
    after = find_places(seed, story.traits, replace(story.after, lesions=tuple(kept)))
    view = _view(seed, story.traits, crop_mm)
    volumes, livers, tumours = {}, {}, {}
    texture: Texture | None = None
    for number, name in enumerate(VOLUMES):
        anatomy = _scan(seed, number, spacing, view, story.traits, before if number < 2 else after)
        look, enhancement = appearance(seed, number, story.latent, story.change, scanner)
        texture = texture or make_texture(look.texture_key, anatomy)
        volumes[name] = _image(render(anatomy, enhancement, look, texture), anatomy)
        livers[name] = _image(anatomy.liver_mask().astype(np.uint8), anatomy)
        tumours[name] = _image(anatomy.tumour_mask().astype(np.uint8), anatomy)
    outcome = story.outcome
    return PhantomPatient(
        seed, volumes, livers, tumours, story.clinical, outcome.mrecist,
        outcome.os_months, outcome.os_event, outcome.pfs_months, outcome.pfs_event,
        story.days, story.latent,
    )  # fmt: skip


def _view(seed: int, traits: Traits, crop_mm: float | None) -> View:
    """Return the whole trunk, or the box around the resting liver with a margin for crop and breathing."""
    if crop_mm is None:
        return whole_view(traits)
    body = reference_body(seed, traits)
    inside = np.argwhere(body.liver < 0)
    lower, upper = [], []
    for number, (axis, scale) in enumerate(zip(body.grid.axes[::-1], traits.scale, strict=True)):
        column = inside[:, 2 - number]
        margin = crop_mm + 4.0 + (6.0 if number == 2 else 0.0)
        lower.append(float(axis[column.min()] * scale - margin))
        upper.append(float(axis[column.max()] * scale + margin))
    return View((lower[0], lower[1], lower[2]), (upper[0], upper[1], upper[2]))


def _scan(seed: int, number: int, spacing: Triple, view: View, traits: Traits, disease: Disease) -> Anatomy:
    """Build the anatomy of one volume with its own breath and its own bowel on another day."""
    rng = np.random.default_rng([seed, 200, number])
    motion = Motion(int(rng.integers(2**31)), float(np.clip(rng.normal(0, 4), -8, 8)), 1.5)
    day = 0 if number < 2 else 1
    return make_anatomy(seed, spacing, view, traits, disease, motion=motion, day=day)


def _image(array: NDArray[Any], anatomy: Anatomy) -> sitk.Image:
    image = sitk.GetImageFromArray(array)
    image.SetSpacing([float(step) for step in anatomy.spacing])
    image.SetOrigin([float(value) for value in anatomy.origin])
    return image


def write_patient(patient: PhantomPatient, folder: Path) -> None:
    """Write the volumes, the masks and patient.json (no dates, no names) into ``folder``."""
    folder = Path(folder)
    for name in patient.volumes:
        for image, suffix in (
            (patient.volumes[name], ""),
            (patient.liver[name], "_liver"),
            (patient.tumour[name], "_tumour"),
        ):
            write_with(folder / f"{name}{suffix}.nii.gz", _writer(image))
    record = {
        "patient": f"phantom-{patient.seed:04d}",
        "simulated": True,
        "seed": patient.seed,
        "day_from_first_dose": patient.days,
        "clinical": patient.clinical,
        "mrecist": patient.mrecist,
        "os_months": patient.os_months,
        "os_event": patient.os_event,
        "pfs_months": patient.pfs_months,
        "pfs_event": patient.pfs_event,
        "latent": {"baseline": patient.latent.baseline, "resistance": patient.latent.resistance},
    }
    write_json(folder / "patient.json", record)


def _writer(image: sitk.Image) -> Any:
    return lambda path: sitk.WriteImage(image, path, True)
