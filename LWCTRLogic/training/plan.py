"""How much is done to judge a training: folds, repeats, draws; and whether the cohort is large enough for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import MODEL_NAMES
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.signature import CLINICAL_MODELS, MODEL_VOLUMES, model_features
from LWCTRLogic.training.chain import ChainSettings

LEAST_DEATHS = 10


@dataclass(frozen=True)
class Plan:
    """What ``lwctr train`` does.

    Attributes
    ----------
    chain : ChainSettings
        How features are chosen.
    folds, repeats : int
        Of the outer cross-validation.
    bootstraps : int
        Draws of the optimism estimate; 0 leaves it out.
    permutations : int
        Trainings on shuffled outcomes. With 19 the smallest p is 1/20.
    draws : int
        Bootstrap draws of intervals other than the AUC's.
    learning_shares : tuple of float
        Shares of the training patients at which the learning curve is taken.
    seed : int
        Of everything drawn at random.
    jobs : int
        Processes.
    """

    chain: ChainSettings = field(default_factory=ChainSettings)
    folds: int = 10
    repeats: int = 5
    bootstraps: int = 40
    permutations: int = 19
    draws: int = 500
    learning_shares: tuple[float, ...] = (0.25, 0.5, 0.75)
    seed: int = 0
    jobs: int = 1

    def to_dict(self) -> dict[str, Any]:
        """Return everything that decides the results, by name."""
        values = asdict(self)
        del values["jobs"]
        return values


def usable_models(cohort: TrainingCohort, settings: ChainSettings) -> dict[str, str]:
    """Return why each of the seven models cannot be fitted to a cohort; empty for one that can."""
    have = set(cohort.inputs().columns)
    volumes = {name.partition(":")[0] for name in have if ":" in name}
    clinical = any(":" not in name for name in have)
    reasons = {}
    for model in MODEL_NAMES:
        lacking = [volume for volume in MODEL_VOLUMES[model] if volume not in volumes]
        reason = f"no features of {', '.join(lacking)}" if lacking else ""
        if not reason and settings.selection == "published":
            absent = [name for name in model_features(model) if name not in have]
            reason = f"the cohort lacks {', '.join(absent[:3])}" if absent else ""
        if not reason and model in CLINICAL_MODELS and not clinical:
            reason = "no clinical variables"
        reasons[model] = reason
    return reasons


def check_size(cohort: TrainingCohort, plan: Plan) -> None:
    """Refuse a cohort that is too small for the folds of the plan.

    Raises
    ------
    InputError
        Saying how many patients of each class, and deaths, there are and how many are needed.
    """
    label, weight = cohort.response()
    known = weight > 0
    alive, dead = int((label & known).sum()), int((~label & known).sum())
    if not alive or not dead:
        raise InputError(
            f"{alive} patients lived beyond 12 months and {dead} died before", "patients of both classes"
        )
    # Each inner fold of each outer training set must have a patient of each class to judge.
    inner = plan.chain.lasso_folds if plan.chain.selection == "free" else 5
    needed = -(-inner * plan.folds // (plan.folds - 1)) + 1
    deaths = int(cohort.os_event.sum())
    if min(alive, dead) < needed or deaths < LEAST_DEATHS:
        raise InputError(
            f"{alive} patients lived beyond 12 months, {dead} died before, {len(label) - known.sum()} are unknown, "
            f"{deaths} deaths in all",
            f"{needed} patients of each class at least for {plan.folds} × {inner} nested folds, and {LEAST_DEATHS} "
            "deaths",
            "Collect more patients; --signature published and more --folds, up to ten, need fewer",
        )
