"""What a prediction is: the content of ``prediction.json``, read by the report and by the panel."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from LWCTRLogic.errors import InputError
from LWCTRLogic.findings import Finding

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class ModelScore:
    """One of the seven models applied to this patient, or why it could not be.

    ``score`` is the probability (0–1) of surviving 12 months and ``margin`` the linear decision value before
    calibration; both are ``None`` when the model did not run, and ``missing`` then names what it lacks.
    """

    model: str
    label: str
    score: float | None = None
    margin: float | None = None
    cutoff: float | None = None
    responder: bool | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contribution:
    """What one feature adds to a model's margin: weight × (scaled value − background mean).

    ``low`` and ``high`` are the range seen in training; ``outside`` tells whether ``value`` lies beyond it,
    and ``distance`` by how many training standard deviations (0 inside).
    """

    feature: str
    label: str
    volume: str
    value: float | str
    contribution: float
    low: float | None = None
    high: float | None = None
    outside: bool = False
    distance: float = 0.0


@dataclass(frozen=True)
class Explanation:
    """Exact linear attribution: ``base`` + Σ contributions = the model's margin."""

    model: str
    base: float
    contributions: tuple[Contribution, ...] = ()

    def ranked(self) -> tuple[Contribution, ...]:
        """Return the contributions, largest first; equal ones by name, so that the order never changes."""
        return tuple(sorted(self.contributions, key=lambda part: (-abs(part.contribution), part.feature)))


@dataclass(frozen=True)
class SurvivalCurve:
    """Survival estimate of one Cox model for one endpoint.

    ``times`` are months from ``origin``; ``survival``, ``lower`` and ``upper`` are probabilities (0–1) on
    those times (the limits are empty where the bundle gives no interval); ``at`` gives the survival at the
    months that the method reports (OS 12, 24, 36; PFS 6, 12, 18), keyed by the month as a string.
    """

    endpoint: str
    model: str
    label: str
    origin: str
    times: tuple[float, ...]
    survival: tuple[float, ...]
    at: dict[str, float]
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()


@dataclass(frozen=True)
class NomogramAxis:
    """One axis of the nomogram: ``ticks`` are (label, points); the patient's own label and points."""

    label: str
    ticks: tuple[tuple[str, float], ...]
    patient: str
    points: float


@dataclass(frozen=True)
class Nomogram:
    """A nomogram with this patient's points drawn in.

    ``outcomes`` are axes under the total points axis: (label, ((probability label, total points), …),
    this patient's probability).
    """

    endpoint: str
    axes: tuple[NomogramAxis, ...]
    total: float
    total_range: tuple[float, float]
    outcomes: tuple[tuple[str, tuple[tuple[str, float], ...], float], ...]


@dataclass(frozen=True)
class BundleReference:
    """Which bundle made the prediction."""

    name: str
    version: str
    sha256: str
    demonstration: bool
    notice: str
    settings_hash: str = ""


@dataclass(frozen=True)
class Prediction:
    """Everything predicted for one patient.

    ``model`` names the model behind the headline score (the most complete one that could run); it is empty
    when none could. ``risk_group`` is that model's side of its cut-off.
    """

    case_id: str
    bundle: BundleReference
    model: str
    scores: tuple[ModelScore, ...]
    explanations: tuple[Explanation, ...] = ()
    survival: tuple[SurvivalCurve, ...] = ()
    nomograms: tuple[Nomogram, ...] = ()
    risk_group: str = ""
    mrecist: str | None = None
    clinical: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[Finding, ...] = ()

    def headline(self) -> ModelScore | None:
        """Return the score that the report shows first, or ``None`` when no model could run."""
        return next((score for score in self.scores if score.model == self.model), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Prediction:
        """Read the JSON form.

        Raises
        ------
        InputError
            For another schema version.
        """
        if value.get("schema_version") != SCHEMA_VERSION:
            found = value.get("schema_version")
            raise InputError(f"prediction has schema_version {found!r}", str(SCHEMA_VERSION), "Predict again")
        fields = {key: item for key, item in value.items() if key != "schema_version"}
        fields["bundle"] = BundleReference(**fields["bundle"])
        fields["scores"] = tuple(
            ModelScore(**{**score, "missing": tuple(score["missing"])}) for score in fields["scores"]
        )
        fields["explanations"] = tuple(
            Explanation(
                item["model"], item["base"], tuple(Contribution(**part) for part in item["contributions"])
            )
            for item in fields["explanations"]
        )
        fields["survival"] = tuple(
            SurvivalCurve(
                **{**curve, **{key: tuple(curve[key]) for key in ("times", "survival", "lower", "upper")}}
            )
            for curve in fields["survival"]
        )
        fields["nomograms"] = tuple(_nomogram(item) for item in fields["nomograms"])
        fields["warnings"] = tuple(Finding(**warning) for warning in fields["warnings"])
        return cls(**fields)


def _nomogram(value: dict[str, Any]) -> Nomogram:
    def ticks(pairs: Any) -> tuple[tuple[str, float], ...]:
        return tuple((label, points) for label, points in pairs)

    axes = tuple(
        NomogramAxis(axis["label"], ticks(axis["ticks"]), axis["patient"], axis["points"])
        for axis in value["axes"]
    )
    outcomes = tuple((label, ticks(marks), probability) for label, marks, probability in value["outcomes"])
    low, high = value["total_range"]
    return Nomogram(value["endpoint"], axes, value["total"], (low, high), outcomes)
