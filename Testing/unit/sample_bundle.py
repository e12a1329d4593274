"""A small bundle with round numbers, and a patient for it, for tests that compute everything by hand."""

from __future__ import annotations

import hashlib
import json

import pandas as pd

from LWCTRLogic.models.bundle import (
    MODEL_NAMES,
    Bundle,
    Classifier,
    CoxModel,
    Feature,
    Measure,
    Range,
    Term,
)

SETTINGS = {"setting": {"binWidth": 25, "resampledPixelSpacing": [2, 2, 2]}, "imageType": {"Original": {}}}
HASH = hashlib.sha256(json.dumps(SETTINGS, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
VOLUMES_OF = {
    "Clinical": (),
    "Radiomic-Pre": ("pre_A", "pre_V"),
    "Radiomic-Post": ("post_A", "post_V"),
    "Radiomic-LA": ("pre_A", "post_A"),
    "Radiomic-LV": ("pre_V", "post_V"),
    "Radiomic-Fusion": ("pre_A", "pre_V", "post_A", "post_V"),
    "LWCTR": ("pre_A", "pre_V", "post_A", "post_V"),
}
COLUMNS = ("original_firstorder_Mean", "original_shape_MeshVolume")
PORTAL = {"present": 0.0, "absent": 1.0}
SPREAD = {"absent": 0.0, "present": 1.0}


def image_feature(volume: str, column: str, weight: float) -> Feature:
    """A feature seen between 2 and 6, mean 4, sd 2."""
    return Feature(f"{volume}:{column}", 4.0, 2.0, weight, 4.5, Range(2.0, 2.25, 4.0, 5.75, 6.0), {})


def clinical_features() -> tuple[Feature, ...]:
    seen = Range(0.0, 0.0, 1.0, 1.0, 1.0)
    return (
        Feature("portal_vein_invasion", 0.5, 0.5, 0.25, 0.75, seen, PORTAL),
        Feature("extrahepatic_spread", 0.5, 0.5, -0.5, 0.25, seen, SPREAD),
    )


def classifier(name: str) -> Classifier:
    features = tuple(
        image_feature(volume, column, weight)
        for volume in VOLUMES_OF[name]
        for column, weight in zip(COLUMNS, (0.5, -0.125), strict=True)
    )
    if name in ("Clinical", "LWCTR"):
        features += clinical_features()
    measure = Measure("AUC", 0.75, 0.5, 1.0, "made up")
    return Classifier(name, features, 0.125, 2.0, -0.25, 0.5, (measure,))


def cox(name: str, endpoint: str) -> CoxModel:
    score = Term("rad_score", "Rad-score", -2.0, 0.5, {})
    codes = {"CR": 0.0, "PR": 0.0, "SD": 0.0, "PD": 1.0}
    if endpoint == "PFS":
        codes = {"CR": 0.0, "PR": 0.0, "SD": 1.0}
    response = Term("mrecist", "mRECIST", 0.5, 0.25, codes)
    terms = {"Rad-score": (score,), "mRECIST": (response,), "Rad-Nomo": (score, response)}[name]
    size = len(terms)
    return CoxModel(
        name=name,
        endpoint=endpoint,
        origin="the follow-up scan",
        population="simulated patients",
        terms=terms,
        covariance=tuple(tuple(0.0625 * (i == j) for j in range(size)) for i in range(size)),
        times=(5.0, 10.0, 20.0),
        hazard=(0.125, 0.5, 1.0),
        variance=(0.0, 0.01, 0.04),
        mean_covariate=tuple((0.0,) * size for _ in range(3)),
        last=40.0,
        patients=40,
        events=30,
    )


def make_bundle(**changes: object) -> Bundle:
    fields: dict[str, object] = {
        "name": "sample",
        "version": "0.1.0",
        "title": "A sample",
        "demonstration": True,
        "notice": "demonstration model, simulated patients, not for clinical use",
        "intended_use": "tests",
        "trained_on": "nothing",
        "limits": ("made up",),
        "settings": SETTINGS,
        "settings_hash": HASH,
        "classifiers": tuple(classifier(name) for name in MODEL_NAMES),
        "cox": tuple(
            cox(name, endpoint) for endpoint in ("OS", "PFS") for name in ("Rad-score", "mRECIST", "Rad-Nomo")
        ),
    }
    return Bundle(**{**fields, **changes})  # type: ignore[arg-type]


def make_features(*volumes: str, value: float = 5.0) -> pd.DataFrame:
    """A feature table of the given volumes with one value everywhere."""
    table = pd.DataFrame(value, index=list(volumes), columns=list(COLUMNS))
    table.index.name = "volume"
    return table


CLINICAL = {"portal_vein_invasion": "absent", "extrahepatic_spread": "absent", "mrecist": "SD"}
