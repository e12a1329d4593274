"""A4 pages on which lines, boxes and pictures are put from top to bottom, all measured in mm."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from LWCTRLogic.report.document import Canvas, Document, Picture
from LWCTRLogic.report.figures.style import INK, LINE, MM, MUTED, texts_of
from LWCTRLogic.report.pdf_text import LACKING, POINT, printable, wrapped

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT, BOTTOM = 16.0, 194.0, 280.0
TEXT_WIDTH = RIGHT - LEFT
LEADING = 1.42
NOTICE_SIZE = 10.0
NOTICE_FILL, NOTICE_EDGE, NOTICE_INK = "#ffd86b", "#b36b00", "#3d2600"


def line_height(size: float) -> float:
    """Return the height in mm of a line set in ``size`` points."""
    return size * POINT * LEADING


class Pages:
    """Pages in the making; ``y`` is how far down the current one is filled."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.figures: list[Figure] = []
        self.y = self.top = 0.0
        self.new_page()

    @property
    def figure(self) -> Figure:
        """The current page."""
        return self.figures[-1]

    @property
    def room(self) -> float:
        """What is left of the current page in mm."""
        return BOTTOM - self.y

    def new_page(self) -> None:
        """Begin a page with the notice at its top."""
        self.figures.append(Figure(figsize=(WIDTH * MM, HEIGHT * MM), facecolor="white"))
        self.y = 10.0
        if self.document.notice:
            self._notice()
        self.top = self.y

    def _notice(self) -> None:
        lines = wrapped(self.document.notice, TEXT_WIDTH - 8, NOTICE_SIZE, bold=True)
        height = len(lines) * line_height(NOTICE_SIZE) + 3
        self.box(LEFT, self.y, TEXT_WIDTH, height, NOTICE_FILL, edge=NOTICE_EDGE)
        y = self.y + 1.5
        for line in lines:
            self.line((LEFT + RIGHT) / 2, y, line, NOTICE_SIZE, bold=True, colour=NOTICE_INK, align="center")
            y += line_height(NOTICE_SIZE)
        self.y += height + 5

    def need(self, height: float) -> bool:
        """Begin a new page unless ``height`` mm are left; tells whether it did."""
        if self.room >= height or self.y == self.top:
            return False
        self.new_page()
        return True

    def line(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
    ) -> None:
        """Write one line whose top is ``y``; ``x`` is its left, middle or right by ``align``."""
        baseline = y + line_height(size) * 0.74
        style: dict[str, Any] = {"fontsize": size, "color": colour, "ha": align, "va": "baseline"}
        style["weight"] = "bold" if bold else "normal"
        self.figure.text(x / WIDTH, 1 - baseline / HEIGHT, printable(text, bold), **style)

    def box(self, x: float, y: float, width: float, height: float, fill: str, edge: str = "none") -> None:
        """Draw a filled rectangle whose upper left corner is (``x``, ``y``)."""
        corner = (x / WIDTH, 1 - (y + height) / HEIGHT)
        patch = Rectangle(
            corner, width / WIDTH, height / HEIGHT, facecolor=fill, edgecolor=edge, lw=1.0,
            transform=self.figure.transFigure,
        )  # fmt: skip
        self.figure.add_artist(patch)

    def rule(self, y: float, colour: str = LINE, weight: float = 0.5) -> None:
        """Draw a horizontal line across the text."""
        level = 1 - y / HEIGHT
        self.figure.add_artist(Line2D([LEFT / WIDTH, RIGHT / WIDTH], [level, level], color=colour, lw=weight))

    def picture(self, picture: Picture, x: float) -> None:
        """Draw a picture with its upper left corner at ``x`` and the current ``y``."""
        canvas = Canvas(
            self.figure,
            x / WIDTH,
            1 - (self.y + picture.height) / HEIGHT,
            picture.width / WIDTH,
            picture.height / HEIGHT,
        )
        picture.draw(canvas)

    def lacks_signs(self) -> bool:
        """Whether a sign on the pages is one that the font lacks."""
        texts = (text for figure in self.figures for text in texts_of(figure))
        return any(LACKING in printable(text.get_text(), text.get_fontweight() == "bold") for text in texts)

    def to_bytes(self) -> bytes:
        """Return the PDF with numbered pages; call inside ``drawing_rules``."""
        for number, figure in enumerate(self.figures, start=1):
            self._footer(figure, f"Page {number} of {len(self.figures)}")
            for text in texts_of(figure):
                text.set_text(printable(text.get_text(), text.get_fontweight() == "bold"))
        stream = io.BytesIO()
        metadata = {
            "Title": printable(self.document.footer),
            "Subject": printable(self.document.notice),
            "Creator": "LWCTR",
            "CreationDate": None,  # equal inputs give equal bytes
        }
        with PdfPages(stream, metadata=metadata) as pages:
            for figure in self.figures:
                pages.savefig(figure)
        return stream.getvalue()

    def _footer(self, figure: Figure, text: str) -> None:
        style: dict[str, Any] = {"fontsize": 7.5, "color": MUTED, "va": "baseline"}
        figure.text(LEFT / WIDTH, 10 / HEIGHT, printable(self.document.footer), ha="left", **style)
        figure.text(RIGHT / WIDTH, 10 / HEIGHT, text, ha="right", **style)
