"""What the two collapsible widgets of CTK share: folding hides the children, also those that come later."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QWidget

HEADER_HEIGHT = 26
UNLIMITED = 16777215  # Qt's QWIDGETSIZE_MAX
ARROWS = {True: "▸  ", False: "▾  "}


def _hidden_by_someone(widget: Any) -> bool:
    """A widget that was never shown is hidden too, but will be shown by its layout."""
    return bool(widget.isHidden() and widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide))


def fold(widget: Any) -> None:
    """Hide or show the children after ``widget.collapsed`` changed; what was hidden before stays hidden."""
    if widget.collapsed:
        children = [one for one in widget.children() if isinstance(one, QWidget)]
        widget._hidden_here = [one for one in children if not _hidden_by_someone(one)]
    for one in widget._hidden_here:
        one.setVisible(not widget.collapsed)
    widget.setMaximumHeight(HEADER_HEIGHT if widget.collapsed else UNLIMITED)
    widget.update()


def take_in(widget: Any, event: QEvent) -> None:
    """Hide a child that was put into a folded widget."""
    child = event.child() if event.type() == QEvent.Type.ChildPolished else None  # type: ignore[attr-defined]
    if widget.collapsed and isinstance(child, QWidget) and not _hidden_by_someone(child):
        widget._hidden_here.append(child)
        child.hide()
