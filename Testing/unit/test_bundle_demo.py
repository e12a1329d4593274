"""The demonstration bundle that the package carries."""

from __future__ import annotations

import pandas as pd
import pytest

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.models.bundle import MODEL_NAMES, REPORT_MONTHS
from LWCTRLogic.models.bundle_files import bundled_bundle_path, load_bundle
from LWCTRLogic.models.predict import predict
from LWCTRLogic.models.signature import CLINICAL_CODINGS, model_features
from LWCTRLogic.radiomics.columns import feature_names
from LWCTRLogic.radiomics.settings import ExtractionSettings


def test_it_says_what_it_is_and_is_small() -> None:
    bundle = load_bundle()
    assert bundle.demonstration
    assert bundle.notice == "demonstration model, simulated patients, not for clinical use"
    assert "simulated patients" in bundle.trained_on
    assert any("not the published model" in limit for limit in bundle.limits)
    assert bundled_bundle_path().stat().st_size < 2_000_000


def test_it_has_the_seven_models_of_the_published_signature_and_all_cox_models() -> None:
    bundle = load_bundle()
    for name in MODEL_NAMES:
        model = bundle.classifier(name)
        assert model is not None
        assert tuple(feature.name for feature in model.features) == model_features(name)
        codings = {item.name: dict(item.coding) for item in model.features if item.coding}
        assert codings in ({}, CLINICAL_CODINGS)
    assert sorted((model.endpoint, model.name) for model in bundle.cox) == sorted(
        (endpoint, name) for endpoint in REPORT_MONTHS for name in ("Rad-score", "mRECIST", "Rad-Nomo")
    )


def test_its_settings_are_ones_that_the_engine_has_and_give_every_feature_it_needs() -> None:
    bundle = load_bundle()
    settings = ExtractionSettings.from_dict(bundle.settings)
    assert settings.hash == bundle.settings_hash
    assert settings.resampled_spacing == (2.0, 2.0, 2.0) and settings.bin_width == 25
    names = feature_names(settings)
    assert len(names) == 1316
    assert {item.column for item in bundle.classifiers[-1].features if item.volume} <= set(names)


def test_a_patient_at_the_training_mean_gets_a_plain_answer() -> None:
    bundle = load_bundle()
    lwctr = bundle.classifiers[-1]
    table = pd.DataFrame(index=list(VOLUMES))
    for item in bundle.classifiers[-1].features:
        if item.volume:
            table.loc[item.volume, item.column] = item.background
    words = {"portal_vein_invasion": "absent", "extrahepatic_spread": "absent", "mrecist": "SD"}
    prediction = predict(bundle, table, words)
    assert prediction.model == "LWCTR" and not [w for w in prediction.warnings if w.code == "feature-range"]
    parts = prediction.explanations[0].contributions
    assert all(part.contribution == pytest.approx(0, abs=1e-9) for part in parts if part.volume)
    curves = {(curve.endpoint, curve.model): curve for curve in prediction.survival}
    for endpoint, model in curves:
        values = list(curves[endpoint, model].at.values())
        assert values == sorted(values, reverse=True) and 0 < values[-1] <= values[0] < 1
    assert lwctr.slope > 0 and 0 < lwctr.cutoff < 1
