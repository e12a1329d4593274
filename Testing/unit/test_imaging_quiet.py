from __future__ import annotations

import os

import pytest

from LWCTRLogic.imaging.quiet import quiet_native


def test_what_native_code_prints_is_dropped_inside_the_block_only(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(2, b"before\n")
    with quiet_native():
        os.write(2, b"** ERROR: NWAD: wrote only 0 of 800000 bytes to file\n")
        with quiet_native():
            os.write(2, b"and again\n")
        os.write(2, b"still\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "before\nafter\n"


def test_an_error_inside_the_block_gives_the_stream_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="x"), quiet_native():
        raise ValueError("x")
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"


def test_a_program_without_standard_error_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_stream(number: int) -> int:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(os, "dup", no_stream)
    done = []
    with quiet_native():
        done.append(1)
    assert done == [1]
