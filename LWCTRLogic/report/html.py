"""The report as one HTML file: inline styles and pictures, no script, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from LWCTRLogic.report.document import Block, Document, Picture
from LWCTRLogic.report.svg import inline_svg, picture_svg
from LWCTRLogic.report.text import clean

_BREAKS = re.compile(r"(?<=_)(?=\w)|(?<=[a-z])(?=[A-Z][a-z])")
_INTERVAL = re.compile(r"\([\d.−]+(?:–| to )[\d.−]+\)")
_FOLDER = Path(__file__).parent


def render_html(document: Document, drawn: Mapping[str, bytes] | None = None) -> str:
    """Return the whole page; every text is escaped, so no value can become markup.

    Parameters
    ----------
    drawn : mapping of str to bytes, optional
        SVG files of pictures that were drawn before, by the pictures' names; the others are drawn now.
    """
    styles = Markup((_FOLDER / "report.css").read_text(encoding="utf-8"))
    svg = cache(partial(_svg, drawn=drawn or {}))
    return _environment().get_template("report.html").render(document=document, styles=styles, svg=svg)


@cache
def _environment() -> Environment:
    """Return what the page is made with; a report has a page for each of its tables, and compiling one takes long."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: value if isinstance(value, Markup) else clean(value),
    )
    environment.globals["breakable"] = _breakable
    environment.tests["kind"] = _is_kind
    return environment


def _svg(picture: Picture, drawn: Mapping[str, bytes]) -> Markup:
    return Markup(inline_svg(picture, drawn[picture.name]) if picture.name in drawn else picture_svg(picture))


def _breakable(text: str) -> Markup:
    """Return escaped text whose long names may break after an underscore or before a capital, intervals nowhere."""
    escaped = Markup("<wbr>").join(escape(part) for part in _BREAKS.split(clean(text)))
    return Markup(_INTERVAL.sub(r'<span class="whole">\g<0></span>', str(escaped)))


def _is_kind(block: Block, name: str) -> bool:
    return type(block).__name__ == name
