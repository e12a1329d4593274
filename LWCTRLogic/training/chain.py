"""The whole chain as one scikit-learn Pipeline, and every value that it assumes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from LWCTRLogic.models.signature import CLINICAL_MODELS, MODEL_VOLUMES, model_features
from LWCTRLogic.stats.icc import Form
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.combat import Centres, ComBat
from LWCTRLogic.training.filters import SpearmanFilter, UnivariateFilter, VarianceFilter
from LWCTRLogic.training.icc_filter import IccFilter, Readings
from LWCTRLogic.training.impute_stage import ClinicalImputer
from LWCTRLogic.training.score_stage import CalibratedSvm
from LWCTRLogic.training.selectors import LassoSelector, RecursiveElimination


@dataclass(frozen=True)
class ChainSettings:
    """How features are chosen. The article gives none of these values: each is an assumption, and is reported.

    Attributes
    ----------
    selection : {"free", "published"}
        Choose features, or take those of the published signature as they are.
    icc_smallest, icc_form :
        Smallest lower limit of the intraclass correlation, and which one.
    univariate_p : float or None
        Largest p of a Mann–Whitney test; ``None`` leaves the stage out.
    lasso_folds, lasso_rule :
        Folds of LASSO's cross-validation, and which λ.
    elimination_folds, elimination_penalty :
        Folds of the recursive elimination, and C of its machines.
    spearman_largest : float
        Largest absolute rank correlation between two features that stay.
    missing : {"refuse", "impute"}
        What to do about missing clinical values.
    combat : bool
        Take the effects of centres out of the features. Without a reference centre for studies of a cohort only: no
        bundle comes of it.
    reference_centre : str
        Centre to which ComBat brings the others; the bundle then carries the effects of every centre.
    """

    selection: Literal["free", "published"] = "free"
    icc_smallest: float = 0.75
    icc_form: Form = "2,1"
    univariate_p: float | None = None
    lasso_folds: int = 10
    lasso_rule: Literal["min", "1se"] = "min"
    elimination_folds: int = 5
    elimination_penalty: float = 0.1
    spearman_largest: float = 0.9
    missing: Literal["refuse", "impute"] = "refuse"
    combat: bool = False
    reference_centre: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the values by name."""
        return asdict(self)


def make_chain(
    settings: ChainSettings, readings: Readings | None, seed: int, centres: Centres | None = None
) -> Pipeline:
    """Return the unfitted chain; its inputs are those of :func:`chain_inputs`.

    ``centres`` is what ComBat needs, where the settings ask for it.
    """
    fill: list[tuple[str, Any]] = []
    if settings.missing == "impute":
        fill.append(("impute", ClinicalImputer(seed=seed)))
    if settings.combat:
        fill.append(("combat", ComBat(centres)))
    if settings.selection == "published":
        return Pipeline([*fill, ("score", CalibratedSvm(seed))])
    univariate = (
        [] if settings.univariate_p is None else [("univariate", UnivariateFilter(settings.univariate_p))]
    )
    folds, rule = settings.lasso_folds, settings.lasso_rule
    return Pipeline(
        [
            *fill,
            ("icc", IccFilter(readings, settings.icc_smallest, settings.icc_form)),
            ("variance", VarianceFilter()),
            *univariate,
            ("lasso", LassoSelector(folds, rule, seed=seed)),
            (
                "elimination",
                RecursiveElimination(settings.elimination_folds, settings.elimination_penalty, seed=seed),
            ),
            ("spearman", SpearmanFilter(settings.spearman_largest)),
            ("clinical", LassoSelector(folds, rule, seed=seed, part="clinical")),
            ("score", CalibratedSvm(seed)),
        ]
    )


def fit_chain(chain: Pipeline, x: pd.DataFrame, label: Bools, weight: Floats) -> Pipeline:
    """Return a fitted clone; every stage gets the weights."""
    weights = {f"{name}__sample_weight": weight for name, _ in chain.steps}
    fitted: Pipeline = clone(chain).fit(x, label, **weights)
    return fitted


def chosen_features(chain: Pipeline, x: pd.DataFrame) -> tuple[str, ...]:
    """Return the names of the inputs that reach the score of a fitted chain."""
    names = x.columns
    for _, stage in chain.steps[:-1]:
        names = names[stage.get_support()]
    return tuple(map(str, names))


def chosen_values(chain: Pipeline, x: pd.DataFrame) -> tuple[tuple[str, ...], Floats]:
    """Return names and values (n, k) of the inputs that reach the score, filled and adjusted as they do."""
    names = chosen_features(chain, x)
    for name in ("impute", "combat"):
        if name in chain.named_steps:
            x = chain.named_steps[name].transform(x)
    return names, x.loc[:, list(names)].to_numpy(dtype=float)


def completed_logits(chain: Pipeline, x: pd.DataFrame) -> Floats | None:
    """Return the logits (m, n) by each completed data set of a fitted chain; ``None`` for one that imputes nothing."""
    if "impute" not in chain.named_steps:
        return None
    tables = chain.named_steps["impute"].complete(x)
    return np.array([chain[1:].decision_function(table) for table in tables])


def chain_inputs(model: str, x: pd.DataFrame, settings: ChainSettings) -> pd.DataFrame:
    """Return the columns that one of the seven models may use, in the order of ``x``."""
    if settings.selection == "published":
        return x.loc[:, list(model_features(model))]
    volumes, clinical = MODEL_VOLUMES[model], model in CLINICAL_MODELS
    wanted = [name for name in x.columns if (name.partition(":")[0] in volumes if ":" in name else clinical)]
    return x.loc[:, wanted]


def reseeded(chain: Pipeline, seed: int) -> Pipeline:
    """Return a clone whose stages draw their folds from another seed."""
    fresh: Pipeline = clone(chain)
    seeds = [name for name in fresh.get_params() if name.endswith("__seed")]
    return fresh.set_params(**dict.fromkeys(seeds, seed))
