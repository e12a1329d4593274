"""Headers become frames, whatever the file looks like; no DICOM is told apart from damaged DICOM."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pydicom
import pytest

from LWCTRLogic.dicom.headers import parse_date, parse_time, read_frames
from LWCTRLogic.errors import InputError
from Testing.dicom_phantoms import rewrite, torso, write_enhanced, write_series


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_series(tmp_path, torso()[:1], description="Art", origin=(-1.5, -2.5, 30.25))[0]


def test_a_classic_image_becomes_one_frame(file: Path) -> None:
    (frame,) = read_frames(file) or []
    assert frame.position == (-1.5, -2.5, 30.25)
    assert frame.orientation == (1, 0, 0, 0, 1, 0)
    assert (frame.rows, frame.columns, frame.spacing) == (48, 48, (8.0, 8.0))
    assert (frame.slope, frame.intercept, frame.number, frame.index) == (1.0, -1024.0, 1, None)
    assert frame.time == 36000.0
    assert frame.study_date == dt.date(2024, 3, 11)
    assert frame.image_type == ("ORIGINAL", "PRIMARY", "AXIAL")
    assert frame.tags["SeriesDescription"] == "Art"


def test_the_frames_of_an_enhanced_file_carry_their_own_values(tmp_path: Path) -> None:
    path = write_enhanced(tmp_path / "e", [torso("arterial"), torso("portal")], shuffle=False)
    frames = read_frames(path) or []
    assert len(frames) == 32
    assert [frame.index for frame in frames] == list(range(32))
    assert frames[17].position == (-180.0, -160.0, -295.0)
    assert (frames[17].temporal, frames[17].time) == ("2", 36030.0)
    assert (frames[17].slope, frames[17].intercept, frames[17].spacing) == (1.0, -1024.0, (8.0, 8.0))


def test_frames_without_descriptions_are_damaged(tmp_path: Path) -> None:
    path = write_enhanced(tmp_path / "e", [torso()])
    rewrite(path, NumberOfFrames=17)
    with pytest.raises(InputError, match="16 frame descriptions for 17 frames"):
        read_frames(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.4" + b"x" * 300, b"\x08\x00" + b"\xff" * 200])
def test_what_is_no_dicom_gives_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    assert read_frames(tmp_path / "x") is None


def test_an_old_file_without_a_preamble_is_read(file: Path) -> None:
    ds = pydicom.dcmread(file)
    bare = pydicom.Dataset({element.tag: element for element in ds})
    bare.save_as(file.with_name("old"), implicit_vr=True, little_endian=True)
    (frame,) = read_frames(file.with_name("old")) or []
    assert frame.rows == 48


def test_a_file_cut_inside_its_header_is_damaged(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[:300])
    with pytest.raises(InputError, match="header ends early"):
        read_frames(file)


def test_odd_values_are_missing_values(file: Path) -> None:
    rewrite(file, ImagePositionPatient=None, RescaleSlope=None, AcquisitionTime="", ContentTime="")
    (frame,) = read_frames(file) or []
    assert (frame.position, frame.slope, frame.time) == ((), None, None)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("101112.5", 36672.5),
        ("1011", 36660.0),
        ("10:11:12", 36672.0),
        ("", None),
        ("xx", None),
        ("101112.x", 36672),
    ],
)
def test_times(text: str, seconds: float | None) -> None:
    assert parse_time(text) == seconds


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("20240229", dt.date(2024, 2, 29)),
        ("2024.02.29", dt.date(2024, 2, 29)),
        ("20230229", None),
        ("", None),
    ],
)
def test_dates(text: str, date: dt.date | None) -> None:
    assert parse_date(text) == date
