"""Reads a Designer file as Slicer does: ctk and qMRML widgets, connections by name, nothing left out in silence."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QObject
from PySide6.QtUiTools import QUiLoader as PlainUiLoader

from Testing.slicer.stand_in import pythonqt

stand_ins: dict[str, type] = {}


class QUiLoader(PlainUiLoader):
    """`qt.QUiLoader`: raises on a widget class without a stand-in and on a connection that cannot be made."""

    def createWidget(self, name: str, parent: Any = None, object_name: str = "") -> Any:
        if name in stand_ins:
            widget = stand_ins[name](parent)
            widget.setObjectName(object_name)
            return widget
        return super().createWidget(name, parent, object_name)

    def load(self, source: Any, parent: Any = None) -> Any:
        text = bytes(source.readAll()) if hasattr(source, "readAll") else Path(source).read_bytes()
        root = ET.fromstring(text)
        self._refuse_unknown(root)
        connections = _take_connections(root)
        enums = _take_enums(root)
        buffer = QBuffer()
        buffer.setData(ET.tostring(root))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        top = super().load(buffer, parent)
        if top is None:
            raise RuntimeError(f"Qt could not load the form: {self.errorString()}")
        for name, attribute, value in enums:
            setattr(_named(top, name), attribute, value)
        for sender, signal, receiver, slot in connections:
            _named(top, sender).connect(signal, _named(top, receiver), slot)
        return top

    def _refuse_unknown(self, root: Any) -> None:
        classes = {str(widget.get("class")) for widget in root.iter("widget")}
        unknown = sorted(classes - set(stand_ins) - set(self.availableWidgets()))
        if unknown:
            raise RuntimeError(f"no stand-in for {', '.join(unknown)}: add one in Testing/slicer/stand_in")


def _take_connections(root: Any) -> list[tuple[str, ...]]:
    """Qt's loader knows no MRML type, so the connections are taken out and made by name."""
    found = []
    for holder in root.iter("connections"):
        for one in list(holder):
            found.append(tuple(one.findtext(key) or "" for key in ("sender", "signal", "receiver", "slot")))
            holder.remove(one)
    return found


def _take_enums(root: Any) -> list[tuple[str, str, int]]:
    """Take out properties such as `ctkPathLineEdit::Dirs|ctkPathLineEdit::Readable`, which Qt cannot resolve."""
    found = []
    for widget in root.iter("widget"):
        cls = stand_ins.get(widget.get("class"))
        for entry in list(widget.findall("property")) if cls else []:
            value = entry[0]
            words = (value.text or "").split("|")
            if value.tag in ("enum", "set") and not words[0].startswith(("Q", "Qt::")):
                number = sum(int(getattr(cls, word.rpartition("::")[2])) for word in words)
                found.append((str(widget.get("name")), str(entry.get("name")), number))
                widget.remove(entry)
    return found


def _named(top: Any, name: str) -> Any:
    found = top if top.objectName == name else top.findChild(QObject, name)
    if found is None:
        raise RuntimeError(f"the form connects {name!r}, which it does not hold")
    return found


def stand_in(cls: type) -> type:
    """Register a class of ours under its own name as the stand-in of a ctk or qMRML widget."""
    stand_ins[cls.__name__] = pythonqt.adopt(cls)
    return cls
