"""Which readings of a case are open, what a reading can start from, and how one is opened or gone on with.

``open_reading`` or ``resume_reading`` gives a :class:`~LWCTRLogic.reading.drawing.Reading`, which saves
versions and autosaves. When the program dies, :func:`unfinished` finds the reading again: nothing of it is lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import filelock

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES, Case, MaskVersion
from LWCTRLogic.errors import InputError
from LWCTRLogic.provenance import log
from LWCTRLogic.reading import state as states
from LWCTRLogic.reading.active_time import IDLE_AFTER_S, ActiveTime
from LWCTRLogic.reading.drawing import Reading
from LWCTRLogic.reading.state import EMPTY, STARTS, ReadingState, autosave_of, rows_of


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


def unfinished(case: Case) -> list[Unfinished]:
    """Return the open readings of a case, left by a crash, a restart, or open now."""
    return [
        Unfinished(state, autosave_of(folder), states.is_held(folder))
        for folder, state in states.read_states(case)
    ]


def starts_for(case: Case, volume: str) -> list[str]:
    """Return what a reading of ``volume`` can start from now."""
    return [start for start in STARTS if start == EMPTY or _newest(case, volume, start)]


def next_reading(case: Case, volume: str, reader: str) -> int:
    """Return the number that the reader's next reading of a volume has."""
    return max((int(row["reading"]) for row in rows_of(case, volume, reader)), default=0) + 1


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


def _acquire(folder: Path, state: ReadingState) -> filelock.BaseFileLock:
    lock = states.lock_of(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise InputError(
            f"another program works on the reading of {state.volume} by {state.reader}",
            "a reading that nobody else has open",
            "Close it there",
        ) from None
    except OSError as error:
        raise files.cannot_write(folder, error) from error
    return lock


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
    before = rows_of(case, volume, reader, reading)
    if before:
        return ReadingState(volume, reader, reading, before[0]["start"])
    possible = starts_for(case, volume)
    if start not in possible:
        raise InputError(
            f"a reading of {volume} cannot start from {start!r}", "one of " + ", ".join(possible)
        )
    proposal = _newest(case, volume, start)
    return ReadingState(volume, reader, reading, start, proposal.path.name if proposal else "")
