"""What a reader may see, and when."""

from __future__ import annotations

import pytest

from LWCTRLogic.reading.blinding import is_blinded, visible_versions
from LWCTRLogic.reading.session import open_reading
from Testing.unit.reading_case import ball, make_reading_case


@pytest.fixture
def case(case_folder):
    return make_reading_case(case_folder, ("pre_A", "pre_V"))


def read(case, reader, volume="pre_A", start="auto"):
    reading = open_reading(case, volume, reader, start=start)
    reading.save_version(ball(80.0))
    reading.close()


def names(versions):
    return [version.path.name for version in versions]


def test_a_case_is_blinded_from_opening_to_closing(case):
    assert not is_blinded(case)
    reading = open_reading(case, "pre_A", "reader-1")
    assert is_blinded(case)
    assert is_blinded(case, "reader-1")
    assert not is_blinded(case, "reader-2")
    reading.close()
    assert not is_blinded(case)


def test_a_case_stays_blinded_after_a_crash(case):
    open_reading(case, "pre_A", "reader-1").leave()
    assert is_blinded(case)


def test_no_other_readers_mask_and_no_earlier_reading_is_shown(case):
    read(case, "reader-1")
    read(case, "reader-2")
    reading = open_reading(case, "pre_A", "reader-1")
    assert names(visible_versions(case, "pre_A", reading.state)) == ["v0001_auto.seg.nrrd"]
    reading.save_version(ball(81.0))
    assert names(visible_versions(case, "pre_A", reading.state)) == [
        "v0001_auto.seg.nrrd",
        "v0004_reader-1.seg.nrrd",
    ]
    reading.close()


def test_a_reading_from_an_empty_mask_does_not_show_the_proposal(case):
    reading = open_reading(case, "pre_A", "reader-1", start="empty")
    assert visible_versions(case, "pre_A", reading.state) == []
    reading.leave()


def test_the_readers_masks_of_other_volumes_in_the_same_reading_are_shown(case):
    read(case, "reader-1", "pre_V")
    reading = open_reading(case, "pre_A", "reader-1")
    assert names(visible_versions(case, "pre_V", reading.state)) == ["v0002_reader-1.seg.nrrd"]
    reading.leave()
