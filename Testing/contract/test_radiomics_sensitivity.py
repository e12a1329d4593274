"""The comparison notices one voxel: a kernel that is off by one cannot pass the contract."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

from Testing.contract.cases import FAMILIES
from Testing.contract.images import SHAPE, as_image, blob, texture
from Testing.contract.oracle import oracle_features, worst_by_class
from Testing.contract.ours import our_features

Change = tuple[NDArray[np.float64], NDArray[np.uint8]]
GREY_LEVEL_FAMILIES = tuple(family for family in FAMILIES if family != "shape")


def _surface_voxel(mask: NDArray[np.uint8]) -> tuple[int, int, int]:
    z, y = mask.shape[0] // 2, mask.shape[1] // 2
    return z, y, int(np.flatnonzero(mask[z, y])[0])


def _without_a_surface_voxel() -> Change:
    mask = blob()
    mask[_surface_voxel(mask)] = 0
    return texture(), mask


def _with_a_voxel_more() -> Change:
    mask = blob()
    z, y, x = _surface_voxel(mask)
    mask[z, y, x - 1] = 1
    return texture(), mask


def _with_a_hole() -> Change:
    mask = blob()
    mask[tuple(n // 2 for n in mask.shape)] = 0
    return texture(), mask


def _moved_by_one(axis: int) -> Change:
    return texture(), np.roll(blob(), 1, axis)


def _image_moved_by_one(axis: int) -> Change:
    return np.roll(texture(), 1, axis), blob()


def _with_one_value_changed() -> Change:
    values = texture()
    values[tuple(n // 2 for n in values.shape)] += 60
    return values, blob()


CHANGES = {
    "a surface voxel less": (_without_a_surface_voxel, FAMILIES),
    "a voxel more": (_with_a_voxel_more, FAMILIES),
    "a hole of one voxel": (_with_a_hole, FAMILIES),
    "mask moved in z": (lambda: _moved_by_one(0), GREY_LEVEL_FAMILIES),
    "mask moved in y": (lambda: _moved_by_one(1), GREY_LEVEL_FAMILIES),
    "mask moved in x": (lambda: _moved_by_one(2), GREY_LEVEL_FAMILIES),
    "image moved in z": (lambda: _image_moved_by_one(0), GREY_LEVEL_FAMILIES),
    "image moved in y": (lambda: _image_moved_by_one(1), GREY_LEVEL_FAMILIES),
    "image moved in x": (lambda: _image_moved_by_one(2), GREY_LEVEL_FAMILIES),
    "one value changed": (_with_one_value_changed, GREY_LEVEL_FAMILIES),
}


@pytest.fixture(scope="module")
def unchanged() -> dict[str, float]:
    """What the oracle gives for the image and mask before any change."""
    return oracle_features(as_image(texture()), as_image(blob(), "uint8"), {})


@pytest.mark.parametrize("name", CHANGES)
def test_one_voxel_is_noticed_in_every_feature_class(name: str, unchanged: dict[str, float]) -> None:
    make, families = CHANGES[name]
    values, mask = make()
    worst = worst_by_class(our_features(as_image(values), as_image(mask, "uint8"), {}), unchanged)
    unnoticed = [family for family in families if worst[family] < 1e-6]
    assert unnoticed == []


@pytest.mark.parametrize("family", GREY_LEVEL_FAMILIES)
def test_one_voxel_of_a_new_grey_level_is_noticed_by_most_features_of_a_class(
    family: str, unchanged: dict[str, float]
) -> None:
    values, mask = texture(), blob()
    values[tuple(n // 2 for n in SHAPE)] += 400
    changed = our_features(as_image(values), as_image(mask, "uint8"), {})
    names = [name for name in unchanged if name.split("_")[1] == family]
    moved = [name for name in names if abs(changed[name] - unchanged[name]) > 1e-9 * abs(unchanged[name])]
    assert len(moved) >= 0.6 * len(names)


@pytest.mark.parametrize("scale", [1 + 1e-6, 1 - 1e-6])
@pytest.mark.parametrize("axis", range(3))
def test_a_spacing_off_by_a_millionth_is_noticed_by_shape(
    axis: int, scale: float, unchanged: dict[str, float]
) -> None:
    image, mask = as_image(texture()), as_image(blob(), "uint8")
    spacing = list(image.GetSpacing())
    spacing[axis] *= scale
    for volume in (image, mask):
        volume.SetSpacing(spacing)
    assert worst_by_class(our_features(image, mask, {}), unchanged)["shape"] > 1e-8


def test_the_unchanged_image_and_mask_agree(unchanged: dict[str, float]) -> None:
    image, mask = as_image(texture()), as_image(blob(), "uint8")
    assert sitk.GetArrayFromImage(mask).sum() > 1000
    assert max(worst_by_class(our_features(image, mask, {}), unchanged).values()) <= 1e-9
