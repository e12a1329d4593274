"""Progress and cancel: one small object handed down through every long step.

The library is silent until asked. A caller passes a :class:`Progress`; the command line passes one that
draws a bar (:class:`TerminalProgress`) or writes JSON lines (:class:`JsonProgress`).
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any, TextIO

from tqdm import tqdm

from LWCTRLogic.errors import Cancelled


class Progress:
    """Silent progress; the base of the others and the default everywhere."""

    def __init__(self) -> None:
        self._cancel = threading.Event()

    def update(self, step: str, done: float, total: float, message: str = "") -> None:
        """Say that ``done`` of ``total`` units of ``step`` are finished.

        Raises
        ------
        Cancelled
            If the user asked to stop.
        """
        self.check_cancelled()

    def warning(self, text: str) -> None:
        """Tell the user something that does not stop the run."""

    def cancel(self) -> None:
        """Ask the run to stop at its next check; may be called from any thread."""
        self._cancel.set()

    @property
    def cancelled(self) -> bool:
        """Whether a stop was asked for."""
        return self._cancel.is_set()

    def check_cancelled(self) -> None:
        """Raise :class:`Cancelled` if a stop was asked for."""
        if self._cancel.is_set():
            raise Cancelled()


class PassedOn(Progress):
    """Progress that another one shows; the base of those that say more than the step itself knows."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def update(self, step: str, done: float, total: float, message: str = "") -> None:
        """Tell a step."""
        self._progress.update(step, done, total, message)

    def warning(self, text: str) -> None:
        """Tell a warning."""
        self._progress.warning(text)

    def cancel(self) -> None:
        """Ask the whole run to stop."""
        self._progress.cancel()

    @property
    def cancelled(self) -> bool:
        """Whether a stop was asked for."""
        return self._progress.cancelled

    def check_cancelled(self) -> None:
        """Raise :class:`Cancelled` if a stop was asked for."""
        self._progress.check_cancelled()


class NamedProgress(PassedOn):
    """Progress of one volume, told under the volume's name ("segment pre_A")."""

    def __init__(self, progress: Progress, volume: str) -> None:
        super().__init__(progress)
        self._volume = volume

    def update(self, step: str, done: float, total: float, message: str = "") -> None:
        """Tell a step with the volume's name behind it."""
        super().update(f"{step} {self._volume}", done, total, message)

    def warning(self, text: str) -> None:
        """Tell a warning with the volume's name before it."""
        super().warning(f"{self._volume}: {text}")


class SharedProgress(PassedOn):
    """Progress of many steps, each told with the share of the whole that is done.

    Parameters
    ----------
    units : float
        Of all steps together, as far as is known before.
    """

    def __init__(self, progress: Progress, units: float) -> None:
        super().__init__(progress)
        self._units = units
        self._step, self._before, self._size = "", 0.0, 0.0

    def update(self, step: str, done: float, total: float, message: str = "") -> None:
        """Tell a step and the share of all units that is done."""
        if step != self._step:
            self._step, self._before = step, self._before + self._size
        self._size = total
        share = min((self._before + done) / self._units, 1.0)
        super().update(step, done, total, f"{message}, {share:.0%} of all".removeprefix(", "))


class JsonProgress(Progress):
    """One JSON object a line, for programs (``--progress json``).

    Keys: ``event`` (``progress`` or ``warning``), ``time`` (seconds since the start), and for progress
    ``step``, ``done``, ``total``, ``message``; for a warning ``text``.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stdout
        self._start = time.monotonic()
        self._lock = threading.Lock()

    def emit(self, event: str, **fields: Any) -> None:
        """Write one line."""
        record = {"event": event, "time": round(time.monotonic() - self._start, 3), **fields}
        with self._lock:
            self._stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            self._stream.flush()

    def update(self, step: str, done: float, total: float, message: str = "") -> None:
        """Write a progress line."""
        self.emit("progress", step=step, done=done, total=total, message=message)
        self.check_cancelled()

    def warning(self, text: str) -> None:
        """Write a warning line."""
        self.emit("warning", text=text)


class TerminalProgress(Progress):
    """A bar a step on a terminal; plain lines where the stream is not a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stderr
        self._bar: Any = None
        self._step = ""
        self._lock = threading.Lock()

    def update(self, step: str, done: float, total: float, message: str = "") -> None:
        """Move the bar of ``step``; the step's end, or a new step, closes it."""
        with self._lock:
            if step != self._step:
                self._close_bar()
                self._step = step
                self._open_bar(step, total)
            if self._bar is not None:
                self._bar.total = total
                self._bar.n = done
                self._bar.set_postfix_str(message, refresh=True)
                if done >= total:  # its line ends here, so that what is printed next has one of its own
                    self._bar.close()
                    self._bar = None
        self.check_cancelled()

    def warning(self, text: str) -> None:
        """Print the warning above the bar."""
        with self._lock:
            tqdm.write(f"warning: {text}", file=self._stream)

    def close(self) -> None:
        """Finish the last bar."""
        with self._lock:
            self._close_bar()

    def _open_bar(self, step: str, total: float) -> None:
        if self._stream.isatty():
            layout = "{l_bar}{bar}| {elapsed}<{remaining} {postfix}"
            self._bar = tqdm(total=total, desc=step, file=self._stream, bar_format=layout)
        else:
            self._stream.write(f"{step} …\n")
            self._stream.flush()

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.n = self._bar.total
            self._bar.set_postfix_str("")
            self._bar.close()
            self._bar = None
