"""What an evaluation may have beside scores and outcomes: the models' own files, readings, another cohort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from LWCTRLogic.evaluation.attribution import Attribution
from LWCTRLogic.evaluation.overlap import Overlap
from LWCTRLogic.evaluation.reliability import Reliability
from LWCTRLogic.evaluation.scored import ScoredCohort
from LWCTRLogic.models.bundle import CoxModel


@dataclass(frozen=True)
class Material:
    """Everything is optional.

    Attributes
    ----------
    training : mapping
        What ``lwctr train`` wrote of itself.
    attribution : Attribution or None
        What each feature adds to the leading score.
    cox : tuple of CoxModel
        The Cox models of the bundle, from which the nomograms are drawn.
    reliability : Reliability or None
        Agreement of repeat readings, by feature.
    overlaps : tuple of Overlap
        Agreement of the masks themselves.
    other : ScoredCohort or None
        Different patients with the same scores.
    """

    training: Mapping[str, Any] = field(default_factory=dict)
    attribution: Attribution | None = None
    cox: tuple[CoxModel, ...] = ()
    reliability: Reliability | None = None
    overlaps: tuple[Overlap, ...] = ()
    other: ScoredCohort | None = None
