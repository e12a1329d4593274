"""The seven models: scores, or what each lacks."""

from __future__ import annotations

from LWCTRLogic.models.prediction import ModelScore
from LWCTRLogic.report.document import Cell, Column, Paragraph, Section, Table
from LWCTRLogic.report.gather import ReportData
from LWCTRLogic.report.sections.summary import missing_words, responder_words, tone_of
from LWCTRLogic.report.text import NOTHING, clean, number

NOTE = (
    "Each score is that model's probability (0 to 1) of surviving longer than 12 months, with its own cut-off. "
    "The score shown first comes from the most complete model that could run."
)


def models_section(data: ReportData) -> Section:
    """Return the table of all models."""
    columns = (
        Column("Model", 2.4),
        Column("Score", 0.9, "right"),
        Column("Cut-off", 0.9, "right"),
        Column("Verdict", 1.6),
        Column("Missing", 4),
    )
    rows = tuple(_row(score, score.model == data.prediction.model) for score in data.prediction.scores)
    return Section(
        "models", "All models", (Table("Scores of all models", columns, rows), Paragraph(NOTE, "note"))
    )


def _row(score: ModelScore, shown_first: bool) -> tuple[Cell, ...]:
    name = clean(score.label) + (" (shown first)" if shown_first and score.score is not None else "")
    missing = "; ".join(missing_words(item) for item in score.missing)
    if score.score is None:
        return (
            Cell(name, "strong"),
            Cell(NOTHING, "muted"),
            Cell(number(score.cutoff), "muted"),
            Cell("not run", "muted"),
            Cell(missing or "not in this bundle"),
        )
    return (
        Cell(name, "strong"),
        Cell(number(score.score), "strong"),
        Cell(number(score.cutoff)),
        Cell(responder_words(score.responder), tone_of(score.responder)),
        Cell(missing or NOTHING),
    )
