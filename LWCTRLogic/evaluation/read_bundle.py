"""A locked bundle on a cohort: its seven scores, its Cox models and its attributions, for every patient at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.evaluation.attribution import Attribution, attribution_of
from LWCTRLogic.evaluation.scored import MRECIST, Score, ScoredCohort, SurvivalModel
from LWCTRLogic.models.bundle import MODEL_NAMES, RAD_SCORE, REPORT_MONTHS, Bundle, CoxModel, Term
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.outcomes import Outcomes
from LWCTRLogic.stats.cox import CoxBaseline, survival_probabilities
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.training.locked import apply_bundle, as_seen, read_files_for

ORIGIN = "locked bundle, nothing refitted"
LEADING = "LWCTR"


def read_bundle_cohort(
    bundle: Bundle, folder: Path, table: Path | None = None, features: Path | None = None
) -> tuple[ScoredCohort, Attribution | None]:
    """Score a cohort with a bundle.

    Parameters
    ----------
    folder, table, features : Path
        As for ``lwctr train``.

    Returns
    -------
    cohort : ScoredCohort
        The most complete model leads.
    attribution : Attribution or None
        Of the leading model.

    Raises
    ------
    InputError
        When the cohort is refused, was extracted with other settings, or holds patients of the bundle's training.
    """
    files = read_files_for(bundle, folder, table, features)
    cohort = files.cohort
    scores = apply_bundle(bundle, cohort).scores
    ran = [model for model in bundle.classifiers if model.name in scores]
    ran.sort(key=lambda model: -MODEL_NAMES.index(model.name))
    scored = ScoredCohort(
        name=f"{folder.name} ({bundle.name})",
        outcomes=cohort_outcomes(cohort),
        scores=tuple(Score(model.name, scores[model.name], True, model.cutoff, ORIGIN) for model in ran),
        mrecist=cohort.mrecist.to_numpy(dtype=np.str_),
        groups=cohort_groups(cohort),
        clinical=cohort_clinical(cohort),
        survival=_survival(bundle, cohort, scores.get(LEADING)),
        notice=bundle.notice,
        notes=files.notes,
    )
    seen = as_seen(bundle, cohort)
    return scored, attribution_of(ran[0], seen.features, seen.clinical)


def cohort_outcomes(cohort: TrainingCohort) -> Outcomes:
    """Return a training cohort's outcomes."""
    has_pfs = bool(np.isfinite(cohort.pfs_months).all())
    return Outcomes(
        tuple(map(str, cohort.ids)),
        cohort.os_months,
        cohort.os_event,
        cohort.pfs_months if has_pfs else None,
        cohort.pfs_event if has_pfs else None,
        cohort.landmark if np.isfinite(cohort.landmark).all() else None,
        None if cohort.cause is None else tuple(map(str, cohort.cause)),
    )


def cohort_groups(cohort: TrainingCohort) -> dict[str, Any]:
    """Return the usual subgroups of a cohort: treatment, mRECIST and centre, where it has them."""
    groups: dict[str, Any] = {}
    if "treatment" in cohort.clinical:
        groups["treatment"] = cohort.clinical["treatment"].to_numpy(dtype=np.str_)
    if (cohort.mrecist != "").any():
        groups["mRECIST"] = cohort.mrecist.to_numpy(dtype=np.str_)
    if cohort.centre is not None:
        groups["centre"] = np.asarray(cohort.centre, dtype=np.str_)
    return groups


def cohort_clinical(cohort: TrainingCohort) -> dict[str, Any]:
    """Return clinical values: words where the variable has choices, else numbers."""
    found: dict[str, Any] = {}
    for name in map(str, cohort.clinical):
        cells = cohort.clinical[name].to_numpy(dtype=np.str_)
        if VARIABLES[name].choices:
            found[name] = cells
        else:
            found[name] = np.array([float(cell) if cell else np.nan for cell in cells])
    return found


def _survival(bundle: Bundle, cohort: TrainingCohort, rad_score: Floats | None) -> tuple[SurvivalModel, ...]:
    """Apply the Cox models; the nomogram leads."""
    models = sorted(bundle.cox, key=lambda model: (model.endpoint, -len(model.terms)))
    found = []
    for model in models:
        columns = [_covariate(term, cohort, rad_score) for term in model.terms]
        if any(np.isnan(column).all() for column in columns):
            continue
        centred = np.column_stack(columns) - [term.centre for term in model.terms]
        found.append(_predicted(model, centred))
    return tuple(found)


def _covariate(term: Term, cohort: TrainingCohort, rad_score: Floats | None) -> Floats:
    if term.name == RAD_SCORE:
        return np.full(len(cohort), np.nan) if rad_score is None else rad_score
    return np.array([term.coding.get(word, np.nan) if word in MRECIST else np.nan for word in cohort.mrecist])


def _predicted(model: CoxModel, centred: Floats) -> SurvivalModel:
    coefficients = np.array([term.coefficient for term in model.terms])
    months = tuple(float(month) for month in REPORT_MONTHS[model.endpoint] if month <= model.last)
    baseline = CoxBaseline(
        np.array(model.times),
        np.array(model.hazard),
        np.array(model.variance),
        np.array(model.mean_covariate),
    )
    survival = survival_probabilities(baseline, coefficients, centred, months)
    # "Cox:" tells the model of one term from the score itself
    name = model.name if len(model.terms) > 1 else f"Cox: {model.name}"
    return SurvivalModel(name, model.endpoint, np.asarray(centred @ coefficients), months, survival)
