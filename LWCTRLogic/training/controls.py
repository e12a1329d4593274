"""Negative controls: what a model must beat before its performance means anything.

- *Shuffled outcomes*: the whole procedure on patients whose outcomes were dealt out anew. Nothing is left to find.
- *Volume only*: a model of the liver volumes alone. Many texture features follow volume.
- *Clinical only*: the Clinical model.
- *Shuffled voxels*: features of the same scans with the voxels inside the mask in random order. Volume, shape
  and histogram stay; texture is destroyed. A model that does as well on them uses no texture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.signature import MODEL_VOLUMES
from LWCTRLogic.progress import Progress
from LWCTRLogic.training.cross_fit import cross_fit_all, deal_folds
from LWCTRLogic.training.icc_filter import Readings
from LWCTRLogic.training.judging import Difference, FoldedAuc, auc_difference, folded_auc
from LWCTRLogic.training.outcome import Outcome
from LWCTRLogic.training.plan import Plan
from LWCTRLogic.training.score_stage import CalibratedSvm
from LWCTRLogic.training.strict import Strict, make_chains

VOLUME_FEATURE = "original_shape_VoxelVolume"
CLINICAL = "Clinical"
_OTHER_DRAWS = 90_001
LARGEST_P = 0.05
_SHUFFLED_FOLDS = 5
"""Without any signal the number of folds moves nothing but the time, and this is where most of it goes."""


@dataclass(frozen=True)
class Control:
    """What one model was compared with, and the difference model − control."""

    auc: FoldedAuc
    difference: Difference


@dataclass(frozen=True)
class ModelControls:
    """The controls of one model.

    Attributes
    ----------
    shuffled : (k,)
        AUC of the procedure on each set of shuffled outcomes.
    p : float
        Share of (shuffled and true) AUCs that are at least the true one; NaN without permutations.
    volume, clinical, voxels : Control or None
        ``None`` where the comparison cannot be made or was not asked for.
    """

    shuffled: tuple[float, ...]
    p: float
    volume: Control | None
    clinical: Control | None
    voxels: Control | None

    def not_beaten(self) -> list[str]:
        """Return the controls that the model does not beat, in words."""
        # A few shuffles cannot give a small p: then the model must beat all of them.
        bound = max(LARGEST_P, 1 / (1 + len(self.shuffled)))
        lost = [] if not self.p > bound else [f"shuffled outcomes (p = {self.p:.2f})"]
        names = {"volume alone": self.volume, "clinical variables alone": self.clinical}
        names["shuffled voxels"] = self.voxels
        for name, control in names.items():
            if control is not None and control.difference.low <= 0:
                low, high = control.difference.low, control.difference.high
                lost.append(f"{name} (difference {control.difference.value:+.3f}, {low:+.3f} to {high:+.3f})")
        return lost


def run_controls(
    cohort: TrainingCohort,
    readings: Readings | None,
    strict: Strict,
    plan: Plan,
    progress: Progress,
    voxels: pd.DataFrame | None = None,
) -> dict[str, ModelControls]:
    """Run every control of every model.

    Parameters
    ----------
    voxels : DataFrame (n, p), optional
        Features of shuffled voxels, with the same columns and index as the cohort's.
    """
    models = list(strict.models)
    shuffled = _shuffled(cohort, readings, models, plan, progress)
    volume = _volume_only(cohort, strict, plan, progress)
    noise = {} if voxels is None else _of_voxels(cohort, readings, strict, plan, progress, voxels)
    found = {}
    for name in models:
        ours = strict.models[name].auc
        clinical = strict.models[CLINICAL].auc if CLINICAL in models and name != CLINICAL else None
        # One repeat fluctuates more than the mean of several; comparing that mean with it is on the safe side.
        draws = shuffled[name]
        p = (1 + sum(value >= ours.value for value in draws)) / (1 + len(draws)) if draws else float("nan")
        found[name] = ModelControls(
            draws,
            p,
            _control(ours, volume.get(name)),
            _control(ours, clinical),
            _control(ours, noise.get(name)),
        )
    return found


def shuffled_folds(plan: Plan) -> int:
    """Return in how many folds shuffled outcomes are cross-validated."""
    return min(plan.folds, _SHUFFLED_FOLDS)


def _control(ours: FoldedAuc, other: FoldedAuc | None) -> Control | None:
    return None if other is None else Control(other, auc_difference(ours, other))


def _shuffled(
    cohort: TrainingCohort, readings: Readings | None, models: list[str], plan: Plan, progress: Progress
) -> dict[str, tuple[float, ...]]:
    """Return the AUC of each model on each set of shuffled outcomes; one repeat each."""
    values: dict[str, list[float]] = {name: [] for name in models}
    chains, inputs = make_chains(models, cohort, readings, plan)
    rng = np.random.default_rng([plan.seed, _OTHER_DRAWS])
    for turn in range(plan.permutations):
        order = rng.permutation(len(cohort))
        outcome = Outcome(cohort.os_months[order], cohort.os_event[order])
        fold = deal_folds(outcome, shuffled_folds(plan), 1, plan.seed + turn + 1)
        step = f"shuffled outcomes {turn + 1} of {plan.permutations}"
        crosses = cross_fit_all(chains, inputs, outcome, fold, plan.jobs, progress, step)
        label, weight = outcome.response()
        for name, cross in crosses.items():
            values[name].append(folded_auc(cross.scores, fold, label, weight).value)
    return {name: tuple(items) for name, items in values.items()}


def _plain_chain(seed: int) -> Pipeline:
    return Pipeline([("score", CalibratedSvm(seed))])


def _volume_only(
    cohort: TrainingCohort, strict: Strict, plan: Plan, progress: Progress
) -> dict[str, FoldedAuc]:
    inputs: dict[str, pd.DataFrame] = {}
    for name in strict.models:
        columns = [f"{volume}:{VOLUME_FEATURE}" for volume in MODEL_VOLUMES[name]]
        if columns and set(columns) <= set(cohort.features.columns):
            inputs[name] = cohort.features[columns]
    return _cross_fitted(
        dict.fromkeys(inputs, _plain_chain(plan.seed)), inputs, cohort, strict, plan, progress
    )


def _of_voxels(
    cohort: TrainingCohort,
    readings: Readings | None,
    strict: Strict,
    plan: Plan,
    progress: Progress,
    voxels: pd.DataFrame,
) -> dict[str, FoldedAuc]:
    columns = cohort.features.columns
    shuffled = replace(cohort, features=voxels.loc[cohort.features.index, columns])
    models = [name for name in strict.models if MODEL_VOLUMES[name]]
    chains, inputs = make_chains(models, shuffled, readings, plan)
    return _cross_fitted(chains, inputs, cohort, strict, plan, progress, "shuffled voxels")


def _cross_fitted(
    chains: Mapping[str, Pipeline],
    inputs: Mapping[str, pd.DataFrame],
    cohort: TrainingCohort,
    strict: Strict,
    plan: Plan,
    progress: Progress,
    step: str = "volume only",
) -> dict[str, FoldedAuc]:
    """Cross-fit controls on the very folds of the models that they are compared with."""
    if not chains:
        return {}
    fold = next(iter(strict.models.values())).cross.fold
    outcome = Outcome(cohort.os_months, cohort.os_event)
    label, weight = outcome.response()
    crosses = cross_fit_all(chains, inputs, outcome, fold, plan.jobs, progress, step)
    return {name: folded_auc(cross.scores, fold, label, weight) for name, cross in crosses.items()}
