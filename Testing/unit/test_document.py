"""The report as data is whole once it is made."""

from __future__ import annotations

import pytest

from LWCTRLogic.report.document import (
    Cell,
    Column,
    Document,
    Paragraph,
    Picture,
    PictureGrid,
    Section,
    Table,
    pictures_of,
)


def test_a_table_whose_row_has_more_cells_than_columns_cannot_be_made() -> None:
    with pytest.raises(ValueError, match=r"rows of \[3\] cells under 2 columns: Characteristics"):
        Table("Characteristics", (Column("a"), Column("b")), ((Cell("1"), Cell("2"), Cell("3")),))


def test_pictures_are_gathered_in_their_order_alone_and_from_grids() -> None:
    one, two, three = (
        Picture(name, lambda canvas: None, 10, 10, name, name) for name in ("one", "two", "three")
    )
    sections = (
        Section("first", "First", (Paragraph("words"), one)),
        Section("second", "Second", (PictureGrid((two, three)),)),
    )
    assert pictures_of(Document("title", "subject", (), "", "foot", sections)) == [one, two, three]
