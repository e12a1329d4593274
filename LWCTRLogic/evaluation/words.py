"""How an evaluation writes numbers: an estimate with its interval, a p-value, a hazard ratio."""

from __future__ import annotations

import math
from collections.abc import Sequence

from LWCTRLogic.evaluation.metric import Metric
from LWCTRLogic.report.text import DASH, NOTHING, number
from LWCTRLogic.stats.estimate import Estimate

NOT_REACHED = "NR"
SPACE = "\u00a0"
"""Does not let a line end between a number and its sign."""


def interval_words(one: Estimate, decimals: int = 2) -> str:
    """Return "0.78 (0.73–0.83)"; without limits the value alone, a dash where there is no value.

    A limit that was not reached, such as that of a median, is written NR, one without bound as \u221e.
    """
    if not math.isfinite(one.value):
        return NOTHING
    value = number(one.value, decimals)
    if math.isnan(one.low) and math.isnan(one.high):
        return value
    low, high = (_limit(end, decimals) for end in (one.low, one.high))
    joint = " to " if min(one.low, one.high) < 0 else DASH
    return f"{value} ({low}{joint}{high})"


def _limit(end: float, decimals: int) -> str:
    return NOT_REACHED if math.isnan(end) else "\u221e" if math.isinf(end) else number(end, decimals)


def percent_words(one: Estimate) -> str:
    """Return a share with its interval in per cent."""
    scaled = Estimate(100 * one.value, 100 * one.low, 100 * one.high)
    text = interval_words(scaled, 0)
    return text if text == NOTHING else f"{text}{SPACE}%"


def p_words(p: float | None) -> str:
    """Return "p = 0.031", "p < 0.001", or nothing where there is none; on one line."""
    if p is None or not math.isfinite(p):
        return ""
    words = "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"
    return words.replace(" ", SPACE)


def hazard_words(metrics: Sequence[Metric]) -> str:
    """Return the hazard ratio among the metrics of a comparison of groups, or nothing."""
    found = [metric for metric in metrics if metric.name.startswith("hazard ratio") and not metric.group]
    if not found or not math.isfinite(found[0].estimate.value):
        return ""
    return f"HR {interval_words(found[0].estimate)}"
