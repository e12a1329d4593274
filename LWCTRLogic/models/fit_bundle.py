"""The parts of a bundle from fitted scores: classifiers, Cox models on cross-fitted scores, their performance."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import (
    MRECIST,
    RAD_SCORE,
    REPORT_MONTHS,
    Classifier,
    CoxModel,
    Feature,
    Measure,
    Range,
    Term,
)
from LWCTRLogic.models.clinical_coding import CODINGS
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.fit_score import LinearScore
from LWCTRLogic.stats.bootstrap import percentile_interval
from LWCTRLogic.stats.calibration import brier_score, calibration_slope
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.cox import CoxFit, fit_cox
from LWCTRLogic.stats.discrimination import concordance, weighted_auc
from LWCTRLogic.stats.steps import Bools, Floats

ORIGIN = "the follow-up scan (landmark)"
MRECIST_CODINGS = {
    "OS": {"CR": 0.0, "PR": 0.0, "SD": 0.0, "PD": 1.0},
    "PFS": {"CR": 0.0, "PR": 0.0, "SD": 1.0},
}
COX_TERMS = {"Rad-Nomo": (RAD_SCORE, MRECIST), "Rad-score": (RAD_SCORE,), "mRECIST": (MRECIST,)}
_CROSS_FITTED = "cross-fitted scores, censoring weights, bootstrap over patients"
_APPARENT = "apparent, on cross-fitted Rad-scores; bootstrap over patients"

Statistic = Callable[[NDArray[np.intp]], float]


def make_classifier(
    model: str,
    names: Sequence[str],
    x: Floats,
    fit: LinearScore,
    cutoff: float,
    performance: tuple[Measure, ...],
) -> Classifier:
    """Return a fitted score as a bundle holds it; ``x`` (n, p) are the training patients' values of ``names``."""
    features = tuple(
        Feature(
            name=item,
            mean=float(fit.mean[column]),
            sd=float(fit.sd[column]),
            weight=float(fit.weights[column]),
            background=float(x[:, column].mean()),
            range=_range(x[:, column]),
            coding={} if ":" in item else CODINGS[item],
        )
        for column, item in enumerate(names)
    )
    return Classifier(model, features, fit.intercept, fit.slope, fit.offset, cutoff, performance)


def fit_cox_models(
    cohort: TrainingCohort, rad_score: Floats, seed: int, draws: int, least_events: int = 1
) -> tuple[CoxModel, ...]:
    """Fit every Cox model that the cohort allows (see :func:`why_no_cox`).

    Parameters
    ----------
    rad_score : (n,)
        Score of the LWCTR model from fits that did not see the patient.
    least_events : int
        Events for each coefficient.
    """
    return tuple(
        _fit_cox_model(name, endpoint, cohort, rad_score, seed, draws)
        for endpoint in REPORT_MONTHS
        for name in COX_TERMS
        if not why_no_cox(cohort, name, endpoint, least_events)
    )


def why_no_cox(cohort: TrainingCohort, name: str, endpoint: str, least_events: int = 1) -> str:
    """Return why a cohort cannot give one of the Cox models; empty when it can."""
    _, event, rows = landmark_outcome(cohort, endpoint)
    if endpoint == "PFS" and not np.isfinite(cohort.pfs_months).any():
        return "no progression-free survival"
    needed = least_events * len(COX_TERMS[name])
    if event.sum() < needed:
        return f"{int(event.sum())} events after the follow-up scan, {needed} at least"
    if MRECIST in COX_TERMS[name]:
        coding = MRECIST_CODINGS[endpoint]
        grades = [coding.get(word) for word in cohort.mrecist.to_numpy()[rows]]
        if None in grades:
            return f"mRECIST is missing in {grades.count(None)} of {len(grades)} patients"
        if len(set(grades)) < 2:
            return "all patients have one grade of mRECIST"
        if len({grade for grade, died in zip(grades, event, strict=True) if died}) < 2:
            return "all events are of patients with one grade of mRECIST"
    return ""


def _range(values: Floats) -> Range:
    return Range(*(float(value) for value in np.quantile(values, [0, 0.05, 0.5, 0.95, 1])))


def score_measures(cohort: TrainingCohort, scores: Floats, seed: int, draws: int) -> tuple[Measure, ...]:
    """Return AUC, Brier score and calibration slope of cross-fitted scores, with bootstrap intervals."""

    def of(statistic: Callable[[Bools, Floats, Floats], float]) -> Statistic:
        def drawn(rows: NDArray[np.intp]) -> float:
            alive, weight = alive_at(cohort.os_months[rows], cohort.os_event[rows], 12.0)
            return statistic(alive, scores[rows], weight)

        return drawn

    statistics = {
        "AUC": of(weighted_auc),
        "Brier score": of(brier_score),
        "calibration slope": of(lambda alive, score, weight: calibration_slope(alive, score, weight)[0]),
    }
    return _measures(statistics, len(cohort), seed, draws, _CROSS_FITTED)


def _measures(
    statistics: dict[str, Statistic], patients: int, seed: int, draws: int, method: str
) -> tuple[Measure, ...]:
    """Return each statistic with its interval; one that is not defined for this cohort is left out."""
    measures = []
    for name, statistic in statistics.items():
        try:
            estimate = statistic(np.arange(patients))
            low, high = percentile_interval(statistic, patients, seed, draws)
        except InputError:
            continue
        measures.append(Measure(name, estimate, low, high, method))
    return tuple(measures)


def _fit_cox_model(
    name: str, endpoint: str, cohort: TrainingCohort, rad_score: Floats, seed: int, draws: int
) -> CoxModel:
    coding = MRECIST_CODINGS[endpoint]
    time, event, rows = landmark_outcome(cohort, endpoint)
    columns = {
        RAD_SCORE: rad_score[rows],
        MRECIST: cohort.mrecist.iloc[np.flatnonzero(rows)].map(coding).to_numpy(dtype=float),
    }
    x = np.column_stack([columns[term] for term in COX_TERMS[name]])
    fit = fit_cox(time, event, x)
    everyone = np.ones(len(time), dtype=bool)
    return cox_model(name, endpoint, (time, event, x @ fit.coefficients, everyone), fit, seed, draws)


def cox_model(
    name: str,
    endpoint: str,
    followed: tuple[Floats, Bools, Floats, Bools],
    fit: CoxFit,
    seed: int,
    draws: int,
) -> CoxModel:
    """Return a fitted Cox model as a bundle holds it.

    Parameters
    ----------
    followed : four arrays (n,)
        Of the patients: months, events, linear predictor, and whether he counts for the performance.
    draws : int
        Of the intervals of its apparent performance; 0 leaves that out.
    """
    time, event, risk, seen = followed
    terms = tuple(
        Term(
            term,
            "Rad-score" if term == RAD_SCORE else "mRECIST",
            float(fit.coefficients[index]),
            float(fit.centre[index]),
            MRECIST_CODINGS[endpoint] if term == MRECIST else {},
        )
        for index, term in enumerate(COX_TERMS[name])
    )
    return CoxModel(
        name=name,
        endpoint=endpoint,
        origin=ORIGIN,
        population=_population(endpoint),
        terms=terms,
        covariance=tuple(map(tuple, fit.covariance.tolist())),
        times=tuple(fit.baseline.times.tolist()),
        hazard=tuple(fit.baseline.hazard.tolist()),
        variance=tuple(fit.baseline.variance.tolist()),
        mean_covariate=tuple(map(tuple, fit.baseline.mean_covariate.tolist())),
        last=float(time.max()),
        patients=len(time),
        events=int(event.sum()),
        performance=_cox_measures(endpoint, time[seen], event[seen], risk[seen], seed, draws)
        if draws
        else (),
    )


def _population(endpoint: str) -> str:
    if endpoint == "OS":
        return "patients alive and under observation at the follow-up scan"
    return "patients alive, under observation and without progression at the follow-up scan"


def landmark_outcome(cohort: TrainingCohort, endpoint: str) -> tuple[Floats, Bools, Bools]:
    """Return months from the follow-up scan, events, and which patients were at risk there.

    Time before the scan is not counted: a patient had to live through it to be scanned. For PFS, whoever had
    progressed by the scan has had the event.
    """
    if endpoint == "OS":
        months, event = cohort.os_months - cohort.landmark, cohort.os_event
        rows = months > 0
    else:
        months, event = cohort.pfs_months - cohort.landmark, cohort.pfs_event
        rows = (months > 0) & (cohort.mrecist != "PD").to_numpy(dtype=bool)
    return months[rows], event[rows], rows


def _cox_measures(
    endpoint: str, time: Floats, event: Bools, risk: Floats, seed: int, draws: int
) -> tuple[Measure, ...]:
    def auc_at(month: float) -> Statistic:
        def drawn(rows: NDArray[np.intp]) -> float:
            alive, weight = alive_at(time[rows], event[rows], month)
            return weighted_auc(alive, -risk[rows], weight)

        return drawn

    statistics: dict[str, Statistic] = {
        "C-index": lambda rows: concordance(time[rows], event[rows], risk[rows])
    }
    for month in REPORT_MONTHS[endpoint]:
        statistics[f"AUC at {month} months"] = auc_at(month)
    return _measures(statistics, len(time), seed, draws, _APPARENT)
