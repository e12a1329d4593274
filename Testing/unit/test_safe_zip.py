"""Unpacking a zip that nobody vouches for."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.safe_zip import safe_extract

LIMIT = 10_000


def make_zip(path: Path, **entries: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return path


def test_an_honest_zip_is_unpacked_with_its_folders(tmp_path: Path) -> None:
    zipped = make_zip(tmp_path / "a b é.zip", **{"model.json": "{}", "sub/part.json": "[1]"})
    target = tmp_path / "out"
    assert safe_extract(zipped, target, LIMIT) == [target / "model.json", target / "sub/part.json"]
    assert (target / "sub/part.json").read_text() == "[1]"


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/evil", "..\\evil", "C:\\evil", "C:evil", "\\\\host\\share\\evil"]
)
def test_an_entry_that_leaves_the_folder_is_refused_before_anything_is_written(
    tmp_path: Path, name: str
) -> None:
    zipped = make_zip(tmp_path / "z.zip", **{"good.json": "{}", name: "x"})
    with pytest.raises(InputError, match="leaves its folder"):
        safe_extract(zipped, tmp_path / "out", LIMIT)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["z.zip"]


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        info = zipfile.ZipInfo("link")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(InputError, match="link"):
        safe_extract(tmp_path / "z.zip", tmp_path / "out", LIMIT)


def test_names_that_differ_only_in_case_are_refused(tmp_path: Path) -> None:
    zipped = make_zip(tmp_path / "z.zip", **{"Model.json": "1", "model.json": "2"})
    with pytest.raises(InputError, match="twice"):
        safe_extract(zipped, tmp_path / "out", LIMIT)


def test_a_name_that_is_both_file_and_folder_is_refused(tmp_path: Path) -> None:
    zipped = make_zip(tmp_path / "z.zip", **{"a/b.json": "1", "A": "2"})
    with pytest.raises(InputError, match="needs a folder"):
        safe_extract(zipped, tmp_path / "out", LIMIT)
    assert not (tmp_path / "out").exists()


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    zipped = make_zip(tmp_path / "z.zip", **{"a.json": "{}"})
    data = bytearray(zipped.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag of encryption in the central directory
    zipped.write_bytes(bytes(data))
    with pytest.raises(InputError, match="encrypted"):
        safe_extract(zipped, tmp_path / "out", LIMIT)


def test_a_zip_that_declares_too_much_is_refused(tmp_path: Path) -> None:
    zipped = make_zip(tmp_path / "z.zip", big="0" * (LIMIT + 1))
    with pytest.raises(InputError, match=r"0\.0 MB|unpacks to"):
        safe_extract(zipped, tmp_path / "out", LIMIT)


def test_a_truncated_zip_is_refused(tmp_path: Path) -> None:
    zipped = make_zip(tmp_path / "z.zip", model="text " * 200)
    data = zipped.read_bytes()
    zipped.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match="not a whole zip"):
        safe_extract(zipped, tmp_path / "out", LIMIT)


def test_a_zip_with_a_flipped_byte_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    zipped = make_zip(tmp_path / "z.zip", **{"a.json": "{}", "b.json": "abcdefghijklmnop" * 40})
    data = bytearray(zipped.read_bytes())
    with zipfile.ZipFile(zipped) as archive:
        start = archive.getinfo("b.json").header_offset + 30 + len("b.json")
    data[start + 4] ^= 0xFF
    zipped.write_bytes(bytes(data))
    with pytest.raises(InputError, match="not a whole zip"):
        safe_extract(zipped, tmp_path / "out", LIMIT)
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    zipped = make_zip(tmp_path / "z.zip", **{"model.json": "new"})
    (tmp_path / "out").mkdir()
    (tmp_path / "out/model.json").write_text("old")
    with pytest.raises(InputError, match="exists already"):
        safe_extract(zipped, tmp_path / "out", LIMIT)
    assert (tmp_path / "out/model.json").read_text() == "old"


def test_a_missing_zip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        safe_extract(tmp_path / "none.zip", tmp_path / "out", LIMIT)
