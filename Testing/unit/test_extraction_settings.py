"""The settings of an extraction, their file and their hash."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

import LWCTRLogic
from LWCTRLogic.errors import InputError
from LWCTRLogic.models.settings_match import settings_digest
from LWCTRLogic.radiomics.pyradiomics_yaml import read_settings
from LWCTRLogic.radiomics.settings import ExtractionSettings, _key

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


def test_the_hash_of_the_first_version_stays():
    # Tables and bundles on people's disks carry these.
    assert ExtractionSettings().hash == "f1fabebf34f7a9e3fb63b477480c02c014e1bffcafecf62c51e39775581c1bf5"
    resampled = ExtractionSettings(resampled_spacing=(2.0, 2.0, 2.0))
    assert resampled.hash == "f870f131d827a074e47d47d45af159448aed3baa6192f07576ee6868815f57b2"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"resampled_spacing": (2, 2, 2)}, {"resampled_spacing": (2.0, 2.0, 2.0)}),
        ({"bin_width": 20}, {"bin_width": 20.0}),
        ({"resegment_range": (-50, 150)}, {"resegment_range": (-50.0, 150.0)}),
        ({"gldm_a": 1, "distances": (1, 2)}, {"gldm_a": 1.0, "distances": (1.0, 2.0)}),
    ],
)
def test_numbers_that_are_equal_give_the_same_hash(one, other):
    assert ExtractionSettings(**one).hash == ExtractionSettings(**other).hash


@dataclass(frozen=True)
class Newer(ExtractionSettings):
    """The settings of some later version, with one more key."""

    novelty: int = _key(0, "novelty", later=True)


def test_a_key_of_a_later_version_changes_the_hash_only_when_it_is_not_its_default():
    old, new = ExtractionSettings(bin_width=20), Newer(bin_width=20)
    assert new.hash == old.hash
    assert new.to_dict() == old.to_dict()
    changed = Newer(bin_width=20, novelty=3)
    assert changed.hash != old.hash
    assert Newer.from_dict(changed.to_dict()) == changed
    assert Newer.from_dict(old.to_dict()) == new
    assert settings_digest(changed.to_dict()) == changed.hash


def test_an_older_version_refuses_a_later_key_by_name():
    with pytest.raises(InputError, match="unknown radiomics setting novelty"):
        ExtractionSettings.from_dict(Newer(novelty=3).to_dict())


@pytest.mark.parametrize(
    ("number", "name"),
    [(1, "sitkNearestNeighbor"), (2, "sitkLinear"), (3, "sitkBSpline"), (10, "sitkBlackmanWindowedSinc")],
)
def test_an_interpolator_may_be_given_by_its_number(number, name):
    form = {"setting": {"resampledPixelSpacing": [1, 1, 1], "interpolator": number}}
    assert ExtractionSettings.from_dict(form).interpolator == name


def test_no_interpolator_means_no_resampling_as_in_pyradiomics():
    form = {"setting": {"resampledPixelSpacing": [1, 1, 1], "interpolator": None}}
    settings = ExtractionSettings.from_dict(form)
    assert settings.resampled_spacing is None
    assert settings.hash == ExtractionSettings.from_dict({}).hash


def test_a_form_without_image_types_means_the_original_alone():
    assert list(ExtractionSettings.from_dict({}).image_types) == ["Original"]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"setting": {"binWith": 25}}, "unknown radiomics setting binWith"),
        ({"settings": {}}, "unknown radiomics section settings"),
        ({"setting": {"binWidth": 0}}, "binWidth = 0; expected a number above 0"),
        ({"setting": {"distances": []}}, "distances"),
        ({"setting": {"weightingNorm": "cosine"}}, "weightingNorm = 'cosine'"),
        ({"setting": {"resampledPixelSpacing": [1, 1]}}, "three numbers"),
        ({"setting": {"resampledPixelSpacing": 1}}, "resampledPixelSpacing = 1.0; expected three numbers"),
        ({"setting": {"resampledPixelSpacing": [1, 1, float("nan")]}}, "three numbers"),
        ({"setting": {"binWidth": "25"}}, "binWidth = '25'"),
        ({"setting": {"binWidth": float("inf")}}, "binWidth = inf"),
        ({"setting": {"binWidth": None}}, "binWidth = None"),
        ({"setting": {"binCount": True}}, "binCount = True"),
        ({"setting": {"distances": 2}}, "distances = 2"),
        ({"setting": {"distances": [1, 1]}}, "different whole numbers"),
        ({"setting": {"resegmentRange": 5}}, "resegmentRange = 5; expected one or two"),
        ({"setting": {"normalize": "yes"}}, "normalize = 'yes'; expected true or false"),
        ({"setting": {"normalizeScale": 0}}, "normalizeScale = 0"),
        ({"setting": {"removeOutliers": "3"}}, "removeOutliers = '3'"),
        ({"setting": {"force2D": 1}}, "force2D = 1"),
        ({"setting": {"label": True}}, "label = True"),
        ({"setting": {"padDistance": -1}}, "padDistance = -1"),
        ({"setting": {"correctMask": True}}, "correctMask = True is not supported"),
        ({"imageType": {"LBP3D": {}}}, "LBP3D is not supported"),
        ({"imageType": {"LoG": {"sigma": [0]}}}, r"LoG sigma is \[0\]; expected a list of numbers above 0"),
        ({"imageType": {"LoG": {"sigma": 3}}}, "LoG sigma is 3; expected a list"),
        ({"imageType": {"LoG": {"sigma": ["wide"]}}}, r"LoG sigma is \['wide'\]"),
        (
            {"imageType": {"Wavelet": {"wavelet": "coif99"}}},
            "Wavelet wavelet is 'coif99'; expected a discrete",
        ),
        ({"imageType": {"Wavelet": {"level": 0}}}, "Wavelet level is 0; expected a whole number above 0"),
        ({"imageType": {"Wavelet": {"start_level": -1}}}, "Wavelet start_level is -1"),
        ({"imageType": {"Gradient": {"gradientUseSpacing": "no"}}}, "gradientUseSpacing is 'no'"),
        ({"imageType": {"Wavelet": {"sigma": [1]}}}, "option of Wavelet: sigma"),
        ({"imageType": {"Wavelet": {"binWidth": -2}}}, "Wavelet binWidth = -2; expected a number above 0"),
        ({"imageType": {"LoG": {"sigma": [1], "weightingNorm": "cosine"}}}, "LoG weightingNorm = 'cosine'"),
        ({"setting": {"interpolator": 11}}, "interpolator = 11; expected one of sitkBSpline"),
        ({"setting": {"interpolator": True}}, "interpolator = True"),
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
