"""Where PyRadiomics itself errs the native engine is right; each difference stands in the documentation.

Every test here shows both: what PyRadiomics does and what ours does instead.
"""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import GeometryError, InputError
from Testing.contract.cases import Parameters
from Testing.contract.images import SHAPE, as_image, blob, diagonal, one_slice, scattered, texture
from Testing.contract.oracle import disagreements, oracle_features
from Testing.contract.ours import our_features


def _mask(values: np.ndarray | None = None) -> sitk.Image:
    return as_image(blob() if values is None else values, "uint8")


def test_uint8_images_that_use_the_whole_range_do_not_overflow() -> None:
    full = texture(mean=120, sd=70).clip(0, 255)
    ours = our_features(as_image(full, "uint8"), _mask(), {})
    assert disagreements(ours, oracle_features(as_image(full, "int32"), _mask(), {})) == []
    theirs = oracle_features(as_image(full, "uint8"), _mask(), {})
    assert len(disagreements(ours, theirs)) > 50


def test_an_int16_range_beyond_32767_does_not_overflow() -> None:
    metal = texture(mean=0, sd=6000)
    parameters: Parameters = {"setting": {"binWidth": 400}}
    with pytest.raises(IndexError):
        oracle_features(as_image(metal), _mask(), parameters)
    ours = our_features(as_image(metal), _mask(), parameters)
    assert disagreements(ours, oracle_features(as_image(metal, "int32"), _mask(), parameters)) == []


def test_a_line_has_no_width_at_all() -> None:
    parameters: Parameters = {
        "setting": {"minimumROIDimensions": 1},
        "featureClass": {"shape": ["MinorAxisLength", "LeastAxisLength", "Elongation", "Flatness"]},
    }
    image, mask = as_image(texture()), _mask(diagonal())
    theirs = oracle_features(image, mask, parameters)
    ours = our_features(image, mask, parameters)
    assert max(theirs.values()) > 1e-9  # round-off of an eigenvalue, under a root
    assert max(ours.values()) < 1e-12


def test_a_filtered_image_that_is_constant_has_no_skewness() -> None:
    chequered = (np.indices(SHAPE).sum(0) % 2) * 25.0
    parameters: Parameters = {
        "imageType": {"Wavelet": {}},
        "featureClass": {"firstorder": ["Kurtosis", "Skewness", "Maximum", "Minimum"]},
    }
    theirs = oracle_features(as_image(chequered), _mask(), parameters)
    ours = our_features(as_image(chequered), _mask(), parameters)
    flat = [band for band in ("LLH", "LHL", "LHH", "HLL", "HLH", "HHL") if _is_flat(theirs, band)]
    assert flat
    assert any(theirs[f"wavelet-{band}_firstorder_Kurtosis"] == 1 for band in flat)
    assert all(ours[f"wavelet-{band}_firstorder_Kurtosis"] == 0 for band in flat)
    assert all(ours[f"wavelet-{band}_firstorder_Skewness"] == 0 for band in flat)


def _is_flat(features: dict[str, float], band: str) -> bool:
    return features[f"wavelet-{band}_firstorder_Maximum"] == features[f"wavelet-{band}_firstorder_Minimum"]


def test_lone_voxels_are_refused_instead_of_a_row_with_nan() -> None:
    mask = scattered(11, 0.002)
    theirs = oracle_features(as_image(texture()), _mask(mask), {})
    assert sum(np.isnan(value) for value in theirs.values()) == 24
    with pytest.raises(InputError, match="25 voxels"):
        our_features(as_image(texture()), _mask(mask), {})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("inside", [True, False])
def test_a_voxel_that_is_no_number_is_refused_instead_of_spreading(value: float, inside: bool) -> None:
    values = texture()
    values[tuple(n // 2 for n in SHAPE) if inside else (0, 0, 0)] = value
    with pytest.raises(InputError, match=r"\b1\b"):
        our_features(as_image(values, "float32"), _mask(), {})


def test_a_mask_off_by_a_hundred_thousandth_of_a_millimetre_is_accepted() -> None:
    image, mask, moved = as_image(texture()), _mask(), _mask()
    moved.SetOrigin(tuple(value + 1e-5 for value in mask.GetOrigin()))
    with pytest.raises(ValueError, match="geometry mismatch"):
        oracle_features(image, moved, {})
    assert our_features(image, moved, {}) == our_features(image, mask, {})


@pytest.mark.parametrize("part", ["origin", "spacing", "direction", "size"])
def test_a_mask_on_another_grid_is_refused_and_the_message_says_what_differs(part: str) -> None:
    image, mask = as_image(texture()), _mask()
    if part == "origin":
        mask.SetOrigin((0, 12.25, 104))
    elif part == "spacing":
        mask.SetSpacing((0.75, 0.81, 2.5))
    elif part == "direction":
        mask.SetDirection((1, 0, 0, 0, -1, 0, 0, 0, 1))
    else:
        mask = mask[:-1, :, :]
    with pytest.raises(GeometryError) as caught:
        our_features(image, mask, {})
    assert part in caught.value.one_line()


def test_an_image_too_small_for_a_filter_is_refused_instead_of_losing_columns() -> None:
    small = texture((3, 8, 9))
    mask = np.ones(small.shape, np.uint8)
    parameters: Parameters = {"imageType": {"Original": {}, "LoG": {"sigma": [1]}}}
    theirs = oracle_features(as_image(small), as_image(mask, "uint8"), parameters)
    assert not any(name.startswith("log") for name in theirs)
    with pytest.raises(InputError, match="LoG"):
        our_features(as_image(small), as_image(mask, "uint8"), parameters)


def test_a_sigma_too_wide_for_the_image_is_refused_instead_of_losing_columns() -> None:
    parameters: Parameters = {"imageType": {"Original": {}, "LoG": {"sigma": [1, 60]}}}
    theirs = oracle_features(as_image(texture()), _mask(), parameters)
    assert {name.split("_")[0] for name in theirs} == {"original", "log-sigma-1-mm-3D"}
    with pytest.raises(InputError, match="60"):
        our_features(as_image(texture()), _mask(), parameters)


def _refused() -> dict[str, tuple[np.ndarray, Parameters]]:
    nothing = np.zeros(SHAPE, np.uint8)
    single = nothing.copy()
    single[5, 5, 5] = 1
    row = nothing.copy()
    row[5, 5, 5:9] = 1
    return {
        "an empty mask": (nothing, {}),
        "a label that is not there": (blob(), {"setting": {"label": 4}}),
        "a single voxel": (single, {"setting": {"minimumROIDimensions": 1}}),
        "a line where two dimensions are needed": (row, {}),
        "a slice where three dimensions are needed": (one_slice(0), {"setting": {"minimumROIDimensions": 3}}),
        "fewer voxels than wanted": (row, {"setting": {"minimumROIDimensions": 1, "minimumROISize": 4}}),
        "a resegmentation that leaves nothing": (blob(), {"setting": {"resegmentRange": [5000, 6000]}}),
    }


@pytest.mark.parametrize("name", list(_refused()))
def test_what_pyradiomics_refuses_is_refused_with_a_typed_error(name: str) -> None:
    mask, parameters = _refused()[name]
    with pytest.raises(ValueError):
        oracle_features(as_image(texture()), _mask(mask), parameters)
    with pytest.raises(InputError) as caught:
        our_features(as_image(texture()), _mask(mask), parameters)
    assert any(character.isdigit() for character in caught.value.one_line())


def test_too_many_grey_levels_are_refused_with_a_bin_width_that_would_fit() -> None:
    steep = texture(mean=0, sd=5e7)
    with pytest.raises(InputError, match="bin"):
        our_features(as_image(steep, "float64"), _mask(), {"setting": {"binWidth": 0.01}})
