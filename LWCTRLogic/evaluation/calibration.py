"""Calibration of predicted survival: of a score as a probability, and of a Cox model at its months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import logit

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.metric import Metric, plain
from LWCTRLogic.evaluation.shares import alive_share
from LWCTRLogic.stats.averages import mean_interval
from LWCTRLogic.stats.bootstrap import Rows, bootstrap_values
from LWCTRLogic.stats.calibration_survival import (
    SurvivalCalibration,
    calibration_survival,
    risk_ratio,
    weak_calibration,
)
from LWCTRLogic.stats.censoring import CensoringWeights
from LWCTRLogic.stats.enough import check_enough
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.survival_curves import survival_curve

WEIGHTS = "censoring weights (IPCW)"
ENOUGH = 100
_EDGE = 1e-6
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
    return calibration_survival(time, event, np.clip(survival, _EDGE, 1 - _EDGE), month, knots=knots)


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
    try:  # slope and intercept alone: a score of few values has no curve
        check_enough(time, event, month)
        weights, inside = CensoringWeights.of(time, event), np.clip(survival, _EDGE, 1 - _EDGE)
        weak = weak_calibration(weights, logit(inside), month)
    except InputError as error:
        yield Metric(
            name="calibration slope",
            **{**common, "estimate": plain(np.nan), "method": f"not estimated: {error.found}"},
        )
        return
    yield Metric(name="calibration slope", estimate=weak.slope, **common)
    yield Metric(name="calibration intercept", estimate=weak.intercept, **common)
    yield Metric(name="calibration in the large", estimate=weak.in_the_large, **common)
    observed = alive_share(time, event, month)
    yield Metric(name="observed survival", estimate=observed, **{**common, "method": "Kaplan–Meier"})
    mean = {**common, "method": "mean over patients"}
    yield Metric(name="mean predicted survival", estimate=mean_interval(survival), **mean)
    ratio = risk_ratio(survival_curve(time, event).at(month), float(inside.mean()))
    yield Metric(name="observed over expected risk", estimate=ratio, **common)
    yield from _distances(time, event, survival, month, common, drawing)


def _distances(
    time: Floats, event: Bools, survival: Floats, month: float, common: dict[str, Any], drawing: Drawing
) -> Iterator[Metric]:
    """Yield mean distance and its 90th percentile of the curve from the diagonal."""
    names = ("integrated calibration index", "E90")
    try:
        curve = calibration_of(time, event, survival, month).curve
    except InputError as error:
        reason = {**common, "method": f"not estimated: {error.found}"}
        yield from (Metric(name=name, estimate=plain(np.nan), **reason) for name in names)
        return
    distances = [plain(curve.ici), plain(curve.e90)]
    method = "restricted cubic spline of the logit"
    if len(time) <= MOST_DRAWN:
        distances = _with_limits(distances, time, event, survival, month, drawing)
        method += f", percentiles of {drawing.draws} draws of patients"
    for name, one in zip(names, distances, strict=True):
        yield Metric(name=name, estimate=one, **{**common, "method": method})


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
