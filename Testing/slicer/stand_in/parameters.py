"""`slicer.parameterNodeWrapper`: typed attributes kept in a vtkMRMLScriptedModuleNode of the real scene.

Values are stored as JSON, nodes as node references; Slicer's own text form differs, so a scene saved here restores
here, and one saved there restores there.
"""

from __future__ import annotations

import copy
import dataclasses
import enum
import json
import types
from pathlib import Path, PurePath
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import slicer
import slicer.util
import vtk

from Testing.slicer.stand_in.parameter_gui import SlicerParameterNamePropertyName, connector_for
from Testing.slicer.stand_in.validators import Default, Validator


def split(kind: Any) -> tuple[Any, list[Any]]:
    """`Annotated[float, WithinRange(0, 1)]` → (float, [WithinRange(0, 1)])."""
    if get_origin(kind) is Annotated:
        return get_args(kind)[0], list(get_args(kind)[1:])
    return kind, []


def _members(kind: Any) -> list[Any]:
    """The alternatives of a union, without None."""
    plain = split(kind)[0]
    if get_origin(plain) in (Union, types.UnionType):
        return [one for one in get_args(plain) if one is not type(None)]
    return [plain]


def is_node(kind: Any) -> bool:
    return all(isinstance(one, type) and issubclass(one, slicer.vtkMRMLNode) for one in _members(kind))


def is_pack(kind: Any) -> bool:
    return getattr(split(kind)[0], "_is_parameter_pack", False)


def _check(name: str, kind: Any, value: Any) -> None:
    plain, notes = split(kind)
    for one in notes:
        if isinstance(one, type) and issubclass(one, Validator):
            one = one()
        if isinstance(one, Validator):
            one.validate(value)
    simple = [one for one in _members(plain) if isinstance(one, type)]
    optional = type(None) in get_args(plain) or is_node(kind)
    if value is None and optional:
        return
    if simple and len(simple) == len(_members(plain)):
        allowed = tuple({*simple, int} if float in simple else simple)
        if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in simple):
            raise TypeError(f"{name} takes {plain}, got {value!r}")


def _default_of(owner: type, name: str, kind: Any) -> Any:
    plain, notes = split(kind)
    if name in owner.__dict__:
        return owner.__dict__[name]
    for one in notes:
        if isinstance(one, Default):
            return one.generate()
    if is_node(kind) or type(None) in get_args(plain):
        return None
    plain = get_origin(plain) or plain
    return next(iter(plain)) if issubclass(plain, enum.Enum) else plain()


def to_plain(value: Any) -> Any:
    """JSON's form of a value; an enum by its name."""
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, PurePath):
        return str(value)
    if getattr(value, "_is_parameter_pack", False):
        return {name: to_plain(getattr(value, name)) for name in value.allParameters}
    if isinstance(value, (list, tuple, set)):
        return [to_plain(one) for one in value]
    if isinstance(value, dict):
        return {to_plain(key): to_plain(one) for key, one in value.items()}
    return value


def from_plain(kind: Any, value: Any) -> Any:
    """The way back."""
    plain = _members(kind)[0]
    origin, inner = get_origin(plain) or plain, get_args(plain)
    if value is None or origin is Any:
        return value
    if issubclass(origin, enum.Enum):
        return origin[value]
    if is_pack(plain):
        return plain(**{name: from_plain(plain.allParameters[name], one) for name, one in value.items()})
    if origin in (list, set):
        return origin(from_plain(inner[0], one) if inner else one for one in value)
    if origin is tuple:
        return tuple(from_plain(one_kind, one) for one_kind, one in zip(inner, value, strict=True))
    if origin is dict:
        return {from_plain(inner[0], key): from_plain(inner[1], one) for key, one in value.items()}
    return Path(value) if issubclass(origin, PurePath) else origin(value)


class _Parameter:
    """One typed attribute of a wrapper."""

    def __init__(self, name: str, kind: Any, default: Any) -> None:
        self.name, self.kind, self.default = name, kind, default
        _check(name, kind, default) if not is_node(kind) else None

    def __get__(self, wrapper: Any, owner: type | None = None) -> Any:
        if wrapper is None:
            return self
        node, name = wrapper.parameterNode, wrapper._prefix + self.name
        if is_node(self.kind):
            return node.GetNodeReference(name)
        if not node.GetParameter(name):
            self.__set__(wrapper, copy.deepcopy(self.default))
        value = from_plain(self.kind, json.loads(node.GetParameter(name)))
        return _Observed(wrapper, self.name, value) if is_pack(self.kind) else value

    def __set__(self, wrapper: Any, value: Any) -> None:
        value = object.__getattribute__(value, "_pack") if isinstance(value, _Observed) else value
        _check(self.name, self.kind, value)
        node, name = wrapper.parameterNode, wrapper._prefix + self.name
        if is_node(self.kind):
            node.SetNodeReferenceID(name, value.GetID() if value is not None else None)
        else:
            node.SetParameter(name, json.dumps(to_plain(value)))


class _Observed:
    """A pack read from a wrapper: setting one of its members writes the whole pack back."""

    def __init__(self, wrapper: Any, name: str, pack: Any) -> None:
        object.__setattr__(self, "_where", (wrapper, name))
        object.__setattr__(self, "_pack", pack)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pack, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.setValue(name, value)

    def __eq__(self, other: object) -> bool:
        return bool(self._pack == (other._pack if isinstance(other, _Observed) else other))

    def setValue(self, name: str, value: Any) -> None:
        wrapper, own = self._where
        self._pack.setValue(name, value)
        setattr(wrapper, own, self._pack)


def parameterPack(cls: Any = None) -> Any:
    """Class decorator: a group of parameters, usable as one parameter."""
    if cls is None:
        return parameterPack
    kinds = get_type_hints(cls, include_extras=True)
    if not dataclasses.is_dataclass(cls):
        for name, kind in kinds.items():
            default = _default_of(cls, name, kind)
            setattr(cls, name, dataclasses.field(default_factory=lambda made=default: copy.deepcopy(made)))
        cls = dataclasses.dataclass(cls)
    plain_set = cls.__setattr__

    def checked(self: Any, name: str, value: Any) -> None:
        if name in kinds:
            _check(name, kinds[name], value)
        plain_set(self, name, value)

    def get_value(self: Any, name: str) -> Any:
        for part in name.split("."):
            self = getattr(self, part)
        return self

    def set_value(self: Any, name: str, value: Any) -> None:
        before, _, last = name.rpartition(".")
        target = get_value(self, before) if before else self
        if last not in target.allParameters:
            raise ValueError(f"{type(target).__name__} has no member {last!r}")
        setattr(target, last, value)

    cls.allParameters, cls._is_parameter_pack = kinds, True
    cls.__setattr__, cls.getValue, cls.setValue = checked, get_value, set_value
    cls.dataType = staticmethod(lambda name: kinds[name])
    return cls


class _Wrapper:
    """What `@parameterNodeWrapper` adds to a class."""

    allParameters: dict[str, _Parameter]

    def __init__(self, parameterNode: Any, prefix: str | None = None) -> None:
        self.__dict__.update(parameterNode=parameterNode, _prefix=prefix or "", _guis={}, _updating=False)
        for name, one in self.allParameters.items():
            if one.default is not None and not is_node(one.kind):
                getattr(self, name)  # writes the default where there is no value yet

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.allParameters:
            raise AttributeError(f"{type(self).__name__} has no parameter {name!r}")
        super().__setattr__(name, value)

    def dataType(self, name: str) -> Any:
        first, _, rest = name.partition(".")
        if first not in self.allParameters:
            raise ValueError(f"{first!r} is none of {', '.join(self.allParameters)}")
        kind = self.allParameters[first].kind
        return split(kind)[0].dataType(rest) if rest else kind

    def default(self, name: str) -> Any:
        return self.allParameters[name].default

    def getValue(self, name: str) -> Any:
        first, _, rest = name.partition(".")
        return getattr(self, first).getValue(rest) if rest else getattr(self, first)

    def setValue(self, name: str, value: Any) -> None:
        first, _, rest = name.partition(".")
        if rest:
            getattr(self, first).setValue(rest, value)
        else:
            setattr(self, first, value)

    def connectParametersToGui(self, widgets: dict[str, Any]) -> int:
        connectors = {name: connector_for(widget, self.dataType(name)) for name, widget in widgets.items()}
        tag = len(self._guis)
        self._guis[tag] = connectors
        for name, one in connectors.items():
            one.write(self.getValue(name))
            one.follow(lambda changed=name, one=one: self._from_gui(changed, one))
        self.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: self._to_gui())
        return tag

    def connectGui(self, gui: Any) -> int:
        widgets = (
            gui.findChildren(slicer.qMRMLWidget.__mro__[1])
            if hasattr(gui, "findChildren")
            else vars(gui).values()
        )
        named = {one.property(SlicerParameterNamePropertyName): one for one in widgets}
        return self.connectParametersToGui({name: one for name, one in named.items() if name})

    def disconnectGui(self, tag: int) -> None:
        for one in self._guis.pop(tag, {}).values():
            one.stop()

    def _from_gui(self, name: str, connector: Any) -> None:
        if not self._updating:
            self.setValue(name, connector.read())

    def _to_gui(self) -> None:
        if self._updating:
            return
        self.__dict__["_updating"] = True
        try:
            for connectors in list(self._guis.values()):
                for name, one in connectors.items():
                    one.write(self.getValue(name))
        finally:
            self.__dict__["_updating"] = False

    def isCached(self, name: str) -> bool:
        return False

    def StartModify(self) -> int:
        return int(self.parameterNode.StartModify())

    def EndModify(self, before: int) -> int:
        return int(self.parameterNode.EndModify(before))

    def AddObserver(self, event: Any, react: Any, priority: float = 0.0) -> int:
        return int(self.parameterNode.AddObserver(event, react, priority))

    def RemoveObserver(self, tag: int) -> None:
        self.parameterNode.RemoveObserver(tag)

    def Modified(self) -> None:
        self.parameterNode.Modified()


def parameterNodeWrapper(cls: Any = None) -> Any:
    """Class decorator: annotated names become parameters of a scripted-module node."""
    if cls is None:
        return parameterNodeWrapper
    kinds = get_type_hints(cls, include_extras=True)
    parameters = {name: _Parameter(name, kind, _default_of(cls, name, kind)) for name, kind in kinds.items()}
    own = {
        name: value
        for name, value in vars(cls).items()
        if name not in ("__dict__", "__weakref__", "__init__")
    }
    return type(cls.__name__, (_Wrapper,), {**own, **parameters, "allParameters": parameters})


def isParameterNodeWrapper(value: Any) -> bool:
    return isinstance(value, _Wrapper) or (isinstance(value, type) and issubclass(value, _Wrapper))
