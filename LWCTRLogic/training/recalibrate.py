"""Recalibrating a bundle for a new centre: intercept and slope of each score, as a new bundle linked to the old one.

Weights stay. With the scores move the cut-offs, so that the same patients are called responders. Cox models take the
score as it was, so those are fitted anew; :func:`recalibrated_cox` says what becomes of each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import RAD_SCORE, RAD_SCORE_MODEL, Bundle, Classifier, CoxModel, Measure
from LWCTRLogic.models.cohort_data import HORIZON, TrainingCohort
from LWCTRLogic.models.fit_bundle import COX_TERMS, fit_cox_models, score_measures, why_no_cox
from LWCTRLogic.models.fit_score import folds
from LWCTRLogic.stats.calibration_survival import weighted_logistic
from LWCTRLogic.stats.censoring import CensoringWeights
from LWCTRLogic.stats.estimate import Estimate, wald
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.training.cohort_reading import digest_columns, refuse_known_patients
from LWCTRLogic.training.locked import Locked, apply_bundle, known_by

LEAST_OF_A_CLASS = 20
"""Ten patients of the rarer class for each of the two numbers that are fitted."""
LEAST_EVENTS = 10
"""Events for each coefficient of a Cox model."""
FOLDS = 10
INTERCEPT, SLOPE = "recalibration intercept", "recalibration slope"
_FIT = "logit(new) = intercept + slope · logit(old), censoring weights; Wald, the estimate of the weights counted"
_JUDGED = (
    "locked weights on the recalibration cohort; intercept and slope fitted on it; bootstrap over patients"
)


@dataclass(frozen=True)
class Move:
    """How one score moved: logit(new) = intercept + slope · logit(old).

    Attributes
    ----------
    intercept, slope : Estimate
        With 95 % limits; no slope limits for a score that is the same for everybody.
    before, after : (n,)
        Each patient's score before, and after by intercept and slope that were fitted without his fold.
    """

    intercept: Estimate
    slope: Estimate
    before: Floats
    after: Floats


@dataclass(frozen=True)
class Recalibration:
    """The new bundle, how each score moved by model, and what became of each Cox model, in words."""

    bundle: Bundle
    moves: dict[str, Move]
    cox: dict[str, str]
    missing: dict[str, str]


def recalibrate(
    bundle: Bundle, cohort: TrainingCohort, name: str, seed: int = 0, draws: int = 500
) -> Recalibration:
    """Return the bundle recalibrated on a cohort.

    Parameters
    ----------
    name : str
        Of the new bundle.
    seed, draws : int
        Of the folds and the bootstrap intervals.

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
    models = [model for model in bundle.classifiers if model.name in locked.scores]
    moves = {model.name: _move(locked, model.name, seed) for model in models}
    classifiers = tuple(_moved(model, moves[model.name], locked, seed, draws) for model in models)
    cox, fates = recalibrated_cox(bundle, locked, moves.get(RAD_SCORE_MODEL), seed, draws)
    made = _linked(bundle, locked, name, classifiers, cox, fates)
    return Recalibration(made, moves, fates, dict(locked.missing))


def recalibrated_cox(
    bundle: Bundle, locked: Locked, move: Move | None, seed: int, draws: int
) -> tuple[tuple[CoxModel, ...], dict[str, str]]:
    """Return the Cox models of the new bundle, and what became of each, by ``endpoint model``.

    Each is fitted anew where the cohort allows it. Otherwise one without the score is kept as it was; one with it is
    left out, since the score that it knew is no more.
    """
    cohort, scores = locked.cohort, np.full(len(locked.cohort), np.nan)
    if move is not None:
        margin = locked.margins[RAD_SCORE_MODEL]
        scores = np.asarray(expit(move.intercept.value + move.slope.value * margin), dtype=float)
    fitted: tuple[CoxModel, ...] = ()
    if move is not None and np.ptp(scores) > 0:
        fitted = fit_cox_models(cohort, scores, seed, draws, LEAST_EVENTS)
    new = {(model.endpoint, model.name): model for model in fitted}
    old = {(model.endpoint, model.name): model for model in bundle.cox}
    kept, fates = [], {}
    for key in dict.fromkeys([*old, *new]):
        endpoint, name = key
        if key in new:
            fate = f"fitted anew on {new[key].patients} patients with {new[key].events} events"
            kept.append(new[key])
        else:
            reason = why_no_cox(cohort, name, endpoint, LEAST_EVENTS) or "there is no new score to fit it on"
            if RAD_SCORE in COX_TERMS[name]:
                fate = f"left out, since it took the old score and cannot be fitted anew: {reason}"
            else:
                fate = f"kept as it was, baseline and all, since it cannot be fitted anew: {reason}"
                kept.append(old[key])
        fates[f"{endpoint} {name}"] = fate
    return tuple(kept), fates


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
    bundle: Bundle,
    locked: Locked,
    name: str,
    classifiers: tuple[Classifier, ...],
    cox: tuple[CoxModel, ...],
    fates: dict[str, str],
) -> Bundle:
    """Return the new bundle, which says what it was made from."""
    cohort = locked.cohort
    centres = "" if cohort.centre is None else f" of {', '.join(sorted(set(map(str, cohort.centre))))}"
    limits = (
        *bundle.limits,
        f"Recalibrated (intercept and slope) on {len(cohort)} patients{centres}; what its scores are worth there must "
        "be judged on others.",
        *(f"Cox model {model}: {fate}." for model, fate in fates.items()),
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


def _move(locked: Locked, name: str, seed: int) -> Move:
    margin = locked.margins[name]
    intercept, slope = _fit(locked, name, np.ones(len(margin), dtype=bool))
    if slope.value <= 0:
        raise InputError(
            f"the score of {name} points the wrong way in this cohort (slope {slope.value:.2f})",
            "higher scores for those who live longer",
            "A new intercept and slope cannot mend that: train a model",
        )
    label, weight = locked.cohort.response()
    fold, after = folds(label, weight, FOLDS, seed), np.empty(len(margin))
    for number in range(FOLDS):
        out = fold == number
        a, b = _fit(locked, name, ~out)
        after[out] = expit(a.value + b.value * margin[out])
    return Move(intercept, slope, locked.scores[name], after)


def _fit(locked: Locked, name: str, rows: np.ndarray) -> tuple[Estimate, Estimate]:
    """Return intercept and slope with their limits, from some of the patients."""
    cohort, margin = locked.cohort, locked.margins[name][rows]
    weights = CensoringWeights.of(cohort.os_months[rows], cohort.os_event[rows])
    ones = np.ones((len(margin), 1))
    if not np.ptp(margin) > 0:
        # A constant score has nothing but its level to be put right.
        level, variance = weighted_logistic(weights, ones, HORIZON, offset=margin)
        return wald(float(level[0]), float(np.sqrt(variance[0, 0]))), Estimate(1.0)
    found, covariance = weighted_logistic(weights, np.column_stack([ones, margin]), HORIZON)
    errors = np.sqrt(np.diag(covariance))
    return wald(float(found[0]), float(errors[0])), wald(float(found[1]), float(errors[1]))


def _moved(model: Classifier, move: Move, locked: Locked, seed: int, draws: int) -> Classifier:
    intercept, slope = move.intercept.value, move.slope.value
    scores: Floats = np.asarray(expit(intercept + slope * locked.margins[model.name]), dtype=float)
    measures = score_measures(locked.cohort, scores, seed, draws)
    judged = [replace(item, method=_JUDGED) for item in measures if not item.name.startswith("calibration")]
    for name, value in ((INTERCEPT, move.intercept), (SLOPE, move.slope)):
        if np.isfinite(value.low):
            judged.append(Measure(name, value.value, value.low, value.high, _FIT))
    cutoff = float(expit(intercept + slope * logit(np.clip(model.cutoff, 1e-12, 1 - 1e-12))))
    return replace(
        model,
        slope=model.slope * slope,
        offset=intercept + slope * model.offset,
        cutoff=cutoff,
        performance=tuple(judged),
    )
