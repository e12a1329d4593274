"""Connects a parameter to a widget, in the pairs that Slicer knows; any other pair is refused, as there."""

from __future__ import annotations

import enum
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Annotated, Any, get_args, get_origin

from PySide6 import QtWidgets

from Testing.slicer.stand_in import ctk, mrml_widgets
from Testing.slicer.stand_in.validators import Choice, Decimals, Maximum, Minimum, SingleStep, WithinRange

SlicerParameterNamePropertyName = "SlicerParameterName"


class Connector:
    """Reads and writes one widget by a property, and hears of changes by a signal."""

    def __init__(
        self,
        widget: Any,
        signal: str,
        read: Callable[[], Any],
        write: Callable[[Any], Any],
    ) -> None:
        self._widget, self._signal, self.read, self.write = widget, signal, read, write
        self._slot: Callable[..., Any] | None = None

    def widget(self) -> Any:
        return self._widget

    def follow(self, callback: Callable[[], Any]) -> None:
        self.stop()
        self._slot = lambda *_: callback()
        getattr(self._widget, self._signal).connect(self._slot)

    def stop(self) -> None:
        if self._slot is not None:
            getattr(self._widget, self._signal).disconnect(self._slot)
            self._slot = None


def _by_property(
    widget: Any, name: str, signal: str, make: Callable[[Any], Any], text: bool = False
) -> Connector:
    def write(value: Any) -> None:
        setattr(widget, name, str(value) if text else value)

    return Connector(widget, signal, lambda: make(getattr(widget, name)), write)


def _note(notes: list[Any], kind: type) -> Any:
    return next((one for one in notes if isinstance(one, kind)), None)


def _number(widget: Any, kind: type, notes: list[Any]) -> Connector:
    for limit, attribute in ((Minimum, "minimum"), (Maximum, "maximum")):
        bound = _note(notes, WithinRange) or _note(notes, limit)
        if bound is not None:
            setattr(widget, attribute, kind(getattr(bound, attribute)))
        elif isinstance(widget, ctk.ctkSliderWidget):
            raise RuntimeError("a ctkSliderWidget needs WithinRange, or Minimum and Maximum")
    for one, attribute in ((_note(notes, Decimals), "decimals"), (_note(notes, SingleStep), "singleStep")):
        if one is not None:
            setattr(widget, attribute, one.value)
    return _by_property(widget, "value", "valueChanged", kind)


def _choices(widget: Any, kind: type, notes: list[Any]) -> Connector:
    if issubclass(kind, enum.Enum):
        values = list(kind)
        label = getattr(kind, "label", lambda one: one.name)
        texts = [label(one) for one in values]
    else:
        choice = _note(notes, Choice)
        if choice is None:
            raise RuntimeError("a QComboBox needs the annotation Choice, or an enum")
        values = list(choice.choices)
        texts = [str(one) for one in values]
    widget.clear()
    widget.addItems(texts)
    return Connector(
        widget,
        "currentIndexChanged",
        lambda: values[widget.currentIndex],
        lambda value: setattr(widget, "currentIndex", values.index(value)),
    )


def _by_class(widget: Any, kind: type, notes: list[Any]) -> Connector | None:
    """The pairs that go by the exact class of the widget and a parameter type or its bases."""
    cls = type(widget)
    if cls is QtWidgets.QComboBox and issubclass(kind, (int, float, str, enum.Enum)):
        return _choices(widget, kind, notes)
    if (kind, cls) in NUMBERS:
        return _number(widget, kind, notes)
    for (base, wanted), (name, signal, text) in BY_PROPERTY.items():
        if cls is wanted and issubclass(kind, base):
            return _by_property(widget, name, signal, Path if text else base, text)
    return None


NUMBERS = {
    (int, QtWidgets.QSpinBox),
    (int, QtWidgets.QSlider),
    (float, QtWidgets.QDoubleSpinBox),
    (float, ctk.ctkSliderWidget),
}
BY_PROPERTY = {
    (bool, QtWidgets.QCheckBox): ("checked", "toggled", False),
    (bool, QtWidgets.QPushButton): ("checked", "toggled", False),
    (bool, ctk.ctkCollapsibleButton): ("checked", "toggled", False),
    (str, QtWidgets.QLineEdit): ("text", "textChanged", False),
    (str, QtWidgets.QTextEdit): ("plainText", "textChanged", False),
    (str, QtWidgets.QPlainTextEdit): ("plainText", "textChanged", False),
    (PurePath, ctk.ctkPathLineEdit): ("currentPath", "currentPathChanged", True),
    (PurePath, ctk.ctkDirectoryButton): ("directory", "directoryChanged", True),
}


def connector_for(widget: Any, annotated: Any) -> Connector:
    """Make the connector between a widget and a type.

    Raises
    ------
    RuntimeError
        When Slicer has no connector for the pair.
    """
    kind, notes = annotated, []
    if get_origin(annotated) is Annotated:
        kind, *notes = get_args(annotated)
    if isinstance(widget, mrml_widgets.qMRMLNodeComboBox):
        return Connector(widget, "currentNodeChanged", widget.currentNode, widget.setCurrentNode)
    found = _by_class(widget, kind, notes) if isinstance(kind, type) else None
    if found is None:
        raise RuntimeError(f"Slicer connects no {type(widget).__name__} to a parameter of type {annotated}")
    return found
