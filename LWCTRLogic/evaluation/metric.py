"""One number of an evaluation: what it is, of what, with its interval, and how it was obtained."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.intervals import LACKING, ROUNDING, interval_of, spread
from LWCTRLogic.stats.estimate import Comparison, Estimate
from LWCTRLogic.stats.estimate import bounded as bounded

COLUMNS = (
    "topic", "score", "versus", "endpoint", "group", "name", "at", "value", "low", "high", "se", "p",
    "patients", "events", "method", "interval",
)  # fmt: skip


@dataclass(frozen=True)
class Metric:
    """One number.

    Attributes
    ----------
    topic : str
        Chapter of the report: discrimination, calibration, classification, survival, comparison, subgroup …
    name : str
        The statistic, such as "AUC".
    estimate : Estimate
        Its value and 95 % interval (NaN where there is none).
    score, versus : str
        Which score it is of, and which one that is compared with; empty for the cohort itself.
    endpoint : str
        ``response``, ``OS``, ``PFS`` or empty.
    group : str
        Subgroup, such as "treatment: ICI + TKI"; empty for all patients.
    at : float or None
        Months, or the cut-off.
    p : float or None
        Two-sided p-value of the test that goes with it.
    patients, events : int
        What it rests on.
    method : str
        How it was obtained, in words.
    """

    topic: str
    name: str
    estimate: Estimate
    score: str = ""
    versus: str = ""
    endpoint: str = ""
    group: str = ""
    at: float | None = None
    p: float | None = None
    patients: int = 0
    events: int = 0
    method: str = ""

    def __post_init__(self) -> None:
        """Take limits away that are one number: they would say that it is known for certain."""
        object.__setattr__(self, "estimate", spread(self.estimate))

    @property
    def interval(self) -> str:
        """How the interval was made, or why there is none (see :mod:`LWCTRLogic.evaluation.intervals`)."""
        return interval_of(self.topic, self.name, self.estimate)

    @property
    def is_bare(self) -> bool:
        """Whether it has a value but not the interval that others of its kind have."""
        return math.isfinite(self.estimate.value) and self.interval in LACKING

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data; what is not a number becomes ``None``, since JSON has no NaN."""
        one = self.estimate
        numbers = {"value": one.value, "low": one.low, "high": one.high, "se": one.se}
        row = {name: getattr(self, name) for name in COLUMNS if name not in numbers}
        row |= {name: _finite(value) for name, value in numbers.items()}
        row["p"] = None if self.p is None else _finite(self.p)
        return {name: row[name] for name in COLUMNS}


def measured(compute: Callable[[], Estimate | Comparison], **common: Any) -> Metric:
    """Return a metric, or one without a value that says why it could not be estimated of these patients."""
    try:
        found = compute()
    except InputError as error:
        return Metric(**{**common, "estimate": Estimate(math.nan), "method": f"not estimated: {error.found}"})
    if isinstance(found, Comparison):
        difference = found.difference
        return Metric(estimate=difference, p=None if difference.se < ROUNDING else found.test.p, **common)
    return Metric(estimate=found, **common)


def plain(value: float) -> Estimate:
    """Return a number that has no interval; :data:`LWCTRLogic.evaluation.intervals.RULES` says why."""
    return Estimate(float(value))


def pick(metrics: Iterable[Metric], **wanted: Any) -> list[Metric]:
    """Return the metrics whose attributes equal those wanted, in their order."""
    return [
        metric for metric in metrics if all(getattr(metric, key) == value for key, value in wanted.items())
    ]


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
