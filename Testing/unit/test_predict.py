"""What a bundle says of one patient, with all, some or none of the data."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from LWCTRLogic.case import VOLUMES, Case, CaseInfo, Scan
from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import Feature, Range
from LWCTRLogic.models.bundle_files import save_bundle
from LWCTRLogic.models.predict import predict, predict_case
from LWCTRLogic.models.prediction import Prediction
from LWCTRLogic.radiomics.step import FeatureTable, write_table
from Testing.unit import sample_bundle as sample

BUNDLE = sample.make_bundle()


def ran(prediction: Prediction) -> list[str]:
    return [score.model for score in prediction.scores if score.score is not None]


def test_a_complete_patient_gets_all_seven_scores_and_the_headline_is_lwctr() -> None:
    prediction = predict(BUNDLE, sample.make_features(*VOLUMES), sample.CLINICAL, "p1")
    assert len(ran(prediction)) == 7
    headline = prediction.headline()
    assert headline is not None and headline.model == prediction.model == "LWCTR"
    # Four volumes: 0.5·(5−4)/2 − 0.125·(5−4)/2 each; clinical: 0.25·(1−0.5)/0.5 − 0.5·(0−0.5)/0.5
    margin = 0.125 + 4 * (0.25 - 0.0625) + 0.25 + 0.5
    assert headline.margin == pytest.approx(margin, rel=1e-14)
    assert headline.score == pytest.approx(1 / (1 + math.exp(-(2 * margin - 0.25))), rel=1e-14)
    assert headline.responder is True and prediction.risk_group == "low risk"
    assert prediction.warnings == ()


@pytest.mark.parametrize(
    ("volumes", "clinical", "expected"),
    [
        (("pre_A", "pre_V"), True, ["Clinical", "Radiomic-Pre"]),
        (("pre_A", "pre_V"), False, ["Radiomic-Pre"]),
        (("post_A", "post_V"), False, ["Radiomic-Post"]),
        (("pre_A", "post_A"), False, ["Radiomic-LA"]),
        (("pre_V", "post_V"), False, ["Radiomic-LV"]),
        (VOLUMES, False, ["Radiomic-Pre", "Radiomic-Post", "Radiomic-LA", "Radiomic-LV", "Radiomic-Fusion"]),
        (("pre_V",), True, ["Clinical"]),
        (("pre_V",), False, []),
    ],
)
def test_the_models_whose_data_are_there_run_and_the_last_of_them_leads(
    volumes: tuple[str, ...], clinical: bool, expected: list[str]
) -> None:
    prediction = predict(BUNDLE, sample.make_features(*volumes), sample.CLINICAL if clinical else {})
    assert ran(prediction) == expected
    assert prediction.model == (expected[-1] if expected else "")
    assert [item.model for item in prediction.explanations] == expected[::-1]


def test_one_venous_baseline_scan_alone_gives_a_prediction_that_says_what_is_missing() -> None:
    prediction = predict(BUNDLE, sample.make_features("pre_V"), {}, "p1")
    assert prediction.headline() is None and prediction.risk_group == "" and prediction.survival == ()
    missing = {score.model: score.missing for score in prediction.scores}
    assert missing["Radiomic-Pre"] == ("baseline arterial scan",)
    assert missing["LWCTR"] == (
        "baseline arterial scan",
        "follow-up arterial scan",
        "follow-up portal venous scan",
        "Macroscopic portal vein invasion",
        "Extrahepatic spread",
    )
    texts = [warning.text for warning in prediction.warnings]
    assert any("LWCTR model" in text for text in texts) and any("mRECIST" in text for text in texts)


def test_portal_vein_invasion_is_coded_0_when_present_and_spread_1() -> None:
    words = {"portal_vein_invasion": "present", "extrahepatic_spread": "present"}
    clinical = predict(BUNDLE, sample.make_features(), words).scores[0]
    assert clinical.margin == 0.125 + 0.25 * (0 - 0.5) / 0.5 - 0.5 * (1 - 0.5) / 0.5


def test_the_attribution_sums_to_the_margin_of_every_model() -> None:
    prediction = predict(BUNDLE, sample.make_features(*VOLUMES, value=5.3), sample.CLINICAL)
    margins = {score.model: score.margin for score in prediction.scores}
    assert len(prediction.explanations) == 7
    for item in prediction.explanations:
        total = math.fsum([item.base, *(part.contribution for part in item.contributions)])
        assert total == pytest.approx(margins[item.model], abs=1e-14)
        sizes = [abs(part.contribution) for part in item.contributions]
        assert sizes == sorted(sizes, reverse=True)


def test_a_feature_outside_the_training_range_is_warned_of_with_its_distance() -> None:
    table = sample.make_features(*VOLUMES)
    table.loc["post_V", "original_firstorder_Mean"] = 9.0  # training saw 2 to 6, sd 2
    prediction = predict(BUNDLE, table, sample.CLINICAL)
    (warning,) = prediction.warnings
    assert (warning.code, warning.volume) == ("feature-range", "post_V")
    assert "1 of 2 features" in warning.text and "1.5 standard deviations" in warning.text
    parts = {part.feature: part for part in prediction.explanations[0].contributions}
    assert parts["post_V:original_firstorder_Mean"].outside
    assert parts["post_V:original_firstorder_Mean"].distance == 1.5
    assert not parts["pre_V:original_firstorder_Mean"].outside


def test_a_feature_that_is_no_number_keeps_its_models_from_running() -> None:
    table = sample.make_features("pre_A", "pre_V")
    table.loc["pre_A", "original_firstorder_Mean"] = float("nan")
    prediction = predict(BUNDLE, table, {})
    assert ran(prediction) == []
    assert "original_firstorder_Mean (it is nan)" in prediction.scores[1].missing[0]


def test_a_clinical_number_is_used_as_it_is_and_a_word_without_a_code_keeps_the_model_from_running() -> None:
    seen = Range(40.0, 45.0, 60.0, 75.0, 80.0)
    age = Feature("age", 60.0, 10.0, 0.5, 60.0, seen, {})
    child_pugh = Feature("child_pugh", 0.0, 1.0, 1.0, 0.0, Range(0.0, 0.0, 0.0, 0.0, 0.0), {"A": 0.0})
    model = replace(sample.classifier("Clinical"), features=(age, child_pugh))
    bundle = sample.make_bundle(classifiers=(model,))
    known = predict(bundle, sample.make_features(), {"age": 85.0, "child_pugh": "A"})
    assert known.scores[0].margin == 0.125 + 0.5 * (85 - 60) / 10
    assert "age is 85, training saw 40 to 80 (0.5 standard" in known.warnings[0].text
    unknown = predict(bundle, sample.make_features(), {"age": 85.0, "child_pugh": "B"})
    assert unknown.scores[0].missing == ("a code for Child–Pugh class = B, which training never saw",)


def test_a_table_without_a_needed_column_is_refused_by_its_name() -> None:
    with pytest.raises(InputError, match="original_shape_MeshVolume"):
        predict(BUNDLE, sample.make_features("pre_A").drop(columns="original_shape_MeshVolume"), {})


# ---- the case folder -------------------------------------------------------------------------------------
def make_case(folder: Path, volumes: tuple[str, ...] = VOLUMES, digest: str = sample.HASH) -> Case:
    scans = {name: Scan(day=0) for name in volumes}
    case = Case.create(folder, CaseInfo("p1", scans, clinical=sample.CLINICAL))
    settings = {**sample.SETTINGS, "setting": {"binWidth": 10 if digest != sample.HASH else 25}}
    rows = sample.make_features(*volumes).to_dict(orient="index")
    write_table(FeatureTable(rows, {"settings": settings, "settings_hash": digest}), case.features_path)
    return case


@pytest.fixture
def bundle_path(tmp_path: Path) -> Path:
    path = tmp_path / "sample.zip"
    save_bundle(BUNDLE, path)
    return path


def test_a_case_is_predicted_into_its_folder_and_twice_gives_the_same_bytes(
    case_folder: Path, bundle_path: Path
) -> None:
    case = make_case(case_folder)
    first = predict_case(case, bundle_path).read_bytes()
    prediction = Prediction.from_dict(json.loads(first))
    assert (prediction.case_id, prediction.model, prediction.mrecist) == ("p1", "LWCTR", "SD")
    assert prediction.bundle.demonstration and "not for clinical use" in prediction.bundle.notice
    assert str(case_folder) not in first.decode()
    assert predict_case(case, bundle_path).read_bytes() == first
    assert Prediction.from_dict(prediction.to_dict()) == prediction


def test_features_of_other_settings_are_refused_and_the_difference_is_named(
    case_folder: Path, bundle_path: Path
) -> None:
    case = make_case(case_folder, digest="0" * 64)
    with pytest.raises(InputError, match=r"setting\.binWidth is 10, the model has 25"):
        predict_case(case, bundle_path)
    assert not case.prediction_path.exists()


def test_a_row_of_a_volume_that_the_case_no_longer_has_is_not_used(
    case_folder: Path, bundle_path: Path
) -> None:
    case = make_case(case_folder)
    info = case.load_info()
    case.save_info(replace(info, scans={"pre_A": info.scans["pre_A"], "pre_V": info.scans["pre_V"]}))
    prediction = Prediction.from_dict(json.loads(predict_case(case, bundle_path).read_text()))
    assert prediction.model == "Radiomic-Pre"


def test_a_damaged_feature_table_is_refused(case_folder: Path, bundle_path: Path) -> None:
    case = make_case(case_folder)
    case.features_path.write_bytes(case.features_path.read_bytes()[:100])
    with pytest.raises(InputError, match="no feature table"):
        predict_case(case, bundle_path)


def test_a_case_without_features_is_told_to_extract_them(case_folder: Path, bundle_path: Path) -> None:
    case = make_case(case_folder)
    case.features_path.unlink()
    with pytest.raises(InputError, match="lwctr extract"):
        predict_case(case, bundle_path)


def test_clinical_values_alone_are_enough_for_the_clinical_model(
    case_folder: Path, bundle_path: Path
) -> None:
    case = Case.create(case_folder, CaseInfo("p1", clinical=sample.CLINICAL))
    prediction = Prediction.from_dict(json.loads(predict_case(case, bundle_path).read_text()))
    assert prediction.model == "Clinical"
