"""The report as PDF: the blocks of the document laid out on A4, with the same pictures as the HTML page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from LWCTRLogic.report.document import (
    Block,
    Callout,
    Document,
    Headline,
    Paragraph,
    Picture,
    PictureGrid,
    Section,
    Table,
)
from LWCTRLogic.report.figures.style import INK, MUTED, PALE, drawing_rules
from LWCTRLogic.report.pdf_page import LEFT, RIGHT, TEXT_WIDTH, Pages, line_height
from LWCTRLogic.report.pdf_table import put_table, together
from LWCTRLogic.report.pdf_text import LACKING, wrapped
from LWCTRLogic.report.pdf_tones import AMBER, colour_of

BODY, SMALL, HEADING, TITLE = 9.0, 7.8, 12.5, 17.0
CHUNK = 12  # lines of one warning that stay together
SIZES = {"body": BODY, "lead": 10.5, "note": SMALL}
EDGES = {"warning": AMBER, "missing": MUTED, "fine": "#009E73"}
LACKING_NOTE = f"{LACKING} stands for a sign that the font of this PDF lacks; report.html shows it."
FILLS = {"warning": "#fff6de", "missing": PALE, "fine": PALE}


def render_pdf(document: Document) -> bytes:
    """Return the PDF's bytes, equal for equal documents."""
    with drawing_rules():
        return layout(document).to_bytes()


def layout(document: Document) -> Pages:
    """Return the filled pages; call inside ``drawing_rules``."""
    pages = Pages(document)
    _title(pages)
    for section in document.sections:
        _section(pages, section)
    if pages.lacks_signs():
        _lines(pages, wrapped(LACKING_NOTE, TEXT_WIDTH, SMALL), SMALL, colour=MUTED)
    return pages


def _title(pages: Pages) -> None:
    document = pages.document
    pages.line(LEFT, pages.y, document.title, TITLE, bold=True)
    pages.y += line_height(TITLE) + 1
    text = " · ".join(f"{name}: {value}" for name, value in document.facts)
    _lines(pages, wrapped(text, TEXT_WIDTH, BODY), BODY)
    pages.y += 1.5
    pages.rule(pages.y, INK, 1.0)


def _section(pages: Pages, section: Section) -> None:
    if section.new_page and pages.y > pages.top:
        pages.new_page()
    pages.need(_lead_height(section) + 16)
    if pages.y > pages.top:
        pages.y += 6
    pages.line(LEFT, pages.y, section.title, HEADING, bold=True)
    pages.y += line_height(HEADING) + 1.5
    for block in section.blocks:
        put(block, pages)
        pages.y += 2.5


def _lead_height(section: Section) -> float:
    """Return the height of the first thing under the title that may not stand on another page than it."""
    height = 0.0
    for block in section.blocks:
        if isinstance(block, Paragraph):
            size = SIZES[block.kind]
            height += len(wrapped(block.text, TEXT_WIDTH, size)) * line_height(size)
        elif isinstance(block, Picture):
            return height + _picture_height(block)
        elif isinstance(block, PictureGrid):
            return height + max(_picture_height(picture) for picture in block.pictures[:2])
        elif isinstance(block, Table):
            return height + together(block)
        else:
            return height + 20
    return height


def _lines(
    pages: Pages, lines: list[str], size: float, x: float = LEFT, colour: str = INK, bold: bool = False
) -> None:
    for line in lines:
        pages.need(line_height(size))
        pages.line(x, pages.y, line, size, colour=colour, bold=bold)
        pages.y += line_height(size)


@singledispatch
def put(block: Block, pages: Pages) -> None:
    """Put one block on the pages."""
    raise TypeError(f"no way to print {type(block).__name__}")


@put.register
def _(block: Paragraph, pages: Pages) -> None:
    size = SIZES[block.kind]
    colour = MUTED if block.kind == "note" else INK
    lines = wrapped(block.text, TEXT_WIDTH, size)
    pages.need(min(len(lines), 5) * line_height(size))
    _lines(pages, lines, size, colour=colour)


@put.register
def _(block: Table, pages: Pages) -> None:
    put_table(block, pages)


@put.register
def _(block: Picture, pages: Pages) -> None:
    pages.need(_picture_height(block))
    _picture(block, pages, LEFT + max(0.0, (TEXT_WIDTH - block.width) / 2))


@put.register
def _(block: PictureGrid, pages: Pages) -> None:
    half = (TEXT_WIDTH + 6) / 2
    for index in range(0, len(block.pictures), 2):
        pair = block.pictures[index : index + 2]
        tallest = max(_picture_height(picture) for picture in pair)
        pages.need(tallest)
        top = pages.y
        for column, picture in enumerate(pair):
            pages.y = top
            _picture(picture, pages, LEFT + column * half)
        pages.y = top + tallest


def _picture_height(picture: Picture) -> float:
    captions = len(wrapped(picture.caption, picture.width, SMALL)) if picture.caption else 0
    return picture.height + captions * line_height(SMALL) + 2


def _picture(picture: Picture, pages: Pages, x: float) -> None:
    pages.picture(picture, x)
    pages.y += picture.height + 0.8
    if picture.caption:
        _lines(pages, wrapped(picture.caption, picture.width, SMALL), SMALL, x=x, colour=MUTED)
    pages.y += 1.2


@dataclass(frozen=True)
class _Strip:
    """Part of a callout that stays on one page."""

    lines: list[str]
    indent: float
    bullet: str = ""
    bold: bool = False


@put.register
def _(block: Callout, pages: Pages) -> None:
    strips = [_Strip(wrapped(block.title, TEXT_WIDTH - 8, BODY, bold=True), 4.0, bold=True)]
    for text in block.lines:
        lines = wrapped(text, TEXT_WIDTH - 12, BODY)
        for start in range(0, len(lines), CHUNK):
            strips.append(_Strip(lines[start : start + CHUNK], 8.0, "" if start else "\u2022"))
    pages.need((len(strips[0].lines) + 1.5) * line_height(BODY) + 4)
    for index, strip in enumerate(strips):
        above = 1.2 if index == 0 else 0.4
        below = 1.2 if index == len(strips) - 1 else 0.4
        height = len(strip.lines) * line_height(BODY) + above + below
        pages.need(height)
        pages.box(LEFT, pages.y, TEXT_WIDTH, height, FILLS[block.kind])
        pages.box(LEFT, pages.y, 1.4, height, EDGES[block.kind])
        pages.y += above
        pages.line(LEFT + 4.5, pages.y, strip.bullet, BODY)
        _lines(pages, strip.lines, BODY, x=LEFT + strip.indent, bold=strip.bold)
        pages.y += below


@put.register
def _(block: Headline, pages: Pages) -> None:
    split, name_width = LEFT + 76, 46.0
    value_width = RIGHT - split - name_width - 3
    facts = [(name, wrapped(value, value_width, BODY, bold=True)) for name, value in block.facts]
    question = wrapped(block.question, split - LEFT - 10, BODY)
    verdict = wrapped(block.verdict, split - LEFT - 10, 10.5, bold=True)
    left = len(question) * line_height(BODY) + line_height(26) + len(verdict) * line_height(10.5)
    right = sum(len(lines) * line_height(BODY) + 1.6 for _, lines in facts)
    height = max(left, right) + 7
    pages.need(height)
    pages.box(LEFT, pages.y, TEXT_WIDTH, height, PALE)
    pages.box(LEFT, pages.y, 1.8, height, colour_of(block.tone) if block.tone else MUTED)
    top = pages.y + 3.5
    pages.y = top
    _lines(pages, question, BODY, x=LEFT + 6, colour=MUTED)
    pages.line(LEFT + 6, pages.y, block.value, 26, bold=True)
    pages.y += line_height(26)
    _lines(pages, verdict, 10.5, x=LEFT + 6, colour=colour_of(block.tone), bold=True)
    pages.y = top
    for name, lines in facts:
        pages.line(split, pages.y, name, SMALL, colour=MUTED)
        _lines(pages, lines, BODY, x=split + name_width, bold=True)
        pages.y += 1.6
    pages.y = top + height - 3.5
