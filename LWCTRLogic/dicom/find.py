"""Finding the CT series in a folder as hospitals send it: mixed, unsorted, nested, not only images."""

from __future__ import annotations

import itertools
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from LWCTRLogic.dicom import headers, stack
from LWCTRLogic.dicom.headers import Frame
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.volumes import is_image_file
from LWCTRLogic.progress import Progress

LEAST_IMAGES = 10
LEAST_EXTENT_MM = 60.0
AXIAL_WITHIN_DEGREES = 35.0

_NAMES = {
    "MR": "magnetic resonance",
    "PT": "PET",
    "SR": "structured report",
    "SEG": "segmentation",
    "RTSTRUCT": "radiotherapy structures",
    "PR": "presentation state",
    "KO": "key objects",
    "DOC": "document",
    "US": "ultrasound",
    "CR": "radiograph",
    "DX": "radiograph",
    "XA": "angiography",
    "REG": "registration",
}
_UNFIT_TYPES = {
    "LOCALIZER": "localizer",
    "SCOUT": "localizer",
    "MIP": "maximum intensity projection",
    "MINIP": "minimum intensity projection",
    "VRT": "volume rendering",
    "VOLUME_RENDER": "volume rendering",
    "PROJECTION IMAGE": "projection",
    "SCREEN SAVE": "screen shot",
    "DOSE_INFO": "dose report",
    "DOSE": "dose report",
    "PERFUSION": "perfusion map",
    "IODINE": "iodine map",
    "IODINE_NO_WATER": "iodine map",
    "VNC": "virtual unenhanced image",
    "Z_EFF": "effective atomic number map",
    "ELECTRON_DENSITY": "electron density map",
}


@dataclass(frozen=True)
class Series:
    """Images that form one volume: a DICOM series, or one phase of a series that holds several."""

    frames: tuple[Frame, ...]
    part: str = ""

    @property
    def first(self) -> Frame:
        """Any image, for what all images share."""
        return self.frames[0]

    @property
    def extent_mm(self) -> float:
        """Length of the body that the images cover."""
        at = stack.heights(self.frames)
        return float(at.max() - at.min())

    @property
    def slice_spacing_mm(self) -> float:
        """Usual distance of neighbouring slices."""
        gaps = np.diff(np.sort(stack.heights(self.frames)))
        gaps = gaps[gaps >= stack.SAME_PLACE_MM]
        return float(np.median(gaps)) if len(gaps) else 0.0

    @property
    def time(self) -> float | None:
        """Earliest acquisition time in seconds of the day, if known."""
        times = [frame.time for frame in self.frames if frame.time is not None]
        return min(times) if times else None


@dataclass(frozen=True)
class Skipped:
    """Images or files that are no volume to use, and why."""

    images: int
    reason: str
    series_number: str = ""


@dataclass(frozen=True)
class Found:
    """What a folder holds."""

    series: tuple[Series, ...]
    skipped: tuple[Skipped, ...]


def find_series(folder: Path, progress: Progress | None = None) -> Found:
    """Find every CT volume in a folder and its subfolders.

    Parameters
    ----------
    folder : Path
        A folder (or one DICOM file).
    progress : Progress, optional
        Told of every file.

    Returns
    -------
    Found
        Volumes in the order of day, series number and time; and what was skipped, with the reason. Image
        files of other formats are left to the caller.

    Raises
    ------
    InputError
        When there is no such folder.
    """
    progress = progress or Progress()
    folder = Path(folder)
    if not folder.exists():
        raise InputError(f"{folder} does not exist", "a folder with DICOM files")
    groups: dict[str, list[Frame]] = defaultdict(list)
    others: Counter[str] = Counter()
    paths = [path for path in walk(folder) if not is_image_file(path)]
    for done, path in enumerate(paths):
        if done % 50 == 0:
            progress.update("reading headers", done, len(paths))
        try:
            frames = headers.read_frames(path)
        except InputError:
            others["damaged DICOM file"] += 1
            continue
        if frames is None:
            others["no DICOM image"] += 1
        for frame in frames or []:
            groups[frame.series_uid].append(frame)
    progress.update("reading headers", len(paths), len(paths))
    return _sort_out(groups.values(), others)


def walk(folder: Path) -> Iterator[Path]:
    """Yield files in one order on every system; hidden ones are not looked at."""
    if folder.is_file():
        yield folder
        return
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root) / name for name in sorted(names) if not name.startswith("."))


def _sort_out(groups: Iterable[list[Frame]], others: Counter[str]) -> Found:
    found: list[Series] = []
    skipped: list[Skipped] = []
    for group in groups:
        for frames in _alike(group):
            number = frames[0].tags.get("SeriesNumber", "")
            reason = _why_unfit(frames)
            if reason:
                skipped.append(Skipped(len(frames), reason, number))
                continue
            for series in split_phases(frames):
                short = _why_short(series)
                if short:
                    skipped.append(Skipped(len(series.frames), short, number))
                else:
                    found.append(series)
    skipped += [Skipped(count, reason) for reason, count in sorted(others.items())]
    return Found(tuple(sorted(found, key=_order)), tuple(skipped))


def _order(series: Series) -> tuple[str, int, float, str]:
    first = series.first
    number = first.tags.get("SeriesNumber", "")
    return (
        first.tags.get("StudyDate", ""),
        int(number) if number.lstrip("-").isdigit() else 0,
        series.time or 0.0,
        first.series_uid + series.part,
    )


def _alike(frames: Sequence[Frame]) -> list[list[Frame]]:
    """Part a series into images of the same kind, size, spacing and orientation."""
    parts: dict[tuple[object, ...], list[Frame]] = defaultdict(list)
    for frame in frames:
        key = (
            frame.sop_class,
            frame.rows,
            frame.columns,
            tuple(round(value, 4) for value in frame.spacing),
            tuple(round(value, 2) + 0.0 for value in frame.orientation),
            bool(_unfit_type(frame)),
        )
        parts[key].append(frame)
    return list(parts.values())


def _why_unfit(frames: Sequence[Frame]) -> str:
    """Say why these images are no axial CT; empty when they are."""
    frame = frames[0]
    modality = frame.tags.get("Modality", "").upper()
    if modality != "CT":
        name = _NAMES.get(modality, "modality not CT")
        return f"{name} ({modality})" if modality in _NAMES else name
    if frame.sop_class != headers.CLASSIC_CT and frame.sop_class not in headers.ENHANCED_CT:
        return "no CT image (secondary capture, dose sheet or the like)"
    unfit = _unfit_type(frame)
    if unfit:
        return unfit
    if not (frame.position and frame.orientation and frame.spacing):
        return "images do not say where they lie"
    try:
        normal = stack.axes(frame.orientation)[:, 2]
    except InputError:
        return "image axes are not at right angles"
    if abs(normal[2]) < np.cos(np.radians(AXIAL_WITHIN_DEGREES)):
        return "coronal or sagittal reformat"
    return ""


def _unfit_type(frame: Frame) -> str:
    words = {word for part in frame.image_type for word in (part, *re.split(r"[_ ]", part))}
    return next((reason for word, reason in _UNFIT_TYPES.items() if word in words), "")


def _why_short(series: Series) -> str:
    if len(series.frames) < LEAST_IMAGES:
        count = len(series.frames)
        return (
            f"only {count} image{'s' if count > 1 else ''} (a scan of the liver has at least {LEAST_IMAGES})"
        )
    if series.extent_mm < LEAST_EXTENT_MM:
        return f"covers only {series.extent_mm:.0f} mm (a liver needs at least {LEAST_EXTENT_MM:.0f})"
    return ""


# ---- several phases in one series --------------------------------------------------------------------
def split_phases(frames: Sequence[Frame]) -> list[Series]:
    """Part images that lie at the same places into volumes, by acquisition, temporal position or time.

    An even stack stays whole, and so does one that cannot be parted into volumes without doubt: reading it
    says what is wrong with it.
    """
    whole = [Series(tuple(frames))]
    copies = len({(frame.sop_uid, frame.index) for frame in frames}) < len(frames)
    if len(frames) < 4 or copies or not stack.has_duplicates(frames):
        return whole
    for name, of in (("acquisition", _acquisition), ("temporal position", _temporal)):
        parts: dict[str, list[Frame]] = defaultdict(list)
        for frame in frames:
            parts[of(frame)].append(frame)
        if _are_volumes(list(parts.values())):
            return _numbered_parts(name, [part for _, part in sorted(parts.items(), key=_by_number)])
    rounds = _rounds(frames)
    if rounds is None:
        return whole
    return _numbered_parts("pass", rounds)


def _numbered_parts(name: str, parts: Sequence[Sequence[Frame]]) -> list[Series]:
    return [Series(tuple(part), f"{name} {i} of {len(parts)}") for i, part in enumerate(parts, 1)]


def _acquisition(frame: Frame) -> str:
    return frame.acquisition


def _temporal(frame: Frame) -> str:
    return frame.temporal


def _by_number(item: tuple[str, list[Frame]]) -> tuple[float, str]:
    try:
        return float(item[0]), item[0]
    except ValueError:
        return 0.0, item[0]


def _are_volumes(parts: Sequence[Sequence[Frame]]) -> bool:
    return len(parts) > 1 and all(len(part) >= 2 and not stack.has_duplicates(part) for part in parts)


def _rounds(frames: Sequence[Frame]) -> list[list[Frame]] | None:
    """Part by when images were made at each place, first, second …; None when the rounds interleave."""
    at = np.round(stack.heights(frames) / stack.SAME_PLACE_MM).astype(int)
    places: dict[int, list[Frame]] = defaultdict(list)
    for height, frame in zip(at, frames, strict=True):
        places[int(height)].append(frame)
    counts = {len(group) for group in places.values()}
    if len(counts) != 1 or counts == {1}:
        return None
    for key in (_made_at, _numbered):
        groups = [sorted(group, key=key) for group in places.values()]
        rounds = [list(part) for part in zip(*groups, strict=True)]
        spans = [(min(map(key, part)), max(map(key, part))) for part in rounds]
        if all(earlier[1] < later[0] for earlier, later in itertools.pairwise(spans)):
            return rounds
    return None


def _made_at(frame: Frame) -> float:
    return frame.time if frame.time is not None else 0.0


def _numbered(frame: Frame) -> float:
    return float(frame.number)
