"""What is to be known of a training's cohort: the notes of its reading, what was missing, what imputation cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.evaluation.words import interval_words
from LWCTRLogic.report.document import Block, Cell, Column, Paragraph, Table
from LWCTRLogic.report.text import clean, number
from LWCTRLogic.stats.estimate import Estimate


def cohort_notes(training: Mapping[str, Any]) -> Block | None:
    """Return what the training noted of its cohort: readings that started from a proposal, patients left out."""
    notes = [clean(note) for note in training.get("notes", ())]
    return Paragraph(f"Of the cohort: {'; '.join(notes)}.", "note") if notes else None


def missing_blocks(training: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return the tables on missing values; one sentence where none was, nothing for trainings that do not say."""
    missing, imputation = training.get("missing_values"), training.get("imputation")
    if missing is None:
        return ()
    if not missing:
        return (Paragraph("No clinical variable and no mRECIST was missing.", "note"),)
    patients = training["cohort"]["patients"]
    rows = tuple(
        (Cell(_label(name), "strong"), Cell(f"{count} ({number(100 * count / patients, 0)} %)"))
        for name, count in missing.items()
    )
    columns = (Column("Variable", 3.0), Column(f"Missing, of {patients} patients", 2.0))
    blocks: list[Block] = [Table("Missing values", columns, rows)]
    if imputation:
        blocks.append(Paragraph(imputation["method"], "note"))
        blocks.append(_pooled(imputation))
    return tuple(blocks)


def _pooled(imputation: Mapping[str, Any]) -> Table:
    columns = (
        Column("Estimate", 3.0),
        Column("Pooled (95 % CI)", 2.0),
        Column("Information lost", 1.3),
    )
    caption = (
        f"Pooled over {imputation['data_sets']} completed data sets: log hazard ratios, calibration of scores"
    )
    return Table(caption, columns, tuple(_rows(imputation)))


def _rows(imputation: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    for kind in ("cox", "calibration"):
        for model, terms in imputation[kind].items():
            for name, term in terms.items():
                found = Estimate(term["value"], term["low"], term["high"])
                lost = f"{number(100 * term['missing_information'], 0)} %"
                label = f"{clean(model)}: {clean(name.replace('_', ' '))}"
                yield Cell(label, "strong"), Cell(interval_words(found)), Cell(lost)


def _label(name: str) -> str:
    return VARIABLES[name].label if name in VARIABLES else clean(name)
