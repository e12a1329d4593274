"""The oracle itself: it is PyRadiomics on the CPU, it is quiet, and the comparison with it can fail."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from Testing.contract.cases import CASES
from Testing.contract.images import as_image, blob, texture
from Testing.contract.oracle import cuda_is_used, difference, disagreements, oracle_features


def test_the_oracle_computes_on_the_cpu() -> None:
    assert not cuda_is_used()


def test_the_oracle_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    oracle_features(as_image(texture()), as_image(blob(), "uint8"), {"imageType": {"LoG": {"sigma": [500]}}})
    assert capfd.readouterr() == ("", "")


def test_the_oracle_gives_a_hand_computed_mean_and_volume() -> None:
    values = np.zeros((3, 3, 3))
    values[1, 1, 1:] = 10, 30
    mask = (values > 0).astype(np.uint8)
    setting = {"minimumROIDimensions": 1}
    features = oracle_features(as_image(values), as_image(mask, "uint8"), {"setting": setting})
    assert features["original_firstorder_Mean"] == 20
    assert features["original_shape_VoxelVolume"] == pytest.approx(2 * 0.75 * 0.8 * 2.5)


def test_case_names_are_unique() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("group", ["masks", "values", "grids", "settings", "filters"])
def test_every_group_has_cases_with_texture_in_more_than_one_grey_level(group: str) -> None:
    case = next(case for case in CASES if case.group == group and "flat" not in case.name)
    image, mask = case.make()
    inside = sitk.GetArrayFromImage(image)[sitk.GetArrayFromImage(mask) > 0]
    assert len(np.unique(inside // 25)) > 1


def test_a_difference_is_relative_and_forgives_only_the_smallest_numbers() -> None:
    assert difference(2.0, 1.0) == 1.0
    assert difference(1e-13, 0.0) == 0.0
    assert difference(1e-11, 0.0) == 10.0
    assert difference(float("nan"), 1.0) == float("inf")
    assert difference(1.0, float("nan")) == float("inf")
    assert difference(float("nan"), float("nan")) == 0.0
    assert difference(float("inf"), 1.0) == float("inf")


def test_missing_extra_and_wrong_values_are_all_named() -> None:
    lines = disagreements({"a": 1.0, "b": 2.0, "c": float("inf")}, {"b": 2.0000001, "c": 1.0, "d": 4.0})
    assert [line.split(":")[0] for line in lines] == ["d", "a", "b", "c"]
