import io
import re
from html.parser import HTMLParser

import pytest

from LWCTRLogic.report.document import (
    Callout,
    Cell,
    Column,
    Document,
    Headline,
    Paragraph,
    Picture,
    PictureGrid,
    Section,
    Table,
    pictures_of,
)
from LWCTRLogic.report.figures.style import drawing_rules
from LWCTRLogic.report.html import render_html
from LWCTRLogic.report.svg import draw_picture

VOID = {"meta", "col", "wbr", "br", "img"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    '=HYPERLINK("http://x.example")',
    "]]><!ENTITY x SYSTEM 'file:///etc/passwd'>&x;",
    "$\\frac{1}{0}$ \x00\x1b[31m \u202egnp.exe",
]


class Page(HTMLParser):
    """The page as tags with their attributes, and text by tag; open tags must match."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.texts = [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self):
        return "".join(self.texts)


def document(word="plain", notice="Demonstration. Not for use."):
    """A document with every kind of block, ``word`` in every text."""

    def draw(canvas):
        canvas.add_axes((0, 0, 1, 1)).text(0.1, 0.5, word)

    pictures = tuple(Picture(name, draw, 60, 30, word, word, word) for name in ("one", "two", "three"))
    columns = (Column(word, 2), Column(word, 1, "right"))
    rows = ((Cell(word, "strong"), Cell(word)), (Cell(word, "warning"), Cell("")))
    blocks = (
        Headline(word, word, word, "responder", ((word, word),)),
        Paragraph(word, "note"),
        Callout("warning", word, (word, word)),
        Table(word, columns, rows),
        pictures[0],
        PictureGrid(pictures[1:]),
    )
    return Document(word, word, ((word, word),), notice, word, (Section("first", word, blocks, True),))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text(hostile):
    plain, attacked = Page(render_html(document())), Page(render_html(document(hostile)))
    shape = [(tag, sorted(attributes)) for tag, attributes in plain.tags if tag != "wbr"]
    assert shape == [(tag, sorted(attributes)) for tag, attributes in attacked.tags if tag != "wbr"]
    assert attacked.text.count(re.sub(r"[\x00\x1b]", " ", hostile).replace("\u202e", "")[:6].strip()) >= 15


def test_the_page_has_no_script_and_fetches_nothing():
    text = render_html(document())
    page = Page(text)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {
        "script",
        "link",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
        "image",
        "foreignobject",
    }
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("src", "href"):
            assert attributes.get(name, "#").startswith(("#", "data:image/png;base64,"))
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)


def test_the_page_forbids_scripts_by_policy():
    page = Page(render_html(document()))
    policies = [attributes["content"] for _, attributes in page.tags if "http-equiv" in attributes]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_ids_are_unique_and_every_link_has_its_target():
    page = Page(render_html(document()))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"][1:] for tag, attributes in page.tags if tag == "a"]
    assert links == ["first"]
    assert set(links) <= set(ids)


def test_every_picture_has_a_name_and_words_for_those_who_cannot_see_it():
    page = Page(render_html(document("seen")))
    drawings = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert len(drawings) == 3
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert set(drawing["aria-labelledby"].split()) <= ids


def test_the_notice_stands_first_on_the_page_and_in_what_repeats_when_printed():
    text = render_html(document())
    body = text.partition("<body>")[2]
    assert body.index("Demonstration. Not for use.") < body.index("<h1>")
    assert 'class="running"' in body
    assert re.search(r"@media print.*\.running \{ display: table-header-group", text, re.DOTALL)


def test_without_a_notice_there_is_no_empty_band():
    body = render_html(document(notice="")).partition("<body>")[2]
    assert 'class="running"' not in body


def test_every_cell_says_which_column_it_is_of_for_narrow_screens():
    page = Page(render_html(document("word")))
    cells = [attributes for tag, attributes in page.tags if tag == "td"]
    assert [cell["data-label"] for cell in cells] == ["word"] * 4
    assert "empty" in cells[-1]["class"].split()


def test_the_same_document_gives_the_same_page():
    assert render_html(document()) == render_html(document())


def test_pictures_drawn_before_give_the_same_page():
    drawn = {}
    for picture in pictures_of(document()):
        stream = io.BytesIO()
        with drawing_rules():
            draw_picture(picture).savefig(stream, format="svg", metadata={"Date": None})
        drawn[picture.name] = stream.getvalue()
    assert render_html(document(), drawn) == render_html(document())
    assert "another" in render_html(document(), {"one": drawn["one"].replace(b"plain", b"another")})


def test_an_interval_is_never_broken_over_two_lines():
    words = "0.84 (0.80–0.88), −0.03 (−0.29 to 0.23), p < 0.001 (n = 3)"
    table = Table("", (Column("AUC"),), ((Cell(words),),))
    page = render_html(Document("t", "s", (), "", "f", (Section("one", "One", (table,)),)))
    assert '<span class="whole">(0.80–0.88)</span>' in page
    assert '<span class="whole">(−0.29 to 0.23)</span>' in page
    assert "p &lt; 0.001 (n = 3)" in page
    assert words in Page(page).text
