"""Agreement of readings against hand counts and brute force."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from scipy.spatial.distance import cdist

from LWCTRLogic.errors import GeometryError
from LWCTRLogic.reading.agreement import (
    compare_masks,
    compare_readings,
    open_cases,
    saved_readings,
    volume_icc,
)
from LWCTRLogic.reading.session import open_reading
from LWCTRLogic.stats.icc import intraclass_correlation
from Testing.unit.reading_case import ball, ball_ml, make_reading_case


def box(start, size=10, spacing=(1.0, 2.0, 3.0)):
    array = np.zeros((20, 20, 20), np.uint8)
    array[5 : 5 + size, 5 : 5 + size, start : start + size] = 1
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(spacing)
    return image


def read(case, reader, radius, repeats=1):
    for _ in range(repeats):
        reading = open_reading(case, "pre_A", reader)
        reading.save_version(ball(radius))
        reading.close()


def test_dice_of_two_boxes_is_counted_by_hand():
    dice, _ = compare_masks(box(4), box(6))
    assert dice == pytest.approx(2 * 800 / 2000)


def test_equal_masks_have_dice_one_and_distance_zero():
    assert compare_masks(box(4), box(4)) == (1.0, 0.0)


def test_the_surface_distance_is_that_of_brute_force():
    first, second = box(3, 6), box(6, 9)
    points = []
    for mask in (first, second):
        array = np.pad(sitk.GetArrayFromImage(mask), 1)
        inner = np.ones(array.shape, bool)
        for axis in range(3):
            inner &= (np.roll(array, 1, axis) == 1) & (np.roll(array, -1, axis) == 1)
        border = np.argwhere((array == 1) & ~inner)
        points.append(border * np.array([3.0, 2.0, 1.0]))
    table = cdist(*points)
    wanted = np.percentile(np.concatenate([table.min(axis=1), table.min(axis=0)]), 95)
    assert compare_masks(first, second)[1] == pytest.approx(wanted)


def test_masks_on_different_grids_are_refused():
    with pytest.raises(GeometryError):
        compare_masks(box(4), box(4, spacing=(1.0, 2.0, 3.5)))


def test_every_reading_is_compared_with_the_others_and_with_the_proposal(case_folder):
    case = make_reading_case(case_folder)
    read(case, "reader-1", 80.0, repeats=2)
    read(case, "reader-2", 70.0)
    pairs = {(one.first, one.second): one for one in compare_readings(case)}
    assert list(pairs) == [
        ("auto", "reader-1/1"),
        ("auto", "reader-1/2"),
        ("auto", "reader-2/1"),
        ("reader-1/1", "reader-1/2"),
        ("reader-1/1", "reader-2/1"),
        ("reader-1/2", "reader-2/1"),
    ]
    assert pairs["reader-1/1", "reader-1/2"].dice == 1.0
    between = pairs["reader-1/1", "reader-2/1"]
    large, small = ball_ml(80.0), ball_ml(70.0)
    assert between.dice == pytest.approx(2 * small / (large + small))
    assert between.difference_ml == pytest.approx(small - large)
    assert between.difference_percent == pytest.approx(200 * (small - large) / (small + large))


def test_a_reading_is_its_last_version_and_its_seconds_are_those_of_all(case_folder):
    case = make_reading_case(case_folder)
    seconds = iter(range(0, 1000, 10))
    reading = open_reading(case, "pre_A", "reader-1", clock=lambda: float(next(seconds)))
    reading.save_version(ball(80.0))
    last = reading.save_version(ball(81.0)).path
    reading.close()
    (found,) = [one for one in saved_readings(case) if one.reader == "reader-1"]
    assert (found.path, found.versions, found.name) == (last, 2, "reader-1/1")
    assert found.seconds == sum(float(row["active_seconds"] or 0) for row in case.readings())
    assert found.seconds > 0


def test_a_case_that_is_being_read_is_named(case_folder):
    case = make_reading_case(case_folder)
    assert open_cases([case]) == []
    open_reading(case, "pre_A", "reader-1").leave()
    assert open_cases([case]) == [case]


def test_volume_icc_is_that_of_the_volumes_counted_by_hand(tmp_path):
    radii = {"p1": (70.0, 72.0), "p2": (80.0, 79.0), "p3": (75.0, 78.0)}
    cases = []
    for name, (one, two) in radii.items():
        case = make_reading_case(tmp_path / name)
        case.save_info(type(case.load_info())(name, case.load_info().scans))
        read(case, "reader-1", one, repeats=2)
        read(case, "reader-2", two)
        cases.append(case)
    between, within = volume_icc(cases)
    wanted = intraclass_correlation([[[ball_ml(one), ball_ml(two)] for one, two in radii.values()]])
    assert (between.what, between.readings, between.cases) == (
        "between readers",
        ("reader-1/1", "reader-2/1"),
        3,
    )
    assert between.value == pytest.approx(wanted.value[0])
    assert (between.low, between.high) == pytest.approx((wanted.low[0], wanted.high[0]))
    assert (within.what, within.value) == ("within reader-1", 1.0)


def test_one_case_gives_no_icc(case_folder):
    case = make_reading_case(case_folder)
    read(case, "reader-1", 80.0)
    read(case, "reader-2", 70.0)
    assert volume_icc([case]) == []
