"""Keeping ITK's file libraries silent: they print their own lines to standard error past every setting."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STANDARD_ERROR = 2
_ONE_AT_A_TIME = threading.RLock()  # two threads that swap the stream could leave it closed for good


@contextmanager
def quiet_native() -> Iterator[None]:
    """Drop what C code prints to standard error inside the block; the caller says what went wrong.

    Keep the block short: lines of other threads are dropped too. Without a standard error, as in a program
    with windows only, nothing is changed.
    """
    with _ONE_AT_A_TIME:
        try:
            kept = os.dup(_STANDARD_ERROR)
        except OSError:
            yield
            return
        try:
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), _STANDARD_ERROR)
            yield
        finally:
            os.dup2(kept, _STANDARD_ERROR)
            os.close(kept)
