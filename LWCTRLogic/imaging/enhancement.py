"""How bright aorta, liver and the liver's vessels are, without any mask, to tell contrast phases apart.

The aorta is searched as what it looks like in axial slices: a round, even disc in front and to the left of
the spine, brighter than most of what surrounds it, in nearly the same place from slice to slice. The liver is
the largest even soft-tissue region on the right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from LWCTRLogic.imaging.geometry import reorient

GRID_MM = 3.0
AORTA_RADII_MM = (8.0, 10.0, 13.0)
LEAST_AORTA_MM = 45.0


@dataclass(frozen=True)
class Enhancement:
    """Median HU; ``None`` where the structure was not found.

    Attributes
    ----------
    aorta, liver : float or None
        Of the lumen and of the parenchyma.
    muscle : float or None
        Of the muscles beside the spine, which enhance little in any phase.
    vessels : float or None
        How much brighter the brightest 1 % inside the liver are than the parenchyma.
    """

    aorta: float | None = None
    liver: float | None = None
    muscle: float | None = None
    vessels: float | None = None

    def in_words(self) -> str:
        """Return the numbers in words."""
        parts = [
            f"{name} {value:.0f} HU" if value is not None else f"{name} not found"
            for name, value in (("aorta", self.aorta), ("liver", self.liver), ("muscle", self.muscle))
        ]
        if self.vessels is not None:
            parts.append(f"vessels in the liver {self.vessels:+.0f} HU against it")
        return ", ".join(parts)


def measure_enhancement(image: sitk.Image) -> Enhancement:
    """Measure a scan.

    Parameters
    ----------
    image : SimpleITK.Image
        An axial CT in HU.
    """
    voxels = _coarse(image)
    spine = _spine(voxels)
    if spine is None:
        return Enhancement()
    aorta = _aorta(voxels, spine)
    liver, vessels = _liver(voxels, spine)
    return Enhancement(aorta, liver, _muscle(voxels, spine), vessels)


def _coarse(image: sitk.Image) -> np.ndarray:
    """Return (z, y, x) float32 at ``GRID_MM``, averaged; axes grow towards head, back and left."""
    image = reorient(image, "LPS")
    shrink = [max(1, int(GRID_MM / spacing + 0.25)) for spacing in image.GetSpacing()]
    small = sitk.BinShrink(sitk.Cast(image, sitk.sitkFloat32), shrink)
    size = [
        max(1, round(n * spacing / GRID_MM))
        for n, spacing in zip(small.GetSize(), small.GetSpacing(), strict=True)
    ]
    small = sitk.Resample(
        small,
        size,
        sitk.Transform(),
        sitk.sitkLinear,
        small.GetOrigin(),
        [GRID_MM] * 3,
        small.GetDirection(),
        -1024.0,
    )
    voxels: np.ndarray = sitk.GetArrayFromImage(small)
    return voxels


def _spine(voxels: np.ndarray) -> np.ndarray | None:
    """Return (y, x) of the spine in each slice, smoothed along z; ``None`` without a body."""
    body = ndimage.binary_opening(voxels > -300, iterations=2)
    labels, count = ndimage.label(body)
    if not count:
        return None
    body = labels == 1 + int(np.argmax(np.bincount(labels.ravel())[1:]))
    _, ys, xs = np.nonzero(body)
    middle_y, middle_x = float(np.median(ys)), float(np.median(xs))
    bone = body & (voxels > 150)
    y, x = np.ogrid[: voxels.shape[1], : voxels.shape[2]]
    near = (np.abs(x - middle_x) * GRID_MM < 40) & (y > middle_y) & (y < ys.max() - 10 / GRID_MM)
    bone &= near[None]
    places = np.array(
        [np.median(np.argwhere(plane), axis=0) if plane.sum() >= 8 else (np.nan, np.nan) for plane in bone]
    )
    seen = np.isfinite(places[:, 0])
    if seen.sum() < 5:
        return None
    z = np.arange(len(places))
    filled = np.column_stack([np.interp(z, z[seen], places[seen, axis]) for axis in (0, 1)])
    return np.asarray(ndimage.median_filter(filled, size=(11, 1), mode="nearest"))


# ---- aorta ----------------------------------------------------------------------------------------------
def _aorta(voxels: np.ndarray, spine: np.ndarray) -> float | None:
    """Return the median HU along the best track of discs."""
    # The aorta runs along z: averaging along it takes noise away and leaves the edge.
    box = ndimage.gaussian_filter(_boxes(voxels, spine), (1.0, 0.4, 0.4))
    score = np.full(box.shape, -1.0)
    value = np.zeros(box.shape)
    for radius in AORTA_RADII_MM:
        disc_score, mean = _disc_score(box, radius / GRID_MM)
        better = disc_score > score
        score[better], value[better] = disc_score[better], mean[better]
    score[:, _vertebra(box.shape)] = 0.0
    path = _track(score)
    quality = score[path]
    good = quality >= max(0.3, 0.6 * float(np.percentile(quality, 90)))
    if good.sum() * GRID_MM < LEAST_AORTA_MM:
        return None
    # Below the kidneys the track may go over to a loop of bowel; the longest run without a gap is the aorta.
    runs, count = ndimage.label(ndimage.binary_closing(good, np.ones(4, bool)))
    longest = runs == 1 + int(np.argmax(np.bincount(runs)[1:])) if count else good
    return float(np.median(value[path][good & longest]))


# Region searched, in voxels before, behind, right and left of the spine; rings need the margin.
_FRONT, _BEHIND, _RIGHT, _LEFT, _MARGIN = 25, 1, 5, 15, 8
VERTEBRA_MM = 18.0


def _vertebra(shape: tuple[int, ...]) -> np.ndarray:
    """Return where in a box (y, x) the vertebra lies, which may be as round and even as the aorta."""
    y, x = np.ogrid[: shape[1], : shape[2]]
    distance = np.hypot(y - _FRONT - _MARGIN, x - _RIGHT - _MARGIN) * GRID_MM
    inside: np.ndarray = distance < VERTEBRA_MM
    return inside


def _boxes(voxels: np.ndarray, spine: np.ndarray) -> np.ndarray:
    """Cut the region in front of the spine out of each slice: (z, y, x) with a margin for the rings."""
    grown = np.pad(voxels, ((0, 0), (40, 40), (40, 40)), constant_values=-1000)
    boxes = []
    for plane, (y, x) in zip(grown, spine, strict=True):
        row, column = round(y) + 40, round(x) + 40
        rows = slice(row - _FRONT - _MARGIN, row + _BEHIND + _MARGIN)
        columns = slice(column - _RIGHT - _MARGIN, column + _LEFT + _MARGIN)
        boxes.append(plane[rows, columns])
    return np.stack(boxes)


def _disc_score(box: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Return how much each voxel looks like the middle of a round even disc, and the disc's mean."""
    y, x = np.mgrid[-7:8, -7:8]
    distance = np.hypot(y, x)
    disc = distance <= radius * 0.8
    mean = ndimage.convolve(box, (disc / disc.sum())[None], mode="nearest")
    square = ndimage.convolve(box**2, (disc / disc.sum())[None], mode="nearest")
    spread = np.sqrt(np.maximum(square - mean**2, 0))
    ring = np.argwhere((distance > radius + 0.6) & (distance <= radius + 1.7)) - 7
    darker = np.zeros_like(mean)
    step = np.maximum(20.0, 0.2 * mean)
    for dy, dx in ring:
        darker += (mean - np.roll(box, (-dy, -dx), axis=(1, 2))) > step
    score = darker / len(ring) * np.exp(-((spread / (12 + 0.06 * np.abs(mean))) ** 2))
    score[(mean < 15) | (mean > 700)] = 0.0
    score[:, :7], score[:, -7:], score[:, :, :7], score[:, :, -7:] = 0, 0, 0, 0
    return score, mean


def _track(score: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the path with the highest sum that moves at most one voxel from slice to slice."""
    total = score.copy()
    for z in range(1, len(total)):
        total[z] += ndimage.maximum_filter(total[z - 1], size=3, mode="constant", cval=-1.0)
    ys, xs = np.zeros(len(score), int), np.zeros(len(score), int)
    ys[-1], xs[-1] = np.unravel_index(int(total[-1].argmax()), total[-1].shape)
    for z in range(len(score) - 2, -1, -1):
        y, x = max(ys[z + 1] - 1, 0), max(xs[z + 1] - 1, 0)
        window = total[z, y : y + 3, x : x + 3]
        dy, dx = np.unravel_index(int(window.argmax()), window.shape)
        ys[z], xs[z] = y + dy, x + dx
    return np.arange(len(score)), ys, xs


# ---- liver ----------------------------------------------------------------------------------------------
def _liver(voxels: np.ndarray, spine: np.ndarray) -> tuple[float | None, float | None]:
    """Return the HU of the parenchyma and how much brighter the vessels in it are."""
    smooth = ndimage.gaussian_filter(voxels, 1.0)
    spread = np.sqrt(
        np.maximum(ndimage.uniform_filter(voxels**2, 3) - ndimage.uniform_filter(voxels, 3) ** 2, 0)
    )
    soft = (smooth > 20) & (smooth < 200)
    x = np.arange(voxels.shape[2])[None, :]
    right = x[None] < spine[:, 1][:, None, None] + 10 / GRID_MM
    limit = max(12.0, 1.3 * float(np.median(spread[soft & right]))) if (soft & right).any() else 12.0
    even = ndimage.binary_erosion(soft & right & (spread < limit), iterations=2)
    labels, count = ndimage.label(even)
    if not count:
        return None, None
    sizes = np.bincount(labels.ravel())[1:]
    core = labels == 1 + int(sizes.argmax())
    if sizes.max() * GRID_MM**3 < 100e3:
        return None, None
    liver = float(np.median(voxels[core]))
    whole = ndimage.binary_erosion(
        ndimage.binary_closing(ndimage.binary_dilation(core, iterations=2), iterations=4), iterations=3
    )
    vessels = float(np.percentile(smooth[whole], 99)) - liver if whole.sum() > 1000 else None
    return liver, vessels


def _muscle(voxels: np.ndarray, spine: np.ndarray) -> float | None:
    """Return the HU of the muscle behind and beside the spine."""
    back = round(40 / GRID_MM)
    found = []
    for plane, (y, x) in zip(voxels, spine, strict=True):
        row, column = round(y), round(x)
        region = plane[row : row + back, max(0, column - back) : column + back]
        found.append(region[(region > 0) & (region < 110)])
    values = np.concatenate(found)
    return float(np.median(values)) if values.size > 1000 else None
