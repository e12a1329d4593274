"""How the report was made: bundle, settings, versions, hashes."""

from __future__ import annotations

from LWCTRLogic.report.document import Block, Cell, Column, Paragraph, Section, Table
from LWCTRLogic.report.gather import ReportData
from LWCTRLogic.report.text import clean

NOTE = (
    "Times, memory and the log are in manifest.json and log.jsonl beside this report; this page holds only "
    "what is equal whenever inputs and settings are equal."
)


def provenance_section(data: ReportData) -> Section:
    """Return the tables of provenance."""
    source = data.provenance
    versions = ", ".join(f"{name} {version}" for name, version in source.versions)
    facts = (*source.facts, ("Versions", versions))
    blocks: list[Block] = [_pairs("Model and settings", ("What", "Which"), facts)]
    if source.hashes:
        blocks.append(_pairs("Files", ("File in the case", "SHA-256"), source.hashes))
    blocks.append(Paragraph(NOTE, "note"))
    return Section("provenance", "How this report was made", tuple(blocks))


def _pairs(caption: str, titles: tuple[str, str], pairs: tuple[tuple[str, str], ...]) -> Table:
    rows = tuple((Cell(clean(name), "strong"), Cell(clean(value))) for name, value in pairs)
    return Table(caption, (Column(titles[0], 2), Column(titles[1], 5)), rows)
