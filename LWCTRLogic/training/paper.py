"""The paper's mode: as published, so that its figures can be set beside the strict ones. They flatter.

Features are chosen once on all patients, patients censored before 12 months count as dead, and AUC, cut-off
and Cox models use the scores of the very patients who were fitted. Time runs from the first dose, and patients whose
disease had progressed at the follow-up scan stay in the PFS models, although that is the event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import RAD_SCORE, RAD_SCORE_MODEL, Measure
from LWCTRLogic.models.cohort_data import HORIZON, TrainingCohort
from LWCTRLogic.models.fit_bundle import COX_TERMS, MRECIST_CODINGS
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.concordance import harrell_c
from LWCTRLogic.stats.cox import fit_cox
from LWCTRLogic.stats.delong import auc_delong
from LWCTRLogic.stats.discrimination import youden_cutoff
from LWCTRLogic.stats.estimate import bounded
from LWCTRLogic.stats.perfect import shown_area
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.chain import chosen_features, fit_chain
from LWCTRLogic.training.icc_filter import Readings
from LWCTRLogic.training.parallel import run_all
from LWCTRLogic.training.plan import Plan
from LWCTRLogic.training.strict import make_chains

METHOD = "paper: selection on all patients, resubstituted scores, censored counted as dead; DeLong. Over-optimistic"


@dataclass(frozen=True)
class PaperModel:
    """One model in the paper's way: resubstituted scores (n,), what it chose, AUC and cut-off."""

    scores: Floats
    chosen: tuple[str, ...]
    auc: Measure
    cutoff: float


@dataclass(frozen=True)
class PaperCox:
    """One Cox model in the paper's way."""

    name: str
    endpoint: str
    patients: int
    events: int
    coefficients: dict[str, float]
    concordance: Measure
    remark: str


@dataclass(frozen=True)
class Paper:
    """All models in the paper's way."""

    models: dict[str, PaperModel]
    cox: tuple[PaperCox, ...]


def train_paper(
    cohort: TrainingCohort, readings: Readings | None, models: list[str], plan: Plan, progress: Progress
) -> Paper:
    """Fit the models as published.

    Raises
    ------
    Cancelled
        If the user asked to stop.
    """
    chains, inputs = make_chains(models, cohort, readings, plan)
    label = cohort.os_months > HORIZON
    everyone = np.ones(len(cohort))
    tasks = [(chains[name], inputs[name], label, everyone) for name in models]
    fits = run_all(fit_chain, tasks, plan.jobs, progress, "as published")
    found = {}
    for name, fit in zip(models, fits, strict=True):
        scores = fit.predict_proba(inputs[name])[:, 1]
        auc = shown_area(auc_delong(label, scores), int(label.sum()), int((~label).sum()))
        measure = Measure("AUC", auc.value, auc.low, auc.high, METHOD)
        chosen = chosen_features(fit, inputs[name])
        found[name] = PaperModel(scores, chosen, measure, youden_cutoff(label, scores))
    rad_score = found[RAD_SCORE_MODEL].scores if RAD_SCORE_MODEL in found else None
    return Paper(found, () if rad_score is None else _cox_models(cohort, rad_score))


def _cox_models(cohort: TrainingCohort, rad_score: Floats) -> tuple[PaperCox, ...]:
    outcomes: dict[str, tuple[Floats, Bools]] = {
        "OS": (cohort.os_months, cohort.os_event),
        "PFS": (cohort.pfs_months, cohort.pfs_event),
    }
    mrecist = cohort.mrecist.map(MRECIST_CODINGS["OS"]).to_numpy(dtype=float)
    found = []
    for endpoint, (time, event) in outcomes.items():
        for name, terms in COX_TERMS.items():
            columns = [rad_score if term == RAD_SCORE else mrecist for term in terms]
            x = np.column_stack(columns).astype(np.float64)
            try:
                found.append(_cox(name, endpoint, time, event, x, terms))
            except InputError:
                continue  # no such outcome, no mRECIST, or scores that do not vary: nothing was published then
    return tuple(found)


def _cox(name: str, endpoint: str, time: Floats, event: Bools, x: Floats, terms: tuple[str, ...]) -> PaperCox:
    fit = fit_cox(time, event, x)
    c = bounded(harrell_c(time, event, x @ fit.coefficients).estimate)
    remark = ""
    if endpoint == "PFS":
        remark = "not to be interpreted: whoever had progressed at the follow-up scan has had the event"
    return PaperCox(
        name,
        endpoint,
        len(time),
        int(event.sum()),
        dict(zip(terms, map(float, fit.coefficients), strict=True)),
        Measure("C-index", c.value, c.low, c.high, METHOD),
        remark,
    )
