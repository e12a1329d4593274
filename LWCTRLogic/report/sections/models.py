"""The seven models: scores, or what each lacks."""

from __future__ import annotations

from LWCTRLogic.models.prediction import ModelScore
from LWCTRLogic.report.document import Cell, Column, Paragraph, Section, Table
from LWCTRLogic.report.gather import ReportData
from LWCTRLogic.report.sections.summary import missing_words, responder_words, tone_of
from LWCTRLogic.report.text import NOTHING, clean, number, score_words

NOTE = (
    "Each score is that model's probability (0 to 1) of surviving longer than 12 months, with its own "
    "cut-off. The score shown first comes from the most complete model that could run."
)


def models_section(data: ReportData) -> Section:
    """Return the table of all models."""
    columns = (
        Column("Model", 2.1),
        Column("Looks at", 2.7),
        Column("Score", 0.8, "right"),
        Column("Cut-off", 0.9, "right"),
        Column("Verdict", 1.9),
        Column("Missing", 3),
    )
    rows = tuple(_row(score, score.model == data.prediction.model) for score in data.prediction.scores)
    return Section("models", "All models", (Table("", columns, rows), Paragraph(NOTE, "note")))


def _row(score: ModelScore, shown_first: bool) -> tuple[Cell, ...]:
    name = clean(score.model) + (" (shown first)" if shown_first and score.score is not None else "")
    inputs = Cell(clean(score.label))
    missing = "; ".join(missing_words(item) for item in score.missing)
    if score.score is None:
        return (
            Cell(name, "strong"),
            inputs,
            Cell(NOTHING, "muted"),
            Cell(number(score.cutoff), "muted"),
            Cell("not run", "muted"),
            Cell(missing or "not in this bundle"),
        )
    return (
        Cell(name, "strong"),
        inputs,
        Cell(score_words(score.score), "strong"),
        Cell(number(score.cutoff)),
        Cell(responder_words(score.responder), tone_of(score.responder)),
        Cell(missing or NOTHING),
    )
