"""Sentences that a program can show in another language: English text that still knows how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


class Sentence(str):
    """An English sentence with the template and the values that it was made from.

    ``tools/extract_translations.py`` collects the templates; the panel looks a template up and fills the values in.
    """

    template: str
    values: Mapping[str, object]


def said(template: str, **values: object) -> Sentence:
    """Return ``template.format(**values)`` as a :class:`Sentence`; the template stands in the call as it is."""
    made = Sentence(template.format(**values))
    made.template, made.values = template, MappingProxyType(values)
    return made
