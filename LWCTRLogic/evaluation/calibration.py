"""Calibration of predicted survival: of a score as a probability, and of a Cox model at its months."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.metric import Metric, plain
from LWCTRLogic.stats.calibration_survival import SurvivalCalibration, calibration_survival
from LWCTRLogic.stats.steps import Bools, Floats

WEIGHTS = "censoring weights (IPCW)"
ENOUGH = 100


def calibration_of(time: Floats, event: Bools, survival: Floats, month: float) -> SurvivalCalibration:
    """Return the calibration of predicted survival; 0 and 1, whose logits are infinite, are moved in by 1e-6.

    The curve has four knots, or three where fewer than 100 patients had the event or lived on: a curve of more
    bends than the patients can tell shows noise.
    """
    died = int((event & (time <= month)).sum())
    knots = 4 if min(died, int((time > month).sum())) >= ENOUGH else 3
    return calibration_survival(time, event, np.clip(survival, 1e-6, 1 - 1e-6), month, knots=knots)


def calibration_metrics(
    time: Floats, event: Bools, survival: Floats, month: float, common: dict[str, Any]
) -> Iterator[Metric]:
    """Yield slope, intercept, calibration in the large and distances of the curve from the diagonal."""
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
    yield Metric(name="calibration in the large", estimate=found.weak.in_the_large, **common)
    yield Metric(name="observed survival", estimate=found.observed, **{**common, "method": "Kaplan–Meier"})
    yield Metric(name="mean predicted survival", estimate=plain(found.expected), **common)
    yield Metric(name="observed over expected risk", estimate=found.risk_ratio, **common)
    curve = "restricted cubic spline of the logit"
    yield Metric(
        name="integrated calibration index", estimate=plain(found.curve.ici), **{**common, "method": curve}
    )
    yield Metric(name="E90", estimate=plain(found.curve.e90), **{**common, "method": curve})
