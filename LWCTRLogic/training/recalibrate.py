"""Recalibrating a bundle for a new centre: intercept and slope of each score, as a new bundle linked to the old one.

Weights stay. With the scores move the cut-offs, so that the same patients are called responders. The Cox
models are fitted anew, since their baseline hazard is the centre's and their term is the score.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import Bundle, Classifier, CoxModel
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.fit_bundle import fit_cox_models, score_measures
from LWCTRLogic.stats.calibration import fit_logistic
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.training.cohort_reading import digest_columns, refuse_known_patients
from LWCTRLogic.training.locked import Locked, apply_bundle, known_by
from LWCTRLogic.training.strict import RAD_SCORE_MODEL

LEAST_OF_A_CLASS = 20
"""Ten patients of the rarer class for each of the two numbers that are fitted."""


@dataclass(frozen=True)
class Recalibration:
    """The new bundle, and how each score moved: logit(new) = intercept + slope · logit(old)."""

    bundle: Bundle
    intercepts: dict[str, float]
    slopes: dict[str, float]


def recalibrate(
    bundle: Bundle, cohort: TrainingCohort, name: str, seed: int = 0, draws: int = 500
) -> Recalibration:
    """Return the bundle recalibrated on a cohort.

    Parameters
    ----------
    name : str
        Of the new bundle.
    seed, draws : int
        Of the bootstrap intervals.

    Raises
    ------
    InputError
        When the bundle was trained or tested on these patients, they are too few, or a score points the wrong way.
    """
    columns = digest_columns(bundle)
    for key in ("trained_on", "tested_on"):
        words = f"what {bundle.name} was {key.replace('_', ' ')}"
        refuse_known_patients(cohort, bundle.lineage.get(key, ()), words, columns)
    _check_size(cohort)
    locked = apply_bundle(bundle, cohort)
    _refuse_unscored(locked)
    intercepts, slopes, classifiers = {}, {}, []
    for model in bundle.classifiers:
        if model.name not in locked.scores:
            continue
        intercept, slope = _fit(locked, model.name)
        intercepts[model.name], slopes[model.name] = intercept, slope
        classifiers.append(_moved(model, intercept, slope, locked, seed, draws))
    cox: tuple[CoxModel, ...] = ()
    if RAD_SCORE_MODEL in locked.scores:
        scores = expit(
            intercepts[RAD_SCORE_MODEL] + slopes[RAD_SCORE_MODEL] * locked.margins[RAD_SCORE_MODEL]
        )
        cox = fit_cox_models(cohort, np.asarray(scores, dtype=float), seed, draws)
    return Recalibration(_linked(bundle, locked, name, tuple(classifiers), cox), intercepts, slopes)


def _refuse_unscored(locked: Locked) -> None:
    without = sorted(
        {
            case
            for scores in locked.scores.values()
            for case in np.asarray(locked.cohort.ids)[np.isnan(scores)]
        }
    )
    if without:
        shown = ", ".join(map(str, without[:8])) + (" …" if len(without) > 8 else "")
        raise InputError(
            f"{len(without)} patients lack a clinical value that a model needs: {shown}",
            "every value of every patient",
            "Complete the table or leave these patients out",
        )


def _linked(
    bundle: Bundle, locked: Locked, name: str, classifiers: tuple[Classifier, ...], cox: tuple[CoxModel, ...]
) -> Bundle:
    """Return the new bundle, which says what it was made from."""
    cohort = locked.cohort
    centres = "" if cohort.centre is None else f" of {', '.join(sorted(set(map(str, cohort.centre))))}"
    limits = (
        *bundle.limits,
        f"Recalibrated (intercept and slope), and its Cox models fitted anew, on {len(cohort)} patients{centres}; what "
        "its scores are worth there must be judged on others.",
        *(f"Left out: {model}, since {reason}." for model, reason in locked.missing.items()),
    )
    patients = sorted({*bundle.lineage.get("trained_on", ()), *known_by(bundle, cohort)})
    return replace(
        bundle,
        name=name,
        title=f"{bundle.title}, recalibrated",
        trained_on=f"{bundle.trained_on}; recalibrated on {len(cohort)} patients{centres}",
        limits=limits,
        classifiers=classifiers,
        cox=cox,
        sha256="",
        lineage={**bundle.lineage, "parent": bundle.sha256, "trained_on": patients},
    )


def _check_size(cohort: TrainingCohort) -> None:
    label, weight = cohort.response()
    alive, dead = int((label & (weight > 0)).sum()), int((~label & (weight > 0)).sum())
    if min(alive, dead) < LEAST_OF_A_CLASS:
        raise InputError(
            f"{alive} patients lived beyond 12 months and {dead} died before",
            f"{LEAST_OF_A_CLASS} of each at least, to fit an intercept and a slope",
        )


def _fit(locked: Locked, name: str) -> tuple[float, float]:
    label, weight = locked.cohort.response()
    used = (weight > 0) & np.isfinite(locked.margins[name])
    margin = locked.margins[name][used]
    if not np.ptp(margin) > 0:
        # A constant score has nothing but its level to be put right.
        level = float(logit(np.average(label[used], weights=weight[used])))
        return level - float(margin[0]), 1.0
    design = np.column_stack([np.ones(len(margin)), margin])
    intercept, slope = fit_logistic(design, label[used].astype(float), weight[used])
    if slope <= 0:
        raise InputError(
            f"the score of {name} points the wrong way in this cohort (slope {slope:.2f})",
            "higher scores for those who live longer",
            "A new intercept and slope cannot mend that: train a model",
        )
    return float(intercept), float(slope)


def _moved(
    model: Classifier, intercept: float, slope: float, locked: Locked, seed: int, draws: int
) -> Classifier:
    scores: Floats = np.asarray(expit(intercept + slope * locked.margins[model.name]), dtype=float)
    known = np.isfinite(scores)
    measures = score_measures(locked.cohort.rows(known), scores[known], seed, draws)
    words = "locked weights on the recalibration cohort; intercept and slope fitted on it; bootstrap over patients"
    cutoff = float(expit(intercept + slope * logit(np.clip(model.cutoff, 1e-12, 1 - 1e-12))))
    return replace(
        model,
        slope=model.slope * slope,
        offset=intercept + slope * model.offset,
        cutoff=cutoff,
        performance=tuple(
            replace(item, method=words) for item in measures if not item.name.startswith("calibration")
        ),
    )
