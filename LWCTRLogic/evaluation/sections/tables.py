"""Tables of metrics: one row a score, one column a statistic."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from LWCTRLogic.evaluation.intervals import NONE
from LWCTRLogic.evaluation.metric import Metric
from LWCTRLogic.evaluation.words import interval_words
from LWCTRLogic.report.document import Cell, Column, Paragraph, Table
from LWCTRLogic.report.pdf_page import TEXT_WIDTH
from LWCTRLogic.report.pdf_table import GAP, SIZE, TITLE_SIZE
from LWCTRLogic.report.pdf_text import width_of
from LWCTRLogic.report.pdf_tones import is_bold
from LWCTRLogic.report.text import NOTHING, clean, listed

Writer = Callable[[Metric], str]
Test = Callable[[Metric], bool]
_NOT = "not estimated: "
_NAMED = 4
_LONG = 45.0  # mm: a longer word, such as a name of a feature, may be broken


def written(metric: Metric) -> str:
    """Return a metric's value with its interval."""
    return interval_words(metric.estimate)


def pivot(
    caption: str,
    metrics: Iterable[Metric],
    columns: Sequence[tuple[str, Test] | tuple[str, Test, Writer]],
    writer: Writer = written,
    row_of: Callable[[Metric], str] = lambda metric: metric.score,
    heading: str = "Score",
) -> Table | None:
    """Return a table with one row a score and one column a statistic, or ``None`` when there is nothing to show.

    Parameters
    ----------
    columns : sequence of (title, test) or (title, test, writer)
        The first metric of the row that passes the test stands in the column, in the words of its writer.
    row_of : callable
        Which row a metric belongs to.
    """
    rows: dict[str, dict[str, str]] = {}
    for metric in metrics:
        for title, test, *own in columns:
            if test(metric):
                rows.setdefault(row_of(metric), {}).setdefault(title, (own[0] if own else writer)(metric))
    if not rows:
        return None
    used = [title for title, *_ in columns if any(title in cells for cells in rows.values())]
    return fitted_table(
        caption,
        (heading, *used),
        [
            (Cell(clean(name), "strong"), *(Cell(cells.get(title, NOTHING)) for title in used))
            for name, cells in rows.items()
        ],
    )


def fitted_table(
    caption: str, titles: Sequence[str], rows: Sequence[tuple[Cell, ...]], whole: bool = False
) -> Table:
    """Return a table whose columns share the page by what stands in them.

    As a browser does it: no word is broken, each column gets its longest line where all have room, and else what is
    left is shared out by how much each lacks.
    """
    least, most = [], []
    for place, title in enumerate(titles):
        cells = [(title, TITLE_SIZE, False)]
        cells += [(row[place].text, SIZE, is_bold(row[place].tone)) for row in rows]
        most.append(1 + max(width_of(text, size, bold) for text, size, bold in cells))
        words = max(width_of(word, size, bold) for text, size, bold in cells for word in text.split(" "))
        least.append(min(1 + words, _LONG))
    room = TEXT_WIDTH - GAP * (len(titles) - 1)
    lacking = sum(most) - sum(least)
    share = 1.0 if sum(most) <= room or lacking <= 0 else max(0.0, (room - sum(least)) / lacking)
    widths = [low + share * (high - low) for low, high in zip(least, most, strict=True)]
    columns = tuple(Column(title, width) for title, width in zip(titles, widths, strict=True))
    return Table(caption, columns, tuple(rows), whole)


def dash_note(metrics: Iterable[Metric]) -> Paragraph | None:
    """Return why figures are missing, or their intervals, each reason once; ``None`` where nothing is."""
    missing, bare = _Reasons(), _Reasons()
    for one in metrics:
        if math.isnan(one.estimate.value) and one.method.startswith(_NOT):
            missing.add(one, one.method.removeprefix(_NOT))
        elif one.is_bare:
            bare.add(one, one.interval.removeprefix(NONE))
    told = [
        f"{title}: {'; '.join(reasons.words())}."
        for title, reasons in (("A dash, not estimated", missing), ("Without an interval", bare))
        if reasons.names
    ]
    return Paragraph(" ".join(told), "note") if told else None


class _Reasons:
    """Names of numbers by the reason that they share."""

    def __init__(self) -> None:
        self.names: dict[str, dict[str, None]] = {}

    def add(self, one: Metric, reason: str) -> None:
        what = one.name if one.at is None else f"{one.name} at {one.at:.4g}"
        self.names.setdefault(reason, {})[what] = None

    def words(self) -> Iterator[str]:
        for reason, names in self.names.items():
            shown = list(names)[:_NAMED] + (["others"] if len(names) > _NAMED else [])
            yield f"{listed([clean(name) for name in shown])} ({clean(reason)})"
