"""What an open reading is on disk: a small folder in the case that stays when the program dies.

``CASE/open-readings/<volume>_<reader>/`` holds ``reading.json`` (this module), ``autosave.seg.nrrd`` when
there is work that no version holds yet, and the lock of the program that works on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import filelock

from LWCTRLogic import files
from LWCTRLogic.case import MADE_BY_A_STEP, VOLUMES, Case
from LWCTRLogic.errors import InputError
from LWCTRLogic.segment.propagate import MAKER as PROPAGATED

EMPTY = "empty"
STARTS = ("auto", EMPTY, PROPAGATED, "existing")
AUTOSAVE = "autosave.seg.nrrd"
_STATE = "reading.json"
_FOLDER = "open-readings"
_READER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}")


@dataclass(frozen=True)
class ReadingState:
    """An open reading: who reads which volume for which time, and from what it started.

    Attributes
    ----------
    volume : str
        ``pre_A`` …
    reader : str
        The reader's pseudonym, such as ``reader-1``.
    reading : int
        1 for the first reading of this volume by this reader, 2 for the repeat …
    start : str
        One of ``STARTS``: what the reader saw first.
    start_version : str
        File name of the mask it started from; empty when it started from an empty one.
    active_seconds : float
        Seconds of work since the last saved version.
    """

    volume: str
    reader: str
    reading: int
    start: str
    start_version: str = ""
    active_seconds: float = 0.0

    @classmethod
    def from_dict(cls, value: Any) -> ReadingState:
        """Read the JSON form.

        Raises
        ------
        InputError
            When it holds something else.
        """
        try:
            state = cls(**value)
        except TypeError as error:
            raise InputError(f"{_STATE} holds {value!r:.80}", "an open reading") from error
        if state.volume not in VOLUMES or state.start not in STARTS:
            raise InputError(
                f"{_STATE} names {state.volume!r}, started from {state.start!r}", "an open reading"
            )
        return state


def check_reader(reader: str) -> str:
    """Return a reader's pseudonym that can stand in a file name.

    Raises
    ------
    InputError
        When it is empty, too long, holds other characters, or is the name of a step.
    """
    if not _READER.fullmatch(reader) or reader.lower() in (*MADE_BY_A_STEP, PROPAGATED, EMPTY):
        raise InputError(
            f"reader is {reader!r}",
            "1 to 32 letters, digits or '-', beginning with a letter or digit, such as reader-1",
            "Use a pseudonym, never a person's name",
        )
    return reader


def folder_of(case: Case, volume: str, reader: str) -> Path:
    """Return the folder of an open reading; a reader has at most one open reading of a volume."""
    return case.folder / _FOLDER / f"{volume}_{reader}"


def autosave_of(folder: Path) -> Path | None:
    """Return the mask of an open reading's work that no version holds, if there is one."""
    path = folder / AUTOSAVE
    return path if path.is_file() else None


def lock_of(folder: Path) -> filelock.FileLock:
    """Return the lock that a program holds while it works on an open reading; any thread may free it."""
    return filelock.FileLock(folder / ".lock", thread_local=False)


def is_held(folder: Path) -> bool:
    """Whether a running program, this one included, works on the open reading."""
    lock = lock_of(folder)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return True
    lock.release()
    return False


def write_state(folder: Path, state: ReadingState) -> None:
    """Write ``reading.json``."""
    files.write_json(folder / _STATE, asdict(state))


def read_states(case: Case) -> Iterator[tuple[Path, ReadingState]]:
    """Yield every open reading of a case with its folder, in the order of names."""
    for path in sorted((case.folder / _FOLDER).glob(f"*/{_STATE}")):
        yield path.parent, ReadingState.from_dict(files.read_json(path))


def rows_of(case: Case, volume: str, reader: str, reading: int | None = None) -> list[dict[str, str]]:
    """Return a reader's rows of ``readings.csv``, oldest first."""
    return [
        row
        for row in case.readings()
        if (row["volume"], row["reader"]) == (volume, reader)
        and row["reading"].isdigit()
        and reading in (None, int(row["reading"]))
    ]


def remove(folder: Path) -> None:
    """Remove the folder of a closed reading; the state goes first, so that a kill leaves none half open."""
    for name in (_STATE, AUTOSAVE, ".lock"):
        (folder / name).unlink(missing_ok=True)
    for place in (folder, folder.parent):
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()
