"""Findings: what a check noticed, in words, without stopping the run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something to know before trusting a result.

    Attributes
    ----------
    code : str
        A stable short name (``mask-pieces``, ``window-baseline`` …) by which a reader accepts it.
    text : str
        What was found, with numbers and units, and what was expected, in one sentence.
    volume : str
        The volume concerned (``pre_A`` …), or empty when it concerns the whole case.
    accepted : str
        The reader's reason for accepting it; empty while nobody has.
    """

    code: str
    text: str
    volume: str = ""
    accepted: str = ""
