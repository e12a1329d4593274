"""Whether the images of a series form one even stack, and its geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from LWCTRLogic.dicom.headers import Frame
from LWCTRLogic.errors import InputError

SAME_PLACE_MM = 0.01
# A slice may lie this far from its even place, as a fraction of the spacing …
EVEN_TO = 0.1
# … or this far in mm, since some scanners round positions to 0.1 mm; but never a quarter of the spacing.
ROUNDING_MM = 0.11
TILT_DEGREES = 0.1


@dataclass(frozen=True)
class Stack:
    """The geometry of an even stack, in LPS.

    Attributes
    ----------
    order : tuple of int
        Indices of the frames, along the normal.
    origin, spacing : tuple of float
        Place of the first voxel and distances along x, y, z, in mm.
    direction : numpy.ndarray
        3 × 3, a column an axis.
    shear : numpy.ndarray
        How far the images move within their plane for each mm along the normal (x, y, z); zero without tilt.
    """

    order: tuple[int, ...]
    origin: tuple[float, float, float]
    spacing: tuple[float, float, float]
    direction: np.ndarray
    shear: np.ndarray

    @property
    def tilt_degrees(self) -> float:
        """Angle of the gantry that the geometry shows."""
        return float(np.degrees(np.arctan(np.linalg.norm(self.shear))))


def axes(orientation: Sequence[float]) -> np.ndarray:
    """Return the three axes of an image orientation as columns, made exactly orthonormal.

    Raises
    ------
    InputError
        When the two given axes are not at right angles.
    """
    x, y = np.array(orientation[:3], dtype=float), np.array(orientation[3:], dtype=float)
    lengths = np.linalg.norm(x), np.linalg.norm(y)
    if min(lengths) < 0.5 or abs(x @ y) > 1e-2:
        raise InputError(f"the image axes are {tuple(orientation)}", "two unit vectors at right angles")
    x = x / lengths[0]
    y = y - (x @ y) * x
    y = y / np.linalg.norm(y)
    return np.column_stack([x, y, np.cross(x, y)])


def heights(frames: Sequence[Frame]) -> np.ndarray:
    """Return how far each image lies along the normal, in mm."""
    normal = axes(frames[0].orientation)[:, 2]
    return np.array([np.dot(frame.position, normal) for frame in frames])


def has_duplicates(frames: Sequence[Frame]) -> bool:
    """Whether two images lie at the same place."""
    return len(frames) > 1 and float(np.diff(np.sort(heights(frames))).min()) < SAME_PLACE_MM


def is_even(frames: Sequence[Frame]) -> bool:
    """Whether the images form one even stack."""
    if len(frames) < 2 or has_duplicates(frames):
        return False
    at = np.sort(heights(frames))
    return not _is_uneven(at)


def _is_uneven(at: np.ndarray) -> bool:
    """Whether sorted heights differ from an evenly spaced stack by more than rounding."""
    step = (at[-1] - at[0]) / (len(at) - 1)
    off = float(np.abs(at - at[0] - step * np.arange(len(at))).max())
    return bool(off > max(EVEN_TO * step, min(ROUNDING_MM, step / 4)))


def make_stack(frames: Sequence[Frame]) -> Stack:
    """Sort images along their normal and return their geometry.

    Parameters
    ----------
    frames : sequence of Frame
        At least two images of the same size, spacing and orientation.

    Raises
    ------
    InputError
        For images without a place, duplicated or missing slices (with where), and uneven spacing.
    """
    _refuse_incomplete(frames)
    at = heights(frames)
    order = np.argsort(at, kind="stable")
    at = at[order]
    ordered = [frames[i] for i in order]
    _refuse_duplicates(ordered, at)
    _refuse_gaps(ordered, at)
    matrix = axes(frames[0].orientation)
    first, last = np.array(ordered[0].position), np.array(ordered[-1].position)
    step = (at[-1] - at[0]) / (len(at) - 1)
    drift = (last - first) - (at[-1] - at[0]) * matrix[:, 2]
    shear = drift / (at[-1] - at[0])
    _refuse_wandering(ordered, at, shear, matrix[:, 2])
    row_spacing, column_spacing = frames[0].spacing
    return Stack(
        tuple(int(i) for i in order),
        (float(first[0]), float(first[1]), float(first[2])),
        (float(column_spacing), float(row_spacing), float(step)),
        matrix,
        shear,
    )


def tilt_of(frames: Sequence[Frame]) -> float:
    """Return the gantry angle that the geometry shows, in degrees; 0 where the images form no stack."""
    try:
        return make_stack(frames).tilt_degrees
    except InputError:
        return 0.0


def _refuse_incomplete(frames: Sequence[Frame]) -> None:
    if len(frames) < 2:
        raise InputError(f"the series has {len(frames)} image", "a volume of several slices")
    placeless = sum(not (frame.position and frame.orientation and frame.spacing) for frame in frames)
    if placeless:
        raise InputError(
            f"{placeless} of {len(frames)} images have no position, orientation or pixel spacing",
            "images that say where they lie",
        )
    if min(min(frame.spacing) for frame in frames) <= 0:
        raise InputError("the pixel spacing is 0 or negative", "a positive number of mm")
    kinds = {(frame.rows, frame.columns) for frame in frames}
    if len(kinds) > 1:
        listed = ", ".join(f"{rows} × {columns}" for rows, columns in sorted(kinds))
        raise InputError(f"the images have different sizes ({listed})", "one size")
    turned = sum(not np.allclose(frame.orientation, frames[0].orientation, atol=1e-3) for frame in frames)
    if turned:
        raise InputError(f"{turned} of {len(frames)} images are turned against the first", "one orientation")


def _refuse_duplicates(frames: Sequence[Frame], at: np.ndarray) -> None:
    twice = np.flatnonzero(np.diff(at) < SAME_PLACE_MM)
    if not len(twice):
        return
    copies = len(frames) - len({(frame.sop_uid, frame.index) for frame in frames})
    if copies:
        raise InputError(
            f"{copies} of {len(frames)} images are copies of another (same SOP instance UID)",
            "each image once",
            "Remove the second copy of the series from the folder",
        )
    first = int(twice[0])
    lie = "slices lie" if len(twice) > 1 else "slice lies"
    raise InputError(
        f"{len(twice)} {lie} where another lies, the first at {_where(frames[first])} "
        f"(images {frames[first].number} and {frames[first + 1].number})",
        "one image at each position",
        "Two phases or two copies may be mixed in this series: export them apart",
    )


def _refuse_gaps(frames: Sequence[Frame], at: np.ndarray) -> None:
    if not _is_uneven(at):
        return
    gaps = np.diff(at)
    usual = float(np.percentile(gaps, 50, method="lower"))  # one of the gaps, never a mean of two
    steps = np.rint(gaps / usual)
    wide = np.flatnonzero(steps >= 2)
    multiples = np.abs(gaps - steps * usual) <= 2 * EVEN_TO * usual * np.maximum(steps, 1)
    if len(wide) and multiples.all() and len(wide) <= max(3, len(gaps) // 5):
        missing = int((steps[wide] - 1).sum())
        places = "; ".join(
            f"between {_where(frames[i])} and {_where(frames[i + 1])} (images {frames[i].number} and "
            f"{frames[i + 1].number})"
            for i in wide[:3]
        )
        others = len(wide) - 3
        more = f" and {others} more place{'s' if others > 1 else ''}" if others > 0 else ""
        noun = "slice is" if missing == 1 else "slices are"
        raise InputError(
            f"{missing} {noun} missing: {places}{more}",
            f"one slice every {usual:.4g} mm",
            "Send or export the whole series again",
        )
    raise InputError(
        f"the slices are unevenly spaced, from {gaps.min():.4g} to {gaps.max():.4g} mm apart",
        f"the same distance everywhere (most are {usual:.4g} mm)",
        "Use an evenly spaced reconstruction",
    )


def _refuse_wandering(frames: Sequence[Frame], at: np.ndarray, shear: np.ndarray, normal: np.ndarray) -> None:
    """Refuse images that move within their plane otherwise than a gantry tilt would move them."""
    positions = np.array([frame.position for frame in frames])
    expected = positions[0] + np.outer(at - at[0], normal + shear)
    off = np.linalg.norm(positions - expected, axis=1)
    limit = max(0.1, EVEN_TO * float(np.diff(at).max()))
    worst = int(off.argmax())
    if off[worst] > limit:
        raise InputError(
            f"image {frames[worst].number} lies {off[worst]:.3g} mm beside the line through the others",
            f"images in line, within {limit:.2g} mm",
            "The table or the reconstruction centre moved; export each part apart",
        )


def _where(frame: Frame) -> str:
    x, y, z = frame.position
    normal = axes(frame.orientation)[:, 2]
    name, value = max(zip("xyz", (x, y, z), strict=True), key=lambda pair: abs(normal["xyz".index(pair[0])]))
    return f"{name} = {value:.4g} mm"
