"""A progress that remembers what it was told."""

from __future__ import annotations

from LWCTRLogic.progress import Progress


class Told(Progress):
    """Keeps the messages."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def update(self, step: str, done: float, total: float, message: str = "") -> None:
        self.messages.append(message)
