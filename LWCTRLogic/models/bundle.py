"""A model bundle in memory: seven linear classifiers, the Cox models, and what they were made for.

Everything here is valid once constructed; reading and writing lie in :mod:`LWCTRLogic.models.bundle_files`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from LWCTRLogic.case import VOLUMES, volume_label
from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.errors import InputError
from LWCTRLogic.models.harmonisation import CentreLines, Harmonisation
from LWCTRLogic.models.settings_match import settings_digest

SCHEMA_VERSION = 1
KIND = "lwctr"
MODEL_NAMES = (
    "Clinical",
    "Radiomic-Pre",
    "Radiomic-Post",
    "Radiomic-LA",
    "Radiomic-LV",
    "Radiomic-Fusion",
    "LWCTR",
)
"""The seven models, from the least to the most complete one."""

RAD_SCORE_MODEL = "LWCTR"
"""The model whose score is the Rad-score."""
RAD_SCORE = "rad_score"
MRECIST = "mrecist"
TERMS = (RAD_SCORE, MRECIST)
REPORT_MONTHS = {"OS": (12, 24, 36), "PFS": (6, 12, 18)}


@dataclass(frozen=True)
class Range:
    """What training saw of one feature: smallest, 5th, 50th and 95th percentile, largest."""

    low: float
    p05: float
    median: float
    p95: float
    high: float

    def __post_init__(self) -> None:
        values = (self.low, self.p05, self.median, self.p95, self.high)
        if list(values) != sorted(values):
            raise InputError(f"training range {values} is not in order", "low ≤ p05 ≤ median ≤ p95 ≤ high")


@dataclass(frozen=True)
class Feature:
    """One input of a classifier.

    Attributes
    ----------
    name : str
        ``<volume>:<PyRadiomics name>`` or the name of a clinical variable.
    mean, sd : float
        Scaler: the model sees ``(value − mean) / sd``.
    weight : float
        Coefficient of the scaled value.
    background : float
        Mean over the training patients, from which attributions are measured.
    range : Range
        What training saw.
    coding : mapping of str to float
        For a clinical variable in words: word → number. Empty for numbers.
    """

    name: str
    mean: float
    sd: float
    weight: float
    background: float
    range: Range
    coding: Mapping[str, float]

    def __post_init__(self) -> None:
        if not self.sd > 0:
            raise InputError(f"feature {self.name} has the standard deviation {self.sd}", "more than 0")
        if self.volume and self.volume not in VOLUMES:
            raise InputError(f"feature {self.name} names a volume {self.volume!r}", ", ".join(VOLUMES))
        if not self.volume:
            _check_coding(self.name, self.coding)

    @property
    def volume(self) -> str:
        """The volume (``pre_A`` …), or empty for a clinical variable."""
        return self.name.partition(":")[0] if ":" in self.name else ""

    @property
    def column(self) -> str:
        """Column of the feature table, or the clinical variable's name."""
        return self.name.rpartition(":")[2]

    @property
    def label(self) -> str:
        """Words for people."""
        return f"{volume_label(self.volume)}: {self.column}" if self.volume else VARIABLES[self.name].label


def _check_coding(name: str, coding: Mapping[str, float]) -> None:
    if name not in VARIABLES:
        raise InputError(f"the bundle uses a clinical variable {name!r}", "one of " + ", ".join(VARIABLES))
    unknown = sorted(set(coding) - set(VARIABLES[name].choices))
    if unknown or bool(coding) != bool(VARIABLES[name].choices):
        raise InputError(
            f"the coding of {name} is {dict(coding)}",
            "a number for words among " + ", ".join(VARIABLES[name].choices)
            if VARIABLES[name].choices
            else "no coding, since it is a number",
        )


@dataclass(frozen=True)
class Measure:
    """One performance figure with its 95 % interval and how it was obtained."""

    name: str
    estimate: float
    low: float
    high: float
    method: str


@dataclass(frozen=True)
class Classifier:
    """One of the seven models: a linear margin and a logistic calibration.

    margin = intercept + Σ weight · (value − mean) / sd;
    score = 1 / (1 + exp(−(slope · margin + offset))).
    """

    name: str
    features: tuple[Feature, ...]
    intercept: float
    slope: float
    offset: float
    cutoff: float
    performance: tuple[Measure, ...] = ()

    def __post_init__(self) -> None:
        if self.name not in MODEL_NAMES:
            raise InputError(f"the bundle has a model {self.name!r}", "one of " + ", ".join(MODEL_NAMES))
        names = [feature.name for feature in self.features]
        if len(set(names)) != len(names):
            raise InputError(f"a feature of {self.name} comes twice", "each feature once")

    def score(self, margin: float) -> float:
        """Return the probability (0–1) of surviving 12 months for a margin."""
        value = self.slope * margin + self.offset
        # The same formula in two forms, so that neither exponential overflows.
        if value >= 0:
            return 1.0 / (1.0 + math.exp(-value))
        return math.exp(value) / (1.0 + math.exp(value))


@dataclass(frozen=True)
class Term:
    """One covariate of a Cox model: ``rad_score`` (a number) or ``mrecist`` (words with a coding)."""

    name: str
    label: str
    coefficient: float
    centre: float
    coding: Mapping[str, float]

    def __post_init__(self) -> None:
        if self.name not in TERMS:
            raise InputError(f"a Cox model has a term {self.name!r}", "one of " + ", ".join(TERMS))
        if bool(self.coding) != (self.name == MRECIST):
            raise InputError(
                f"term {self.name} has the coding {dict(self.coding)}", "a coding for mrecist, none otherwise"
            )
        if self.coding:
            _check_coding(self.name, self.coding)


@dataclass(frozen=True)
class CoxModel:
    """A Cox model with its baseline: S(t) = exp(−H₀(t) · exp(Σ coefficient · (x − centre))).

    Attributes
    ----------
    name : str
        ``Rad-score``, ``mRECIST`` or ``Rad-Nomo``.
    endpoint : str
        ``OS`` or ``PFS``.
    origin : str
        From when its months run, in words.
    population : str
        Whom it was fitted on.
    terms : tuple of Term
        Covariates.
    covariance : tuple of tuple of float
        Covariance of the coefficients.
    times, hazard : tuple of float
        Months with an event, and H₀ just after each: a step function, 0 before the first.
    variance, mean_covariate : tuple
        What the limits of a prediction need (see :class:`LWCTRLogic.stats.cox.CoxBaseline`).
    last : float
        Last month under observation; nothing is predicted beyond it.
    patients, events : int
        How many it was fitted on.
    performance : tuple of Measure
        Figures with intervals.
    """

    name: str
    endpoint: str
    origin: str
    population: str
    terms: tuple[Term, ...]
    covariance: tuple[tuple[float, ...], ...]
    times: tuple[float, ...]
    hazard: tuple[float, ...]
    variance: tuple[float, ...]
    mean_covariate: tuple[tuple[float, ...], ...]
    last: float
    patients: int
    events: int
    performance: tuple[Measure, ...] = ()

    def __post_init__(self) -> None:
        if self.endpoint not in REPORT_MONTHS:
            raise InputError(f"Cox model {self.name} has endpoint {self.endpoint!r}", "OS or PFS")
        rising = all(a < b for a, b in zip(self.times, self.times[1:], strict=False))
        growing = all(a <= b for a, b in zip((0.0, *self.hazard), self.hazard, strict=False))
        lengths = {len(self.times), len(self.hazard), len(self.variance), len(self.mean_covariate)}
        if len(lengths) != 1 or not self.times or not rising or not growing:
            raise InputError(
                f"the baseline of {self.name} ({self.endpoint}) is no step function",
                "as many rising times as growing cumulative hazards",
            )
        widths = {len(row) for row in (*self.covariance, *self.mean_covariate)}
        if widths != {len(self.terms)} or len(self.covariance) != len(self.terms):
            raise InputError(
                f"the covariance of {self.name} ({self.endpoint}) has rows of {sorted(widths)} values",
                f"one value a term, {len(self.terms)} in all",
            )


@dataclass(frozen=True)
class Bundle:
    """A whole bundle; ``sha256`` identifies its content and is empty before it is saved.

    ``lineage`` says what it was made from: ``parent`` (SHA-256 of the bundle that was recalibrated) and, as short
    hashes of features that give nothing away, ``trained_on`` and ``tested_on`` (patients). It may be empty.
    ``harmonisation`` holds the effects of centres that are taken out of the features before any model sees them.
    """

    name: str
    version: str
    title: str
    demonstration: bool
    notice: str
    intended_use: str
    trained_on: str
    limits: tuple[str, ...]
    settings: Mapping[str, Any]
    settings_hash: str
    classifiers: tuple[Classifier, ...]
    cox: tuple[CoxModel, ...]
    sha256: str = ""
    lineage: Mapping[str, Any] = field(default_factory=dict)
    harmonisation: Harmonisation | None = None

    def __post_init__(self) -> None:
        names = [model.name for model in self.classifiers]
        if names != [name for name in MODEL_NAMES if name in names]:
            raise InputError(
                f"the bundle's models are {', '.join(names)}",
                "each once, in the order " + ", ".join(MODEL_NAMES),
            )
        if settings_digest(self.settings) != self.settings_hash:
            raise InputError(
                f"the bundle's settings have the hash {settings_digest(self.settings)[:12]}…",
                f"{self.settings_hash[:12]}… as it says itself",
            )
        if self.demonstration and not self.notice:
            raise InputError("the demonstration bundle has no notice", "a notice to show with every score")

    def classifier(self, name: str) -> Classifier | None:
        """Return the classifier of that name, if the bundle has it."""
        return next((model for model in self.classifiers if model.name == name), None)

    def to_documents(self) -> dict[str, dict[str, Any]]:
        """Return the bundle's JSON documents by file name, without ``files.json``."""
        model = {
            "schema_version": SCHEMA_VERSION,
            "kind": KIND,
            "name": self.name,
            "version": self.version,
            "title": self.title,
            "demonstration": self.demonstration,
            "notice": self.notice,
            "intended_use": self.intended_use,
            "trained_on": self.trained_on,
            "limits": list(self.limits),
            "extraction": {"settings": dict(self.settings), "hash": self.settings_hash},
            **({"lineage": dict(self.lineage)} if self.lineage else {}),
            **({"harmonisation": asdict(self.harmonisation)} if self.harmonisation else {}),
        }
        return {
            "model.json": model,
            "classifiers.json": {"models": [asdict(item) for item in self.classifiers]},
            "survival.json": {"models": [asdict(item) for item in self.cox]},
        }

    @classmethod
    def from_documents(cls, documents: Mapping[str, Any], sha256: str = "") -> Bundle:
        """Read what :meth:`to_documents` wrote; the documents have passed the JSON schema.

        Raises
        ------
        InputError
            When a value makes no sense, such as a standard deviation of 0.
        """
        model = dict(documents["model.json"])
        extraction = model.pop("extraction")
        del model["schema_version"], model["kind"]
        known = model.pop("harmonisation", None)
        return cls(
            **{**model, "limits": tuple(model["limits"])},
            harmonisation=None if known is None else _harmonisation(known),
            settings=extraction["settings"],
            settings_hash=extraction["hash"],
            classifiers=tuple(_classifier(item) for item in documents["classifiers.json"]["models"]),
            cox=tuple(_cox(item) for item in documents["survival.json"]["models"]),
            sha256=sha256,
        )


def _harmonisation(value: Mapping[str, Any]) -> Harmonisation:
    centres = tuple(
        CentreLines(item["name"], item["patients"], tuple(item["factor"]), tuple(item["offset"]))
        for item in value["centres"]
    )
    rows = {key: tuple(value[key]) for key in ("features", "mean", "spread")}
    return Harmonisation(reference=value["reference"], centres=centres, **rows)


def _classifier(value: Mapping[str, Any]) -> Classifier:
    features = tuple(Feature(**{**item, "range": Range(**item["range"])}) for item in value["features"])
    return Classifier(**{**value, "features": features, "performance": _measures(value)})


def _cox(value: Mapping[str, Any]) -> CoxModel:
    return CoxModel(
        **{
            **value,
            "terms": tuple(Term(**item) for item in value["terms"]),
            **{key: tuple(value[key]) for key in ("times", "hazard", "variance")},
            **{key: tuple(map(tuple, value[key])) for key in ("covariance", "mean_covariate")},
            "performance": _measures(value),
        }
    )


def _measures(value: Mapping[str, Any]) -> tuple[Measure, ...]:
    return tuple(Measure(**item) for item in value["performance"])
