"""What is wrong with a table, told once for each cause and not once for each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_CAUSES = 20
_MOST_ROWS = 6


@dataclass(frozen=True)
class Problem:
    """One row's problem.

    Attributes
    ----------
    row : int
        As a spreadsheet counts: the first patient stands in row 2.
    cause : str
        Equal for problems that one thing explains, such as a column's name.
    text : str
        What was found, in words.
    """

    row: int
    cause: str
    text: str


def by_cause(problems: Iterable[Problem]) -> list[str]:
    """Return one line for each cause, in the order in which they were met."""
    groups: dict[str, list[Problem]] = {}
    for problem in problems:
        groups.setdefault(problem.cause, []).append(problem)
    return [_line(group) for group in groups.values()]


def listed(lines: Sequence[str]) -> str:
    """Return the lines as one, the last ones counted where they are many."""
    more = f" | and {len(lines) - MOST_CAUSES} more" if len(lines) > MOST_CAUSES else ""
    return " | ".join(lines[:MOST_CAUSES]) + more


def _line(group: Sequence[Problem]) -> str:
    first = group[0]
    if len(group) == 1:
        return f"row {first.row}: {first.text}"
    rows = ", ".join(str(problem.row) for problem in group[:_MOST_ROWS])
    rows += " …" if len(group) > _MOST_ROWS else ""
    return f"{len(group)} rows ({rows}), such as row {first.row}: {first.text}"
