"""What a training tells beside the models: competing causes of death, and how many patients would be needed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.stats.competing_risks import cause_specific_cox, cumulative_incidence, gray_test
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.sample_size import binary_sample_size
from LWCTRLogic.stats.steps import Bools, Floats

MONTHS = (12.0, 24.0, 36.0)


def competing_risks(cohort: TrainingCohort, score: Floats, responder: Bools) -> dict[str, Any]:
    """Return death of cancer with other deaths as competing, from the follow-up scan on.

    Deleting other deaths, or censoring them in a Kaplan–Meier curve, would overstate it.

    Parameters
    ----------
    score : (n,)
        Cross-fitted Rad-score.
    responder : (n,) of bool
        Whether it is at or above the cut-off.
    """
    if cohort.cause is None:
        return {"not_done": "no cause of death is given"}
    unknown = int((cohort.os_event & (cohort.cause == "")).sum())
    if unknown:
        return {"not_done": f"{unknown} deaths have no cause"}
    months = cohort.os_months - cohort.landmark
    rows = months > 0
    cause = np.where(~cohort.os_event, 0, np.where(cohort.cause == "cancer", 1, 2))[rows]
    try:
        fit = cause_specific_cox(months[rows], cause, score[rows, None])
        test = gray_test(months[rows], cause, responder[rows])
        groups = {}
        for name, inside in (("responder", responder[rows]), ("non-responder", ~responder[rows])):
            curve = cumulative_incidence(months[rows][inside], cause[inside])
            groups[name] = {f"{month:g}": _limits(curve.at(month)) for month in MONTHS}
    except InputError as error:
        return {"not_done": error.one_line()}
    return {
        "origin": "the follow-up scan (landmark)",
        "deaths_of_cancer": int((cause == 1).sum()),
        "other_deaths": int((cause == 2).sum()),
        "cause_specific_cox": {
            "coefficient": float(fit.coefficients[0]),
            "se": float(np.sqrt(fit.covariance[0, 0])),
        },
        "cumulative_incidence_of_cancer_death": groups,
        "gray_p": test.p,
    }


def _limits(estimate: Estimate) -> dict[str, float]:
    values = asdict(estimate)
    return {name: values[name] for name in ("value", "low", "high")}


def sample_size(cohort: TrainingCohort, kept: int, candidates: int) -> dict[str, Any]:
    """Return how many patients Riley's criteria ask for, counting what a model kept and what it chose from.

    Choosing costs as much as fitting, so the truth lies between the two; with R² at 15 % of the largest possible.
    """
    label, weight = cohort.response()
    share = float(np.average(label, weights=weight))
    found: dict[str, Any] = {"patients": len(cohort)}
    for name, parameters in (("kept", kept), ("candidates", candidates)):
        needed = binary_sample_size(max(parameters, 1), share)
        found[name] = {"parameters": parameters, "patients_needed": needed.patients}
    return found
