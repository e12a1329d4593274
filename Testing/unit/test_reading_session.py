"""A reading from opening to closing, over crashes, with every mask counted by hand."""

from __future__ import annotations

import multiprocessing
import os

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic import files
from LWCTRLogic.case import Case
from LWCTRLogic.errors import GeometryError, InputError
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.reading import session as sessions
from LWCTRLogic.reading.session import (
    next_reading,
    open_reading,
    resume_reading,
    starts_for,
    unfinished,
)
from LWCTRLogic.segment.step import save_mask
from Testing.unit.reading_case import ball, make_reading_case


class HandClock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def case(case_folder):
    return make_reading_case(case_folder)


def voxels(mask):
    return sitk.GetArrayFromImage(mask)


def log_events(case):
    lines = case.log_path.read_text(encoding="utf-8").splitlines()
    return [line.split('"event": "')[1].split('"')[0] for line in lines]


def test_a_saved_mask_is_a_new_version_with_one_row(case):
    clock = HandClock()
    reading = open_reading(case, "pre_A", "reader-1", clock=clock)
    clock.now = 42.0
    saved = reading.save_version(ball(80.0))
    assert saved.path.name == "v0002_reader-1.seg.nrrd"
    assert case.current_mask("pre_A") == saved.path
    np.testing.assert_array_equal(voxels(read_mask(saved.path)), voxels(ball(80.0)))
    assert case.readings()[1:] == [
        {
            "volume": "pre_A",
            "reader": "reader-1",
            "reading": "1",
            "start": "auto",
            "version": "v0002_reader-1.seg.nrrd",
            "active_seconds": "42.0",
        }
    ]
    reading.close()


def test_earlier_versions_never_change(case):
    reading = open_reading(case, "pre_A", "reader-1")
    first = reading.save_version(ball(80.0)).path
    before = first.read_bytes()
    second = reading.save_version(ball(70.0)).path
    assert second != first
    assert first.read_bytes() == before
    reading.close()


def test_active_seconds_of_the_rows_add_up_to_the_whole_reading(case):
    clock = HandClock()
    reading = open_reading(case, "pre_A", "reader-1", idle_after=60, clock=clock)
    for step in (30, 50):
        clock.now += step
        reading.touch()
        reading.save_version(ball(80.0))
    assert [row["active_seconds"] for row in case.readings()[1:]] == ["30.0", "50.0"]
    reading.close()


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


def test_a_second_reader_does_not_replace_the_first_unasked(case):
    one = open_reading(case, "pre_A", "reader-1")
    kept = one.save_version(ball(80.0)).path
    one.close()
    other = open_reading(case, "pre_A", "reader-2")
    other.save_version(ball(82.0))
    other.close()
    assert case.current_mask("pre_A") == kept


def test_a_reading_opened_again_goes_on_from_its_last_version(case):
    reading = open_reading(case, "pre_A", "reader-1", start="empty")
    reading.save_version(ball(80.0))
    reading.close()
    again = open_reading(case, "pre_A", "reader-1", 1)
    assert again.state.start == "empty"
    np.testing.assert_array_equal(voxels(again.mask()), voxels(ball(80.0)))
    again.close()


def test_an_empty_mask_is_refused_and_the_autosave_stays(case):
    reading = open_reading(case, "pre_A", "reader-1", start="empty")
    reading.autosave(ball(30.0))
    with pytest.raises(InputError, match="mL"):
        reading.save_version(ball(10.0))
    assert reading.autosave_path is not None
    assert len(case.readings()) == 1
    reading.leave()


def test_a_mask_on_another_grid_is_refused_with_numbers(case):
    reading = open_reading(case, "pre_A", "reader-1")
    moved = ball()
    moved.SetOrigin((0.0, 0.0, 0.0))
    with pytest.raises(GeometryError, match="mm"):
        reading.save_version(moved)
    reading.leave()


def test_a_quick_save_refuses_what_a_thorough_one_refuses_and_finds_nothing_else(case):
    reading = open_reading(case, "pre_A", "reader-1")
    moved = ball()
    moved.SetOrigin((0.0, 0.0, 0.0))
    for wrong in (moved, ball(10.0), ball() * 0):
        with pytest.raises(InputError):
            reading.save_version(wrong, thorough=False)
    assert len(case.readings()) == 1
    saved = reading.save_version(ball(80.0), thorough=False)
    np.testing.assert_array_equal(voxels(read_mask(saved.path)), voxels(ball(80.0)))
    assert saved.findings == []
    reading.close()


def test_quality_findings_come_back_with_the_version(case):
    reading = open_reading(case, "pre_A", "reader-1")
    torn = voxels(ball())
    torn[:2, :2, :2] = 1
    mask = sitk.GetImageFromArray(torn)
    mask.CopyInformation(ball())
    assert "mask-pieces" in {finding.code for finding in reading.save_version(mask).findings}
    reading.close()


def test_closing_with_unsaved_work_is_refused_until_it_is_discarded(case):
    reading = open_reading(case, "pre_A", "reader-1")
    reading.autosave(ball(80.0))
    with pytest.raises(InputError, match="not saved"):
        reading.close()
    reading.discard_autosave()
    reading.close()
    assert unfinished(case) == []
    assert not (case.folder / "open-readings").exists()


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


def test_the_log_says_who_opened_saved_and_closed(case):
    reading = open_reading(case, "pre_A", "reader-1")
    reading.save_version(ball(80.0))
    reading.close()
    assert log_events(case) == ["reading-opened", "reading-saved", "reading-closed"]


def test_a_version_whose_row_was_lost_in_a_crash_gets_it_on_resuming(case, monkeypatch):
    reading = open_reading(case, "pre_A", "reader-1")
    monkeypatch.setattr(Case, "add_reading", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
    with pytest.raises(RuntimeError):
        reading.save_version(ball(80.0))
    monkeypatch.undo()
    reading.leave()
    again = resume_reading(case, "pre_A", "reader-1")
    row = case.readings()[-1]
    assert (row["reader"], row["reading"], row["version"]) == ("reader-1", "1", "v0002_reader-1.seg.nrrd")
    assert case.current_mask("pre_A").name == row["version"]
    again.close()


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


def _save_many(folder, reader):
    reading = open_reading(Case(folder), "pre_A", reader)
    for _ in range(4):
        sessions.save_mask(Case(folder), "pre_A", ball(80.0), reader, reading=1, in_use=False)
    reading.leave()


def test_two_programs_that_save_at_once_lose_no_row_and_share_no_number(case):
    context = multiprocessing.get_context("spawn")
    children = [
        context.Process(target=_save_many, args=(case.folder, reader)) for reader in ("reader-1", "reader-2")
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0]
    versions = [row["version"] for row in case.readings()]
    assert len(versions) == 9
    assert sorted({name[:5] for name in versions}) == [f"v{number:04d}" for number in range(1, 10)]
