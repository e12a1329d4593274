"""Feature maps equal PyRadiomics' voxel-based extraction on small images."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import Cancelled, InputError
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.preprocess import prepare
from LWCTRLogic.radiomics.pyradiomics_yaml import VoxelSettings, settings_from_parameters
from LWCTRLogic.radiomics.voxelwise import feature_map
from Testing.contract.images import as_image, blob, rotation, texture, with_holes
from Testing.contract.oracle import ABSOLUTE, RELATIVE, oracle_maps

SHAPE = (9, 11, 10)

FAMILIES = ("firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm")
# Every n-th feature of a class: a map a feature is dear, and their formulas have contract tests of their own.
SOME = {"firstorder": 1, "glcm": 3, "gldm": 2, "glrlm": 3, "glszm": 2, "ngtdm": 1}


def _volumes(mask: np.ndarray | None = None) -> tuple[sitk.Image, sitk.Image]:
    region = blob(SHAPE, radius=0.3) if mask is None else mask
    return as_image(texture(SHAPE)), as_image(region, "uint8")


def _compare(
    image: sitk.Image, mask: sitk.Image, parameters: dict[str, Any], voxel: VoxelSettings, names: list[str]
) -> None:
    kernel = {
        "kernelRadius": voxel.kernel_radius,
        "maskedKernel": voxel.masked_kernel,
        "initValue": voxel.initial_value,
    }
    theirs = oracle_maps(image, mask, {**parameters, "voxelSetting": kernel})
    inside = sitk.GetArrayFromImage(mask) > 0
    for name in names:
        ours = feature_map(image, mask, name, settings_from_parameters(parameters), voxel)
        assert ours.GetSize() == image.GetSize()
        assert ours.GetOrigin() == image.GetOrigin()
        _compare_volumes(ours, theirs[name], inside, voxel.initial_value, name)


def _compare_volumes(
    ours: sitk.Image, theirs: sitk.Image, inside: np.ndarray, initial: float, name: str
) -> None:
    """Compare ours with theirs, which is cropped, inside the mask; outside it ours holds the initial value."""
    laid = sitk.Resample(theirs, ours, sitk.Transform(), sitk.sitkNearestNeighbor, initial)
    values, expected = sitk.GetArrayFromImage(ours), sitk.GetArrayFromImage(laid)
    np.testing.assert_allclose(values[inside], expected[inside], RELATIVE, ABSOLUTE, err_msg=name)
    assert (values[~inside] == initial).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_features_of_a_class_as_maps(family: str) -> None:
    image, mask = _volumes()
    parameters = {"featureClass": {family: None}}
    names = list(oracle_maps(image, mask, parameters))[:: SOME[family]]
    assert len(names) >= 5
    _compare(image, mask, parameters, VoxelSettings(), names)


NAMES = [
    "original_firstorder_Entropy",
    "original_firstorder_90Percentile",
    "original_glcm_Contrast",
    "original_glrlm_RunPercentage",
    "original_glszm_ZoneEntropy",
    "original_gldm_LargeDependenceEmphasis",
    "original_ngtdm_Busyness",
]
CLASSES = {
    family: [name.split("_")[2] for name in NAMES if name.split("_")[1] == family] for family in FAMILIES
}


@pytest.mark.parametrize(
    "voxel",
    [VoxelSettings(2), VoxelSettings(1, False), VoxelSettings(2, False, -5.0), VoxelSettings(1, True, 7.5)],
    ids=str,
)
def test_kernel_options(voxel: VoxelSettings) -> None:
    _compare(*_volumes(), {"featureClass": CLASSES}, voxel, NAMES)


@pytest.mark.parametrize(
    "setting",
    [
        {"force2D": True, "force2Ddimension": 0},
        {"force2D": True, "force2Ddimension": 2},
        {"binWidth": 5},
        {"binCount": 6},
        {"gldm_a": 1},
        {"weightingNorm": "euclidean"},
    ],
    ids=str,
)
def test_texture_settings(setting: dict[str, Any]) -> None:
    _compare(*_volumes(), {"setting": setting, "featureClass": CLASSES}, VoxelSettings(), NAMES)


def test_holes_and_the_border_of_the_image() -> None:
    mask = with_holes(np.roll(blob(SHAPE), (-3, 4, 0), (0, 1, 2)))
    mask[0, 0, 0] = mask[-1, -1, -1] = 1
    _compare(*_volumes(mask), {"featureClass": CLASSES}, VoxelSettings(2), NAMES[:1] + NAMES[3:])


def test_maps_of_filtered_images() -> None:
    parameters: dict[str, Any] = {
        "imageType": {"LoG": {"sigma": [2]}, "Wavelet": {"binWidth": 10}},
        "featureClass": {"firstorder": ["Mean"], "gldm": ["DependenceEntropy"]},
    }
    names = ["log-sigma-2-mm-3D_firstorder_Mean", "wavelet-LHL_gldm_DependenceEntropy"]
    _compare(*_volumes(), parameters, VoxelSettings(), names)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("original_shape_MeshVolume", "shape"),
        ("original_glcm_Kontrast", "Kontrast"),
        ("log-sigma-9-mm-3D_glcm_Contrast", "log-sigma-9-mm-3D"),
        ("Contrast", "Contrast"),
    ],
)
def test_a_feature_without_a_map_is_refused_by_name(name: str, word: str) -> None:
    with pytest.raises(InputError, match=word):
        feature_map(*_volumes(), name)


@pytest.mark.parametrize(
    "setting",
    [
        {"resampledPixelSpacing": [1.2, 1.2, 3]},
        {"resampledPixelSpacing": [1, 0, 2], "padDistance": 2, "resegmentRange": [60, 130]},
        {"preCrop": True, "padDistance": 1},
    ],
    ids=str,
)
def test_maps_of_a_resampled_or_cropped_image_lie_on_its_grid(setting: dict[str, Any]) -> None:
    image = as_image(texture(SHAPE), direction=rotation(23, (0.2, 1, 0.4)))
    mask = as_image(blob(SHAPE, radius=0.3), "uint8", direction=rotation(23, (0.2, 1, 0.4)))
    parameters = {"setting": setting, "imageType": {"Original": {}, "Wavelet": {}}, "featureClass": CLASSES}
    names = [*NAMES, "wavelet-LHH_gldm_LargeDependenceEmphasis"]
    theirs = oracle_maps(image, mask, parameters)
    prepared = prepare(image, mask, settings_from_parameters(parameters))
    inside = np.zeros(prepared.image.shape, bool)
    inside[prepared.region] = prepared.mask
    for name in names:
        ours = feature_map(image, mask, name, settings_from_parameters(parameters))
        assert ours.GetSpacing() == theirs[name].GetSpacing()
        _compare_volumes(ours, theirs[name], inside, 0.0, name)


def test_a_lone_voxel_has_no_pair_and_a_kernel_with_empty_directions_has_a_mean() -> None:
    mask = blob(SHAPE, radius=0.25)
    mask[0, 0, 0] = 1
    mask[0, 0, 2] = mask[0, 0, 3] = 1
    image, region = _volumes(mask)
    average = sitk.GetArrayFromImage(feature_map(image, region, "original_glcm_JointAverage"))
    assert np.isnan(average[0, 0, 0])
    assert np.isfinite(average[0, 0, 2])
    runs = sitk.GetArrayFromImage(feature_map(image, region, "original_glrlm_RunPercentage"))
    assert np.isnan(runs[0, 0, 0])
    assert np.isfinite(runs[0, 0, 2])


def test_a_map_can_be_cancelled() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        feature_map(*_volumes(), "original_firstorder_Mean", progress=progress)
