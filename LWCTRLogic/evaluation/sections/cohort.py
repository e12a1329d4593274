"""The patients: table of characteristics."""

from __future__ import annotations

from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.evaluation.words import p_words
from LWCTRLogic.report.document import Cell, Column, Paragraph, Section, Table
from LWCTRLogic.report.text import clean, listed


def cohort_section(evaluation: Evaluation) -> Section | None:
    """Return the table of characteristics, or ``None`` when the cohort has no clinical values."""
    lines = evaluation.characteristics
    if not lines:
        return None
    groups = [group for group, _ in lines[0].cells]
    rows, last = [], ""
    for line in lines:
        name = clean(line.variable) + (f" ({line.missing} unknown)" if line.missing else "")
        first = Cell("" if line.variable == last else name, "strong")
        p = "" if line.variable == last else p_words(line.p)
        last = line.variable
        rows.append((first, Cell(clean(line.level)), *(Cell(text) for _, text in line.cells), Cell(p)))
    columns = (
        Column("Variable", 2.4),
        Column("", 1.6),
        *(Column(group.capitalize(), 1.6) for group in groups),
        Column("Test", 1.1),
    )
    tests = sorted({line.test for line in lines if line.test})
    note = "Numbers: median [quartiles]. Words: patients (share of those known). Groups by the leading score."
    if tests:
        note += f" Tests: {listed(tests)}, each chosen by its assumptions; the p-values are not adjusted."
    table = Table("Characteristics", columns, tuple(rows), whole=True)
    return Section("cohort", "Patients", (table, Paragraph(note, "note")))
