"""Why this score: the exact contribution of each feature to the headline model's margin."""

from __future__ import annotations

import math

from LWCTRLogic.case import VOLUMES, volume_label
from LWCTRLogic.models.prediction import Contribution, Explanation
from LWCTRLogic.report.document import Block, Callout, Cell, Column, Paragraph, Picture, Section, Table
from LWCTRLogic.report.figures import force
from LWCTRLogic.report.gather import ReportData
from LWCTRLogic.report.sections.summary import headline_score
from LWCTRLogic.report.text import DASH, NOTHING, clean, number, significant

SHOWN = 12
NOTE = (
    "The model is linear, so each feature's part is exact: its weight × (its scaled value − the average in "
    "training). Average + all parts = this patient's margin, which calibration turns into the score. The "
    "numbers in the drawing are those of the table. A part tells how the model works, not what caused the "
    "disease."
)


def explanation_section(data: ReportData) -> Section | None:
    """Return force plot and features of the headline model, or ``None`` when it was not explained."""
    found = next((item for item in data.prediction.explanations if item.model == data.prediction.model), None)
    if found is None or not found.contributions:
        return None
    blocks: list[Block] = [_force(found, data.notice)]
    mismatch = _mismatch(found, data)
    if mismatch:
        blocks.append(Callout("warning", mismatch))
    blocks += [Paragraph(NOTE, "note"), _table(found)]
    return Section("explanation", "Why this score", tuple(blocks))


def _force(explanation: Explanation, notice: str) -> Picture:
    total = force.margin(explanation)
    words = (
        f"From the average {number(explanation.base, 2, signed=True)} to this patient's margin "
        f"{number(total, 2, signed=True)}; the largest parts are listed in the table."
    )
    return Picture(
        "force",
        lambda canvas: force.draw_force(canvas, explanation, notice),
        force.WIDTH,
        force.HEIGHT,
        "Force plot",
        words,
        "What raises (blue, pointing right) and lowers (vermillion, pointing left) this patient's score.",
    )


def _mismatch(explanation: Explanation, data: ReportData) -> str:
    """Return a warning when the parts do not add up to the margin that was predicted."""
    score = headline_score(data.prediction)
    total = force.margin(explanation)
    if score is None or score.margin is None or math.isclose(total, score.margin, rel_tol=1e-6, abs_tol=1e-6):
        return ""
    return (
        f"The parts add up to {number(total, 4)}, but the model's margin is {number(score.margin, 4)}: "
        "do not rely on this explanation"
    )


def _table(explanation: Explanation) -> Table:
    columns = (
        Column("No.", 0.6, "right"),
        Column("Feature", 4),
        Column("Scan", 2.2),
        Column("Value", 1.6, "right"),
        Column("Range in training", 2.3, "right"),
        Column("Part of margin", 1.2, "right"),
        Column("Note", 1.5),
    )
    parts = explanation.ranked()
    rows = [_row(rank, part) for rank, part in enumerate(parts[:SHOWN], start=1)]
    rest = parts[SHOWN:]
    if rest:
        outside = sum(part.outside for part in rest)
        note = f"{outside} outside the range" if outside else ""
        total = sum(part.contribution for part in rest)
        rows.append(_sum_row(f"{len(rest)} other features together", total, note))
    rows.append(_sum_row("Average of the training patients", explanation.base))
    rows.append(_sum_row("Sum: this patient's margin", force.margin(explanation)))
    return Table("What the score is made of", columns, tuple(rows))


def _row(rank: int, part: Contribution) -> tuple[Cell, ...]:
    scan = volume_label(part.volume) if part.volume in VOLUMES else clean(part.volume) or "clinical"
    note = f"outside, by {number(part.distance, 1)} SD" if part.outside else ""
    return (
        Cell(str(rank)),
        Cell(_name(part), "strong"),
        Cell(scan),
        Cell(significant(part.value), "warning" if part.outside else ""),
        Cell(_range(part), "muted"),
        Cell(
            number(part.contribution, 3, signed=True),
            "responder" if part.contribution > 0 else "non-responder",
        ),
        Cell(note, "warning"),
    )


def _name(part: Contribution) -> str:
    """Return the label, with the feature's own name where the label does not hold it."""
    name = clean(part.feature).split(":", 1)[-1]
    words = clean(part.label)
    if part.volume in VOLUMES:  # the scan has a column of its own
        words = words.removeprefix(f"{volume_label(part.volume)}: ")
    return name if not words or words == name else words if name in words else f"{words} ({name})"


def _range(part: Contribution) -> str:
    if part.low is None or part.high is None or isinstance(part.value, str):
        return NOTHING
    return f"{significant(part.low)} {DASH} {significant(part.high)}"


def _sum_row(title: str, value: float, note: str = "") -> tuple[Cell, ...]:
    empty = Cell("")
    return (
        empty,
        Cell(title),
        empty,
        empty,
        empty,
        Cell(number(value, 3, signed=True), "strong"),
        Cell(note),
    )
