"""What tests and screenshots do with a panel: wait for something, take a picture."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def until(condition: Callable[[], Any], seconds: float = 30.0) -> None:
    """Let Qt's events run until ``condition()`` holds.

    Raises
    ------
    AssertionError
        When it does not hold after ``seconds``.
    """
    from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop

    deadline = QDeadlineTimer(int(1000 * seconds))
    while not condition():
        assert not deadline.hasExpired(), f"still waiting after {seconds:g} s"
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.002)


def picture(widget: Any, path: Path) -> Path:
    """Save what a widget shows now as a PNG."""
    from PySide6.QtCore import QCoreApplication

    QCoreApplication.processEvents()
    path.parent.mkdir(parents=True, exist_ok=True)
    if not widget.grab().save(str(path)):
        raise OSError(f"{path} could not be written")
    return path
