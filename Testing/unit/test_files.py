import hashlib
import math
import os

import pytest

from LWCTRLogic import files
from LWCTRLogic.errors import InputError, LWCTRError


def test_a_writer_that_fails_half_way_leaves_the_old_file_and_no_other(tmp_path):
    target = tmp_path / "features.csv"
    target.write_text("old")
    with pytest.raises(RuntimeError), files.replacing(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError("killed")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["features.csv"]


def test_the_temporary_file_keeps_both_suffixes_so_that_writers_know_the_format(tmp_path):
    with files.replacing(tmp_path / "v0001_auto.seg.nrrd") as temporary:
        assert temporary.name.endswith(".seg.nrrd")
        assert temporary.parent == tmp_path


def test_a_full_disk_is_told_in_words_and_nothing_is_lost(tmp_path, monkeypatch):
    target = tmp_path / "report.html"
    target.write_text("old")

    def no_space(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(LWCTRError, match=r"report\.html could not be written \(No space left on device\)"):
        files.write_text(target, "new")
    assert target.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LWCTRError, match="could not be written"):
        files.write_text(tmp_path / "file" / "report.html", "x")


def test_json_is_written_the_same_on_every_system_and_refuses_nan(tmp_path):
    files.write_json(tmp_path / "é.json", {"σ": 1})
    assert (tmp_path / "é.json").read_bytes() == '{\n  "σ": 1\n}\n'.encode()
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.write_json(tmp_path / "é.json", {"σ": math.nan})
    assert files.read_json(tmp_path / "é.json") == {"σ": 1}


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe"])
def test_broken_json_is_an_input_error_that_names_the_file(tmp_path, content):
    (tmp_path / "case.json").write_bytes(content)
    with pytest.raises(InputError, match="case.json is not valid JSON"):
        files.read_json(tmp_path / "case.json")


def test_json_that_is_no_object_is_an_input_error_that_names_the_file(tmp_path):
    (tmp_path / "current.json").write_text("[1, 2]")
    with pytest.raises(InputError, match="current.json holds no JSON object"):
        files.read_json(tmp_path / "current.json")


def test_a_missing_json_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        files.read_json(tmp_path / "case.json")


def test_the_digest_is_that_of_hashlib(tmp_path):
    files.write_bytes(tmp_path / "x", b"abc")
    assert files.sha256(tmp_path / "x") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_a_written_file_has_the_rights_of_an_ordinary_file(tmp_path):
    (tmp_path / "plain").write_text("")
    files.write_text(tmp_path / "ours", "")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode
