"""Nested, repeated cross-validation of the whole chain: every stage is fitted anew without each fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from LWCTRLogic.models.cohort_data import HORIZON
from LWCTRLogic.models.fit_score import folds
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.chain import chosen_features, completed_scores, fit_chain, reseeded
from LWCTRLogic.training.parallel import run_all

_LARGE_PRIME = 7919


@dataclass(frozen=True)
class Outcome:
    """Survival of each patient (n,), from which labels and censoring weights are made inside each fold."""

    months: Floats
    event: Bools

    def response(self) -> tuple[Bools, Floats]:
        """Return whether each patient lived beyond 12 months, and the censoring weight of that."""
        return alive_at(self.months, self.event, HORIZON)

    def rows(self, chosen: NDArray[np.intp] | Bools) -> Outcome:
        """Return the outcomes of some patients."""
        return Outcome(self.months[chosen], self.event[chosen])


@dataclass(frozen=True)
class CrossFit:
    """Out-of-fold scores.

    Attributes
    ----------
    scores : (r, n)
        Probability of living beyond 12 months, from the fit that did not see the patient.
    fold : (r, n) of int
        Fold of each patient in each repeat.
    chosen : tuple of tuple of str
        Features that each of the fits chose.
    completed : (r, m, n) or None
        The scores by each of m completed data sets, where missing values are imputed.
    """

    scores: Floats
    fold: NDArray[np.intp]
    chosen: tuple[tuple[str, ...], ...]
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
) -> dict[str, CrossFit]:
    """Cross-fit several models on the same folds.

    Parameters
    ----------
    chains, inputs :
        Unfitted chain and inputs (n, p) by model.
    fold : (r, n) of int
        Folds of each repeat.
    """
    tasks = [
        (reseeded(chains[name], turn * 1000 + int(number)), inputs[name], outcome, fold[turn] == number)
        for name in chains
        for turn in range(len(fold))
        for number in np.unique(fold[turn])
    ]
    results = run_all(fit_and_score, tasks, jobs, progress or Progress(), step)
    found = {}
    start = 0
    for name in chains:
        scores, chosen, sets = np.empty(fold.shape), [], []
        for turn in range(len(fold)):
            for number in np.unique(fold[turn]):
                out = fold[turn] == number
                scores[turn, out], names, completed = results[start]
                chosen.append(names)
                sets.append((turn, out, completed))
                start += 1
        found[name] = CrossFit(scores, fold, tuple(chosen), _gathered(sets, fold.shape))
    return found


def _gathered(parts: Sequence[tuple[int, Bools, Floats | None]], shape: tuple[int, ...]) -> Floats | None:
    """Return the scores of the completed data sets (r, m, n) from those of each fold (m, k)."""
    first = parts[0][2]
    if first is None:
        return None
    found = np.empty((shape[0], len(first), shape[1]))
    for turn, out, completed in parts:
        found[turn][:, out] = completed
    return found


def fit_and_score(
    chain: Pipeline, x: pd.DataFrame, outcome: Outcome, out: Bools
) -> tuple[Floats, tuple[str, ...], Floats | None]:
    """Fit a chain without the patients ``out``; return their scores, the features chosen, and scores by data set.

    The censoring weights too come from the training patients alone.
    """
    label, weight = outcome.rows(~out).response()
    fitted = fit_chain(chain, x.loc[~out], label, weight)
    return (
        fitted.predict_proba(x.loc[out])[:, 1],
        chosen_features(fitted, x),
        completed_scores(fitted, x.loc[out]),
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
