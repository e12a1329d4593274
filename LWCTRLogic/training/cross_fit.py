"""Nested, repeated cross-validation of the whole chain: every stage is fitted anew without each fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from LWCTRLogic.models.fit_score import folds
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.chain import chosen_features, completed_logits, fit_chain, reseeded
from LWCTRLogic.training.fold_calibration import MarginScale, calibrate_by_others
from LWCTRLogic.training.outcome import Outcome
from LWCTRLogic.training.parallel import run_all

_LARGE_PRIME = 7919
Predicted = tuple[Floats, tuple[str, ...], Floats | None]
"""Of a fold: margins (k,), features chosen, and margins (m, k) by completed data set where values are imputed."""


@dataclass(frozen=True)
class CrossFit:
    """Out-of-fold scores.

    Attributes
    ----------
    scores : (r, n)
        Probability of living beyond 12 months, from the fit that did not see the patient, calibrated by the patients of
        the other folds.
    fold : (r, n) of int
        Fold of each patient in each repeat.
    chosen : tuple of tuple of str
        Features that each of the fits chose.
    margins : (r, n)
        What was calibrated: linear predictors in SDs of each fit's training patients.
    completed : (r, m, n) or None
        The scores by each of m completed data sets, where missing values are imputed.
    """

    scores: Floats
    fold: NDArray[np.intp]
    chosen: tuple[tuple[str, ...], ...]
    margins: Floats
    completed: Floats | None = None


def deal_folds(outcome: Outcome, count: int, repeats: int, seed: int) -> NDArray[np.intp]:
    """Return folds (repeats, n), classes dealt out evenly; the same seed gives the same folds to all models."""
    label, weight = outcome.response()
    return np.array([folds(label, weight, count, seed + _LARGE_PRIME * turn) for turn in range(repeats)])


def cross_fit_all(
    chains: Mapping[str, Pipeline],
    inputs: Mapping[str, pd.DataFrame],
    outcome: Outcome,
    fold: NDArray[np.intp],
    jobs: int = 1,
    progress: Progress | None = None,
    step: str = "cross-validation",
    calibrators: Mapping[str, Floats] | None = None,
) -> dict[str, CrossFit]:
    """Cross-fit several models on the same folds.

    Parameters
    ----------
    chains, inputs :
        Unfitted chain and inputs (n, p) by model.
    fold : (r, n) of int
        Folds of each repeat.
    calibrators : mapping, optional
        Out-of-fold margins (q, n) by model to calibrate with, instead of those of these very folds.
    """
    tasks = [
        (reseeded(chains[name], turn * 1000 + int(number)), inputs[name], outcome, fold[turn] == number)
        for name in chains
        for turn in range(len(fold))
        for number in np.unique(fold[turn])
    ]
    results = iter(run_all(fit_and_predict, tasks, jobs, progress or Progress(), step))
    count = sum(len(np.unique(groups)) for groups in fold)
    others = calibrators or {}
    return {
        name: gather_folds([next(results) for _ in range(count)], fold, outcome, others.get(name))
        for name in chains
    }


def gather_folds(
    parts: Sequence[Predicted], fold: NDArray[np.intp], outcome: Outcome, calibrator: Floats | None = None
) -> CrossFit:
    """Return what the folds predicted as one.

    Parameters
    ----------
    parts :
        Of each fold of each repeat, in order.
    fold : (r, n) of int
        Fold of each patient in each repeat.
    calibrator : (q, n), optional
        Out-of-fold margins to calibrate with, instead of these.
    """
    margins, sets, following = np.empty(fold.shape), None, iter(parts)
    if parts[0][2] is not None:
        sets = np.empty((len(fold), len(parts[0][2]), fold.shape[1]))
    for turn, groups in enumerate(fold):
        for number in np.unique(groups):
            out = groups == number
            margins[turn, out], _, completed = next(following)
            if sets is not None:
                sets[turn][:, out] = completed
    calibration = calibrate_by_others(fold, margins if calibrator is None else calibrator, outcome)
    return CrossFit(
        calibration.probability(margins),
        fold,
        tuple(chosen for _, chosen, _ in parts),
        margins,
        None if sets is None else calibration.of_sets().probability(sets),
    )


def fit_and_predict(chain: Pipeline, x: pd.DataFrame, outcome: Outcome, out: Bools) -> Predicted:
    """Fit a chain without the patients ``out``; return their margins, the features chosen, and margins by data set.

    The censoring weights too come from the training patients alone.
    """
    label, weight = outcome.rows(~out).response()
    fitted = fit_chain(chain, x.loc[~out], label, weight)
    scale = MarginScale.of(fitted.decision_function(x.loc[~out]))
    sets = completed_logits(fitted, x.loc[out])
    return (
        scale.margins(fitted.decision_function(x.loc[out])),
        chosen_features(fitted, x),
        None if sets is None else scale.margins(sets),
    )


def chosen_share(fits: Sequence[tuple[str, ...]]) -> dict[str, float]:
    """Return in what share of the fits each feature was chosen, the most frequent first."""
    names, counts = np.unique([name for fit in fits for name in fit], return_counts=True)
    order = np.lexsort((names, -counts))
    return {str(names[one]): float(counts[one] / len(fits)) for one in order}


def nogueira_stability(fits: Sequence[tuple[str, ...]], features: int) -> float:
    """Return the stability of a selection: 1 when all fits chose alike, about 0 when by chance.

    Nogueira, Sechidis and Brown (2018), equation 4; NaN when every fit chose nothing or everything.
    """
    count = len(fits)
    share = np.array(list(chosen_share(fits).values()))
    size = float(np.mean([len(fit) for fit in fits]))
    if count < 2 or size in (0.0, float(features)):
        return float("nan")
    variance = float((count / (count - 1) * share * (1 - share)).sum()) / features
    return 1 - variance / (size / features * (1 - size / features))
