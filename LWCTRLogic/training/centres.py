"""Leave one centre out: each centre is scored by fits on the others. The nearest thing to an external cohort."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.cross_fit import cross_fit_all
from LWCTRLogic.training.icc_filter import LEAST_PATIENTS, Readings
from LWCTRLogic.training.judging import folded_auc
from LWCTRLogic.training.outcome import Outcome
from LWCTRLogic.training.plan import Plan, check_size
from LWCTRLogic.training.strict import Strict, make_chains


@dataclass(frozen=True)
class CentreAuc:
    """AUC of one centre's patients, or of pairs within centres, of all that could be judged (``centre`` empty).

    Where there is none, AUC and limits are NaN and the remark says why.
    """

    centre: str
    patients: int
    auc: float
    low: float
    high: float
    remark: str = ""


def leave_centres_out(
    cohort: TrainingCohort, readings: Readings | None, strict: Strict, plan: Plan, progress: Progress
) -> tuple[dict[str, tuple[CentreAuc, ...]], dict[str, Floats], str]:
    """Return each model's AUC by centre and over centres, its scores (n,), and why there are none, if so.

    The scores are calibrated by the out-of-fold margins of the other centres' patients.
    """
    if cohort.centre is None or len(set(cohort.centre)) < 2:
        return {}, {}, "one centre only"
    if plan.chain.combat:
        return {}, {}, "ComBat cannot adjust the patients of a centre that it has not seen"
    names, fold = np.unique(cohort.centre, return_inverse=True)
    for number, name in enumerate(names):
        try:
            check_size(cohort.rows(fold != number), plan)
        except InputError as error:
            return {}, {}, f"without {name or 'the unnamed centre'}: {error.found}"
    outcome = Outcome(cohort.os_months, cohort.os_event)
    chains, inputs = make_chains(list(strict.models), cohort, _spread(cohort, readings), plan)
    known = {name: model.cross.margins for name, model in strict.models.items()}
    step = "leave a centre out"
    crosses = cross_fit_all(chains, inputs, outcome, fold[None], plan.jobs, progress, step, known)
    label, weight = outcome.response()
    found = {}
    for model, cross in crosses.items():
        found[model] = judge_centres(cross.scores[0], names[fold], label, weight)
    return found, {model: cross.scores[0] for model, cross in crosses.items()}, ""


def judge_centres(
    scores: Floats, centre: NDArray[np.str_], label: Bools, weight: Floats
) -> tuple[CentreAuc, ...]:
    """Return the AUC over centres, then of each centre.

    Where the fit on the other centres gave one score to all, it says nothing of a centre: such a centre is not among
    "all" either, where its pairs would count as ties without any error and make the interval far too narrow.

    Parameters
    ----------
    scores : (n,)
        Of each patient, by the fit on the other centres.
    centre, label, weight : (n,)
        Centre, class, and censoring weight (0: unknown).
    """
    rows, judged = [], np.zeros(len(scores), dtype=bool)
    for name in np.unique(centre):
        inside = centre == name
        if np.ptp(scores[inside]) == 0:
            remark = "the fit on the other centres gave one score to all"
        elif len(set(label[inside & (weight > 0)])) < 2:
            remark = "patients of one class only"
        else:
            judged |= inside
            rows.append(_row(str(name), inside, scores, centre, label, weight))
            continue
        rows.append(CentreAuc(str(name), int(inside.sum()), nan, nan, nan, remark))
    return (_row("", judged, scores, centre, label, weight), *rows) if judged.any() else tuple(rows)


def _row(
    name: str, inside: Bools, scores: Floats, centre: NDArray[np.str_], label: Bools, weight: Floats
) -> CentreAuc:
    fold = np.unique(centre[inside], return_inverse=True)[1]
    auc = folded_auc(scores[None, inside], fold[None], label[inside], weight[inside])
    return CentreAuc(name, int(inside.sum()), auc.value, *auc.interval())


def _spread(cohort: TrainingCohort, readings: Readings | None) -> Readings | None:
    """Return the readings if every centre can do without its own, else ``None``: then no feature is judged by them."""
    if readings is None or cohort.centre is None:
        return readings
    centres = cohort.centre[np.isin(cohort.ids, readings.patients)]
    fewest = min((centres != name).sum() for name in set(cohort.centre))
    return readings if fewest >= LEAST_PATIENTS else None
