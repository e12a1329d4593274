"""Images form an even stack, or the message says where they do not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from LWCTRLogic.dicom.headers import Frame
from LWCTRLogic.dicom.stack import axes, is_even, make_stack
from LWCTRLogic.errors import InputError


def frames(heights: list[float], shift: float = 0.0) -> list[Frame]:
    """Axial frames at these heights, each moved back by ``shift`` for each mm."""
    start = heights[0]
    return [
        Frame(
            path=Path(f"{i}"), index=None, series_uid="s", study_uid="t", sop_uid=str(i), sop_class="c",
            number=i + 1, rows=4, columns=5, position=(-10.0, -20.0 + shift * (z - start), z),
            orientation=(1, 0, 0, 0, 1, 0), spacing=(0.8, 0.7), slope=1, intercept=0, acquisition="",
            temporal="", time=None,
        )
        for i, z in enumerate(heights)
    ]  # fmt: skip


def test_shuffled_images_are_sorted_along_the_normal() -> None:
    stack = make_stack([frames([0.0, 2.5, 5.0, 7.5])[i] for i in (2, 0, 3, 1)])
    assert stack.order == (1, 3, 0, 2)
    assert stack.origin == (-10.0, -20.0, 0.0)
    assert stack.spacing == (0.7, 0.8, 2.5)  # x is the distance of columns
    assert stack.tilt_degrees == 0.0


def test_an_oblique_stack_grows_along_its_own_normal() -> None:
    angle = np.radians(20)
    orientation = (1.0, 0.0, 0.0, 0.0, float(np.cos(angle)), float(np.sin(angle)))
    normal = np.array([0, -np.sin(angle), np.cos(angle)])
    oblique = [
        replace(frame, position=tuple(3.0 * i * normal), orientation=orientation)
        for i, frame in enumerate(frames([0.0] * 5))
    ]
    stack = make_stack(oblique)
    assert stack.spacing[2] == pytest.approx(3.0)
    assert stack.tilt_degrees == pytest.approx(0.0, abs=1e-9)
    assert np.allclose(stack.direction[:, 2], normal)


def test_one_missing_slice_is_named_between_its_neighbours() -> None:
    with pytest.raises(
        InputError, match=r"1 slice is missing: between z = 5 mm and z = 10 mm \(images 3 and 4\)"
    ):
        make_stack(frames([0, 2.5, 5, 10, 12.5, 15, 17.5]))


def test_several_gaps_are_counted() -> None:
    heights = [2.0 * i for i in range(60) if i not in (5, 6, 20, 30, 40)]
    with pytest.raises(
        InputError, match=r"5 slices are missing: .* and 1 more place; expected one slice every 2 mm"
    ):
        make_stack(frames(heights))


def test_one_missing_slice_among_hundreds_is_found() -> None:
    with pytest.raises(InputError, match="1 slice is missing"):
        make_stack(frames([0.625 * i for i in range(600) if i != 431]))


def test_every_third_slice_missing_names_a_distance_that_occurs() -> None:
    with pytest.raises(InputError, match=r"from 2.5 to 5 mm apart; .*most are 2.5 mm"):
        make_stack(frames([2.5 * i for i in range(90) if i % 3]))


def test_uneven_spacing_is_refused_with_its_range() -> None:
    heights = [0.0, 2.5, 5.0, 7.5, 10.0, 15.0, 20.0, 25.0, 30.0]
    with pytest.raises(InputError, match="unevenly spaced, from 2.5 to 5 mm apart"):
        make_stack(frames(heights))
    with pytest.raises(InputError, match="unevenly spaced"):
        make_stack(frames([0.0, 1.0, 2.3, 3.0, 4.4, 5.0]))


def test_positions_rounded_to_a_tenth_of_a_millimetre_are_even() -> None:
    heights = [round(0.625 * i, 1) for i in range(100)]
    assert make_stack(frames(heights)).spacing[2] == pytest.approx(0.625, abs=1e-3)
    assert is_even(frames(heights))


def test_two_images_at_one_place_are_refused() -> None:
    with pytest.raises(
        InputError, match=r"1 slice lies where another lies, the first at z = 5 mm \(images 3 and 4\)"
    ):
        make_stack(frames([0, 2.5, 5, 5, 7.5]))


def test_copies_of_the_same_images_are_told_as_copies() -> None:
    once = frames([0, 2.5, 5])
    with pytest.raises(InputError, match="3 of 6 images are copies of another"):
        make_stack([*once, *once])


def test_a_tilted_gantry_shows_as_shear() -> None:
    stack = make_stack(frames([0, 5, 10, 15], shift=float(np.tan(np.radians(12)))))
    assert stack.tilt_degrees == pytest.approx(12.0)
    assert np.allclose(stack.shear, [0, np.tan(np.radians(12)), 0])


def test_an_image_beside_the_line_is_refused() -> None:
    moved = frames([0, 5, 10, 15, 20])
    moved[2] = replace(moved[2], position=(-7.0, -20.0, 10.0))
    with pytest.raises(InputError, match="image 3 lies 3 mm beside the line"):
        make_stack(moved)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"position": ()}, "1 of 3 images have no position"),
        ({"rows": 8}, "different sizes"),
        ({"orientation": (0, 1, 0, -1, 0, 0)}, "1 of 3 images are turned"),
        ({"spacing": (0.0, 0.7)}, "0 or negative"),
    ],
)
def test_an_image_that_does_not_fit_is_refused(change: dict[str, object], message: str) -> None:
    spoilt = frames([0, 5, 10])
    spoilt[1] = replace(spoilt[1], **change)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=message):
        make_stack(spoilt)


def test_one_image_is_no_volume() -> None:
    with pytest.raises(InputError, match="has 1 image"):
        make_stack(frames([0.0]))


def test_axes_become_orthonormal_or_are_refused() -> None:
    matrix = axes((0.9999, 0.0001, 0, 0, 1.0001, 0.0002))
    assert np.allclose(matrix.T @ matrix, np.eye(3), atol=1e-15)
    with pytest.raises(InputError, match="right angles"):
        axes((1, 0, 0, 0.5, 0.5, 0))
