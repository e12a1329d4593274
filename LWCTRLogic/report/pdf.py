"""The report as PDF: the blocks of the document laid out on A4, with the same pictures as the HTML page."""

from __future__ import annotations

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
from LWCTRLogic.report.pdf_table import put_table
from LWCTRLogic.report.pdf_text import wrapped
from LWCTRLogic.report.pdf_tones import AMBER, colour_of

BODY, SMALL, HEADING, TITLE = 9.0, 7.8, 12.5, 17.0
SIZES = {"body": BODY, "lead": 10.5, "note": SMALL}
EDGES = {"warning": AMBER, "missing": MUTED, "fine": "#009E73"}
FILLS = {"warning": "#fff6de", "missing": PALE, "fine": PALE}


def render_pdf(document: Document) -> bytes:
    """Return the PDF's bytes, equal for equal documents."""
    with drawing_rules():
        pages = Pages(document)
        _title(pages)
        for section in document.sections:
            _section(pages, section)
        return pages.to_bytes()


def _title(pages: Pages) -> None:
    document = pages.document
    pages.line(LEFT, pages.y, document.title, TITLE, bold=True)
    pages.y += line_height(TITLE) + 1
    text = "     ".join(f"{name}: {value}" for name, value in document.facts)
    _lines(pages, wrapped(text, TEXT_WIDTH, BODY), BODY)
    pages.y += 1.5
    pages.rule(pages.y, INK, 1.0)


def _section(pages: Pages, section: Section) -> None:
    if section.new_page and pages.y > pages.top:
        pages.new_page()
    first = section.blocks[0]
    height = first.height if isinstance(first, Picture) else 24.0
    pages.need(height + 14)
    if pages.y > pages.top:
        pages.y += 6
    pages.line(LEFT, pages.y, section.title, HEADING, bold=True)
    pages.y += line_height(HEADING) + 1.5
    for block in section.blocks:
        put(block, pages)
        pages.y += 2.5


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
    _lines(pages, wrapped(block.text, TEXT_WIDTH, size), size, colour=colour)


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


@put.register
def _(block: Callout, pages: Pages) -> None:
    entries = [(wrapped(block.title, TEXT_WIDTH - 8, BODY, bold=True), 0.0, True)]
    entries += [(wrapped(line, TEXT_WIDTH - 12, BODY), 4.0, False) for line in block.lines]
    pages.need(2.5 * line_height(BODY) + 4)
    for index, (lines, indent, bold) in enumerate(entries):
        pad = 1.2 if index in (0, len(entries) - 1) else 0.4
        height = len(lines) * line_height(BODY) + 2 * pad
        pages.need(height)
        pages.box(LEFT, pages.y, TEXT_WIDTH, height, FILLS[block.kind])
        pages.box(LEFT, pages.y, 1.4, height, EDGES[block.kind])
        pages.y += pad
        if indent:
            pages.line(LEFT + 4.5, pages.y, "\u2022", BODY)
        _lines(pages, lines, BODY, x=LEFT + 4 + indent, bold=bold)
        pages.y += pad


@put.register
def _(block: Headline, pages: Pages) -> None:
    split, name_width = LEFT + 78, 42.0
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
