"""Calibration of predicted survival: of a score as a probability, and of a Cox model at its months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.metric import Metric, plain
from LWCTRLogic.evaluation.shares import alive_share
from LWCTRLogic.stats.averages import mean_interval
from LWCTRLogic.stats.bootstrap import Rows, bootstrap_values
from LWCTRLogic.stats.calibration_survival import SurvivalCalibration, calibration_survival
from LWCTRLogic.stats.enough import check_enough
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.steps import Bools, Floats

WEIGHTS = "censoring weights (IPCW)"
ENOUGH = 100
MOST_DRAWN = 5000
"""Patients up to which intervals by bootstrap are computed."""


@dataclass(frozen=True)
class Drawing:
    """How patients are drawn again for the interval of a distance."""

    seed: int
    draws: int

    @classmethod
    def of(cls, seed: int, draws: int) -> Drawing:
        """Return at most 200 draws: a calibration curve takes its time."""
        return cls(seed, min(draws, 200))


def calibration_of(time: Floats, event: Bools, survival: Floats, month: float) -> SurvivalCalibration:
    """Return the calibration of predicted survival; 0 and 1, whose logits are infinite, are moved in by 1e-6.

    The curve has four knots, or three where fewer than 100 patients had the event or lived on: a curve of more
    bends than the patients can tell shows noise.

    Raises
    ------
    InputError
        When too few had the event or lived on for any curve, or the outcomes are separated.
    """
    check_enough(time, event, month)
    died = int((event & (time <= month)).sum())
    knots = 4 if min(died, int((time > month).sum())) >= ENOUGH else 3
    return calibration_survival(time, event, np.clip(survival, 1e-6, 1 - 1e-6), month, knots=knots)


def calibration_metrics(
    time: Floats,
    event: Bools,
    survival: Floats,
    month: float,
    common: dict[str, Any],
    drawing: Drawing,
) -> Iterator[Metric]:
    """Yield slope, intercept, calibration in the large and distances of the curve from the diagonal.

    The distances have no limits in large cohorts. Percentiles of a distance, which is never negative, lie high.
    """
    common = {**common, "topic": "calibration", "method": WEIGHTS, "at": month}
    try:
        found = calibration_of(time, event, survival, month)
    except InputError as error:
        yield Metric(
            name="calibration slope",
            **{**common, "estimate": plain(np.nan), "method": f"not estimated: {error.found}"},
        )
        return
    yield Metric(name="calibration slope", estimate=found.weak.slope, **common)
    yield Metric(name="calibration intercept", estimate=found.weak.intercept, **common)
    yield Metric(name="calibration in the large", estimate=found.weak.in_the_large, **common)
    observed = alive_share(time, event, month)
    yield Metric(name="observed survival", estimate=observed, **{**common, "method": "Kaplan–Meier"})
    mean = {**common, "method": "mean over patients"}
    yield Metric(name="mean predicted survival", estimate=mean_interval(survival), **mean)
    yield Metric(name="observed over expected risk", estimate=found.risk_ratio, **common)
    distances = [plain(found.curve.ici), plain(found.curve.e90)]
    common["method"] = "restricted cubic spline of the logit"
    if len(time) <= MOST_DRAWN:
        distances = _with_limits(distances, time, event, survival, month, drawing)
        common["method"] += f", percentiles of {drawing.draws} draws of patients"
    for name, one in zip(("integrated calibration index", "E90"), distances, strict=True):
        yield Metric(name=name, estimate=one, **common)


def _with_limits(
    distances: list[Estimate], time: Floats, event: Bools, survival: Floats, month: float, drawing: Drawing
) -> list[Estimate]:
    def again(rows: Rows) -> tuple[float, float]:
        curve = calibration_of(time[rows], event[rows], survival[rows], month).curve
        return curve.ici, curve.e90

    try:
        values = bootstrap_values(again, len(time), drawing.seed, draws=drawing.draws)
    except InputError:
        return distances  # of so few patients too many draws have no curve
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    return [replace(one, low=float(a), high=float(b)) for one, a, b in zip(distances, low, high, strict=True)]
