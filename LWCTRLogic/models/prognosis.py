"""Survival of one patient by the bundle's Cox models, and the nomograms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from LWCTRLogic.findings import Finding
from LWCTRLogic.models.bundle import MRECIST, RAD_SCORE, REPORT_MONTHS, CoxModel, Term
from LWCTRLogic.models.nomogram import make_nomogram
from LWCTRLogic.models.prediction import Nomogram, SurvivalCurve
from LWCTRLogic.stats.cox import CoxBaseline, predict_survival

NOMOGRAM_MODEL = "Rad-Nomo"
COX_LABELS = {
    NOMOGRAM_MODEL: "Rad-Nomo (Rad-score and mRECIST)",
    "Rad-score": "Rad-score alone",
    "mRECIST": "mRECIST alone",
}
"""Cox models, from the one shown first."""
_PROGRESSED = "mRECIST is PD, and progression at the follow-up scan is the very event that PFS waits for"


@dataclass(frozen=True)
class Prognosis:
    """Curves (the leading one of each endpoint first), nomograms, and what could not be estimated."""

    curves: tuple[SurvivalCurve, ...]
    nomograms: tuple[Nomogram, ...]
    warnings: tuple[Finding, ...]


def predict_prognosis(models: Iterable[CoxModel], rad_score: float | None, mrecist: str | None) -> Prognosis:
    """Apply every Cox model whose covariates are there.

    Parameters
    ----------
    rad_score : float or None
        Score (0–1) of the LWCTR model; ``None`` when it could not run.
    mrecist : str or None
        CR, PR, SD or PD at the follow-up scan; ``None`` if unknown.
    """
    values: dict[str, float | str] = {}
    if rad_score is not None:
        values[RAD_SCORE] = rad_score
    if mrecist is not None:
        values[MRECIST] = mrecist
    models = list(models)
    over = mrecist == "PD" and _trained_progression_free(models)
    curves, nomograms = [], []
    skipped: dict[str, list[str]] = {}
    order = list(COX_LABELS)
    for model in sorted(models, key=lambda item: (item.endpoint, order.index(item.name))):
        reason = next(filter(None, (_lacking(term, values) for term in model.terms)), "")
        if over and model.endpoint == "PFS":
            reason = _PROGRESSED
        if reason:
            skipped.setdefault(reason, []).append(f"{model.endpoint} by {model.name}")
            continue
        curves.append(_curve(model, values))
        nomogram = make_nomogram(model, values) if model.name == NOMOGRAM_MODEL else None
        if nomogram is not None:
            nomograms.append(nomogram)
    warnings = [
        Finding("survival-missing", f"not estimated: {', '.join(names)}; {reason}")
        for reason, names in skipped.items()
    ]
    return Prognosis(tuple(curves), tuple(nomograms), tuple(warnings))


def _trained_progression_free(models: Iterable[CoxModel]) -> bool:
    """Whether the PFS models were fitted on patients without progression at the follow-up scan.

    Then none of their mRECIST terms knows PD, and the models without such a term saw the same patients.
    """
    terms = [term for model in models if model.endpoint == "PFS" for term in model.terms]
    return any(term.name == MRECIST and "PD" not in term.coding for term in terms)


def _lacking(term: Term, values: dict[str, float | str]) -> str:
    """Return why a term has no value for this patient, or nothing."""
    if term.name not in values:
        if term.name == RAD_SCORE:
            return "the LWCTR model, whose score they need, could not run"
        return "mRECIST at the follow-up scan is not known"
    word = values[term.name]
    if isinstance(word, float) or word in term.coding:
        return ""
    return f"training saw no patient with mRECIST {word}"


def _covariate(term: Term, values: dict[str, float | str]) -> float:
    value = values[term.name]
    return term.coding[value] if isinstance(value, str) else value


def _curve(model: CoxModel, values: dict[str, float | str]) -> SurvivalCurve:
    centred = np.array([_covariate(term, values) - term.centre for term in model.terms])
    months = [float(month) for month in REPORT_MONTHS[model.endpoint] if month <= model.last]
    times = (0.0, *(time for time in model.times if time > 0), model.last)
    times = times[:-1] if times[-2] >= model.last else times
    survival, lower, upper = predict_survival(
        CoxBaseline(
            np.array(model.times),
            np.array(model.hazard),
            np.array(model.variance),
            np.array(model.mean_covariate),
        ),
        [term.coefficient for term in model.terms],
        model.covariance,
        centred,
        [*times, *months],
    )
    count = len(times)
    return SurvivalCurve(
        endpoint=model.endpoint,
        model=model.name,
        label=COX_LABELS[model.name],
        origin=model.origin,
        times=times,
        survival=tuple(survival[:count].tolist()),
        at={f"{month:g}": float(value) for month, value in zip(months, survival[count:], strict=True)},
        lower=tuple(lower[:count].tolist()),
        upper=tuple(upper[:count].tolist()),
    )
