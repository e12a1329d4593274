"""Readings are opened, left behind by a crash, found again and gone on with."""

from __future__ import annotations

import multiprocessing
import os

import numpy as np
import pytest

from LWCTRLogic import files
from LWCTRLogic.case import Case
from LWCTRLogic.errors import InputError
from LWCTRLogic.reading.session import (
    next_reading,
    open_reading,
    resume_reading,
    starts_for,
    unfinished,
)
from LWCTRLogic.segment.step import save_mask
from Testing.unit.reading_case import HandClock, ball, make_reading_case, voxels


@pytest.fixture
def case(case_folder):
    return make_reading_case(case_folder)


def test_the_reader_sees_first_what_was_chosen(case):
    save_mask(case, "pre_A", ball(60.0), "propagated")
    for start, wanted in (("auto", ball()), ("propagated", ball(60.0)), ("empty", ball(0.0) * 0)):
        reading = open_reading(case, "pre_A", f"r-{start[:2]}", start=start)
        np.testing.assert_array_equal(voxels(reading.mask()), voxels(wanted))
        assert reading.mask().GetOrigin() == pytest.approx(ball().GetOrigin())
        reading.close()


def test_only_starts_that_are_there_are_offered(case):
    assert starts_for(case, "pre_A") == ["auto", "empty"]
    with pytest.raises(InputError, match="cannot start from 'propagated'.*auto, empty"):
        open_reading(case, "pre_A", "reader-1", start="propagated")


def test_a_repeat_reading_starts_afresh_and_does_not_replace_the_first(case):
    reading = open_reading(case, "pre_A", "reader-1")
    first = reading.save_version(ball(80.0))
    reading.close()
    assert next_reading(case, "pre_A", "reader-1") == 2
    repeat = open_reading(case, "pre_A", "reader-1")
    assert repeat.state.reading == 2
    np.testing.assert_array_equal(voxels(repeat.mask()), voxels(ball()))
    saved = repeat.save_version(ball(78.0))
    assert not saved.in_use
    assert case.current_mask("pre_A") == first.path
    assert repeat.save_version(ball(79.0), in_use=True).in_use
    repeat.close()


def test_a_reading_opened_again_goes_on_from_its_last_version(case):
    reading = open_reading(case, "pre_A", "reader-1", start="empty")
    reading.save_version(ball(80.0))
    reading.close()
    again = open_reading(case, "pre_A", "reader-1", 1)
    assert again.state.start == "empty"
    np.testing.assert_array_equal(voxels(again.mask()), voxels(ball(80.0)))
    again.close()


def test_a_reader_has_one_open_reading_of_a_volume(case):
    reading = open_reading(case, "pre_A", "reader-1")
    with pytest.raises(InputError, match="has an open reading"):
        open_reading(case, "pre_A", "reader-1")
    reading.leave()


def test_a_reading_left_behind_is_offered_again_with_its_time(case):
    clock = HandClock()
    reading = open_reading(case, "pre_A", "reader-1", clock=clock)
    clock.now = 20.0
    reading.touch()
    reading.autosave(ball(77.0))
    reading.leave()
    (found,) = unfinished(case)
    assert not found.held
    assert found.autosave is not None
    assert found.state.active_seconds == 20.0
    again = resume_reading(case, "pre_A", "reader-1", clock=clock)
    np.testing.assert_array_equal(voxels(again.mask()), voxels(ball(77.0)))
    clock.now = 25.0
    again.touch()
    again.save_version(again.mask())
    assert case.readings()[-1]["active_seconds"] == "25.0"
    again.close()


def test_a_reading_that_a_program_works_on_is_not_to_be_offered(case):
    reading = open_reading(case, "pre_A", "reader-1")
    assert unfinished(case)[0].held
    with pytest.raises(InputError, match="another program"):
        resume_reading(case, "pre_A", "reader-1")
    reading.leave()


def test_resuming_what_is_not_open_is_refused(case):
    with pytest.raises(InputError, match="no open reading"):
        resume_reading(case, "pre_A", "reader-1")


@pytest.mark.parametrize("reader", ["", "auto", "Propagated", "Jane Doe", "a/b", "x" * 33, "-r"])
def test_a_reader_that_is_no_pseudonym_is_refused(case, reader):
    with pytest.raises(InputError, match="reader is"):
        open_reading(case, "pre_A", reader)


def test_a_volume_that_is_not_there_is_refused(case):
    with pytest.raises(InputError, match="no post_V"):
        open_reading(case, "post_V", "reader-1")
    case.image_path("pre_A").unlink()
    with pytest.raises(InputError, match="no image"):
        open_reading(case, "pre_A", "reader-1")


def test_a_reading_number_below_one_is_refused(case):
    with pytest.raises(InputError, match="reading number 0"):
        open_reading(case, "pre_A", "reader-1", 0)


def test_a_damaged_state_is_named(case):
    reading = open_reading(case, "pre_A", "reader-1")
    reading.leave()
    path = case.folder / "open-readings" / "pre_A_reader-1" / "reading.json"
    files.write_json(path, {"volume": "pre_A"})
    with pytest.raises(InputError, match="open reading"):
        unfinished(case)


def _draw_and_die(folder):
    reading = open_reading(Case(folder), "pre_A", "reader-1")
    reading.autosave(ball(77.0))
    os._exit(9)


def test_a_killed_program_leaves_the_reading_to_be_resumed(case):
    child = multiprocessing.get_context("spawn").Process(target=_draw_and_die, args=(case.folder,))
    child.start()
    child.join()
    assert child.exitcode == 9
    (found,) = unfinished(case)
    assert not found.held
    again = resume_reading(case, "pre_A", "reader-1")
    np.testing.assert_array_equal(voxels(again.mask()), voxels(ball(77.0)))
    again.leave()
