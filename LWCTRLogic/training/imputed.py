"""What imputation costs: estimates of the completed data sets pooled by Rubin's rules, and what was missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import RAD_SCORE_MODEL
from LWCTRLogic.models.cohort_data import HORIZON, TrainingCohort
from LWCTRLogic.models.fit_bundle import COX_TERMS
from LWCTRLogic.models.pooled_cox import PooledCox, fit_pooled_cox_models
from LWCTRLogic.stats.calibration import finite_logit
from LWCTRLogic.stats.calibration_survival import weighted_logistic
from LWCTRLogic.stats.censoring import CensoringWeights
from LWCTRLogic.stats.imputation import Pooled, PooledCoefficients, pool_coefficients
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.training.cross_fit import CrossFit

METHOD = (
    "Chained equations among the clinical variables, fitted inside every fold without the outcomes; the score of a "
    "patient is that of the mean of the data sets. Calibration and Cox models are fitted to each and pooled by "
    "Rubin's rules; in the Cox models a missing mRECIST is drawn given score and outcome."
)


@dataclass(frozen=True)
class Imputed:
    """What was pooled over the completed data sets.

    Attributes
    ----------
    sets : int
        How many.
    missing : mapping
        Patients without a value, by variable.
    calibration : mapping
        Slope and intercept of the out-of-fold scores (first repeat) of each model that takes a value that was missing.
    cox : PooledCox or None
        ``None`` without a score that varies.
    """

    sets: int
    missing: Mapping[str, int]
    calibration: Mapping[str, PooledCoefficients]
    cox: PooledCox | None

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        pooled = {} if self.cox is None else self.cox.pooled
        return {
            "method": METHOD,
            "data_sets": self.sets,
            "missing": dict(self.missing),
            "calibration": {
                name: dict(zip(("slope", "intercept"), map(_term, found.terms), strict=True))
                for name, found in self.calibration.items()
            },
            "cox": {
                f"{endpoint} {name}": dict(zip(COX_TERMS[name], map(_term, found.terms), strict=True))
                for (endpoint, name), found in pooled.items()
            },
        }


def missing_values(cohort: TrainingCohort) -> dict[str, int]:
    """Return how many patients lack each variable, mRECIST included; those that nobody lacks are left out."""
    counts = cohort.inputs().isna().sum()
    found = {str(name): int(count) for name, count in counts.items() if count}
    without = int((cohort.mrecist == "").sum())
    return {**found, **({"mrecist": without} if 0 < without < len(cohort) else {})}


def pool_imputed(cohort: TrainingCohort, crosses: Mapping[str, CrossFit], seed: int) -> Imputed | None:
    """Return what the completed data sets give together; ``None`` when nothing was missing."""
    missing = missing_values(cohort)
    sets = {name: cross.completed[0] for name, cross in crosses.items() if cross.completed is not None}
    if not missing or not sets:
        return None
    calibration = {}
    for name, scores in sets.items():
        if not np.ptp(scores, axis=0).any():
            continue  # the model takes nothing that was missing
        try:
            calibration[name] = pooled_calibration(cohort, scores)
        except InputError:
            continue  # a score that is the same for everybody has no slope
    rad_score, cox = sets.get(RAD_SCORE_MODEL), None
    if rad_score is not None and np.ptp(rad_score, axis=1).min() > 0:
        cox = fit_pooled_cox_models(cohort, rad_score, seed, draws=0)
    return Imputed(len(next(iter(sets.values()))), missing, calibration, cox)


def pooled_calibration(cohort: TrainingCohort, scores: Floats) -> PooledCoefficients:
    """Return slope and intercept of the response on the logit of scores (m, n), pooled over the data sets.

    Raises
    ------
    InputError
        When a logistic regression does not settle.
    """
    weights = CensoringWeights.of(cohort.os_months, cohort.os_event)
    ones = np.ones(len(cohort))
    fits = [weighted_logistic(weights, np.column_stack([finite_logit(row), ones]), HORIZON) for row in scores]
    known = int((cohort.response()[1] > 0).sum())
    return pool_coefficients([fit[0] for fit in fits], [fit[1] for fit in fits], df=known - 2)


def _term(term: Pooled) -> dict[str, float]:
    return {
        **{key: value for key, value in asdict(term.estimate).items() if key != "level"},
        "df": term.test.df,
        "p": term.test.p,
        "missing_information": term.missing_information,
    }
