"""How the performance grows with the number of patients: whether more of them would help."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.chain import fit_chain, reseeded
from LWCTRLogic.training.icc_filter import Readings
from LWCTRLogic.training.judging import folded_auc
from LWCTRLogic.training.outcome import Outcome
from LWCTRLogic.training.parallel import run_all
from LWCTRLogic.training.plan import Plan
from LWCTRLogic.training.strict import Strict, make_chains


@dataclass(frozen=True)
class LearningPoint:
    """AUC of out-of-fold scores when each fit had about so many patients."""

    patients: int
    auc: float
    low: float
    high: float


def learning_curve(
    cohort: TrainingCohort,
    readings: Readings | None,
    strict: Strict,
    plan: Plan,
    progress: Progress,
) -> dict[str, tuple[LearningPoint, ...]]:
    """Return the curve of each model, its last point being the model's own cross-validation.

    The first repeat's folds are used, each fit on a random part of its training patients. A share that is too small
    for the procedure is left out.
    """
    outcome = Outcome(cohort.os_months, cohort.os_event)
    label, weight = outcome.response()
    models = list(strict.models)
    fold = strict.models[models[0]].cross.fold[:1]
    chains, inputs = make_chains(models, cohort, readings, plan)
    numbers = np.unique(fold)
    tasks = [
        (reseeded(chains[name], int(number)), inputs[name], outcome, fold[0] == number, share, plan.seed)
        for name in models
        for share in plan.learning_shares
        for number in numbers
    ]
    results = iter(run_all(fit_on_a_part, tasks, plan.jobs, progress, "learning curve"))
    found = {}
    for name in models:
        points = []
        for share in plan.learning_shares:
            scores = np.empty(fold.shape)
            parts = [next(results) for _ in numbers]
            if any(part is None for part in parts):
                continue
            for number, part in zip(numbers, parts, strict=True):
                scores[0, fold[0] == number] = part
            points.append(_point(scores, fold, label, weight, share))
        model = strict.models[name]
        low, high = model.auc.interval()
        size = round(len(cohort) * (1 - 1 / plan.folds))
        found[name] = (*points, LearningPoint(size, model.auc.value, low, high))
    return found


def fit_on_a_part(
    chain: Pipeline, x: pd.DataFrame, outcome: Outcome, out: Bools, share: float, seed: int
) -> Floats | None:
    """Fit to a part of the patients who are not ``out`` and score those; ``None`` when the part is too small."""
    training = np.flatnonzero(~out)
    size = round(share * len(training))
    rows = np.sort(np.random.default_rng([seed, size, int(out.argmax())]).permutation(training)[:size])
    try:
        label, weight = outcome.rows(rows).response()
        fitted = fit_chain(chain, x.iloc[rows], label, weight)
    except (InputError, ValueError):
        return None
    scores: Floats = fitted.predict_proba(x.loc[out])[:, 1]
    return scores


def _point(scores: Floats, fold: np.ndarray, label: Bools, weight: Floats, share: float) -> LearningPoint:
    auc = folded_auc(scores, fold, label, weight)
    low, high = auc.interval()
    size = round(share * len(label) * (1 - 1 / len(np.unique(fold))))
    return LearningPoint(size, auc.value, low, high)
