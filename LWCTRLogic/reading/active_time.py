"""Time on task: the seconds in which a reader worked, with idle time cut off."""

from __future__ import annotations

import time
from collections.abc import Callable

IDLE_AFTER_S = 60.0


class ActiveTime:
    """A watch that runs while the reader does something.

    Each sign of work (a click, a stroke, a scroll: :meth:`touch`) counts the time since the one before it, but
    at most ``idle_after`` seconds of it: looking at a slice is work, being called away is not.

    Parameters
    ----------
    seconds : float
        Seconds to begin with, of a reading that goes on.
    idle_after : float
        Seconds after the last sign of work from which the reader counts as idle.
    clock : callable
        Gives seconds that never run backwards.
    """

    def __init__(
        self,
        seconds: float = 0.0,
        idle_after: float = IDLE_AFTER_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._counted = seconds
        self._idle_after = idle_after
        self._clock = clock
        self._last = clock()

    def touch(self) -> None:
        """Note a sign of work."""
        now = self._clock()
        self._counted += min(now - self._last, self._idle_after)
        self._last = now

    @property
    def seconds(self) -> float:
        """Seconds of work up to now."""
        return self._counted + min(self._clock() - self._last, self._idle_after)

    @property
    def idle(self) -> bool:
        """Whether the watch stands still, for want of a sign of work."""
        return self._clock() - self._last > self._idle_after

    def restart(self) -> None:
        """Begin again at zero."""
        self._counted = 0.0
        self._last = self._clock()
