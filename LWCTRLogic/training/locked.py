"""A finished bundle on a cohort that it has not seen: nothing is fitted.

This is what estimates the performance of the bundle's own models; cross-validation estimates that of their making.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import Bundle, Classifier
from LWCTRLogic.models.clinical_coding import coded
from LWCTRLogic.models.cohort_data import HORIZON, VIRTUAL, TrainingCohort
from LWCTRLogic.models.settings_match import check_settings
from LWCTRLogic.stats.calibration_survival import weak_calibration
from LWCTRLogic.stats.censoring import CensoringWeights
from LWCTRLogic.stats.enough import check_enough
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.time_dependent import TimedRisk
from LWCTRLogic.training.cohort_reading import (
    CohortFiles,
    digest_columns,
    patient_digests,
    read_cohort_files,
    refuse_known_patients,
)


@dataclass(frozen=True)
class Locked:
    """Scores of a bundle on a cohort.

    Attributes
    ----------
    margins, scores : dict of (n,)
        By model: linear predictor of the score, and the score. NaN for a patient who lacks a clinical value.
    missing : dict of str
        Why a model could not run, by model.
    """

    cohort: TrainingCohort
    margins: dict[str, Floats]
    scores: dict[str, Floats]
    missing: dict[str, str]


def read_for(
    bundle: Bundle, folder: Path, table: Path | None = None, features: Path | None = None
) -> TrainingCohort:
    """Return the cohort of :func:`read_files_for`."""
    return read_files_for(bundle, folder, table, features).cohort


def read_files_for(
    bundle: Bundle, folder: Path, table: Path | None = None, features: Path | None = None
) -> CohortFiles:
    """Read a cohort for a bundle; of the features only those that the bundle uses.

    Raises
    ------
    InputError
        When the cohort is refused, was extracted with other settings, or holds patients of the bundle's training.
    """
    columns = digest_columns(bundle)
    found = read_cohort_files(folder, table, features, columns=columns, with_readings=False)
    cohort = found.cohort
    check_settings(
        cohort.origin["settings"],
        cohort.origin["settings_hash"],
        bundle.settings,
        bundle.settings_hash,
        bundle.name,
        _way_out(cohort),
    )
    known = bundle.lineage.get("trained_on", ())
    refuse_known_patients(cohort, known, f"what {bundle.name} was trained on", columns)
    return found


def _way_out(cohort: TrainingCohort) -> str:
    """Return what can be done about features that a bundle cannot read."""
    if cohort.origin.get("backend") == VIRTUAL:
        return (
            "These features were drawn at random for a virtual cohort and belong to no scans: train a bundle on such a "
            "cohort ('lwctr train'), or make one with scans ('lwctr simulate --images N')"
        )
    return "Name the bundle that was trained on such features, or extract the scans again with its settings"


def apply_bundle(bundle: Bundle, cohort: TrainingCohort) -> Locked:
    """Score every patient with every model of the bundle.

    Raises
    ------
    InputError
        When no model can run, or the bundle adjusts features for centres and does not know one of these.
    """
    seen = as_seen(bundle, cohort)
    margins, missing = {}, {}
    for model in bundle.classifiers:
        lacking = [item.name for item in model.features if not _has(cohort, item.name)]
        if lacking:
            missing[model.name] = f"the cohort lacks {', '.join(lacking[:3])}"
            continue
        margins[model.name] = _predictor(model, seen)
    if not margins:
        raise InputError("no model of the bundle can run: " + "; ".join(sorted(set(missing.values()))))
    scores = {name: np.asarray(expit(value), dtype=float) for name, value in margins.items()}
    return Locked(cohort, margins, scores, missing)


def as_seen(bundle: Bundle, cohort: TrainingCohort) -> TrainingCohort:
    """Return the cohort with the features that the bundle's models see: the effects of its centres taken out.

    Raises
    ------
    InputError
        When the bundle adjusts features for centres and does not know one of these.
    """
    if bundle.harmonisation is None:
        return cohort
    centre = np.full(len(cohort), "", dtype=np.str_) if cohort.centre is None else cohort.centre
    features = bundle.harmonisation.adjust(cohort.features, centre, f"the bundle {bundle.name}")
    return replace(cohort, features=features)


def _has(cohort: TrainingCohort, name: str) -> bool:
    return name in (cohort.features if ":" in name else cohort.clinical)


def _predictor(model: Classifier, cohort: TrainingCohort) -> Floats:
    """Return slope · margin + offset (n,)."""
    total = np.full(len(cohort), model.intercept)
    for item in model.features:
        if item.volume:
            values = cohort.features[item.name].to_numpy(dtype=float)
        else:
            values = coded(cohort.clinical[item.name], item.coding)
        total += item.weight * (values - item.mean) / item.sd
    return np.asarray(model.slope * total + model.offset, dtype=float)


def locked_numbers(bundle: Bundle, locked: Locked) -> dict[str, Any]:
    """Return AUC at 12 months and calibration of each model with their intervals, as JSON values."""
    found = {name: _judged(locked, name) for name in locked.scores}
    return {"bundle": bundle.name, "sha256": bundle.sha256, "models": found, "not_run": locked.missing}


def _judged(locked: Locked, name: str) -> dict[str, Any]:
    """Return what one model is worth; figures that these patients cannot give are None, with the reason."""
    known = np.isfinite(locked.scores[name])
    margin, weights = locked.margins[name][known], _weights(locked, known)
    found: dict[str, Any] = {"patients": int(known.sum())}
    found |= dict.fromkeys(("auc", "calibration_slope", "calibration_in_the_large", "not_estimated"))
    try:
        check_enough(weights.times, weights.events, HORIZON)
        found["auc"] = _limits(TimedRisk.of(weights.times, weights.events, -margin).auc(HORIZON).shown)
        if not np.ptp(margin) > 0:
            raise InputError("the score is the same for everybody")
        # from the linear predictor itself (Cox 1958), with the errors of the censoring weights
        weak = weak_calibration(weights, margin, HORIZON)
        found["calibration_slope"] = _limits(weak.slope)
        found["calibration_in_the_large"] = _limits(weak.in_the_large)
    except InputError as error:
        found["not_estimated"] = error.found
    return found


def _weights(locked: Locked, known: Bools) -> CensoringWeights:
    return CensoringWeights.of(locked.cohort.os_months[known], locked.cohort.os_event[known])


def _limits(estimate: Estimate) -> dict[str, float | None]:
    values = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: float(value) if np.isfinite(value) else None for name, value in values.items()}


def scores_table(bundle: Bundle, locked: Locked) -> pd.DataFrame:
    """Return the scores beside the outcomes, and the bundle's notice where it has one."""
    table = beside_outcomes(locked.cohort, locked.scores)
    return table.assign(notice=bundle.notice) if bundle.notice else table


def beside_outcomes(cohort: TrainingCohort, scores: Mapping[str, Floats]) -> pd.DataFrame:
    """Return scores (n,) by name beside the outcomes, one row a patient, as ``lwctr evaluate`` reads them."""
    columns: dict[str, Any] = {"case_id": cohort.ids}
    if cohort.centre is not None:
        columns["centre"] = cohort.centre
    columns |= {"os_months": cohort.os_months, "os_event": cohort.os_event.astype(int)}
    if cohort.pfs_event.any():
        columns |= {"pfs_months": cohort.pfs_months, "pfs_event": cohort.pfs_event.astype(int)}
    columns |= {"landmark_months": cohort.landmark, "mrecist": cohort.mrecist.to_numpy()}
    if cohort.cause is not None:
        columns["cause_of_death"] = cohort.cause
    columns |= {str(name): cohort.clinical[name].to_numpy() for name in cohort.clinical}
    return pd.DataFrame({**columns, **scores})


def known_by(bundle: Bundle, cohort: TrainingCohort) -> list[str]:
    """Return the hashes by which a bundle knows the patients of a cohort again."""
    return sorted(patient_digests(cohort, digest_columns(bundle)).values())
