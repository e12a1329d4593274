"""A Cox model as a nomogram: points an axis, and probabilities under the total.

Points are proportional to a term's share of the linear predictor; the axis with the widest share runs from
0 to 100. The total of the points gives back the linear predictor exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from LWCTRLogic.models.bundle import REPORT_MONTHS, CoxModel, Term
from LWCTRLogic.models.prediction import Nomogram, NomogramAxis
from LWCTRLogic.stats.steps import step_at

PROBABILITIES = (0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.01)
OUTCOMES = {"OS": "Alive at {} months", "PFS": "Progression-free at {} months"}


def make_nomogram(model: CoxModel, values: Mapping[str, float | str]) -> Nomogram | None:
    """Return the nomogram of ``model`` with this patient's points, or ``None`` if no term has an effect.

    Parameters
    ----------
    values : mapping
        ``rad_score`` (0–1) and ``mrecist`` (a word of the term's coding), as far as the model has them.
    """
    zero, unit, most = _scale(model)
    if unit == 0:
        return None
    axes = tuple(_axis(term, values[term.name], unit) for term in model.terms)
    total = sum(axis.points for axis in axes)
    outcomes = tuple(
        _outcome(model, month, zero, unit, total, most)
        for month in REPORT_MONTHS[model.endpoint]
        if month <= model.last
    )
    return Nomogram(model.endpoint, axes, total, (0.0, most), outcomes)


def survival_of_points(model: CoxModel, total: float) -> dict[int, float]:
    """Return the probability of no event by each month of the method, for a total of points of the nomogram."""
    zero, unit, _ = _scale(model)
    return {
        month: _probability(_hazard(model, month), zero + total * unit)
        for month in REPORT_MONTHS[model.endpoint]
        if month <= model.last
    }


def _scale(model: CoxModel) -> tuple[float, float, float]:
    """Return the linear predictor at 0 points, its growth a point (0 without any effect), and the most points."""
    spans = [_span(term) for term in model.terms]
    zero = sum(_lowest(term) - term.coefficient * term.centre for term in model.terms)
    unit = max(spans) / 100
    return zero, unit, sum(spans) / unit if unit else 0.0


def _hazard(model: CoxModel, month: int) -> float:
    return float(step_at(model.times, model.hazard, [month], 0.0)[0])


def _probability(hazard: float, predictor: float) -> float:
    return math.exp(-hazard * math.exp(predictor))


def _levels(term: Term) -> dict[str, float]:
    """Return what stands on a term's axis: label → covariate."""
    return dict(term.coding) if term.coding else {f"{step / 10:.1f}": step / 10 for step in range(11)}


def _lowest(term: Term) -> float:
    return min(term.coefficient * value for value in _levels(term).values())


def _span(term: Term) -> float:
    return max(term.coefficient * value for value in _levels(term).values()) - _lowest(term)


def _axis(term: Term, value: float | str, unit: float) -> NomogramAxis:
    def points(covariate: float) -> float:
        return (term.coefficient * covariate - _lowest(term)) / unit

    ticks = tuple((label, points(covariate)) for label, covariate in _levels(term).items())
    if isinstance(value, str):
        return NomogramAxis(term.label, ticks, value, points(term.coding[value]))
    return NomogramAxis(term.label, ticks, f"{value:.2f}", points(value))


def _outcome(
    model: CoxModel, month: int, zero: float, unit: float, total: float, most: float
) -> tuple[str, tuple[tuple[str, float], ...], float]:
    hazard = _hazard(model, month)
    ticks = []
    if hazard > 0:
        for probability in PROBABILITIES:
            predictor = math.log(-math.log(probability)) - math.log(hazard)
            points = (predictor - zero) / unit
            if 0 <= points <= most:
                ticks.append((f"{100 * probability:.0f} %", points))
    probability = _probability(hazard, zero + total * unit)
    return OUTCOMES[model.endpoint].format(month), tuple(ticks), probability
