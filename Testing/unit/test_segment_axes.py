"""Axes: any orientation in, the network's orientation, and exactly back."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.segment.axes import axis_map, body_box


def image_in(code: str, size=(5, 6, 7)) -> sitk.Image:
    image = sitk.GetImageFromArray(np.arange(np.prod(size), dtype=np.float32).reshape(size[::-1]))
    image.SetSpacing((1.0, 2.0, 3.0))
    direction = sitk.DICOMOrientImageFilter.GetDirectionCosinesFromOrientation(code)
    image.SetDirection(direction)
    return image


ALL_CODES = [
    "".join(letters)
    for axes in itertools.permutations(("RL", "AP", "IS"))
    for letters in itertools.product(*axes)
]


def test_there_are_48_orientations():
    assert len(set(ALL_CODES)) == 48


@pytest.mark.parametrize("code", ALL_CODES)
def test_every_orientation_is_turned_as_itk_turns_it_and_comes_back_exactly(code):
    image = image_in(code)
    array = sitk.GetArrayFromImage(image)
    axes = axis_map(image, "LPS")
    expected = sitk.DICOMOrient(image, "LPS")
    np.testing.assert_array_equal(axes.turn(array), sitk.GetArrayFromImage(expected))
    np.testing.assert_array_equal(axes.turn_back(axes.turn(array)), array)


def test_a_model_trained_in_ras_gets_ras():
    image = image_in("LPS")
    expected = sitk.GetArrayFromImage(sitk.DICOMOrient(image, "RAS"))
    np.testing.assert_array_equal(axis_map(image, "RAS").turn(sitk.GetArrayFromImage(image)), expected)


def test_an_oblique_image_takes_the_nearest_axes():
    image = image_in("PIR")
    tilt = sitk.Euler3DTransform((0, 0, 0), 0.2, -0.3, 0.1).GetMatrix()
    turned = np.array(tilt).reshape(3, 3) @ np.array(image.GetDirection()).reshape(3, 3)
    straight = axis_map(image)
    image.SetDirection(turned.ravel().tolist())
    assert axis_map(image) == straight


def test_an_image_at_45_degrees_still_uses_each_axis_once():
    image = image_in("LPS")
    image.SetDirection(sitk.Euler3DTransform((0, 0, 0), 0, 0, np.pi / 4).GetMatrix())
    assert sorted(axis_map(image).order) == [0, 1, 2]


def test_the_body_box_leaves_air_out_and_keeps_a_margin():
    array = np.full((40, 100, 100), -1000, dtype=np.int16)
    array[10:30, 30:70, 20:60] = 40
    array[5:7, 90:95, 5:95] = 200  # the table
    box = body_box(array, (2.5, 2.0, 2.0), margin_mm=8.0)
    for part, start, stop in zip(box, (10, 30, 20), (30, 70, 60), strict=True):
        assert start - 8 <= part.start <= start
        assert stop <= part.stop <= stop + 8


def test_the_body_box_of_nothing_but_air_is_everything():
    array = np.full((4, 5, 6), -1000, dtype=np.int16)
    assert array[body_box(array, (1.0, 1.0, 1.0))].shape == array.shape
