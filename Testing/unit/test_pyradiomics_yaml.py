"""PyRadiomics parameter files: read as they are, or refused by name."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.pyradiomics_yaml import (
    VoxelSettings,
    read_parameters,
    read_settings,
    settings_from_parameters,
    voxel_settings_from_parameters,
)
from LWCTRLogic.radiomics.settings import ExtractionSettings

CT_FILE = """\
# the form of the example files that come with PyRadiomics
imageType:
  Original: {}
  LoG:
    sigma: [1.0, 2.0, 3.5]  # mm
  Wavelet:
    binWidth: 10
featureClass:
  shape:
  firstorder: []
  glcm:
    - 'Autocorrelation'
    - 'Imc1'
setting:
  normalize: false
  interpolator: 'sitkBSpline'
  resampledPixelSpacing: [2, 2, 0]
  padDistance: 10
  binWidth: 25
  voxelArrayShift: 1000
  label: 3
  geometryTolerance: 0.0001
  additionalInfo: true
voxelSetting:
  kernelRadius: 2
  maskedKernel: false
  initValue: -1
  voxelBatch: 10000
"""


def test_an_example_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "Parameter é.yaml"
    path.write_text(CT_FILE, encoding="utf-8")
    settings = read_settings(path)
    assert list(settings.image_types) == ["Original", "LoG", "Wavelet"]
    assert settings.image_types["LoG"]["sigma"] == [1.0, 2.0, 3.5]
    assert settings.for_image_type("Wavelet").bin_width == 10
    assert settings.for_image_type("LoG").bin_width == 25
    assert settings.resampled_spacing == (2, 2, 0)
    assert (settings.pad_distance, settings.voxel_array_shift, settings.label) == (10, 1000, 3)
    assert settings.names_of("glcm") == ("Autocorrelation", "Imc1")
    assert len(settings.names_of("shape")) == 14
    assert len(settings.names_of("firstorder")) == 18
    assert settings.names_of("glrlm") == ()
    assert voxel_settings_from_parameters(read_parameters(path)) == VoxelSettings(2, False, -1.0)


@pytest.mark.parametrize("text", ["nan", ".nan"])
def test_a_map_may_be_not_a_number_outside_the_mask(tmp_path: Path, text: str) -> None:
    path = tmp_path / "voxel.yaml"
    path.write_text(f"voxelSetting:\n  initValue: {text}\n", encoding="utf-8")
    assert math.isnan(voxel_settings_from_parameters(read_parameters(path)).initial_value)


def test_json_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "parameters.json"
    path.write_text('{"setting": {"binCount": 32}, "imageType": {"Square": {}}}', encoding="utf-8")
    settings = read_settings(path)
    assert settings.bin_count == 32
    assert list(settings.image_types) == ["Square"]


def test_an_empty_parameter_file_means_the_original_image_and_every_feature() -> None:
    settings = settings_from_parameters({})
    assert list(settings.image_types) == ["Original"]
    assert sum(len(settings.names_of(family)) for family in settings.feature_classes) == 107


def test_a_written_form_comes_back_as_the_same_settings() -> None:
    settings = ExtractionSettings(bin_count=16, resampled_spacing=(1, 1, 2))
    assert settings_from_parameters(settings.to_dict()) == settings


def test_a_filter_option_among_the_settings_reaches_its_filter_alone() -> None:
    parameters: dict[str, Any] = {
        "setting": {"sigma": [2], "wavelet": "haar", "binWidth": 5},
        "imageType": {"Original": {}, "LoG": {}, "Wavelet": {"wavelet": "db2"}},
    }
    settings = settings_from_parameters(parameters)
    assert settings.image_types == {"Original": {}, "LoG": {"sigma": [2]}, "Wavelet": {"wavelet": "db2"}}
    assert settings.bin_width == 5
    assert parameters["setting"] == {"sigma": [2], "wavelet": "haar", "binWidth": 5}


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"settings": {}}, "unknown name settings; expected setting, perhaps"),
        ({"setting": {"binwidth": 25}}, "unknown name binwidth; expected binWidth, perhaps"),
        ({"setting": {"resampledPixelSpacin": [1, 1, 1]}}, "expected resampledPixelSpacing, perhaps"),
        ({"setting": {"zzz": 1}}, "unknown name zzz; expected one of"),
        ({"imageType": {"wavelet": {}}}, "imageType has the unknown name wavelet; expected Wavelet, perhaps"),
        (
            {"imageType": {"LoG": {"sigmas": [1]}}},
            "imageType LoG: has the unknown name sigmas; expected sigma",
        ),
        ({"featureClass": {"GLCM": None}}, "featureClass has the unknown name GLCM"),
        ({"featureClass": {"firstorder": ["Meen"]}}, "unknown name Meen; expected Mean, perhaps"),
        ({"voxelSetting": {"kernelradius": 1}}, "unknown name kernelradius; expected kernelRadius, perhaps"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(
    parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError) as caught:
        settings_from_parameters(parameters)
    assert words in caught.value.one_line()


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"imageType": {"LBP2D": {}}}, "LBP2D is not supported"),
        ({"imageType": {"Original": {}, "LBP3D": {}}}, "LBP3D is not supported"),
        ({"setting": {"lbp2DRadius": 2}}, "lbp2DRadius belongs to local binary patterns"),
        ({"featureClass": {"shape2D": None}}, "shape2D is not supported"),
        ({"setting": {"correctMask": True}}, "correctMask = True is not supported"),
        ({"setting": {"label_channel": 1}}, "label_channel = 1 is not supported"),
        ({"featureClass": {"glcm": ["Homogeneity1"]}}, "Homogeneity1 is withdrawn"),
        ({"setting": {"kernelRadius": 2}}, "kernelRadius = 2 is not supported"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(parameters: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        settings_from_parameters(parameters)
    assert words in caught.value.one_line()


@pytest.mark.parametrize(
    ("setting", "word"),
    [
        ({"binWidth": 0}, "bin"),
        ({"binWidth": "wide"}, "bin"),
        ({"resampledPixelSpacing": [1, 1]}, "resampledPixelSpacing"),
        ({"interpolator": "sitkMagic"}, "sitkMagic"),
        ({"resegmentRange": [1, 2, 3]}, "resegment"),
        ({"distances": [0]}, "distances"),
    ],
)
def test_a_value_out_of_range_is_refused(setting: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError) as caught:
        settings_from_parameters({"setting": setting})
    assert word in caught.value.one_line()


@pytest.mark.parametrize(
    "section", [{"kernelRadius": 0}, {"kernelRadius": 1.5}, {"maskedKernel": "yes"}, {"initValue": "x"}]
)
def test_kernel_options_out_of_range_are_refused(section: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        voxel_settings_from_parameters({"voxelSetting": section})


@pytest.mark.parametrize("text", ["setting: [", "- a\n- b\n", "just words", ""])
def test_a_file_that_holds_no_parameters_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "parameters.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"parameters\.yaml"):
        read_settings(path)


def test_a_missing_file_and_a_section_of_the_wrong_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_settings(tmp_path / "none.yaml")
    with pytest.raises(InputError, match=r"imageType Original holds 5; expected its options"):
        settings_from_parameters({"imageType": {"Original": 5}})
    with pytest.raises(InputError, match=r"featureClass glcm holds 'Contrast'; expected a list of features"):
        settings_from_parameters({"featureClass": {"glcm": "Contrast"}})
    with pytest.raises(InputError, match="section setting holds 3"):
        settings_from_parameters({"setting": 3})
