"""The folder between parent and worker."""

from __future__ import annotations

import os
import tempfile
import time

import pytest

from LWCTRLogic.segment.scratch import scratch_folder


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_is_private_and_gone_afterwards(temporary):
    with scratch_folder() as folder:
        (folder / "array.npy").write_bytes(b"x")
        assert folder.parent == temporary
        if os.name == "posix":
            assert folder.stat().st_mode & 0o077 == 0
    assert list(temporary.iterdir()) == []


def test_the_folder_is_gone_after_an_error(temporary):
    with pytest.raises(ValueError, match="no"), scratch_folder():
        raise ValueError("no")
    assert list(temporary.iterdir()) == []


def test_what_a_killed_run_left_goes_after_a_day_and_not_before(temporary):
    for name, age in (("lwctr-segment-old", 90_000), ("lwctr-segment-new", 60), ("other", 90_000)):
        (temporary / name).mkdir()
        (temporary / name / "array.npy").write_bytes(b"x")
        then = time.time() - age
        os.utime(temporary / name, (then, then))
    with scratch_folder():
        pass
    assert sorted(path.name for path in temporary.iterdir()) == ["lwctr-segment-new", "other"]
