"""Reporting checklists, filled where the software knows the answer and left to the authors where it cannot.

The items are named in words of our own; the numbers are those of the publications, whose full wording the
authors need when they fill the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.errors import InputError

NAMES = ("tripod_ai", "clear", "metrics")
FOR_THE_AUTHORS = "to be filled by the authors"


@dataclass(frozen=True)
class ChecklistItem:
    """One item: its number in the publication, its section, what it asks, and the answer.

    Attributes
    ----------
    answer : str
        What the software knows, or :data:`FOR_THE_AUTHORS`.
    weight : float or None
        Weight in a score, where the checklist has one.
    """

    number: str
    section: str
    asks: str
    answer: str
    weight: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether the authors have to fill it."""
        return self.answer == FOR_THE_AUTHORS


@dataclass(frozen=True)
class Checklist:
    """One checklist with its answers and the publication that it comes from."""

    title: str
    source: str
    items: tuple[ChecklistItem, ...]

    @property
    def filled(self) -> int:
        """Number of items that the software could fill."""
        return sum(not item.is_open for item in self.items)


def fill_checklist(name: str, facts: Mapping[str, str]) -> Checklist:
    """Return a checklist with the answers that ``facts`` give.

    Parameters
    ----------
    name : str
        One of :data:`NAMES`.
    facts : mapping of str to str
        What is known of the study, by topic (see :func:`topics`); a topic that is missing or empty leaves its
        items to the authors.

    Raises
    ------
    InputError
        For an unknown checklist, or a fact under a topic that no checklist has.
    """
    unknown = sorted(set(facts) - topics())
    if unknown:
        raise InputError(f"no checklist has the topics {', '.join(unknown)}", ", ".join(sorted(topics())))
    content = _read(name)
    return Checklist(
        content["title"],
        content["source"],
        tuple(
            ChecklistItem(
                item["item"],
                item["section"],
                item["asks"],
                "; ".join(facts[topic] for topic in item["facts"] if facts.get(topic)) or FOR_THE_AUTHORS,
                item.get("weight"),
            )
            for item in content["items"]
        ),
    )


def topics() -> set[str]:
    """Return every topic that an item of a checklist asks for."""
    return {topic for name in NAMES for item in _read(name)["items"] for topic in item["facts"]}


def _read(name: str) -> dict[str, Any]:
    if name not in NAMES:
        raise InputError(f"unknown checklist {name!r}", ", ".join(NAMES))
    content: dict[str, Any] = files.read_json(Path(__file__).parent / f"{name}.json")
    return content
