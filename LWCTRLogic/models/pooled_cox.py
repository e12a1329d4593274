"""Cox models of a cohort with missing values: fitted to several completed data sets and pooled by Rubin's rules.

The score of each completed data set comes from the imputation of clinical values inside the folds. A missing grade of
mRECIST is drawn given the score and the outcome (the event and the Nelson–Aalen hazard, White and Royston 2009), since
what is estimated here are hazard ratios; the performance figures are of the patients whose grade was seen.

Coefficients and their covariance are pooled; so is the baseline, on the scale of log(−log S) and at the mean of the
data sets' centres. Of the baseline's own variance that within the data sets is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from LWCTRLogic.models.bundle import MRECIST, RAD_SCORE, REPORT_MONTHS, CoxModel
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.fit_bundle import (
    COX_TERMS,
    MRECIST_CODINGS,
    cox_model,
    landmark_outcome,
    why_no_cox,
)
from LWCTRLogic.stats.cox import CoxBaseline, CoxFit, fit_cox
from LWCTRLogic.stats.imputation import PooledCoefficients, fit_imputers, pool_coefficients
from LWCTRLogic.stats.steps import Bools, Floats


@dataclass(frozen=True)
class PooledCox:
    """Models as a bundle holds them, and the pooling of each by (endpoint, name)."""

    models: tuple[CoxModel, ...]
    pooled: Mapping[tuple[str, str], PooledCoefficients]


def fit_pooled_cox_models(cohort: TrainingCohort, scores: Floats, seed: int, draws: int) -> PooledCox:
    """Fit every Cox model that the cohort allows; a missing mRECIST is imputed.

    Parameters
    ----------
    scores : (m, n)
        Score of the LWCTR model by each completed data set, from fits that did not see the patient.
    seed, draws : int
        Of the imputation and of the bootstrap intervals.
    """
    models, pooled = [], {}
    for endpoint in REPORT_MONTHS:
        grades = completed_grades(cohort, endpoint, scores, seed)
        for name in COX_TERMS:
            seen = replace(cohort, mrecist=cohort.mrecist.where(cohort.mrecist != "", "SD"))
            if why_no_cox(seen, name, endpoint):
                continue
            model, found = _pooled_model(cohort, endpoint, name, scores, grades, (seed, draws))
            models.append(model)
            pooled[endpoint, name] = found
    return PooledCox(tuple(models), pooled)


def completed_grades(cohort: TrainingCohort, endpoint: str, scores: Floats, seed: int) -> Floats:
    """Return the coded mRECIST (m, k) of the patients at risk at the follow-up scan, by completed data set."""
    time, event, rows = landmark_outcome(cohort, endpoint)
    known = cohort.mrecist.map(MRECIST_CODINGS[endpoint]).to_numpy(dtype=float)[rows]
    if not np.isnan(known).any() or np.isnan(known).all():
        return np.tile(known, (len(scores), 1))
    table = np.column_stack([known, scores.mean(axis=0)[rows], event, cumulative_hazard(time, event)])
    imputers = fit_imputers(table, count=len(scores), seed=seed, discrete=[True, False, True, False])
    return np.array([filled[:, 0] for filled in imputers.complete(table)])


def cumulative_hazard(time: Floats, event: Bools) -> Floats:
    """Return the Nelson–Aalen estimate (n,) at each patient's own time."""
    moments, index, counts = np.unique(time, return_inverse=True, return_counts=True)
    died = np.bincount(index, event, len(moments))
    at_risk = counts[::-1].cumsum()[::-1]
    return np.asarray(np.cumsum(died / at_risk)[index], dtype=float)


def _pooled_model(
    cohort: TrainingCohort, endpoint: str, name: str, scores: Floats, grades: Floats, how: tuple[int, int]
) -> tuple[CoxModel, PooledCoefficients]:
    time, event, rows = landmark_outcome(cohort, endpoint)
    columns = {RAD_SCORE: scores[:, rows], MRECIST: grades}
    tables = np.stack([columns[term] for term in COX_TERMS[name]], axis=2)
    fit, found = fit_completed(time, event, tables)
    assert found is not None  # an imputed cohort has several data sets
    seen = (cohort.mrecist != "").to_numpy(dtype=bool)[rows] | (MRECIST not in COX_TERMS[name])
    risk = tables.mean(axis=0) @ fit.coefficients
    return cox_model(name, endpoint, (time, event, risk, seen), fit, *how), found


def fit_completed(time: Floats, event: Bools, tables: Floats) -> tuple[CoxFit, PooledCoefficients | None]:
    """Return the Cox model of completed data sets, and its pooling; ``None`` for a single one.

    Parameters
    ----------
    tables : (m, n, p)
        Covariates of each data set.

    Raises
    ------
    InputError
        When a fit does not settle.
    """
    fits = [fit_cox(time, event, table) for table in tables]
    if len(fits) == 1:
        return fits[0], None
    found = pool_coefficients(
        [fit.coefficients for fit in fits],
        [fit.covariance for fit in fits],
        df=max(int(event.sum()) - tables.shape[2], 1),
    )
    return _as_one(fits, found), found


def _as_one(fits: list[CoxFit], found: PooledCoefficients) -> CoxFit:
    centre = np.mean([fit.centre for fit in fits], axis=0)
    at = [float(np.exp((centre - fit.centre) @ fit.coefficients)) for fit in fits]
    bases = [fit.baseline for fit in fits]
    hazards = np.array([base.hazard * factor for base, factor in zip(bases, at, strict=True)])
    variance = np.mean([base.variance * factor**2 for base, factor in zip(bases, at, strict=True)], axis=0)
    # the mean covariate is measured from each fit's own centre
    means = [
        factor * (base.mean_covariate - np.outer(base.hazard, centre - fit.centre))
        for fit, base, factor in zip(fits, bases, at, strict=True)
    ]
    baseline = CoxBaseline(
        bases[0].times, np.exp(np.log(hazards).mean(axis=0)), variance, np.mean(means, axis=0)
    )
    return replace(
        fits[0],
        coefficients=found.values,
        covariance=found.covariance,
        centre=centre,
        baselines={None: baseline},
    )
