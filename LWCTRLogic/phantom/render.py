"""From a label map to a CT volume: mean HU, texture, blur of the scanner, correlated noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.stats import norm

from LWCTRLogic.phantom.anatomy import Anatomy
from LWCTRLogic.phantom.contrast import Enhancement, hu_table
from LWCTRLogic.phantom.field import Field, LabelMap, Mask, fine_noise, smooth_noise
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
    fine : float
        Share of the variance of the parenchyma's texture that is fine (4 mm) rather than coarser, 0 to 1.
    mottle : float
        Standard deviation in HU of the finest texture (2 mm) of parenchyma and tumour, before the scanner's blur.
    foci, foci_hu : float
        Share of the parenchyma that holds small infiltrates, and their contrast to it in HU.
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
    fine: float = 0.4
    mottle: float = 0.0
    foci: float = 0.0
    foci_hu: float = 0.0
    coarse: float = 0.5
    noise: float = 11.0
    grain: float = 1.0
    blur: float = 1.1
    noise_key: int = 0


@dataclass(frozen=True)
class Texture:
    """A person's random fields on one grid, each of about unit variance, shape (z, y, x).

    The number in a name is the size of the grain in canonical mm.
    """

    grain_2: Field
    grain_4: Field
    grain_6: Field
    grain_8: Field
    grain_13: Field
    grain_32: Field
    spleen_12: Field


def make_texture(key: int, anatomy: Anatomy) -> Texture:
    """Return the texture of the person ``key`` on an anatomy's grid: the same for all scans on that grid."""
    axes = _axes(anatomy)
    first, second, third = (np.random.default_rng([key, number]) for number in (1, 3, 4))
    fine, middle, coarse = (smooth_noise(first, axes, scale) for scale in (6.0, 13.0, 32.0))
    return Texture(
        fine_noise((key, 5), axes, 2.0), smooth_noise(third, axes, 4.0), fine,
        smooth_noise(third, axes, 8.0), middle, coarse, smooth_noise(second, axes, 12.0),
    )  # fmt: skip


def render(
    anatomy: Anatomy, enhancement: Enhancement, look: Look, texture: Texture | None = None
) -> NDArray[np.int16]:
    """Return the CT volume of an anatomy in HU, int16, shape (z, y, x).

    ``texture`` is that of :func:`make_texture` with the look's key, given when several scans share it.
    """
    labels = anatomy.labels
    texture = texture or make_texture(look.texture_key, anatomy)
    volume = hu_table(enhancement)[labels]
    _add_texture(volume, labels, texture, look)
    if enhancement.phase == "A":
        spleen = labels == Label.SPLEEN
        volume[spleen] += 22 * texture.spleen_12[spleen]
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


def _add_texture(volume: Field, labels: LabelMap, texture: Texture, look: Look) -> None:
    """Add multi-scale texture to liver, tumour, lipiodol, bowel content and fat."""
    _add_liver_texture(volume, labels == Label.LIVER, texture, look)
    tumour = (labels == Label.TUMOUR) | (labels == Label.PORTAL_THROMBUS)
    fine, middle, coarse = texture.grain_6, texture.grain_13, texture.grain_32
    tissue = tumour | (labels == Label.LIVER)
    volume[tissue] += np.float32(look.mottle) * texture.grain_2[tissue]
    volume[tumour] += look.tumour_texture * (
        (1 - look.coarse) * fine[tumour] + look.coarse * 1.2 * middle[tumour] + 0.3 * coarse[tumour]
    )
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


def _add_liver_texture(volume: Field, liver: Mask, texture: Texture, look: Look) -> None:
    """Add grain of 4 mm on broader texture to the parenchyma, and infiltrates of some millimetres."""
    broad = 0.7 * (texture.grain_13[liver] + texture.grain_32[liver])
    grain = look.fine**0.5 * texture.grain_4[liver] + (1 - look.fine) ** 0.5 * broad
    volume[liver] += look.liver_texture * grain
    if look.foci > 0:
        height = texture.grain_8[liver] - np.float32(norm.isf(look.foci))
        volume[liver] += np.float32(look.foci_hu) * np.clip(height / 0.4, 0, 1)


def _noise(shape: tuple[int, ...], spacing: Sequence[float], look: Look) -> Field:
    """Return noise with the grain of a reconstruction kernel, of the wanted standard deviation."""
    rng = np.random.default_rng([look.noise_key, 2])
    white = rng.standard_normal(shape, dtype=np.float32)
    grain = gaussian_filter(white, [look.grain / step for step in spacing[::-1]], truncate=3.0)
    # a kernel that only blurs has too much low-frequency noise: CT noise has little of it
    grain -= 0.5 * gaussian_filter(white, [2.2 * look.grain / step for step in spacing[::-1]], truncate=3.0)
    return np.asarray(grain * np.float32(look.noise / max(float(grain.std()), 1e-6)), dtype=np.float32)
