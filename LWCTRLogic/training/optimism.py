"""Bootstrap optimism of the whole procedure (Harrell 1996), and the .632+ estimate (Efron and Tibshirani 1997).

A draw of patients is a weighting: each patient's weight is how often he was drawn. So he stands in one row, and the
folds inside the procedure cannot have him on both sides, which would choose too many features.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.discrimination import weighted_auc
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.chain import fit_chain, reseeded
from LWCTRLogic.training.icc_filter import Readings
from LWCTRLogic.training.parallel import run_all
from LWCTRLogic.training.plan import Plan
from LWCTRLogic.training.strict import Strict, make_chains

_DRAWS = 70_001


@dataclass(frozen=True)
class Optimism:
    """AUC of one model by the bootstrap.

    Attributes
    ----------
    apparent : float
        Of the final model on its own patients.
    optimism, error : float
        Mean over the draws of (AUC on the draw − AUC on all patients), and its Monte Carlo error.
    corrected : float
        apparent − optimism. All patients are judged, most of whom were drawn: with many features it stays too high.
    out_of_bag : float
        Mean AUC of the patients who were not drawn.
    plus : float
        The .632+ estimate, between the two.
    draws : int
        How many; a draw with too few patients of a class for the procedure does not count.
    """

    apparent: float
    optimism: float
    error: float
    corrected: float
    out_of_bag: float
    plus: float
    draws: int


def bootstrap_optimism(
    cohort: TrainingCohort, readings: Readings | None, strict: Strict, plan: Plan, progress: Progress
) -> dict[str, Optimism]:
    """Return the optimism of each model; none when the plan has no bootstraps, or no draw could be fitted."""
    models = list(strict.models)
    if not plan.bootstraps:
        return {}
    chains, inputs = make_chains(models, cohort, readings, plan)
    label, weight = cohort.response()
    rng = np.random.default_rng([plan.seed, _DRAWS])
    counts = rng.multinomial(len(cohort), np.full(len(cohort), 1 / len(cohort)), size=plan.bootstraps)
    tasks = [
        (reseeded(chains[name], turn), inputs[name], label, weight, drawn.astype(float))
        for name in models
        for turn, drawn in enumerate(counts)
    ]
    results = np.array(run_all(judge_draw, tasks, plan.jobs, progress, "bootstrap"))
    found = {}
    for position, name in enumerate(models):
        part = results[position * plan.bootstraps : (position + 1) * plan.bootstraps]
        part = part[np.isfinite(part).all(axis=1)]
        if not len(part):
            continue
        fitted = strict.models[name].chain
        apparent = weighted_auc(label, fitted.predict_proba(inputs[name])[:, 1], weight)
        found[name] = _summary(apparent, part)
    return found


def judge_draw(
    chain: Pipeline, x: pd.DataFrame, label: Bools, weight: Floats, drawn: Floats
) -> tuple[float, float, float]:
    """Fit to a draw; return the AUC on the draw, on all patients, and on those who were not drawn.

    NaN for a draw that has too few patients of a class to fit, or leaves none of one out.
    """
    inside = drawn > 0
    try:
        fitted = fit_chain(chain, x.loc[inside], label[inside], (weight * drawn)[inside])
        scores = fitted.predict_proba(x)[:, 1]
        return (
            weighted_auc(label, scores, weight * drawn),
            weighted_auc(label, scores, weight),
            weighted_auc(label, scores, np.where(inside, 0.0, weight)),
        )
    except (InputError, ValueError):  # the stages say it as scikit-learn's own do
        return (np.nan,) * 3


def _summary(apparent: float, results: Floats) -> Optimism:
    gains = results[:, 0] - results[:, 1]
    optimism, out_of_bag = float(gains.mean()), float(results[:, 2].mean())
    # In errors, 1 − AUC: an AUC without information is one half. The rate of overfitting is kept between 0 and 1.
    worse = max(apparent - max(out_of_bag, 0.5), 0.0)
    room = apparent - 0.5
    rate = min(worse / room, 1.0) if room > 0 else 0.0
    share = 0.632 / (1 - 0.368 * rate)
    plus = (1 - share) * apparent + share * max(out_of_bag, 0.5)
    error = float(gains.std(ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else float("nan")
    return Optimism(apparent, optimism, error, apparent - optimism, out_of_bag, plus, len(gains))
