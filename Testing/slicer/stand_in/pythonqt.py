"""Makes PySide6 behave like PythonQt, Slicer's Qt: properties are attributes, `connect` takes text.

Where the two differ and both could be imitated, the stricter one wins: an attribute that does not exist may not
be written, a property takes only a value of its type, and an exception in a slot reaches `sys.excepthook`.
"""

from __future__ import annotations

import difflib
import inspect
import sys
from collections.abc import Callable
from types import MethodType
from typing import Any

# PythonQt's enums are integers; PySide6's are when this is set before the first import.
sys.pyside6_option_python_enum = 0x02  # type: ignore[attr-defined]

import shiboken6  # noqa: E402
from PySide6 import QtCore, QtGui, QtTest, QtUiTools, QtWidgets  # noqa: E402

QT_MODULES = (QtCore, QtGui, QtWidgets, QtUiTools, QtTest)
QObject = QtCore.QObject

# C++ calls these back through the Python attribute, so they must stay methods. In PythonQt they are properties.
_LEFT_AS_METHODS = {"sizeHint", "minimumSizeHint"}
_TYPES = {
    QtCore.QMetaType.Type.Bool.value: (bool, int),
    QtCore.QMetaType.Type.Int.value: (int,),
    QtCore.QMetaType.Type.Double.value: (int, float),
    QtCore.QMetaType.Type.QString.value: (str,),
}
_sealed: set[type] = set()
_links: dict[tuple[int, str], list[tuple[Any, Any]]] = {}


class PropertyAttribute:
    """A Qt property as an attribute of instances; on the class the plain method stays (QTimer.singleShot)."""

    def __init__(self, meta: QtCore.QMetaProperty, method: Any) -> None:
        self.meta, self.method = meta, method

    def __get__(self, widget: Any, owner: type | None = None) -> Any:
        if widget is not None:
            return self.meta.read(widget)
        return self.method.__get__(None, owner) if hasattr(self.method, "__get__") else self

    def __set__(self, widget: Any, value: Any) -> None:
        allowed = _TYPES.get(self.meta.userType())
        right = allowed is None or isinstance(value, allowed)
        if not right or not self.meta.isWritable() or not self.meta.write(widget, value):
            raise TypeError(
                f"{type(widget).__name__}.{self.meta.name()} is a {self.meta.typeName()}"
                f"{'' if self.meta.isWritable() else ' that cannot be written'}; got {value!r}"
            )


def adopt(cls: type) -> type:
    """Give a Qt class, or a stand-in for a ctk or qMRML class, PythonQt's manners."""
    if cls in _sealed:
        return cls
    _sealed.add(cls)
    meta = cls.staticMetaObject  # type: ignore[attr-defined]
    for index in range(meta.propertyOffset(), meta.propertyCount()):
        found = meta.property(index)
        own = cls.__dict__.get(found.name())
        if found.name() not in _LEFT_AS_METHODS and not isinstance(own, QtCore.Property):
            setattr(cls, found.name(), PropertyAttribute(found, own))
    for name, own in list(vars(cls).items()):
        setter = f"set{name[0].upper()}{name[1:]}"
        if isinstance(own, QtCore.Property) and own.fset and not hasattr(cls, setter):
            setattr(cls, setter, own.fset)
    cls.__setattr__ = _set_attribute  # type: ignore[method-assign, assignment]
    if "__getattribute__" in cls.__dict__:  # QObject, and the few classes that have one of their own
        cls.__getattribute__ = _getter(cls.__getattribute__)  # type: ignore[method-assign]
    return cls


def _set_attribute(self: Any, name: str, value: Any) -> None:
    if isinstance(value, QtCore.SignalInstance):  # PySide6 keeps the signals of what C++ made on the object
        self.__dict__[name] = value
        return
    for base in type(self).__mro__:
        found = base.__dict__.get(name)
        if isinstance(found, QtCore.Property):
            found.fset(self, value)
            return
        if hasattr(type(found), "__set__") and not inspect.ismethoddescriptor(found):
            found.__set__(self, value)
            return
    if type(self) in _sealed and not name.startswith("_"):
        if name.encode() not in [bytes(one) for one in self.dynamicPropertyNames()]:
            raise AttributeError(_no_such(self, name))
        self.setProperty(name, value)
        return
    self.__dict__[name] = value


def _no_such(widget: Any, name: str) -> str:
    if hasattr(type(widget), name):
        return f"{type(widget).__name__}.{name} is a method or signal, not a property"
    near = difflib.get_close_matches(name, dir(type(widget)), 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{type(widget).__name__} has no property {name!r}{hint}"


def _getter(plain: Any) -> Any:
    """PySide6 answers `connect` before it looks at the class, so every read goes through here."""

    def get(self: Any, name: str) -> Any:
        if name == "connect":
            return MethodType(_connect, self)
        if name == "disconnect":
            return MethodType(_disconnect, self)
        return plain(self, name)

    return get


def _get_dynamic(self: Any, name: str) -> Any:
    if not name.startswith("_") and name.encode() in [bytes(one) for one in self.dynamicPropertyNames()]:
        return self.property(name)
    raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")


def _signal(sender: Any, text: str) -> tuple[Any, int]:
    """Find the signal of `clicked(bool)`, in the overload named, and how many arguments it hands on."""
    name, bracket, rest = text.partition("(")
    signal = getattr(sender, name, None)
    if not isinstance(signal, QtCore.SignalInstance):
        raise ValueError(f"{name} is no signal of {type(sender).__name__}")
    if not bracket:
        raise ValueError(f"connect needs a whole signature such as 'clicked(bool)', got {text!r}")
    arguments = [one.replace("const ", "").strip(" &") for one in rest.rstrip(") ").split(",") if one.strip()]
    _check_signature(sender, name, arguments)
    return signal, len(arguments)


# PySide6 hands on as many values as the function takes, so the number of them is written out.
_RELAYS: tuple[Callable[[Any], Any], ...] = (
    lambda send: lambda: send(),
    lambda send: lambda a: send(a),
    lambda send: lambda a, b: send(a, b),
    lambda send: lambda a, b, c: send(a, b, c),
)


def _check_signature(sender: Any, name: str, arguments: list[str]) -> None:
    """Refuse `clicked(int)`, which Slicer would refuse on the console and forget; MRML types are not known to Qt."""
    if any(one.endswith("*") for one in arguments):
        return
    meta = sender.metaObject()
    known = [
        bytes(meta.method(index).methodSignature()).decode()
        for index in range(meta.methodCount())
        if bytes(meta.method(index).name()).decode() == name
    ]
    if known and f"{name}({','.join(arguments)})" not in known and "PyObject" not in " ".join(known):
        raise ValueError(f"{type(sender).__name__} has {', '.join(known)}; not {name}({','.join(arguments)})")


def accepting(slot: Callable[..., Any], values: tuple[Any, ...]) -> tuple[Any, ...]:
    """As many of the signal's values as the slot takes, as PythonQt does."""
    try:
        kinds = [one.kind for one in inspect.signature(slot).parameters.values()]
    except (TypeError, ValueError):
        return values
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return values
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return values[: sum(kind in positional for kind in kinds)]


def _connect(self: Any, signal: str, *target: Any) -> bool:
    slot = target[0] if len(target) == 1 else getattr(target[0], target[1].partition("(")[0])
    if not callable(slot):
        raise TypeError(f"cannot connect {signal} to {slot!r}")
    found, count = _signal(self, signal)

    relay = _RELAYS[count](lambda *values: slot(*accepting(slot, values)))
    found.connect(relay)
    _links.setdefault((id(self), signal), []).append((slot, relay))
    return True


def _disconnect(self: Any, signal: str, *target: Any) -> bool:
    found, _ = _signal(self, signal)
    links = _links.get((id(self), signal), [])
    wanted = (
        None
        if not target
        else target[0]
        if len(target) == 1
        else getattr(target[0], target[1].partition("(")[0])
    )
    gone = [link for link in links if wanted is None or link[0] == wanted]
    for link in gone:
        found.disconnect(link[1])
        links.remove(link)
    return bool(gone)


def adopt_everything() -> None:
    """Change PySide6's classes in place, as Qt itself makes instances of them."""
    for module in QT_MODULES:
        for value in [getattr(module, name) for name in dir(module)]:  # loads what PySide6 leaves for later
            if isinstance(value, type) and issubclass(value, QObject):
                adopt(value)
    QObject.__getattr__ = _get_dynamic  # type: ignore[attr-defined]
    QObject.name = QObject.__dict__["objectName"]  # type: ignore[attr-defined]
    QObject.className = lambda self: self.metaObject().className()  # type: ignore[attr-defined]
    QObject.delete = lambda self: shiboken6.delete(self)  # type: ignore[attr-defined]
    QtWidgets.QDialog.exec_ = QtWidgets.QDialog.exec  # type: ignore[assignment]
    QtWidgets.QMenu.exec_ = QtWidgets.QMenu.exec  # type: ignore[assignment]


adopt_everything()
