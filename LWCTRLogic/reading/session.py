"""A reading: one reader draws or corrects one liver mask, and nothing of it is ever lost.

``open_reading`` or ``resume_reading`` gives a :class:`Reading`. Each :meth:`Reading.save_version` adds an
immutable version and one row to ``readings.csv``; :meth:`Reading.autosave` keeps what lies between. When
the program dies, :func:`unfinished` finds the reading again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import filelock
import SimpleITK as sitk

from LWCTRLogic.case import MADE_BY_A_STEP, VOLUMES, Case, MaskVersion
from LWCTRLogic.errors import InputError
from LWCTRLogic.findings import Finding
from LWCTRLogic.imaging.geometry import check_same_grid
from LWCTRLogic.imaging.masks import read_mask, write_mask
from LWCTRLogic.imaging.volumes import read_image
from LWCTRLogic.provenance import log
from LWCTRLogic.reading import state as states
from LWCTRLogic.reading.active_time import IDLE_AFTER_S, ActiveTime
from LWCTRLogic.reading.state import EMPTY, STARTS, ReadingState
from LWCTRLogic.segment.propagate import MAKER as PROPAGATED
from LWCTRLogic.segment.quality import check_mask, check_size
from LWCTRLogic.segment.step import save_mask


@dataclass(frozen=True)
class Unfinished:
    """An open reading on disk.

    Attributes
    ----------
    state : ReadingState
        Who, what, from where, and the active seconds noted last.
    autosave : Path or None
        The mask to go on with, when there is work that no version holds.
    held : bool
        Whether a running program works on it: then it is not to be offered.
    """

    state: ReadingState
    autosave: Path | None
    held: bool


@dataclass(frozen=True)
class SavedVersion:
    """A version just saved.

    Attributes
    ----------
    path : Path
        The file.
    findings : list of Finding
        What the quality checks noticed.
    in_use : bool
        Whether it became the mask that features are computed from.
    """

    path: Path
    findings: list[Finding]
    in_use: bool


def unfinished(case: Case) -> list[Unfinished]:
    """Return the open readings of a case, left by a crash, a restart, or open now."""
    return [
        Unfinished(state, _if_there(folder / states.AUTOSAVE), states.is_held(folder))
        for folder, state in states.read_states(case)
    ]


def starts_for(case: Case, volume: str) -> list[str]:
    """Return what a reading of ``volume`` can start from now."""
    return [start for start in STARTS if start == EMPTY or _newest(case, volume, start)]


def next_reading(case: Case, volume: str, reader: str) -> int:
    """Return the number that the reader's next reading of a volume has."""
    return max((int(row["reading"]) for row in _rows_of(case, volume, reader)), default=0) + 1


def open_reading(
    case: Case,
    volume: str,
    reader: str,
    reading: int | None = None,
    start: str = "auto",
    *,
    idle_after: float = IDLE_AFTER_S,
    clock: Callable[[], float] = time.monotonic,
) -> Reading:
    """Open a reading.

    Parameters
    ----------
    case : Case
        The case.
    volume : str
        ``pre_A`` …; its image must be there.
    reader : str
        The reader's pseudonym.
    reading : int, optional
        1, 2 …; the reader's next one unless given. The number of a reading that has saved versions opens it
        again: it goes on from its last version and keeps what it started from.
    start : str
        What the reader sees first, one of :func:`starts_for`.
    idle_after : float
        Seconds without a sign of work after which active time stands still.
    clock : callable
        For tests.

    Raises
    ------
    InputError
        When the volume, the reader, the number or the start is none, or the reader has this volume open.
    """
    states.check_reader(reader)
    _check_volume(case, volume)
    folder = states.folder_of(case, volume, reader)
    if any(place == folder for place, _ in states.read_states(case)):
        raise InputError(
            f"{reader} has an open reading of {volume}", "one reading at a time", "Resume or close it first"
        )
    number = next_reading(case, volume, reader) if reading is None else reading
    state = _first_state(case, volume, reader, number, start)
    lock = _acquire(folder, state)
    states.write_state(folder, state)
    log(case, "reading-opened", volume=volume, reader=reader, reading=number, start=state.start)
    return Reading(case, state, lock, ActiveTime(0.0, idle_after, clock))


def resume_reading(
    case: Case,
    volume: str,
    reader: str,
    *,
    idle_after: float = IDLE_AFTER_S,
    clock: Callable[[], float] = time.monotonic,
) -> Reading:
    """Go on with an open reading that :func:`unfinished` lists.

    Raises
    ------
    InputError
        When there is none, or another program works on it.
    """
    folder = states.folder_of(case, volume, reader)
    found = [state for place, state in states.read_states(case) if place == folder]
    if not found:
        raise InputError(f"{reader} has no open reading of {volume}", "an open reading", "Open one")
    lock = _acquire(folder, found[0])
    session = Reading(case, found[0], lock, ActiveTime(found[0].active_seconds, idle_after, clock))
    session.note_orphan()
    log(case, "reading-resumed", volume=volume, reader=reader, reading=found[0].reading)
    return session


class Reading:
    """An open reading. May be used from any thread; made by ``open_reading`` and ``resume_reading``."""

    def __init__(
        self, case: Case, state: ReadingState, lock: filelock.BaseFileLock, time: ActiveTime
    ) -> None:
        self.case = case
        self.time = time
        self._state = state
        self._lock = lock
        self._folder = states.folder_of(case, state.volume, state.reader)
        self._guard = threading.RLock()

    @property
    def state(self) -> ReadingState:
        """Who reads what; ``active_seconds`` are those of now."""
        return replace(self._state, active_seconds=round(self.time.seconds, 1))

    @property
    def autosave_path(self) -> Path | None:
        """The mask of work that no version holds, if there is one."""
        return _if_there(self._folder / states.AUTOSAVE)

    def touch(self) -> None:
        """Note a sign of work, for the active time."""
        self.time.touch()

    def last_version(self) -> Path | None:
        """Return the newest version saved in this reading."""
        rows = _rows_of(self.case, self._state.volume, self._state.reader, self._state.reading)
        folder = self.case.mask_folder(self._state.volume)
        return folder / rows[-1]["version"] if rows else None

    def mask(self) -> sitk.Image:
        """Return the mask to go on with: the autosave, else the last saved version, else the start.

        uint8 on the image's grid, 0 outside and 1 inside.
        """
        path = self.autosave_path or self.last_version()
        if path is None and self._state.start_version:
            path = self.case.mask_folder(self._state.volume) / self._state.start_version
        if path is not None:
            return read_mask(path)
        image = read_image(self.case.image_path(self._state.volume))
        empty = sitk.Image(image.GetSize(), sitk.sitkUInt8)
        empty.CopyInformation(image)
        return empty

    def check(self, mask: sitk.Image) -> list[Finding]:
        """Check a mask as :meth:`save_version` will.

        Raises
        ------
        InputError
            When it is empty or tiny.
        GeometryError
            When it lies on another grid than the image.
        """
        image = read_image(self.case.image_path(self._state.volume))
        return check_mask(mask, image, self._state.volume)

    def autosave(self, mask: sitk.Image) -> Path:
        """Keep a mask that is not a version yet, empty ones too, and the active time."""
        with self._guard:
            path = self._folder / states.AUTOSAVE
            write_mask(mask, path)
            states.write_state(self._folder, self.state)
            return path

    def save_version(
        self, mask: sitk.Image, *, in_use: bool | None = None, thorough: bool = True
    ) -> SavedVersion:
        """Save a mask as the next immutable version, with one row in ``readings.csv``.

        Parameters
        ----------
        mask : SimpleITK.Image
            On the image's grid; anything but 0 is inside.
        in_use : bool, optional
            Whether it becomes the mask that features are computed from. Unless given, it does so when a step
            made the mask in use, or this very reading: a second reading never replaces the first unasked.
        thorough : bool
            Whether to make every check, which takes seconds on a large scan. Without, only what is refused is
            looked for, and the findings are empty: ``lwctr check`` gives them in a process of its own.

        Raises
        ------
        InputError
            When the mask is empty or tiny; nothing is saved then, an autosave stays.
        GeometryError
            When it lies on another grid.
        """
        with self._guard:
            findings = self.check(mask) if thorough else self._check_refusals(mask)
            use = self.takes_over() if in_use is None else in_use
            own = self.state
            path = save_mask(
                self.case,
                own.volume,
                mask,
                own.reader,
                start=own.start,
                active_seconds=own.active_seconds,
                reading=own.reading,
                in_use=use,
            )
            self.time.restart()
            states.write_state(self._folder, self.state)
            (self._folder / states.AUTOSAVE).unlink(missing_ok=True)
            self._log("saved", version=path.name, in_use=use, active_seconds=own.active_seconds)
            return SavedVersion(path, findings, use)

    def _check_refusals(self, mask: sitk.Image) -> list[Finding]:
        header = sitk.ImageFileReader()
        header.SetFileName(str(self.case.image_path(self._state.volume)))
        header.ReadImageInformation()
        check_same_grid(header, mask)
        check_size(mask, self._state.volume)
        return []

    def takes_over(self) -> bool:
        """Whether a version saved now becomes the mask in use, unless it is asked otherwise.

        So it is while a step made that mask, or this very reading: a second reader or a repeat replaces none.
        """
        current = self.case.current_mask(self._state.volume)
        if current is None:
            return True
        makers = {version.path: version.maker for version in self.case.mask_versions(self._state.volume)}
        if makers.get(current) in (*MADE_BY_A_STEP, PROPAGATED):
            return True
        own = _rows_of(self.case, self._state.volume, self._state.reader, self._state.reading)
        return current.name in {row["version"] for row in own}

    def discard_autosave(self) -> None:
        """Throw away the work since the last saved version, as the reader wished."""
        with self._guard:
            (self._folder / states.AUTOSAVE).unlink(missing_ok=True)
            self._log("autosave-discarded")

    def close(self) -> None:
        """Close the reading: what was hidden may be seen again.

        Raises
        ------
        InputError
            When there is an autosave that no version holds: save or discard it first.
        """
        with self._guard:
            if self.autosave_path is not None:
                raise InputError(
                    f"the reading of {self._state.volume} has work that is not saved",
                    "a saved version",
                    "Save it, or discard it",
                )
            self._lock.release()
            states.remove(self._folder)
            self._log("closed")

    def leave(self) -> None:
        """Let go of the reading without closing it, as when the program ends: it can be resumed."""
        with self._guard:
            states.write_state(self._folder, self.state)
            self._lock.release()

    def note_orphan(self) -> None:
        """Give a version its row that was written when the program died before it noted so."""
        noted = {row["version"] for row in self.case.readings()}
        for version in self.case.mask_versions(self._state.volume):
            if version.maker == self._state.reader and version.path.name not in noted:
                if self.takes_over():
                    self.case.set_current_mask(self._state.volume, version.path)
                with self.case.changing_masks():
                    self.case.add_reading({**vars(self._state), "version": version.path.name})
                self.time.restart()

    def _log(self, event: str, **fields: object) -> None:
        own = {name: getattr(self._state, name) for name in ("volume", "reader", "reading")}
        log(self.case, f"reading-{event}", **own, **fields)


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None


def _acquire(folder: Path, state: ReadingState) -> filelock.BaseFileLock:
    folder.mkdir(parents=True, exist_ok=True)
    lock = states.lock_of(folder)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise InputError(
            f"another program works on the reading of {state.volume} by {state.reader}",
            "a reading that nobody else has open",
            "Close it there",
        ) from None
    return lock


def _rows_of(case: Case, volume: str, reader: str, reading: int | None = None) -> list[dict[str, str]]:
    """Return a reader's rows of ``readings.csv``, oldest first."""
    return [
        row
        for row in case.readings()
        if (row["volume"], row["reader"]) == (volume, reader)
        and row["reading"].isdigit()
        and reading in (None, int(row["reading"]))
    ]


def _check_volume(case: Case, volume: str) -> None:
    if volume not in case.volumes():
        raise InputError(f"the case has no {volume}", "one of " + ", ".join(case.volumes() or VOLUMES))
    if not case.image_path(volume).is_file():
        raise InputError(
            f"{volume} has no image yet", "an imported scan", "Run 'lwctr run CASE --until import'"
        )


def _newest(case: Case, volume: str, maker: str) -> MaskVersion | None:
    return next((one for one in reversed(case.mask_versions(volume)) if one.maker == maker), None)


def _first_state(case: Case, volume: str, reader: str, reading: int, start: str) -> ReadingState:
    if reading < 1:
        raise InputError(f"reading number {reading}", "1, 2 …")
    before = _rows_of(case, volume, reader, reading)
    if before:
        return ReadingState(volume, reader, reading, before[0]["start"])
    possible = starts_for(case, volume)
    if start not in possible:
        raise InputError(
            f"a reading of {volume} cannot start from {start!r}", "one of " + ", ".join(possible)
        )
    proposal = _newest(case, volume, start)
    return ReadingState(volume, reader, reading, start, proposal.path.name if proposal else "")
