"""Nomograms of a bundle as tables that a person can add up by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from LWCTRLogic.models.bundle import CoxModel
from LWCTRLogic.models.nomogram import make_nomogram, survival_of_points
from LWCTRLogic.models.prediction import Nomogram

STEP = 10.0
"""Points from one line of the table of totals to the next."""


@dataclass(frozen=True)
class HandNomogram:
    """A nomogram without a patient.

    Attributes
    ----------
    model : CoxModel
        Whose it is.
    drawing : Nomogram
        Its axes; the patient in it means nothing.
    totals : tuple of (points, by month)
        Probability of no event by each month, for totals in steps of 10 points.
    """

    model: CoxModel
    drawing: Nomogram
    totals: tuple[tuple[float, Mapping[int, float]], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the points of each level and the probabilities under the totals."""
        return {
            "model": self.model.name,
            "endpoint": self.model.endpoint,
            "origin": self.model.origin,
            "points": {axis.label: dict(axis.ticks) for axis in self.drawing.axes},
            "totals": [
                {"points": points, "free_of_event": {f"{month:g}": value for month, value in months.items()}}
                for points, months in self.totals
            ],
        }


def hand_nomograms(models: Iterable[CoxModel]) -> tuple[HandNomogram, ...]:
    """Return the nomograms of the models with more than one term; one term would be a single axis."""
    found = []
    for model in models:
        somebody = {term.name: _level(term.coding) for term in model.terms}
        drawing = make_nomogram(model, somebody) if len(model.terms) > 1 else None
        if drawing is None:
            continue
        most = drawing.total_range[1]
        steps = [STEP * step for step in range(int(most // STEP) + 1)]
        steps += [most] if most - steps[-1] > 1e-9 else []
        totals = tuple((points, survival_of_points(model, points)) for points in steps)
        found.append(HandNomogram(model, drawing, totals))
    return tuple(found)


def _level(coding: Mapping[str, float]) -> float | str:
    """Return some value of a term."""
    return next(iter(coding)) if coding else 0.5
