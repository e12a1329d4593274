"""What an evaluation has found, before it is written: the cohort, its numbers, and what must be said first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Any

import numpy as np

from LWCTRLogic.evaluation.attribution import attribution_metrics
from LWCTRLogic.evaluation.characteristics import Characteristic, characteristics
from LWCTRLogic.evaluation.classification import classification_metrics, reclassification_improvement
from LWCTRLogic.evaluation.comparisons import between_cohorts, comparison_metrics
from LWCTRLogic.evaluation.competing import competing_risk_metrics
from LWCTRLogic.evaluation.kernel import KernelCheck, kernel_check
from LWCTRLogic.evaluation.material import Material
from LWCTRLogic.evaluation.metric import Metric, pick
from LWCTRLogic.evaluation.nomograms import HandNomogram, hand_nomograms
from LWCTRLogic.evaluation.overlap import overlap_metrics
from LWCTRLogic.evaluation.reclassification import reclassification_metrics
from LWCTRLogic.evaluation.reliability import reliability_metrics
from LWCTRLogic.evaluation.response import response_metrics
from LWCTRLogic.evaluation.scored import ScoredCohort
from LWCTRLogic.evaluation.subgroups import subgroup_metrics
from LWCTRLogic.evaluation.survival import survival_metrics
from LWCTRLogic.evaluation.validation_size import validation_size_metrics
from LWCTRLogic.progress import Progress

SCHEMA_VERSION = 1
FEW_EVENTS = 100
"""Events and non-events that a validation needs at least (Collins, Ogundimu and Altman 2016)."""


@dataclass(frozen=True)
class Evaluation:
    """Everything that the report is made of.

    Attributes
    ----------
    metrics : tuple of Metric
        Every number.
    warnings : tuple of str
        What a reader must know before any of them.
    characteristics : tuple of Characteristic
        The table of the patients.
    material : Material
        What was there beside scores and outcomes.
    nomograms : tuple of HandNomogram
        Of the bundle's Cox models with more than one term.
    kernel : KernelCheck or None
        The exact attributions against shap's, where that is installed.
    """

    cohort: ScoredCohort
    metrics: tuple[Metric, ...]
    warnings: tuple[str, ...]
    characteristics: tuple[Characteristic, ...] = ()
    material: Material = field(default_factory=Material)
    nomograms: tuple[HandNomogram, ...] = ()
    kernel: KernelCheck | None = None

    @property
    def training(self) -> Mapping[str, Any]:
        """What ``lwctr train`` wrote of itself; empty for scores that somebody else computed."""
        return self.material.training

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for ``metrics.json``."""
        cohort, found = self.cohort, self.material.reliability
        return {
            "schema_version": SCHEMA_VERSION,
            "cohort": cohort.name,
            "notice": cohort.notice,
            "patients": len(cohort),
            "horizon_months": cohort.horizon,
            "scores": [
                {
                    "name": score.name,
                    "cutoff": score.cutoff,
                    "is_probability": score.is_probability,
                    "origin": score.origin,
                }
                for score in cohort.scores
            ],
            "warnings": list(self.warnings),
            "notes": list(cohort.notes),
            "metrics": [metric.to_dict() for metric in self.metrics],
            "characteristics": [_line(line) for line in self.characteristics],
            "nomograms": [one.to_dict() for one in self.nomograms],
            "attribution": self._explained(),
            "reliability": [one.to_dict(found.names) for one in found.comparisons] if found else [],
        }

    def _explained(self) -> dict[str, Any] | None:
        """Return the mean absolute attribution of each feature, strongest first."""
        found = self.material.attribution
        if found is None:
            return None
        return {
            "model": found.classifier.name,
            "patients": int(found.known.sum()),
            "mean_absolute": {
                one.group: {key: one.to_dict()[key] for key in ("value", "low", "high")}
                for one in pick(self.metrics, topic="attribution")
            },
            "kernel_explainer": None if self.kernel is None else asdict(self.kernel),
        }


def evaluate_cohort(
    cohort: ScoredCohort,
    progress: Progress | None = None,
    seed: int = 1,
    draws: int = 1000,
    improvement: bool = False,
    material: Material | None = None,
) -> Evaluation:
    """Compute every number of an evaluation.

    Parameters
    ----------
    seed, draws : int
        Of the bootstrap.
    improvement : bool
        Whether NRI and IDI are wanted; see :func:`reclassification_improvement` for why they are off.
    material : Material, optional
        What there is beside scores and outcomes.

    Raises
    ------
    InputError
        When a part that everything rests on cannot be computed, such as when nobody died.
    Cancelled
        When the user stopped.
    """
    progress, material = progress or Progress(), material or Material()
    parts: list[tuple[str, Iterator[Metric]]] = [
        ("response", response_metrics(cohort, seed, draws)),
        ("cut-offs", classification_metrics(cohort)),
        ("survival", survival_metrics(cohort, seed, draws)),
        ("causes of death", competing_risk_metrics(cohort)),
        ("comparisons", comparison_metrics(cohort)),
        ("subgroups", chain.from_iterable(subgroup_metrics(cohort, score) for score in cohort.scores[:1])),
        ("mRECIST", reclassification_metrics(cohort)),
    ]
    if improvement:
        parts.append(("reclassification", reclassification_improvement(cohort)))
    parts += _of_material(cohort, material, seed, draws)
    metrics: list[Metric] = []
    for index, (name, part) in enumerate(parts):
        progress.update("evaluate", index, len(parts) + 1, name)
        metrics += part
    progress.update("evaluate", len(parts), len(parts) + 1, "characteristics")
    table = characteristics(cohort)
    skipped = material.training.get("skipped_models", {})
    warnings = [f"{name} was not fitted: {reason}." for name, reason in skipped.items()]
    warnings += _warnings(cohort, metrics)
    kernel = None if material.attribution is None else kernel_check(material.attribution)
    nomograms = hand_nomograms(material.cox)
    return Evaluation(cohort, tuple(metrics), tuple(warnings), table, material, nomograms, kernel)


def _of_material(
    cohort: ScoredCohort, material: Material, seed: int, draws: int
) -> Iterator[tuple[str, Iterator[Metric]]]:
    if material.other is not None:
        yield "other patients", between_cohorts(cohort, material.other)
    if material.reliability is not None:
        yield "readings", reliability_metrics(material.reliability)
    if material.overlaps:
        yield "masks", overlap_metrics(material.overlaps, seed, draws)
    if material.attribution is not None:
        yield "attributions", attribution_metrics(material.attribution)
    yield "sample size", validation_size_metrics(cohort)


def _line(line: Characteristic) -> dict[str, Any]:
    p = line.p if math.isfinite(line.p) else None
    return {**asdict(line), "cells": dict(line.cells), "p": p}


def _warnings(cohort: ScoredCohort, metrics: list[Metric]) -> Iterator[str]:
    if cohort.outcomes.landmark is None:
        yield (
            "No column says when the follow-up scan was made, so survival is counted from the first "
            "dose although the score uses that scan: patients had to live until it (immortal time), "
            "which flatters every figure."
        )
    counts = {metric.name: metric.estimate.value for metric in pick(metrics, topic="cohort")}
    smaller = min(counts["alive at the horizon"], counts["dead by the horizon"])
    if smaller < FEW_EVENTS:
        yield (
            f"Only {smaller:.0f} patients are in the smaller class at {cohort.horizon:g} months; a "
            f"validation needs {FEW_EVENTS} in each, so the intervals are wide."
        )
    unknown = counts["censored before the horizon"] / len(cohort)
    if unknown > 0.2:
        yield (
            f"{100 * unknown:.0f} % of the patients were censored before {cohort.horizon:g} months: "
            "the figures rest on the assumption that they were like the others who were then alive."
        )
    yield from _about_the_lead(cohort, metrics, cohort.scores[0].name)


def _about_the_lead(cohort: ScoredCohort, metrics: list[Metric], lead: str) -> Iterator[str]:
    values = cohort.scores[0].values
    unscored = int(np.isnan(values).sum())
    if unscored:
        yield f"{unscored} of {len(cohort)} patients have no value of {lead} and are left out of its figures."
    if np.nanmax(values) == np.nanmin(values):
        yield f"{lead} is the same for everybody: it tells nothing."
        return
    if cohort.scores[0].is_probability and set(np.unique(values[np.isfinite(values)])) <= {0.0, 1.0}:
        yield (
            f"{lead} is 0 or 1: a decision, not a probability, so its calibration, Brier score and net benefit say "
            f"little. Name it by --not-probability."
        )
    called = pick(metrics, topic="classification", name="called responders", score=lead)
    if called and called[0].estimate.value in (0.0, 1.0):
        whom = "responders" if called[0].estimate.value else "non-responders"
        yield f"The cut-off of {lead} calls all patients {whom}: nothing can be said of two groups."
    auc = pick(metrics, topic="discrimination", name="AUC", score=lead, endpoint="response")
    if not auc or not math.isfinite(auc[0].estimate.low):
        return
    one = auc[0].estimate
    if one.high < 0.5:
        yield f"{lead} points the wrong way: higher scores go with earlier deaths. If it is a risk, name it by --risk."
    elif one.low <= 0.5:
        yield f"{lead} is not shown to be better than chance: the interval of its AUC reaches 0.5."
