"""Tables on the PDF's pages: cells wrap, a new page repeats the column titles."""

from __future__ import annotations

from LWCTRLogic.report.document import Cell, Column, Table
from LWCTRLogic.report.figures.style import INK, LINE, MUTED
from LWCTRLogic.report.pdf_page import LEFT, TEXT_WIDTH, Pages, line_height
from LWCTRLogic.report.pdf_text import wrapped
from LWCTRLogic.report.pdf_tones import colour_of, is_bold

SIZE, TITLE_SIZE, CAPTION_SIZE = 8.2, 7.5, 9.0
GAP, PAD = 4.5, 0.9  # mm between columns, above and below a row


TALLEST = 40  # lines of a row that stay together
KEPT_WHOLE = 100.0  # mm: a table up to this height is not split
PAGE = 245.0  # mm: nor is one up to this height that asks for it


def table_height(table: Table) -> float:
    """Return the height of the whole table in mm."""
    places = _places(table.columns)
    rows = sum(_height(_wrapped_row(row, places), SIZE) for row in table.rows)
    return (
        len(_caption(table)) * line_height(CAPTION_SIZE) + _height(_titles(table, places), TITLE_SIZE) + rows
    )


def _caption(table: Table) -> list[str]:
    return wrapped(table.caption, TEXT_WIDTH, CAPTION_SIZE, bold=True) if table.caption else []


def together(table: Table) -> float:
    """Return the height in mm that must stay on one page: the table, or the start of a tall one."""
    height = table_height(table)
    return height if height <= (PAGE if table.whole else KEPT_WHOLE) else 50.0


def put_table(table: Table, pages: Pages) -> None:
    """Put a table at the current place."""
    places = _places(table.columns)
    titles = _titles(table, places)
    pages.need(together(table))
    for line in _caption(table):
        pages.line(LEFT, pages.y, line, CAPTION_SIZE, bold=True)
        pages.y += line_height(CAPTION_SIZE)
    _head(table, pages, places, titles)
    for row in table.rows:
        parts = _parts(_wrapped_row(row, places))
        for part in parts:
            if pages.need(_height(part, SIZE)):
                _head(table, pages, places, titles)
            _row(row, part, table.columns, places, pages)
        pages.rule(pages.y, LINE)


def _parts(cells: list[list[str]]) -> list[list[list[str]]]:
    """Cut a very tall row into parts that may stand on different pages."""
    tallest = max(len(lines) for lines in cells)
    return [[lines[start : start + TALLEST] for lines in cells] for start in range(0, tallest, TALLEST)]


def _places(columns: tuple[Column, ...]) -> list[tuple[float, float]]:
    """Return (left, width) of each column in mm."""
    whole = sum(column.width for column in columns)
    usable = TEXT_WIDTH - GAP * (len(columns) - 1)
    places, x = [], LEFT
    for column in columns:
        width = usable * column.width / whole
        places.append((x, width))
        x += width + GAP
    return places


def _titles(table: Table, places: list[tuple[float, float]]) -> list[list[str]]:
    return [
        wrapped(column.title, width, TITLE_SIZE)
        for column, (_, width) in zip(table.columns, places, strict=True)
    ]


def _wrapped_row(row: tuple[Cell, ...], places: list[tuple[float, float]]) -> list[list[str]]:
    return [
        wrapped(cell.text, width, SIZE, is_bold(cell.tone))
        for cell, (_, width) in zip(row, places, strict=True)
    ]


def _height(cells: list[list[str]], size: float) -> float:
    return max((len(lines) for lines in cells), default=0) * line_height(size) + 2 * PAD


def _head(table: Table, pages: Pages, places: list[tuple[float, float]], titles: list[list[str]]) -> None:
    height = _height(titles, TITLE_SIZE)
    for column, place, lines in zip(table.columns, places, titles, strict=True):
        y = pages.y + height - PAD - len(lines) * line_height(TITLE_SIZE)
        for line in lines:
            _write(pages, line, column, place, y, TITLE_SIZE, MUTED)
            y += line_height(TITLE_SIZE)
    pages.y += height
    pages.rule(pages.y, INK, 0.8)


def _row(
    row: tuple[Cell, ...],
    cells: list[list[str]],
    columns: tuple[Column, ...],
    places: list[tuple[float, float]],
    pages: Pages,
) -> None:
    for cell, lines, column, place in zip(row, cells, columns, places, strict=True):
        y = pages.y + PAD
        for line in lines:
            _write(pages, line, column, place, y, SIZE, colour_of(cell.tone), is_bold(cell.tone))
            y += line_height(SIZE)
    pages.y += _height(cells, SIZE)


def _write(
    pages: Pages,
    text: str,
    column: Column,
    place: tuple[float, float],
    y: float,
    size: float,
    colour: str,
    bold: bool = False,
) -> None:
    left, width = place
    x = left if column.align == "left" else left + width
    pages.line(x, y, text, size, bold=bold, colour=colour, align=column.align)
