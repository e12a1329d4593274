"""Applying a model bundle to one patient: every model that can run, and what the others lack."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES, Case, volume_label
from LWCTRLogic.clinical import ClinicalValue
from LWCTRLogic.errors import InputError
from LWCTRLogic.explain.linear import linear_base, linear_contributions, linear_margin
from LWCTRLogic.findings import Finding
from LWCTRLogic.models.bundle import MODEL_NAMES, MRECIST, Bundle, Classifier, Feature
from LWCTRLogic.models.bundle_files import load_bundle
from LWCTRLogic.models.prediction import BundleReference, Contribution, Explanation, ModelScore, Prediction
from LWCTRLogic.models.prognosis import predict_prognosis
from LWCTRLogic.models.settings_match import check_settings
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.step import read_table

MODEL_LABELS = {
    "Clinical": "Clinical values",
    "Radiomic-Pre": "Baseline scans",
    "Radiomic-Post": "Follow-up scans",
    "Radiomic-LA": "Arterial phase, both scans",
    "Radiomic-LV": "Portal venous phase, both scans",
    "Radiomic-Fusion": "All four volumes",
    "LWCTR": "All four volumes and clinical values",
}
HIGH_RISK, LOW_RISK = "high risk", "low risk"
_NAMED_OUTLIERS = 3


@dataclass(frozen=True)
class _Input:
    """One feature of this patient: the number the model sees, what people see, or what is missing."""

    number: float | None
    shown: float | str = ""
    missing: str = ""


def predict(
    bundle: Bundle,
    features: pd.DataFrame,
    clinical: Mapping[str, ClinicalValue],
    case_id: str = "",
    centre: str = "",
) -> Prediction:
    """Apply every model of ``bundle`` that this patient's data allow.

    Parameters
    ----------
    features : DataFrame
        One row a volume (index ``pre_A`` …), columns PyRadiomics names, made with the bundle's settings. Rows
        may be missing; columns may not.
    clinical : mapping
        Values in words or numbers (see :mod:`LWCTRLogic.clinical`); ``mrecist`` is one of them.
    centre : str
        Where the scans were made; needed by a bundle that adjusts features for it.

    Returns
    -------
    Prediction
        The headline model is the most complete one that ran, and empty when none could.

    Raises
    ------
    InputError
        When the table lacks a column that the bundle needs, or the bundle does not know the centre.
    """
    if bundle.harmonisation is not None:
        bundle.harmonisation.check([centre], f"the bundle {bundle.name}")
    inputs = _inputs(bundle, features, clinical, centre)
    scores = tuple(_score(model, inputs) for model in bundle.classifiers)
    ran = sorted(
        (model for model, score in zip(bundle.classifiers, scores, strict=True) if not score.missing),
        key=lambda model: -MODEL_NAMES.index(model.name),
    )
    headline = ran[0].name if ran else ""
    responder = next((score.responder for score in scores if score.model == headline), None)
    rad_score = next((score.score for score in scores if score.model == "LWCTR"), None)
    prognosis = predict_prognosis(bundle.cox, rad_score, _word(clinical.get(MRECIST)))
    return Prediction(
        case_id=case_id,
        bundle=_reference(bundle),
        model=headline,
        scores=scores,
        explanations=tuple(_explain(model, inputs) for model in ran),
        survival=prognosis.curves,
        nomograms=prognosis.nomograms,
        risk_group="" if responder is None else LOW_RISK if responder else HIGH_RISK,
        mrecist=_word(clinical.get(MRECIST)),
        clinical={name: value for name, value in clinical.items() if value is not None},
        warnings=(*_adjusted(bundle, centre), *_range_warnings(ran, inputs), *prognosis.warnings),
    )


def predict_case(
    case: Case, bundle_path: Path | None = None, progress: Progress | None = None, centre: str = ""
) -> Path:
    """Predict one case and write ``prediction.json``; return its path.

    ``centre`` is where the scans were made, instead of what the case says.

    The file holds no time and no path, so that equal inputs give equal bytes.

    Raises
    ------
    InputError
        When the bundle is refused, the features are missing, they were extracted with other settings, or the bundle
        adjusts features for centres and does not know this one.
    """
    progress = progress or Progress()
    progress.update("predict", 0, 1)
    info = case.load_info()
    bundle = load_bundle(bundle_path)
    features = _read_features(case, bundle) if case.volumes() else pd.DataFrame()
    prediction = predict(bundle, features, info.clinical, info.case_id, centre or info.centre)
    files.write_json(case.prediction_path, prediction.to_dict())
    progress.update("predict", 1, 1)
    return case.prediction_path


def _read_features(case: Case, bundle: Bundle) -> pd.DataFrame:
    """Return the features of the case's volumes, made with the bundle's settings."""
    path = case.features_path
    if not path.is_file():
        raise InputError(f"{path} does not exist", "the features", "Run 'lwctr extract CASE' first")
    table = read_table(path)
    settings, digest = table.origin.get("settings", {}), table.origin.get("settings_hash", "")
    check_settings(settings, digest, bundle.settings, bundle.settings_hash, bundle.name)
    frame = table.frame()
    return frame[frame.index.isin(case.volumes())]


def _word(value: ClinicalValue) -> str | None:
    return None if value is None else str(value)


def _reference(bundle: Bundle) -> BundleReference:
    return BundleReference(
        bundle.name, bundle.version, bundle.sha256, bundle.demonstration, bundle.notice, bundle.settings_hash
    )


def _inputs(
    bundle: Bundle, features: pd.DataFrame, clinical: Mapping[str, ClinicalValue], centre: str
) -> dict[str, _Input]:
    inputs: dict[str, _Input] = {}
    known = bundle.harmonisation
    for model in bundle.classifiers:
        for feature in model.features:
            if feature.volume:
                line = (1.0, 0.0) if known is None else known.line(feature.name, centre)
                inputs.setdefault(feature.name, _image_input(feature, features, line))
            else:
                inputs.setdefault(feature.name, _clinical_input(feature, clinical))
    return inputs


def _adjusted(bundle: Bundle, centre: str) -> list[Finding]:
    """Return what people must know of features that are shown as adjusted, where they are."""
    known = bundle.harmonisation
    if known is None or centre == known.reference:
        return []
    text = f"image features are adjusted (ComBat) from {centre!r} to {known.reference!r}, and shown so"
    return [Finding("centre-adjusted", text)]


def _image_input(feature: Feature, features: pd.DataFrame, line: tuple[float, float]) -> _Input:
    if feature.volume not in features.index:
        return _Input(None, missing=f"{volume_label(feature.volume).replace(', ', ' ')} scan")
    if feature.column not in features.columns:
        raise InputError(
            f"the feature table has no column {feature.column}",
            "every feature of the model's settings",
            "Run 'lwctr extract' again",
        )
    value = float(features.loc[feature.volume, feature.column])  # type: ignore[arg-type]
    if not math.isfinite(value):
        return _Input(None, missing=f"a value of {feature.label} (it is {value})")
    value = line[0] * value + line[1]
    return _Input(value, value)


def _clinical_input(feature: Feature, clinical: Mapping[str, ClinicalValue]) -> _Input:
    value = clinical.get(feature.name)
    if value is None:
        return _Input(None, missing=feature.label)
    if not feature.coding:
        return _Input(float(value), float(value))
    if value not in feature.coding:
        return _Input(None, missing=f"a code for {feature.label} = {value}, which training never saw")
    return _Input(feature.coding[str(value)], str(value))


def _score(model: Classifier, inputs: Mapping[str, _Input]) -> ModelScore:
    label = MODEL_LABELS[model.name]
    missing = dict.fromkeys(inputs[item.name].missing for item in model.features)
    missing.pop("", None)
    if missing:
        return ModelScore(model.name, label, cutoff=model.cutoff, missing=tuple(missing))
    margin = linear_margin(model, _numbers(model, inputs))
    score = model.score(margin)
    return ModelScore(model.name, label, score, margin, model.cutoff, score >= model.cutoff)


def _numbers(model: Classifier, inputs: Mapping[str, _Input]) -> dict[str, float]:
    numbers = {item.name: inputs[item.name].number for item in model.features}
    return {name: number for name, number in numbers.items() if number is not None}


def _explain(model: Classifier, inputs: Mapping[str, _Input]) -> Explanation:
    """Return the attribution, the largest contribution first."""
    numbers = _numbers(model, inputs)
    shares = linear_contributions(model, numbers)
    parts = [
        Contribution(
            feature=item.name,
            label=item.label,
            volume=item.volume,
            value=inputs[item.name].shown,
            contribution=shares[item.name],
            low=item.range.low,
            high=item.range.high,
            outside=outside_by(item, numbers[item.name]) > 0,
            distance=outside_by(item, numbers[item.name]),
        )
        for item in model.features
    ]
    parts.sort(key=lambda part: (-abs(part.contribution), part.feature))
    return Explanation(model.name, linear_base(model), tuple(parts))


def outside_by(feature: Feature, value: float) -> float:
    """Return how far ``value`` lies beyond the training range, in training standard deviations; 0 inside."""
    return max(feature.range.low - value, value - feature.range.high, 0.0) / feature.sd


def _range_warnings(models: Iterable[Classifier], inputs: Mapping[str, _Input]) -> list[Finding]:
    """Return one warning a volume that has features outside the training range, the farthest named."""
    used = {item.name: item for model in models for item in model.features}
    warnings = []
    for volume in (*VOLUMES, ""):
        here = [item for item in used.values() if item.volume == volume]
        beyond = [(outside_by(item, inputs[item.name].number or 0.0), item) for item in here]
        beyond = [pair for pair in beyond if pair[0] > 0]
        if beyond:
            beyond.sort(key=lambda pair: (-pair[0], pair[1].name))
            warnings.append(_range_warning(volume, beyond, len(here), inputs))
    return warnings


def _range_warning(
    volume: str, beyond: list[tuple[float, Feature]], used: int, inputs: Mapping[str, _Input]
) -> Finding:
    named = [
        f"{item.column} is {inputs[item.name].number:.4g}, training saw {item.range.low:.4g} to "
        f"{item.range.high:.4g} ({distance:.1f} standard deviations beyond)"
        for distance, item in beyond[:_NAMED_OUTLIERS]
    ]
    rest = f"; and {len(beyond) - len(named)} more" if len(beyond) > len(named) else ""
    verb = "lies" if len(beyond) == 1 else "lie"
    text = f"{len(beyond)} of {used} features {verb} outside the training range: {'; '.join(named)}{rest}"
    return Finding("feature-range", text, volume)
