"""Leave one centre out: each centre is scored by fits on the others. The nearest thing to an external cohort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.training.cross_fit import Outcome, cross_fit_all
from LWCTRLogic.training.icc_filter import LEAST_PATIENTS, Readings
from LWCTRLogic.training.judging import folded_auc
from LWCTRLogic.training.plan import Plan, check_size
from LWCTRLogic.training.strict import make_chains


@dataclass(frozen=True)
class CentreAuc:
    """AUC of one centre's patients, or of all centres' pairs within centres (``centre`` empty)."""

    centre: str
    patients: int
    auc: float
    low: float
    high: float


def leave_centres_out(
    cohort: TrainingCohort, readings: Readings | None, models: list[str], plan: Plan, progress: Progress
) -> tuple[dict[str, tuple[CentreAuc, ...]], dict[str, Floats], str]:
    """Return each model's AUC by centre and over centres, its scores (n,), and why there are none, if so."""
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
    chains, inputs = make_chains(models, cohort, _spread(cohort, readings), plan)
    crosses = cross_fit_all(chains, inputs, outcome, fold[None], plan.jobs, progress, "leave a centre out")
    label, weight = outcome.response()
    found = {}
    for model, cross in crosses.items():
        rows = []
        for number, name in ((-1, ""), *enumerate(names)):
            inside = np.ones(len(cohort), dtype=bool) if number < 0 else fold == number
            try:
                auc = folded_auc(cross.scores[:, inside], fold[None, inside], label[inside], weight[inside])
            except InputError:
                continue  # a centre with one class only has no AUC
            if number >= 0 and np.ptp(cross.scores[0, inside]) == 0:
                continue  # the other centres were too few for a fit: all of them got one score
            rows.append(CentreAuc(str(name), int(inside.sum()), auc.value, *auc.interval()))
        found[model] = tuple(rows)
    return found, {model: cross.scores[0] for model, cross in crosses.items()}, ""


def _spread(cohort: TrainingCohort, readings: Readings | None) -> Readings | None:
    """Return the readings if every centre can do without its own, else ``None``: then no feature is judged by them."""
    if readings is None or cohort.centre is None:
        return readings
    centres = cohort.centre[np.isin(cohort.ids, readings.patients)]
    fewest = min((centres != name).sum() for name in set(cohort.centre))
    return readings if fewest >= LEAST_PATIENTS else None
