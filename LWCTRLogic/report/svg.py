"""Pictures as inline SVG: repeatable bytes, ids that are unique in the page, a title and a description."""

from __future__ import annotations

import io
import warnings
import xml.etree.ElementTree as ET

from matplotlib.figure import Figure

from LWCTRLogic.report.document import Canvas, Picture
from LWCTRLogic.report.figures.style import MM, drawing_rules, texts_of
from LWCTRLogic.report.text import clean

DPI = 72  # an SVG unit is a point
_REFERENCES = ("href", "clip-path", "style", "fill", "stroke", "mask")


def draw_picture(picture: Picture) -> Figure:
    """Draw a picture on a figure of its own; call inside :func:`drawing_rules`."""
    figure = Figure(figsize=(picture.width * MM, picture.height * MM), dpi=DPI)
    picture.draw(Canvas(figure))
    for text in texts_of(figure):
        text.set_text(clean(text.get_text()))
    return figure


def picture_svg(picture: Picture) -> str:
    """Return the picture as an ``<svg>`` element for an HTML page.

    The element has no script, no style sheet and no link out; its ids begin with the picture's name, so that
    several pictures fit into one page.
    """
    stream = io.BytesIO()
    with drawing_rules(), warnings.catch_warnings():
        # the browser has other fonts, so a sign that ours lacks is no loss here
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        draw_picture(picture).savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return inline_svg(picture, stream.getvalue())


def inline_svg(picture: Picture, drawn: bytes) -> str:
    """Return an SVG file of the picture, as matplotlib writes it, as the element that :func:`picture_svg` gives."""
    root = ET.fromstring(drawn)
    _strip(root)
    _rename_ids(root, picture.name)
    _head(root, picture)
    return ET.tostring(root, encoding="unicode")


def _strip(root: ET.Element) -> None:
    """Drop namespaces, metadata and the style sheet, which would reach the whole page."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.rpartition("}")[2] in ("metadata", "style"):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
        element.tail = None if not (element.tail or "").strip() else element.tail
        element.text = None if not (element.text or "").strip() else element.text


def _rename_ids(root: ET.Element, name: str) -> None:
    """Begin every id, and every reference to one, with the picture's name; drop ids that nobody uses."""
    used = "".join(
        value for element in root.iter() for key, value in element.attrib.items() if key in _REFERENCES
    )
    for element in root.iter():
        own = element.attrib.pop("id", None)
        if own is not None and f"#{own}" in used:
            element.set("id", f"{name}-{own}")
        for key in _REFERENCES:
            value = element.get(key, "")
            if key == "href" and value.startswith("#"):
                element.set(key, f"#{name}-{value[1:]}")
            elif "url(#" in value:
                element.set(key, value.replace("url(#", f"url(#{name}-"))


def _head(root: ET.Element, picture: Picture) -> None:
    """Give the element its size, its role and its words."""
    width, height = root.get("width", ""), root.get("height", "")
    view = root.get("viewBox", f"0 0 {width.removesuffix('pt')} {height.removesuffix('pt')}")
    root.attrib = {
        "class": "drawing",
        "viewBox": view,
        "role": "img",
        "aria-labelledby": f"{picture.name}-title {picture.name}-desc",
        "style": f"--width:{picture.width:.1f}mm",
    }
    title, description = ET.Element("title"), ET.Element("desc")
    title.set("id", f"{picture.name}-title")
    title.text = clean(picture.title)
    description.set("id", f"{picture.name}-desc")
    description.text = clean(picture.description)
    root.insert(0, title)
    root.insert(1, description)
