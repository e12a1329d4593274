import re
import zlib

import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from LWCTRLogic.report.document import Callout, Cell, Column, Document, Paragraph, Section, Table
from LWCTRLogic.report.figures.style import drawing_rules
from LWCTRLogic.report.pdf import LACKING_NOTE, layout, render_pdf
from LWCTRLogic.report.pdf_page import BOTTOM, HEIGHT, LEFT, RIGHT, WIDTH
from LWCTRLogic.report.pdf_text import LACKING, printable, width_of, wrapped
from Testing.unit.test_report_html import HOSTILE, document

NOTICE = "Demonstration model, simulated patients, not for clinical use."


def pages_of(*blocks, notice=NOTICE):
    """Lay out one section and return what is written on each page."""
    with drawing_rules():
        pages = layout(Document("Title", "case", (), notice, "Footer", (Section("one", "One", blocks),)))
    return pages.figures


def words(figure):
    return [text.get_text() for text in figure.texts]


def test_the_notice_stands_on_every_page():
    lines = tuple(f"warning {index}" for index in range(150))
    figures = pages_of(Callout("warning", "Warnings", lines))
    assert len(figures) > 2
    assert all(NOTICE in words(figure) for figure in figures)


def test_a_long_notice_is_written_whole():
    notice = " ".join(f"word{index}" for index in range(120))
    first = " ".join(words(pages_of(Paragraph("text"), notice=notice)[0]))
    assert notice in first


def test_everything_lies_within_the_margins():
    long = "original_glszm_LargeAreaHighGrayLevelEmphasis " * 30
    rows = tuple((Cell(long), Cell("x" * 300, "warning"), Cell("1", "strong")) for _ in range(12))
    table = Table("Caption", (Column("First", 2), Column("Second"), Column("Third", 1, "right")), rows)
    for figure in pages_of(Paragraph(long), Callout("missing", long, (long,)), table):
        for text in figure.texts:
            box = text.get_window_extent()
            x = [box.x0 / figure.bbox.width * WIDTH, box.x1 / figure.bbox.width * WIDTH]
            assert x[0] >= LEFT - 0.5, text
            assert x[1] <= RIGHT + 0.5, text
            assert box.y0 / figure.bbox.height * HEIGHT >= HEIGHT - BOTTOM - 2, text


def test_a_row_taller_than_a_page_goes_on_on_the_next_page():
    text = " ".join(f"word{index}" for index in range(3000))
    figures = pages_of(Table("", (Column("Long"), Column("Short")), ((Cell(text), Cell("end")),)))
    assert len(figures) > 2
    found = [line for figure in figures for line in words(figure)]
    assert re.findall(r"word\d+", " ".join(found)) == text.split()


def test_a_callout_taller_than_a_page_goes_on_on_the_next_page():
    text = " ".join(f"word{index}" for index in range(3000))
    figures = pages_of(Callout("warning", "Title", (text,)))
    found = [line for figure in figures for line in words(figure)]
    assert re.findall(r"word\d+", " ".join(found)) == text.split()


def test_column_titles_are_repeated_on_every_page_of_a_table():
    rows = tuple((Cell(f"row {index}"), Cell("value")) for index in range(120))
    figures = pages_of(Table("Caption", (Column("Name"), Column("Value")), rows))
    assert len(figures) >= 3
    assert all("Name" in words(figure) for figure in figures)
    assert sum("Caption" in words(figure) for figure in figures) == 1


def test_a_short_table_is_not_split():
    filler = tuple(f"line {index}" for index in range(38))
    rows = tuple((Cell(f"row {index}"),) for index in range(12))
    figures = pages_of(Callout("fine", "Filler", filler), Table("Caption", (Column("Name"),), rows))
    holding = [
        index for index, figure in enumerate(figures) if any(line.startswith("row") for line in words(figure))
    ]
    assert len(holding) == 1


@pytest.mark.parametrize("size", [7.5, 9.0, 12.5])
def test_wrapped_lines_fit_and_lose_nothing(size):
    text = "log-sigma-2-mm-3D_gldm_DependenceNonUniformity of the follow-up scan " + "x" * 200
    lines = wrapped(text, 40, size)
    assert all(width_of(line, size) <= 40 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_name_breaks_at_its_joints():
    assert wrapped("log-sigma-2-mm-3D_gldm_DependenceNonUniformity", 45, 9) == [
        "log-sigma-2-mm-3D_gldm_",
        "DependenceNonUniformity",
    ]


def test_a_number_does_not_break_at_its_point():
    width = width_of("range/2.06", 9)
    assert wrapped("range/2.069", width, 9) == ["range/", "2.069"]


def test_an_empty_text_is_one_empty_line():
    assert wrapped("", 40, 9) == [""]


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_measured_widths_are_those_of_the_drawn_outlines(weight):
    text = "The quick brown fox, 3.14 × 10"
    properties = FontProperties(family="DejaVu Sans", size=9, weight=weight)
    points = TextToPath().get_text_width_height_descent(text, properties, ismath=False)[0]
    render_pdf(document())  # drawing other sizes in between must change nothing
    assert width_of(text, 9, weight == "bold") == pytest.approx(points / 72 * 25.4, rel=0.01)


def test_signs_that_the_font_lacks_become_squares():
    assert printable("liver 肝 ≥ σ") == f"liver {LACKING} ≥ σ"


@pytest.mark.parametrize(("text", "noted"), [("肝 04", True), ("José 04 ≥ σ", False)])
def test_a_square_for_a_sign_that_the_font_lacks_is_explained_once_at_the_end(text, noted):
    figures = pages_of(Paragraph(text), Paragraph(text))
    notes = [line for figure in figures for line in words(figure) if line == LACKING_NOTE]
    assert notes == ([LACKING_NOTE] if noted else [])
    assert words(figures[-1])[-1] == (LACKING_NOTE if noted else text)


def content_of(pdf):
    """Return the PDF with its streams unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    unpacked = []
    for stream in streams:
        try:
            unpacked.append(zlib.decompress(stream))
        except zlib.error:
            unpacked.append(stream)
    return re.sub(rb"stream\r?\n.*?\r?\nendstream", b"", pdf, flags=re.DOTALL), unpacked


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_makes_no_action_in_the_pdf(hostile):
    objects, _ = content_of(render_pdf(document(hostile + ") /OpenAction << /S /JavaScript >>")))
    # the text may stand in the title, but there escaped: never as a key of a dictionary
    without_strings = re.sub(rb"\((?:\\.|[^\\()])*\)", b"", objects)
    for name in (b"/OpenAction", b"/JavaScript", b"/URI", b"/Launch", b"/AA"):
        assert name not in without_strings


def test_the_pdf_is_equal_for_equal_documents_and_holds_no_date():
    first, second = render_pdf(document()), render_pdf(document())
    assert first == second
    assert first.startswith(b"%PDF-")
    assert b"CreationDate" not in first


def test_fonts_are_embedded_in_the_pdf():
    objects, _ = content_of(render_pdf(document()))
    assert b"/FontFile2" in objects


def test_an_unknown_block_is_a_programming_error():
    with pytest.raises(TypeError, match="no way to print str"):
        pages_of("text")
