"""Cox models judged on patients whom no fit has seen: neither that of the score nor that of the Cox model.

The folds are those of the first repeat. For each of them the score is cross-fitted and calibrated once more *among its
training patients*, the Cox models are fitted to those scores, and predict the patients left out, whose own scores come
from the fit without the fold, calibrated by its training patients. Fitting the Cox models to the out-of-fold scores of
all others would nearly do, were it not that the outcomes of the fold have helped to make them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import MRECIST, RAD_SCORE, REPORT_MONTHS, CoxModel, Measure
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.fit_bundle import COX_TERMS, MRECIST_CODINGS, landmark_outcome
from LWCTRLogic.models.fit_score import INNER_FOLDS, folds
from LWCTRLogic.models.pooled_cox import completed_grades, fit_completed
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.cox import survival_probabilities
from LWCTRLogic.stats.enough import is_enough
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.chain import reseeded
from LWCTRLogic.training.cox_judging import cox_measures
from LWCTRLogic.training.cross_fit import CrossFit, fit_and_predict, gather_folds
from LWCTRLogic.training.fold_calibration import fit_calibration
from LWCTRLogic.training.outcome import Outcome
from LWCTRLogic.training.parallel import run_all
from LWCTRLogic.training.plan import Plan, check_size

_SEED = 50_021


@dataclass(frozen=True)
class FoldedCox:
    """Predictions of one Cox model for patients whom no fit has seen.

    Attributes
    ----------
    name, endpoint : str
        Such as "Rad-Nomo" and "OS".
    risk : (n,)
        Linear predictor; NaN for patients who are not at risk at the follow-up scan, or lack mRECIST.
    months : tuple of float
        From the follow-up scan; without those beyond which too few were followed.
    survival : (n, m)
        Predicted probability of having had no event by then; NaN as ``risk``.
    measures : tuple of Measure
        How well they did.
    not_done : str
        Why there are none; empty when there are.
    """

    name: str
    endpoint: str
    risk: Floats
    months: tuple[float, ...]
    survival: Floats
    measures: tuple[Measure, ...] = ()
    not_done: str = ""


def nested_scores(
    chain: Pipeline,
    x: pd.DataFrame,
    outcome: Outcome,
    cross: CrossFit,
    plan: Plan,
    progress: Progress,
) -> dict[int, Floats]:
    """Return for each fold the scores (m, n) that a Cox model may know.

    Those of its training patients are cross-fitted and calibrated among them. Those of the patients left out come from
    the fit without the fold, calibrated by the training patients. There are m completed data sets where missing values
    are imputed, else one.
    """
    fold = cross.fold[0]
    parts = {
        int(number): _training_part(outcome, fold != number, plan.seed + int(number))
        for number in np.unique(fold)
    }
    tasks = [
        (reseeded(chain, _SEED + number * 100 + turn), x.iloc[rows], part, inner == turn)
        for number, (rows, part, inner) in parts.items()
        for turn in range(INNER_FOLDS)
    ]
    results = iter(run_all(fit_and_predict, tasks, plan.jobs, progress, "Cox models out of fold"))
    found = {}
    for number, (rows, part, inner) in parts.items():
        own = gather_folds([next(results) for _ in range(INNER_FOLDS)], inner[None], part)
        scores = own.scores if own.completed is None else own.completed[0]
        found[number] = np.empty((len(scores), len(x)))
        found[number][:, rows] = scores
        out = fold == number
        found[number][:, out] = fit_calibration(own.margins, part).probability(cross.margins[0, out])
    return found


def _training_part(
    outcome: Outcome, inside: Bools, seed: int
) -> tuple[NDArray[np.intp], Outcome, NDArray[np.intp]]:
    """Return which patients are in training (k,), their outcome, and the fold of each."""
    part = outcome.rows(inside)
    return np.flatnonzero(inside), part, folds(*part.response(), INNER_FOLDS, seed + _SEED)


def judge_cox_models(
    cohort: TrainingCohort,
    models: Sequence[CoxModel],
    chain: Pipeline,
    x: pd.DataFrame,
    cross: CrossFit,
    plan: Plan,
    progress: Progress,
) -> tuple[FoldedCox, ...]:
    """Predict every patient by Cox models that know neither him nor a score that does, and judge the predictions.

    Parameters
    ----------
    models : sequence of CoxModel
        Those of the bundle: which to judge.
    chain, x, cross :
        Of the model whose score is the Rad-score.

    Raises
    ------
    Cancelled
        If the user asked to stop.
    """
    fold = cross.fold[0]
    try:
        for number in np.unique(fold):
            check_size(cohort.rows(fold != number), replace(plan, folds=INNER_FOLDS))
    except InputError as error:
        return tuple(_not_judged(model, len(cohort), f"without one fold: {error.found}") for model in models)
    outcome = Outcome(cohort.os_months, cohort.os_event)
    scores = nested_scores(chain, x, outcome, cross, plan, progress)
    return tuple(_judged(model, cohort, scores, fold, plan) for model in models)


def _not_judged(model: CoxModel, patients: int, reason: str) -> FoldedCox:
    none = np.full(patients, np.nan)
    return FoldedCox(model.name, model.endpoint, none, (), none[:, None][:, :0], not_done=reason)


def _judged(
    model: CoxModel,
    cohort: TrainingCohort,
    scores: dict[int, Floats],
    fold: np.ndarray,
    plan: Plan,
) -> FoldedCox:
    time, event, rows = landmark_outcome(cohort, model.endpoint)
    months = tuple(float(month) for month in REPORT_MONTHS[model.endpoint] if is_enough(time, event, month))
    risk, survival = np.full(len(cohort), np.nan), np.full((len(cohort), len(months)), np.nan)
    try:
        for number, nested in scores.items():
            out = rows & (fold == number)
            given = (cohort, fold != number, nested)
            risk[out], survival[out] = predict_left_out(model, given, out, months, plan.seed)
    except InputError as error:
        return _not_judged(model, len(cohort), error.one_line())
    known = np.isfinite(risk[rows])
    measures = cox_measures(
        time[known], event[known], risk[rows][known], survival[rows][known], fold[rows][known], months
    )
    return FoldedCox(model.name, model.endpoint, risk, months, survival, measures)


def predict_left_out(
    model: CoxModel,
    given: tuple[TrainingCohort, Bools, Floats],
    out: Bools,
    months: tuple[float, ...],
    seed: int,
) -> tuple[Floats, Floats]:
    """Fit a Cox model to the training patients of a fold; return linear predictor and survival of those ``out``.

    Parameters
    ----------
    given :
        The cohort; who is in training (n,); the scores (m, n) of :func:`nested_scores`.
    """
    cohort, inside, nested = given
    part = cohort.rows(inside)
    time, event, rows = landmark_outcome(part, model.endpoint)
    names = COX_TERMS[model.name]
    columns = {RAD_SCORE: nested[:, inside][:, rows]}
    if MRECIST in names:
        columns[MRECIST] = completed_grades(part, model.endpoint, nested[:, inside], seed)
    fit, _ = fit_completed(time, event, np.stack([columns[name] for name in names], axis=2))
    grades = cohort.mrecist.map(MRECIST_CODINGS[model.endpoint]).to_numpy(dtype=float)
    values = np.column_stack([nested[0, out] if name == RAD_SCORE else grades[out] for name in names])
    centred = values - fit.centre
    return (
        np.asarray(centred @ fit.coefficients, dtype=float),
        survival_probabilities(fit.baseline, fit.coefficients, centred, months),
    )
