"""The report as data: sections of blocks, drawn alike by the HTML and the PDF renderer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

Tone = Literal["", "strong", "muted", "warning", "responder", "non-responder"]


@dataclass(frozen=True)
class Canvas:
    """A rectangle of a figure to draw on: ``left``, ``bottom``, ``width``, ``height`` in figure fractions."""

    figure: Figure
    left: float = 0.0
    bottom: float = 0.0
    width: float = 1.0
    height: float = 1.0

    def add_axes(self, rectangle: tuple[float, float, float, float]) -> Axes:
        """Add axes at a rectangle given in fractions of the canvas."""
        left, bottom, width, height = rectangle
        return self.figure.add_axes(
            (
                self.left + left * self.width,
                self.bottom + bottom * self.height,
                width * self.width,
                height * self.height,
            )
        )


@dataclass(frozen=True)
class Paragraph:
    """Running text; ``kind`` ``note`` is set smaller."""

    text: str
    kind: Literal["body", "lead", "note"] = "body"


@dataclass(frozen=True)
class Cell:
    """One cell of a table."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Column:
    """One column: ``width`` is its share of the table's width in the PDF."""

    title: str
    width: float = 1.0
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True)
class Table:
    """Rows of cells under column titles; the caption may be empty. ``whole`` keeps it on one page if it can be."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    whole: bool = False

    def __post_init__(self) -> None:
        widths = {len(row) for row in self.rows} - {len(self.columns)}
        if widths:
            raise ValueError(
                f"rows of {sorted(widths)} cells under {len(self.columns)} columns: {self.caption}"
            )


@dataclass(frozen=True)
class Picture:
    """A drawing.

    Attributes
    ----------
    name : str
        Unique within the report; becomes part of the ids in the SVG.
    draw : callable
        Draws on a canvas of ``width`` × ``height``.
    width, height : float
        Size in mm.
    title, description : str
        For readers who cannot see it.
    caption : str
        Printed under it; may be empty.
    """

    name: str
    draw: Callable[[Canvas], None]
    width: float
    height: float
    title: str
    description: str
    caption: str = ""


@dataclass(frozen=True)
class PictureGrid:
    """Pictures side by side, two to a row where there is room."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Callout:
    """A framed list that must catch the eye."""

    kind: Literal["warning", "missing", "fine"]
    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Headline:
    """The one result: a big figure, its words, and facts beside it."""

    question: str
    value: str
    verdict: str
    tone: Tone
    facts: tuple[tuple[str, str], ...] = ()


Block = Paragraph | Table | Picture | PictureGrid | Callout | Headline


@dataclass(frozen=True)
class Section:
    """A titled part; ``new_page`` starts it on a new page when printed."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    new_page: bool = False


@dataclass(frozen=True)
class Document:
    """The whole report. ``notice`` stands on every page and may be empty."""

    title: str
    subject: str
    facts: tuple[tuple[str, str], ...]
    notice: str
    footer: str
    sections: tuple[Section, ...] = field(default_factory=tuple)


def pictures_of(document: Document) -> list[Picture]:
    """Return every picture of a document in its order."""
    found: list[Picture] = []
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Picture):
                found.append(block)
            elif isinstance(block, PictureGrid):
                found += block.pictures
    return found
