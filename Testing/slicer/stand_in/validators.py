"""Annotations of parameters: `Annotated[float, WithinRange(0, 1)]`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


class Validator:
    """Refuses a value by ValueError."""

    def validate(self, value: Any) -> None:
        raise NotImplementedError


class NotNone(Validator):
    def validate(self, value: Any) -> None:
        if value is None:
            raise ValueError("the value must not be None")


@dataclass
class WithinRange(Validator):
    minimum: float
    maximum: float

    def validate(self, value: Any) -> None:
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"the value must lie in [{self.minimum}, {self.maximum}], is {value}")


@dataclass
class Minimum(Validator):
    minimum: float

    def validate(self, value: Any) -> None:
        if value < self.minimum:
            raise ValueError(f"the value must be at least {self.minimum}, is {value}")


@dataclass
class Maximum(Validator):
    maximum: float

    def validate(self, value: Any) -> None:
        if value > self.maximum:
            raise ValueError(f"the value must be at most {self.maximum}, is {value}")


@dataclass
class Choice(Validator):
    choices: Iterable[Any]

    def validate(self, value: Any) -> None:
        if value not in self.choices:
            raise ValueError(f"the value is {value!r}, none of {self.choices}")


@dataclass
class Exclude(Validator):
    excludedValues: Iterable[Any]

    def validate(self, value: Any) -> None:
        if value in self.excludedValues:
            raise ValueError(f"the value {value!r} is excluded")


class Default:
    """A default by value or by a function."""

    def __init__(self, value: Any = None, generator: Callable[[], Any] | None = None) -> None:
        self.value, self.generator = value, generator

    def generate(self) -> Any:
        return self.generator() if self.generator else self.value


@dataclass
class Decimals:
    value: int


@dataclass
class SingleStep:
    value: float
