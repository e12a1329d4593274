"""The settings of an extraction, their file and their hash."""

from pathlib import Path

import pytest
import yaml

import LWCTRLogic
from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.pyradiomics_yaml import read_settings
from LWCTRLogic.radiomics.settings import ExtractionSettings

DEFAULTS = Path(LWCTRLogic.__file__).parent / "defaults" / "radiomics.yaml"


def test_the_settings_file_of_the_package_holds_the_defaults():
    assert read_settings(DEFAULTS) == ExtractionSettings()


def test_settings_survive_their_dictionary():
    settings = ExtractionSettings(
        resampled_spacing=(1.0, 1.0, 2.0),
        resegment_range=(-50, 150),
        distances=(1, 3),
        weighting_norm="euclidean",
    )
    again = ExtractionSettings.from_dict(settings.to_dict())
    assert again == settings
    assert again.hash == settings.hash


def test_every_setting_changes_the_hash():
    changed = [
        ExtractionSettings(bin_width=24),
        ExtractionSettings(bin_count=32),
        ExtractionSettings(resampled_spacing=(1.0, 1.0, 1.0)),
        ExtractionSettings(pad_distance=6),
        ExtractionSettings(label=2),
        ExtractionSettings(image_types={"Original": {}}),
        ExtractionSettings(feature_classes={"shape": ()}),
    ]
    hashes = {settings.hash for settings in [ExtractionSettings(), *changed]}
    assert len(hashes) == len(changed) + 1
    assert all(len(one) == 64 for one in hashes)


def test_a_form_without_image_types_means_the_original_alone():
    assert list(ExtractionSettings.from_dict({}).image_types) == ["Original"]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"setting": {"binWith": 25}}, "unknown radiomics setting binWith"),
        ({"settings": {}}, "unknown radiomics section settings"),
        ({"setting": {"binWidth": 0}}, "bin_width = 0; expected a number above 0"),
        ({"setting": {"distances": []}}, "distances"),
        ({"setting": {"weightingNorm": "cosine"}}, "weighting_norm = 'cosine'"),
        ({"setting": {"resampledPixelSpacing": [1, 1]}}, "three numbers"),
        ({"setting": {"correctMask": True}}, "correctMask = True is not supported"),
        ({"imageType": {"LBP3D": {}}}, "LBP3D is not supported"),
        ({"imageType": {"LoG": {"sigma": [0]}}}, "LoG sigma"),
        ({"imageType": {"Wavelet": {"sigma": [1]}}}, "option of Wavelet: sigma"),
        ({"featureClass": {"shape2D": []}}, "shape2D is not supported"),
        ({"featureClass": {"glcm": ["SumVariance"]}}, "glcm_SumVariance is withdrawn"),
        ({"featureClass": {"glcm": ["Sum"]}}, "unknown radiomics feature of glcm: Sum"),
        ([], "list"),
    ],
)
def test_what_is_wrong_is_refused_by_name(form, message):
    with pytest.raises(InputError, match=message):
        ExtractionSettings.from_dict(form)


def test_a_null_among_the_unsupported_settings_is_nothing():
    assert ExtractionSettings.from_dict({"setting": {"correctMask": False}}).label == 1


def test_a_spacing_of_zeros_means_no_resampling():
    assert (
        ExtractionSettings.from_dict({"setting": {"resampledPixelSpacing": [0, 0, 0]}}).resampled_spacing
        is None
    )


def test_an_image_type_may_have_texture_settings_of_its_own():
    settings = ExtractionSettings(image_types={"Original": {}, "Wavelet": {"binWidth": 10, "distances": [2]}})
    assert settings.for_image_type("Wavelet").bin_width == 10
    assert settings.for_image_type("Wavelet").distances == (2,)
    assert settings.for_image_type("Original").bin_width == 25


def test_features_may_be_chosen_by_name():
    settings = ExtractionSettings(feature_classes={"firstorder": ("StandardDeviation", "Mean"), "shape": ()})
    assert settings.names_of("firstorder") == ("StandardDeviation", "Mean")
    assert len(settings.names_of("shape")) == 14
    assert settings.names_of("glcm") == ()


def test_a_json_file_is_read_too(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(yaml.safe_dump({"setting": {"binWidth": 10}}, default_flow_style=True), encoding="utf-8")
    assert read_settings(path).bin_width == 10
