"""Tables of metrics: one row a score, one column a statistic."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from LWCTRLogic.evaluation.metric import Metric
from LWCTRLogic.evaluation.words import interval_words
from LWCTRLogic.report.document import Cell, Column, Paragraph, Table
from LWCTRLogic.report.text import NOTHING, clean, listed

Writer = Callable[[Metric], str]
_NOT = "not estimated: "
_NAMED = 4


def written(metric: Metric) -> str:
    """Return a metric's value with its interval."""
    return interval_words(metric.estimate)


def pivot(
    caption: str,
    metrics: Iterable[Metric],
    columns: Sequence[tuple[str, Callable[[Metric], bool]]],
    writer: Writer = written,
    row_of: Callable[[Metric], str] = lambda metric: metric.score,
    heading: str = "Score",
    lead: float = 1.7,
) -> Table | None:
    """Return a table with one row a score and one column a statistic, or ``None`` when there is nothing to show.

    Parameters
    ----------
    columns : sequence of (title, test)
        The first metric of the row that passes the test stands in the column.
    row_of : callable
        Which row a metric belongs to.
    lead : float
        Width of the first column, beside 1.6 of the others.
    """
    rows: dict[str, dict[str, str]] = {}
    for metric in metrics:
        for title, test in columns:
            if test(metric):
                rows.setdefault(row_of(metric), {}).setdefault(title, writer(metric))
    if not rows:
        return None
    used = [title for title, _ in columns if any(title in cells for cells in rows.values())]
    return Table(
        caption,
        (Column(heading, lead), *(Column(title, 1.6) for title in used)),
        tuple(
            (Cell(clean(name), "strong"), *(Cell(cells.get(title, NOTHING)) for title in used))
            for name, cells in rows.items()
        ),
    )


def dash_note(metrics: Iterable[Metric]) -> Paragraph | None:
    """Return why figures are missing, each reason once, or ``None`` where none is."""
    reasons: dict[str, dict[str, None]] = {}
    for one in metrics:
        if math.isnan(one.estimate.value) and one.method.startswith(_NOT):
            what = one.name if one.at is None else f"{one.name} at {one.at:.4g}"
            reasons.setdefault(one.method.removeprefix(_NOT), {})[what] = None
    if not reasons:
        return None
    told = []
    for reason, names in reasons.items():
        shown = list(names)[:_NAMED] + (["others"] if len(names) > _NAMED else [])
        told.append(f"{listed([clean(name) for name in shown])} ({clean(reason)})")
    return Paragraph(f"A dash, not estimated: {'; '.join(told)}.", "note")
