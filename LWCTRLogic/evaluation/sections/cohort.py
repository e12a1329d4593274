"""The patients: table of characteristics."""

from __future__ import annotations

from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.report.document import Cell, Column, Paragraph, Section, Table
from LWCTRLogic.report.text import clean


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
        last = line.variable
        rows.append((first, Cell(clean(line.level)), *(Cell(text) for _, text in line.cells)))
    columns = (
        Column("Variable", 2.4),
        Column("", 1.6),
        *(Column(group.capitalize(), 1.6) for group in groups),
    )
    note = "Numbers: median [quartiles]. Words: patients (share of those known). Groups by the leading score."
    return Section(
        "cohort", "Patients", (Table("Characteristics", columns, tuple(rows)), Paragraph(note, "note"))
    )
