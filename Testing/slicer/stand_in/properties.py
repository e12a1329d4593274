"""A Qt property of a stand-in widget in one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Property


def kept(kind: Any, name: str, default: Any, changed: Callable[[Any], None] | None = None) -> Any:
    """A property that is stored in the widget; `changed(widget)` is called after each new value."""

    def read(widget: Any) -> Any:
        return widget.__dict__.get("_" + name, default)

    def write(widget: Any, value: Any) -> None:
        if read(widget) != value:
            widget.__dict__["_" + name] = value
            if changed:
                changed(widget)

    return Property(kind, read, write)


def forwarded(kind: Any, child: str, name: str, notify: Any = None) -> Any:
    """A property that a child widget already has."""

    def read(widget: Any) -> Any:
        return getattr(getattr(widget, child), name)

    def write(widget: Any, value: Any) -> None:
        setattr(getattr(widget, child), name, value)

    return Property(kind, read, write, notify=notify) if notify else Property(kind, read, write)
