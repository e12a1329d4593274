"""What a reader draws is saved as versions that nothing replaces, every mask counted by hand."""

from __future__ import annotations

import multiprocessing

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case
from LWCTRLogic.errors import GeometryError, InputError
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.reading.session import open_reading, resume_reading, unfinished
from LWCTRLogic.segment.step import save_mask
from Testing.unit.reading_case import HandClock, ball, make_reading_case, voxels


@pytest.fixture
def case(case_folder):
    return make_reading_case(case_folder)


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


def test_a_second_reader_does_not_replace_the_first_unasked(case):
    one = open_reading(case, "pre_A", "reader-1")
    kept = one.save_version(ball(80.0)).path
    one.close()
    other = open_reading(case, "pre_A", "reader-2")
    other.save_version(ball(82.0))
    other.close()
    assert case.current_mask("pre_A") == kept


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


def _save_many(folder, reader):
    reading = open_reading(Case(folder), "pre_A", reader)
    for _ in range(4):
        save_mask(Case(folder), "pre_A", ball(80.0), reader, reading=1, in_use=False)
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


def test_nothing_is_written_where_the_case_was_before_it_was_moved(case, tmp_path):
    reading = open_reading(case, "pre_A", "reader-1")
    case.folder.rename(tmp_path / "elsewhere")
    for write in (reading.autosave, reading.save_version):
        with pytest.raises(InputError):
            write(ball(80.0))
    assert not case.folder.exists()
    (tmp_path / "elsewhere").rename(case.folder)
    reading.autosave(ball(80.0))
    np.testing.assert_array_equal(voxels(read_mask(unfinished(case)[0].autosave)), voxels(ball(80.0)))
    reading.leave()
