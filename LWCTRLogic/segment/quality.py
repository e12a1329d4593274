"""Whether a liver mask can be right: findings in words, with numbers, after every mask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

from LWCTRLogic.case import volume_label
from LWCTRLogic.errors import InputError
from LWCTRLogic.findings import Finding
from LWCTRLogic.imaging.geometry import check_same_grid
from LWCTRLogic.segment.axes import axis_map

Mask = NDArray[np.bool_]
_SIDES = (("feet", "head"), ("front", "back"), ("right", "left"))


@dataclass(frozen=True)
class QualitySettings:
    """Bounds beyond which a mask is refused or doubted.

    Attributes
    ----------
    least_ml : float
        Refused below. The smallest transplanted segment that supports an adult is about 200 mL.
    low_ml, high_ml : float
        Doubted outside. Adult livers have 1,000 to 2,200 mL (1,267 × body surface − 794: Vauthey 2002);
        end-stage cirrhosis shrinks them to about 600, tumours and congestion double them.
    piece_ml, hole_ml : float
        Smallest separate piece, and smallest enclosed hole, worth a word; a 1 cm nodule has 0.5 mL.
    border_cm2 : float
        Area in the outermost slice from which the scan counts as cut.
    low_hu, high_hu : float
        Bounds of the median inside. Unenhanced fatty liver comes down to 0, portal venous liver up to 150.
    air_hu, air_fraction : float
        Voxels below ``air_hu`` are air or lung; doubted above this fraction.
    dense_hu, dense_fraction : float
        Voxels above ``dense_hu`` are bone, metal or lipiodol; doubted above this fraction.
    roughness : float
        Surface of the mask over that of the mask smoothed by ``smooth_mm``; doubted above.
    smooth_mm : float
        Standard deviation of that smoothing, in mm.
    phase_volume : float
        Relative volume difference between two phases of one examination; breathing changes no volume.
    phase_overlap : float
        Least Dice of the two, centres brought together.
    timepoint_volume : float
        Relative volume change between examinations. Weeks of treatment seldom change a liver by more.
    """

    least_ml: float = 100.0
    low_ml: float = 600.0
    high_ml: float = 4000.0
    piece_ml: float = 0.5
    hole_ml: float = 0.5
    border_cm2: float = 1.0
    low_hu: float = -10.0
    high_hu: float = 200.0
    air_hu: float = -200.0
    air_fraction: float = 0.02
    dense_hu: float = 400.0
    dense_fraction: float = 0.05
    roughness: float = 1.25
    smooth_mm: float = 4.0
    phase_volume: float = 0.1
    phase_overlap: float = 0.85
    timepoint_volume: float = 0.3


def volume_ml(mask: sitk.Image) -> float:
    """Return the volume of a mask in mL."""
    voxels = int(np.count_nonzero(sitk.GetArrayViewFromImage(mask)))
    return voxels * float(np.prod(mask.GetSpacing())) / 1000


def check_mask(
    mask: sitk.Image,
    image: sitk.Image | None = None,
    volume: str = "",
    settings: QualitySettings | None = None,
) -> list[Finding]:
    """Check one mask.

    Parameters
    ----------
    mask : SimpleITK.Image
        The mask; anything but 0 is inside.
    image : SimpleITK.Image, optional
        The CT volume on the same grid, for what the HU inside say.
    volume : str
        Volume name for the findings.
    settings : QualitySettings, optional
        Bounds.

    Returns
    -------
    list of Finding
        Codes ``mask-volume``, ``mask-pieces``, ``mask-holes``, ``mask-border``, ``mask-hu``, ``mask-air``,
        ``mask-dense``, ``mask-rough``.

    Raises
    ------
    InputError
        When the mask is empty or smaller than ``least_ml``.
    GeometryError
        When mask and image lie on different grids.
    """
    settings = settings or QualitySettings()
    if image is not None:
        check_same_grid(image, mask)
    size_ml = check_size(mask, volume, settings)
    array: Mask = sitk.GetArrayViewFromImage(mask) != 0
    axes = axis_map(mask)
    turned = axes.turn(array)
    spacing = np.asarray(mask.GetSpacing())[::-1][list(axes.order)]
    texts = list(_shape_texts(turned, spacing, size_ml, settings))
    if image is not None:
        texts += _intensity_texts(sitk.GetArrayViewFromImage(image)[array], settings)
    return [Finding(code, text, volume) for code, text in texts]


def check_size(mask: sitk.Image, volume: str = "", settings: QualitySettings | None = None) -> float:
    """Return the volume of a mask in mL; the one check that takes no time.

    Raises
    ------
    InputError
        When the mask is empty or smaller than ``least_ml``.
    """
    settings = settings or QualitySettings()
    where = f" of {volume}" if volume else ""
    size_ml = volume_ml(mask)
    if size_ml == 0:
        raise InputError(
            f"the liver mask{where} is empty",
            f"a mask of at least {settings.least_ml:g} mL",
            "Check that the scan shows the liver, or draw the mask by hand",
        )
    if size_ml < settings.least_ml:
        raise InputError(
            f"the liver mask{where} has {size_ml:.1f} mL",
            f"at least {settings.least_ml:g} mL",
            "Check that the scan shows the whole liver, or correct the mask",
        )
    return size_ml


def _shape_texts(
    mask: Mask, spacing: NDArray[np.float64], size_ml: float, settings: QualitySettings
) -> Iterator[tuple[str, str]]:
    if not settings.low_ml <= size_ml <= settings.high_ml:
        yield (
            "mask-volume",
            f"the liver mask has {size_ml:.0f} mL; {settings.low_ml:.0f} to {settings.high_ml:.0f} mL "
            "expected",
        )
    yield from _border(mask, spacing, settings)
    part = np.pad(mask[ndimage.find_objects(mask.astype(np.uint8))[0]], 1)
    voxel_ml = float(np.prod(spacing)) / 1000
    pieces = _sizes(part, voxel_ml, settings.piece_ml)
    if len(pieces) > 1:
        listed = ", ".join(f"{size:.1f}" for size in pieces[1:4])
        yield (
            "mask-pieces",
            f"the liver mask is in {len(pieces)} pieces (the others {listed} mL); one expected",
        )
    holes = _sizes(ndimage.binary_fill_holes(part) & ~part, voxel_ml, settings.hole_ml)
    if holes:
        yield (
            "mask-holes",
            f"the liver mask has holes ({len(holes)}, the largest of {holes[0]:.1f} mL); none expected, "
            "since vessels and necrosis belong to the whole liver",
        )
    rough = roughness(part, spacing, settings.smooth_mm)
    if rough > settings.roughness:
        yield (
            "mask-rough",
            f"the surface of the liver mask is {rough:.2f} times that of the smoothed mask; at most "
            f"{settings.roughness:g} expected",
        )


def _border(mask: Mask, spacing: NDArray[np.float64], settings: QualitySettings) -> Iterator[tuple[str, str]]:
    cut = []
    for axis, sides in enumerate(_SIDES):
        face_cm2 = float(np.prod(np.delete(spacing, axis))) / 100
        for index, side in zip((0, -1), sides, strict=True):
            area = np.count_nonzero(mask.take(index, axis=axis)) * face_cm2
            if area >= settings.border_cm2:
                cut.append(f"{area:.0f} cm² at the {side} end")
    if cut:
        yield "mask-border", f"the scan cuts the liver: {', '.join(cut)}; a liver inside the scan expected"


def _sizes(array: Mask, voxel_ml: float, least_ml: float) -> list[float]:
    """Return volumes in mL of the connected parts from ``least_ml`` on, largest first."""
    labels, _ = ndimage.label(array)
    sizes = np.bincount(labels.ravel())[1:] * voxel_ml
    return sorted((float(size) for size in sizes if size >= least_ml), reverse=True)


def roughness(mask: Mask, spacing: NDArray[np.float64], smooth_mm: float) -> float:
    """Return the surface of a mask over that of the mask smoothed by a Gaussian; 1 is smooth.

    Surfaces are counted by voxel faces, whose excess over the true surface is the same for both.
    """
    margin = int(np.ceil(3 * smooth_mm / spacing.min()))
    padded = np.pad(mask, margin).astype(np.float32)
    smooth = ndimage.gaussian_filter(padded, smooth_mm / spacing, truncate=3.0) > 0.5
    return _surface(mask, spacing) / max(_surface(smooth, spacing), 1e-9)


def _surface(mask: Mask, spacing: NDArray[np.float64]) -> float:
    """Area in mm² of the faces between inside and outside; the mask must not touch the array's border."""
    total = 0.0
    for axis in range(3):
        faces = np.count_nonzero(np.diff(mask.view(np.int8), axis=axis))
        total += faces * float(np.prod(np.delete(spacing, axis)))
    return total


def _intensity_texts(values: NDArray[Any], settings: QualitySettings) -> Iterator[tuple[str, str]]:
    median = float(np.median(values))
    if not settings.low_hu <= median <= settings.high_hu:
        yield (
            "mask-hu",
            f"the median inside the liver mask is {median:.0f} HU; {settings.low_hu:g} to "
            f"{settings.high_hu:g} HU expected",
        )
    air = float(np.mean(values < settings.air_hu))
    if air > settings.air_fraction:
        yield (
            "mask-air",
            f"{100 * air:.1f} % of the liver mask is below {settings.air_hu:g} HU (air or lung); at most "
            f"{100 * settings.air_fraction:g} % expected",
        )
    dense = float(np.mean(values > settings.dense_hu))
    if dense > settings.dense_fraction:
        yield (
            "mask-dense",
            f"{100 * dense:.1f} % of the liver mask is above {settings.dense_hu:g} HU (bone, metal or "
            f"lipiodol); at most {100 * settings.dense_fraction:g} % expected",
        )


def compare_masks(masks: Mapping[str, sitk.Image], settings: QualitySettings | None = None) -> list[Finding]:
    """Compare the masks of one patient with each other.

    Parameters
    ----------
    masks : dict of str to SimpleITK.Image
        Masks by volume name (``pre_A`` …); volumes that are missing are left out.
    settings : QualitySettings, optional
        Bounds.

    Returns
    -------
    list of Finding
        Codes ``phase-volume``, ``phase-overlap`` and ``timepoint-volume``.
    """
    settings = settings or QualitySettings()
    findings: list[Finding] = []
    sizes = {name: volume_ml(mask) for name, mask in masks.items()}
    for timepoint in ("pre", "post"):
        pair = (f"{timepoint}_A", f"{timepoint}_V")
        if all(name in masks for name in pair):
            findings += _compare_phases(pair, masks, sizes, settings)
    for phase in ("A", "V"):
        before, after = f"pre_{phase}", f"post_{phase}"
        if before in masks and after in masks and sizes[before] > 0:
            change = sizes[after] / sizes[before] - 1
            if abs(change) > settings.timepoint_volume:
                text = (
                    f"the liver mask changed by {100 * change:+.0f} % from {sizes[before]:.0f} to "
                    f"{sizes[after]:.0f} mL between the examinations; at most "
                    f"{100 * settings.timepoint_volume:g} % expected"
                )
                findings.append(Finding("timepoint-volume", text, after))
    return findings


def _compare_phases(
    pair: tuple[str, str],
    masks: Mapping[str, sitk.Image],
    sizes: Mapping[str, float],
    settings: QualitySettings,
) -> Iterator[Finding]:
    first, second = pair
    mean = (sizes[first] + sizes[second]) / 2
    names = f"{volume_label(first)}, and {volume_label(second)}"
    if mean == 0:
        return
    difference = abs(sizes[first] - sizes[second]) / mean
    if difference > settings.phase_volume:
        text = (
            f"the liver masks of {names}, have {sizes[first]:.0f} and {sizes[second]:.0f} mL, "
            f"{100 * difference:.0f} % apart; at most {100 * settings.phase_volume:g} % expected"
        )
        yield Finding("phase-volume", text, second)
    dice = centred_dice(masks[first], masks[second])
    if dice < settings.phase_overlap:
        text = (
            f"the liver masks of {names}, overlap with Dice {dice:.2f} once their centres are brought "
            f"together; at least {settings.phase_overlap:g} expected"
        )
        yield Finding("phase-overlap", text, second)


def centred_dice(first: sitk.Image, second: sitk.Image) -> float:
    """Return the Dice overlap of two masks after moving the second's centre of mass onto the first's.

    A shift by breathing does not count as a difference. The masks may lie on different grids; neither is
    empty.
    """
    shift = sitk.TranslationTransform(3, (_centre(second) - _centre(first)).tolist())
    moved = sitk.Resample(second, first, shift, sitk.sitkNearestNeighbor, 0, second.GetPixelID())
    a, b = (sitk.GetArrayViewFromImage(mask) != 0 for mask in (first, moved))
    total = int(a.sum()) + int(b.sum())
    return 2 * int((a & b).sum()) / total if total else 0.0


def _centre(mask: sitk.Image) -> NDArray[np.float64]:
    """Centre of mass in mm, LPS."""
    index = np.array(ndimage.center_of_mass(sitk.GetArrayViewFromImage(mask) != 0))[::-1]
    return np.array(mask.TransformContinuousIndexToPhysicalPoint(index.tolist()))
