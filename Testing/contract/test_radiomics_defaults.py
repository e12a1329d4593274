"""Without settings the engine gives what PyRadiomics gives for bin width 25, LoG 1–5 mm and Wavelet."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from LWCTRLogic.radiomics.extract import extract
from Testing.contract.cases import ALL_IMAGES
from Testing.contract.images import as_image, blob, texture
from Testing.contract.oracle import disagreements, oracle_features

DEFAULTS = {"setting": {"binWidth": 25}, "imageType": ALL_IMAGES}


def test_the_defaults_are_those_of_pyradiomics_with_names_and_order() -> None:
    image, mask = as_image(texture()), as_image(blob(), "uint8")
    ours = extract(image, mask)
    expected = oracle_features(image, mask, DEFAULTS)
    assert list(ours) == list(expected)
    assert disagreements(ours, expected) == []


def test_there_are_1316_features_in_the_published_proportions() -> None:
    names = list(extract(as_image(texture()), as_image(blob(), "uint8")))
    families = [name.split("_")[1] for name in names]
    counts = {family: families.count(family) for family in set(families)}
    assert len(names) == 1316
    assert counts == {
        "shape": 14,
        "firstorder": 14 * 18,
        "glcm": 14 * 24,
        "glrlm": 14 * 16,
        "glszm": 14 * 16,
        "gldm": 14 * 14,
        "ngtdm": 14 * 5,
    }


def test_values_are_python_floats_and_finite() -> None:
    features = extract(as_image(texture()), as_image(blob(), "uint8"))
    assert all(type(value) is float for value in features.values())
    assert all(np.isfinite(value) for value in features.values())


def test_image_and_mask_are_left_as_they_were() -> None:
    image, mask = as_image(texture()), as_image(blob(), "uint8")
    before = sitk.Hash(image), sitk.Hash(mask), image.GetSpacing()
    extract(image, mask)
    assert (sitk.Hash(image), sitk.Hash(mask), image.GetSpacing()) == before
