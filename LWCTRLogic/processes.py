"""Child processes that report by JSON lines, stop when asked, and never outlive their parent."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PARENT_PIPE = "LWCTR_PARENT_PIPE"
PACKAGE_ROOT = Path(__file__).resolve().parents[1]
_KILL_AFTER_S = 1.5


@dataclass(frozen=True)
class Finished:
    """How a child ended: its exit code and the last lines of its standard error."""

    code: int
    errors: tuple[str, ...]


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment for a child Python: ours, with the package importable although the path was stripped."""
    paths = [str(PACKAGE_ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONUNBUFFERED": "1",
        PARENT_PIPE: "1",
        **(extra or {}),
    }


def shown_command(*arguments: object) -> str:
    """Return a ``lwctr`` command as a user can type it, with what the shell of this system needs quoted."""
    words = ["lwctr", *map(str, arguments)]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def exit_with_parent() -> None:
    """In a child started by :func:`run_json_child`: end as soon as the parent is gone.

    The parent holds the other end of our standard input; the system closes it however the parent ends, a
    kill included, on every platform.
    """
    if os.environ.pop(PARENT_PIPE, "") != "1":
        return

    def watch() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(0, 1024):
                pass
        os._exit(137)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def run_json_child(
    arguments: Sequence[str],
    on_event: Callable[[dict[str, Any]], None],
    cancelled: Callable[[], bool],
    extra_environment: Mapping[str, str] | None = None,
    module: str = "LWCTRLogic",
) -> Finished:
    """Run ``python -m MODULE ARGUMENTS`` and hand each JSON line of its output to ``on_event``.

    Parameters
    ----------
    arguments : sequence of str
        The command line after ``lwctr``.
    on_event : callable
        Called with each decoded line, in this thread.
    cancelled : callable
        Asked five times a second; once true the child is asked to stop, and killed 1.5 s later.
    extra_environment : dict, optional
        Variables to set in the child.
    module : str
        Module to run; the command line itself unless given.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=child_environment(extra_environment),
        encoding="utf-8",
        errors="replace",
    )
    errors: deque[str] = deque(maxlen=50)
    assert child.stdout is not None and child.stderr is not None
    reader = threading.Thread(target=errors.extend, args=(child.stderr,), daemon=True)
    reader.start()
    finished = threading.Event()
    stopper = threading.Thread(target=_stop_when, args=(child, cancelled, finished), daemon=True)
    stopper.start()
    try:
        for line in child.stdout:
            event = _decode(line)
            if event is not None:
                on_event(event)
        code = child.wait()
    finally:
        finished.set()
        if child.poll() is None:
            child.kill()
            child.wait()
        stopper.join()
        reader.join()
        for stream in (child.stdin, child.stdout, child.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
    return Finished(code, tuple(line.rstrip() for line in errors))


def _decode(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except json.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _stop_when(
    child: subprocess.Popen[str], cancelled: Callable[[], bool], finished: threading.Event
) -> None:
    while not finished.wait(0.2):
        if cancelled():
            child.terminate()
            if not finished.wait(_KILL_AFTER_S):
                child.kill()
            return


def cpu_count() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
