"""The strict mode: what is published from a training, from scores that no patient helped to fit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import RAD_SCORE_MODEL, Classifier, CoxModel, Measure
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.fit_bundle import fit_cox_models, make_classifier, score_measures
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.discrimination import youden_cutoff
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.chain import chain_inputs, chosen_values, fit_chain, make_chain
from LWCTRLogic.training.combat import Centres
from LWCTRLogic.training.cross_cox import FoldedCox, judge_cox_models
from LWCTRLogic.training.cross_fit import CrossFit, cross_fit_all, deal_folds
from LWCTRLogic.training.fold_calibration import MarginCalibration, MarginScale, fit_calibration
from LWCTRLogic.training.icc_filter import Readings
from LWCTRLogic.training.imputed import Imputed, pool_imputed
from LWCTRLogic.training.judging import FoldedAuc, folded_auc
from LWCTRLogic.training.outcome import Outcome
from LWCTRLogic.training.parallel import run_all
from LWCTRLogic.training.plan import Plan


@dataclass(frozen=True)
class StrictModel:
    """One model and how it did.

    Attributes
    ----------
    cross : CrossFit
        Out-of-fold scores, and what each fit chose.
    auc : FoldedAuc
        Within folds, mean of the repeats.
    cutoff : float
        Youden's, from the out-of-fold scores.
    called : (r, n) of bool
        Whether each out-of-fold score is at or above the cut-off of the *other* folds' scores.
    chain : Pipeline
        Fitted to all patients, without the next.
    calibration : MarginCalibration
        Of its margins, fitted to the out-of-fold ones.
    chosen : tuple of str
        What it chose.
    classifier : Classifier or None
        The model for the bundle; ``None`` when it chose nothing, or needs effects of centres without a reference.
    """

    cross: CrossFit
    auc: FoldedAuc
    cutoff: float
    called: Bools
    chain: Pipeline
    calibration: MarginCalibration
    chosen: tuple[str, ...]
    classifier: Classifier | None
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Strict:
    """All models, the Cox models on cross-fitted scores, what was pooled over imputed data sets, and out of fold."""

    models: dict[str, StrictModel]
    cox: tuple[CoxModel, ...]
    imputed: Imputed | None = None
    folded: tuple[FoldedCox, ...] = ()


def make_chains(
    models: list[str], cohort: TrainingCohort, readings: Readings | None, plan: Plan
) -> tuple[dict[str, Pipeline], dict[str, pd.DataFrame]]:
    """Return the unfitted chain and the inputs of each model."""
    inputs, centres = cohort.inputs(), None
    if plan.chain.combat and cohort.centre is not None:
        of = dict(zip(map(str, cohort.ids), map(str, cohort.centre), strict=True))
        centres = Centres(of, plan.chain.reference_centre, cohort.features)
    chains = {name: make_chain(plan.chain, readings, plan.seed, centres) for name in models}
    return chains, {name: chain_inputs(name, inputs, plan.chain) for name in models}


def train_strict(
    cohort: TrainingCohort,
    readings: Readings | None,
    models: list[str],
    plan: Plan,
    progress: Progress,
) -> Strict:
    """Fit and judge the models.

    Raises
    ------
    InputError
        When a fold cannot be fitted.
    Cancelled
        If the user asked to stop.
    """
    chains, inputs = make_chains(models, cohort, readings, plan)
    outcome = Outcome(cohort.os_months, cohort.os_event)
    fold = deal_folds(outcome, plan.folds, plan.repeats, plan.seed)
    crosses = cross_fit_all(chains, inputs, outcome, fold, plan.jobs, progress)
    label, weight = outcome.response()
    tasks = [(chains[name], inputs[name], label, weight) for name in models]
    fitted = dict(zip(models, run_all(fit_chain, tasks, plan.jobs, progress, "final fits"), strict=True))
    found = {name: _judge(name, cohort, crosses[name], fitted[name], inputs[name], plan) for name in models}
    imputed = None if plan.chain.missing == "refuse" else pool_imputed(cohort, crosses, plan.seed)
    if RAD_SCORE_MODEL not in found or np.ptp(crosses[RAD_SCORE_MODEL].scores[0]) == 0:
        return Strict(found, (), imputed)
    cross = crosses[RAD_SCORE_MODEL]
    if imputed is not None and imputed.cox is not None:
        cox = imputed.cox.models
    else:
        cox = fit_cox_models(cohort, cross.scores[0], plan.seed, draws=0)
    chain, x = chains[RAD_SCORE_MODEL], inputs[RAD_SCORE_MODEL]
    folded = judge_cox_models(cohort, cox, chain, x, cross, plan, progress)
    judged = zip(cox, folded, strict=True)
    return Strict(
        found, tuple(replace(model, performance=item.measures) for model, item in judged), imputed, folded
    )


def _judge(
    name: str, cohort: TrainingCohort, cross: CrossFit, chain: Pipeline, x: pd.DataFrame, plan: Plan
) -> StrictModel:
    label, weight = cohort.response()
    auc = folded_auc(cross.scores, cross.fold, label, weight)
    cutoff, called = cross_cutoffs(cross, label, weight)
    measures = _measures(cohort, cross, auc, plan)
    chosen, values = chosen_values(chain, x)
    calibration = fit_calibration(cross.margins, Outcome(cohort.os_months, cohort.os_event))
    classifier = None
    if chosen and (plan.chain.reference_centre or not plan.chain.combat):
        scale = MarginScale.of(chain.decision_function(x))
        fit = calibration.of_score(chain.named_steps["score"].score_, scale)
        classifier = make_classifier(name, chosen, values, fit, cutoff, measures)
    return StrictModel(cross, auc, cutoff, called, chain, calibration, chosen, classifier, measures)


def cross_cutoffs(cross: CrossFit, label: Bools, weight: Floats) -> tuple[float, Bools]:
    """Return the cut-off of all out-of-fold scores, and each patient's call by that of the other folds."""

    def of(rows: Bools) -> float:
        scores = np.where(rows, cross.scores, np.nan)
        used = np.isfinite(scores)
        labels, weights = (np.broadcast_to(item, scores.shape)[used] for item in (label, weight))
        return youden_cutoff(labels, scores[used], weights)

    called = np.zeros(cross.scores.shape, dtype=bool)
    for turn, groups in enumerate(cross.fold):
        for number in np.unique(groups):
            others = np.zeros(cross.scores.shape, dtype=bool)
            others[turn] = groups != number
            inside = groups == number
            called[turn, inside] = cross.scores[turn, inside] >= of(others)
    return of(np.ones(cross.scores.shape, dtype=bool)), called


def _measures(cohort: TrainingCohort, cross: CrossFit, auc: FoldedAuc, plan: Plan) -> tuple[Measure, ...]:
    words = (
        f"strict: nested cross-validation, {plan.folds} folds × {plan.repeats}, selection inside every fold, censoring "
        "weights; pairs of one fold; interval over patients, widened for the fits' shared luck"
    )
    low, high = auc.interval()
    try:
        others = score_measures(cohort, cross.scores[0], plan.seed, plan.draws)
    except InputError:
        others = ()
    return (
        Measure("AUC", auc.value, low, high, words),
        *(item for item in others if item.name != "AUC"),
    )
