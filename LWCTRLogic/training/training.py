"""One training from a cohort to everything that is written: both modes, controls, curves, the bundle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import RAD_SCORE_MODEL, Bundle
from LWCTRLogic.models.cohort_data import VIRTUAL, TrainingCohort
from LWCTRLogic.models.fit_score import INNER_FOLDS
from LWCTRLogic.models.signature import MODEL_VOLUMES
from LWCTRLogic.progress import Progress, SharedProgress
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.training.centre_reference import check_centres, make_harmonisation
from LWCTRLogic.training.centres import CentreAuc, leave_centres_out
from LWCTRLogic.training.cohort_reading import (
    CohortFiles,
    digest_columns,
    patient_digests,
    refuse_shared_patients,
)
from LWCTRLogic.training.controls import ModelControls, run_controls, shuffled_folds
from LWCTRLogic.training.imputed import missing_values
from LWCTRLogic.training.learning_curve import LearningPoint, learning_curve
from LWCTRLogic.training.optimism import Optimism, bootstrap_optimism
from LWCTRLogic.training.paper import Paper, train_paper
from LWCTRLogic.training.plan import Plan, check_size, usable_models
from LWCTRLogic.training.strict import Strict, train_strict

VIRTUAL_NOTICE = "trained on virtual patients, whose features were drawn at random: not for any real patient"


@dataclass(frozen=True)
class BundleWords:
    """What a bundle says of itself."""

    name: str
    version: str = "1.0.0"
    title: str = ""
    intended_use: str = "Research. For no decision about any person."
    demonstration: bool = False
    notice: str = ""


@dataclass(frozen=True)
class Training:
    """Everything that a training found.

    Attributes
    ----------
    skipped : mapping
        Why models were not fitted, by model.
    centre_scores : mapping
        Scores (n,) from fits on the other centres.
    no_centres : str
        Why no centre was left out; empty when it was done.
    test : TrainingCohort or None
        Patients on whom the finished bundle is judged.
    """

    cohort: TrainingCohort
    plan: Plan
    notes: tuple[str, ...]
    skipped: Mapping[str, str]
    strict: Strict
    paper: Paper
    controls: Mapping[str, ModelControls]
    optimism: Mapping[str, Optimism]
    learning: Mapping[str, tuple[LearningPoint, ...]]
    centres: Mapping[str, tuple[CentreAuc, ...]]
    centre_scores: Mapping[str, Floats]
    no_centres: str
    test: TrainingCohort | None = None

    @property
    def shuffles(self) -> int:
        """How often outcomes were shuffled."""
        return self.plan.permutations

    def verdicts(self) -> dict[str, str]:
        """Return for each model that does not beat its controls what it does not beat."""
        found = {}
        for name, control in self.controls.items():
            lost = control.not_beaten()
            if lost:
                found[name] = f"{name} does not beat " + "; nor ".join(lost)
        return found


def train(
    files: CohortFiles,
    plan: Plan,
    progress: Progress,
    voxels: pd.DataFrame | None = None,
    test: TrainingCohort | None = None,
) -> Training:
    """Train and judge every model that the cohort allows.

    Parameters
    ----------
    voxels : DataFrame, optional
        Features of shuffled voxels of the same patients.
    test : TrainingCohort, optional
        Other patients, for the finished bundle.

    Raises
    ------
    InputError
        When the cohort is too small, no model can be fitted, or a clinical value is missing.
    Cancelled
        If the user asked to stop.
    """
    cohort = files.cohort
    check_size(cohort, plan)
    skipped = {name: reason for name, reason in usable_models(cohort, plan.chain).items() if reason}
    models = [name for name in usable_models(cohort, plan.chain) if name not in skipped]
    if not models:
        raise InputError("no model can be fitted: " + "; ".join(f"{k}: {v}" for k, v in skipped.items()))
    notes = (*files.notes, *_missing(cohort, plan))
    if plan.chain.combat:
        notes = (*notes, check_centres(cohort, plan.chain.reference_centre, test))
    if voxels is not None:
        _check_voxels(cohort, voxels)
    if test is not None:
        refuse_shared_patients(cohort, test, "the test cohort")
    progress = SharedProgress(progress, planned_fits(cohort, models, plan, voxels is not None))
    strict = train_strict(cohort, files.readings, models, plan, progress)
    paper = train_paper(cohort, files.readings, models, plan, progress)
    centres, centre_scores, no_centres = leave_centres_out(cohort, files.readings, strict, plan, progress)
    return Training(
        cohort,
        plan,
        notes,
        skipped,
        strict,
        paper,
        run_controls(cohort, files.readings, strict, plan, progress, voxels),
        bootstrap_optimism(cohort, files.readings, strict, plan, progress),
        learning_curve(cohort, files.readings, strict, plan, progress),
        centres,
        centre_scores,
        no_centres,
        test,
    )


def planned_fits(cohort: TrainingCohort, models: list[str], plan: Plan, voxels: bool) -> int:
    """Return how many fits a training takes if no part of it has to be left out."""
    centres = 0 if cohort.centre is None or plan.chain.combat else len(set(cohort.centre))
    seen = sum(bool(MODEL_VOLUMES[name]) for name in models)
    crossed = plan.folds * plan.repeats
    each = (
        crossed  # cross-validation
        + 2  # final fits, as published
        + (centres if centres > 1 else 0)
        + plan.permutations * shuffled_folds(plan)
        + plan.bootstraps
        + plan.folds * len(plan.learning_shares)
    )
    cox = plan.folds * INNER_FOLDS if RAD_SCORE_MODEL in models else 0
    return len(models) * each + seen * crossed * (2 if voxels else 1) + cox  # volume only, shuffled voxels


def _missing(cohort: TrainingCohort, plan: Plan) -> list[str]:
    """Return a note of what is missing, or refuse it."""
    missing = missing_values(cohort)
    if not missing:
        return []
    shown = ", ".join(f"{name} in {count}" for name, count in missing.items())
    if plan.chain.missing == "impute":
        return [
            f"clinical values were missing and are imputed inside the folds: {shown} of {len(cohort)} patients"
        ]
    if set(missing) == {"mrecist"}:  # no classifier takes it
        return [
            f"mRECIST is missing in {missing['mrecist']} of {len(cohort)} patients: no Cox model with it is fitted"
        ]
    shown = ", ".join(f"{name} in {count}" for name, count in missing.items() if name != "mrecist")
    raise InputError(
        f"clinical values are missing: {shown} of {len(cohort)} patients",
        "every value of every variable that is used",
        "Fill them in, leave the column out, or let --missing impute fill them inside the folds",
    )


def _check_voxels(cohort: TrainingCohort, voxels: pd.DataFrame) -> None:
    patients = [case_id for case_id in cohort.features.index if case_id not in voxels.index]
    columns = [name for name in cohort.features.columns if name not in voxels.columns]
    if patients or columns:
        raise InputError(
            f"the features of shuffled voxels lack {len(patients)} patients and {len(columns)} features",
            "the same patients and features as the cohort's",
            "Extract them with the same settings and --shuffle-voxels",
        )


def make_bundle(training: Training, words: BundleWords) -> Bundle | None:
    """Return the bundle of a training; ``None`` when every model chose nothing, or ComBat had no reference centre."""
    classifiers = [model.classifier for model in training.strict.models.values() if model.classifier]
    if not classifiers:
        return None
    cohort, reference = training.cohort, training.plan.chain.reference_centre
    virtual = cohort.origin.get("backend") == VIRTUAL and not words.demonstration
    bundle = Bundle(
        name=words.name,
        version=words.version,
        title=words.title or words.name,
        demonstration=words.demonstration or virtual,
        notice=VIRTUAL_NOTICE if virtual else words.notice,
        intended_use=words.intended_use,
        trained_on=_trained_on(training),
        limits=tuple(_limits(training)),
        settings=cohort.origin["settings"],
        settings_hash=cohort.origin["settings_hash"],
        classifiers=tuple(classifiers),
        cox=training.strict.cox,
    )
    columns = digest_columns(bundle)
    lineage = {"trained_on": sorted(patient_digests(cohort, columns).values())}
    if training.test is not None:
        lineage["tested_on"] = sorted(patient_digests(training.test, columns).values())
    known = make_harmonisation(cohort, reference, columns) if reference else None
    return replace(bundle, lineage=lineage, harmonisation=known)


def _trained_on(training: Training) -> str:
    cohort = training.cohort
    label, weight = cohort.response()
    published = training.plan.chain.selection == "published"
    selection = "the published signature's features" if published else "features chosen on them"
    return (
        f"{len(cohort)} patients, {int(cohort.os_event.sum())} deaths; "
        f"{int((label & (weight > 0)).sum())} lived beyond 12 months, "
        f"{int((~label & (weight > 0)).sum())} did not, {int((weight == 0).sum())} unknown; {selection}"
    )


def _limits(training: Training) -> Iterator[str]:
    """Give what the bundle cannot do, what its models do not beat first."""
    yield from training.verdicts().values()
    empty = [name for name, model in training.strict.models.items() if model.classifier is None]
    if empty:
        yield f"Left out, since no feature was chosen: {', '.join(empty)}."
    reference = training.plan.chain.reference_centre
    if reference:
        yield f"It scores patients of the centres it knows only, brought to {reference!r} by ComBat."
    yield "It is not the published model, whose coefficients were never published."
    yield (
        "Its performance is estimated by cross-validation of the procedure; only other patients can tell that of these "
        "coefficients."
    )
