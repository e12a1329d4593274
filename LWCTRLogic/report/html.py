"""The report as one HTML file: inline styles and pictures, no script, nothing fetched."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from LWCTRLogic.report.document import Block, Document, Picture
from LWCTRLogic.report.svg import picture_svg
from LWCTRLogic.report.text import clean

_FOLDER = Path(__file__).parent


def render_html(document: Document) -> str:
    """Return the whole page; every text is escaped, so no value can become markup."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: value if isinstance(value, Markup) else clean(value),
    )
    environment.globals["svg"] = cache(_svg)
    environment.tests["kind"] = _is_kind
    styles = Markup((_FOLDER / "report.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return environment.get_template("report.html").render(document=document, styles=styles)


def _svg(picture: Picture) -> Markup:
    return Markup(picture_svg(picture))  # noqa: S704 - written by ElementTree, which escapes


def _is_kind(block: Block, name: str) -> bool:
    return type(block).__name__ == name
