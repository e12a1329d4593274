"""From a label map to a CT volume: mean HU, texture, blur of the scanner, correlated noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from LWCTRLogic.phantom.anatomy import Anatomy
from LWCTRLogic.phantom.contrast import Enhancement, hu_table
from LWCTRLogic.phantom.field import Field, smooth_noise
from LWCTRLogic.phantom.labels import Label


@dataclass(frozen=True)
class Look:
    """What a volume looks like beyond its mean HU.

    Attributes
    ----------
    texture_key : int
        Seed of the tissue's texture: the same for all scans of a person.
    liver_texture, tumour_texture : float
        Standard deviation of the texture in HU.
    coarse : float
        Share of the tumour's texture that is coarse, 0 to 1.
    noise : float
        Standard deviation of the noise in HU.
    grain : float
        Width of the noise grain, mm.
    blur : float
        Width of the point spread function, mm.
    noise_key : int
        Seed of the noise: another one for every scan.
    """

    texture_key: int
    liver_texture: float = 5.0
    tumour_texture: float = 12.0
    coarse: float = 0.5
    noise: float = 11.0
    grain: float = 1.0
    blur: float = 1.1
    noise_key: int = 0


def render(anatomy: Anatomy, enhancement: Enhancement, look: Look) -> NDArray[np.int16]:
    """Return the CT volume of an anatomy in HU, int16, shape (z, y, x)."""
    labels = anatomy.labels
    volume = hu_table(enhancement)[labels]
    axes = _axes(anatomy)
    _add_texture(volume, anatomy, axes, look)
    if enhancement.phase == "A":
        spleen = labels == Label.SPLEEN
        rng = np.random.default_rng([look.texture_key, 3])
        volume[spleen] += 22 * smooth_noise(rng, axes, 12.0)[spleen]
    spread = [max(look.blur / step, 0.35) for step in anatomy.spacing[::-1]]
    volume = gaussian_filter(volume, spread, truncate=3.0)
    volume += _noise(labels.shape, anatomy.spacing, look)
    return np.clip(np.rint(volume), -1024, 3071).astype(np.int16)


def _axes(anatomy: Anatomy) -> tuple[Field, Field, Field]:
    """Return the canonical coordinates along z, y and x, so that texture stays with the person."""
    axes = []
    for low, step, count, scale in zip(
        anatomy.origin, anatomy.spacing, anatomy.labels.shape[::-1], anatomy.traits.scale, strict=True
    ):
        axes.append(((low + step * np.arange(count)) / scale).astype(np.float32))
    x, y, z = axes
    return z, y, x


def _add_texture(volume: Field, anatomy: Anatomy, axes: Sequence[Field], look: Look) -> None:
    """Add multi-scale texture to liver, tumour, lipiodol, bowel content and fat."""
    labels = anatomy.labels
    rng = np.random.default_rng([look.texture_key, 1])
    fine, middle, coarse = (smooth_noise(rng, axes, scale) for scale in (6.0, 13.0, 32.0))
    liver = labels == Label.LIVER
    volume[liver] += look.liver_texture * (0.75 * fine + 0.5 * middle + 0.4 * coarse)[liver]
    tumour = (labels == Label.TUMOUR) | (labels == Label.PORTAL_THROMBUS)
    blend = (1 - look.coarse) * fine + look.coarse * 1.2 * middle + 0.3 * coarse
    volume[tumour] += look.tumour_texture * blend[tumour]
    spots = labels == Label.LIPIODOL
    volume[spots] = np.clip(volume[spots] + 320 * fine[spots], 250, 1600)
    for label, size in (
        (Label.STOOL, 45.0),
        (Label.STOMACH_CONTENT, 9.0),
        (Label.VISCERAL_FAT, 7.0),
        (Label.MUSCLE, 8.0),
    ):
        where = labels == label
        volume[where] += size * (fine if label == Label.STOOL else middle)[where]


def _noise(shape: tuple[int, ...], spacing: Sequence[float], look: Look) -> Field:
    """Return noise with the grain of a reconstruction kernel, of the wanted standard deviation."""
    rng = np.random.default_rng([look.noise_key, 2])
    white = rng.standard_normal(shape, dtype=np.float32)
    grain = gaussian_filter(white, [look.grain / step for step in spacing[::-1]], truncate=3.0)
    # a kernel that only blurs has too much low-frequency noise: CT noise has little of it
    grain -= 0.5 * gaussian_filter(white, [2.2 * look.grain / step for step in spacing[::-1]], truncate=3.0)
    return np.asarray(grain * np.float32(look.noise / max(float(grain.std()), 1e-6)), dtype=np.float32)
