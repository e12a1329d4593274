"""``lwctr assign``: what a user types and reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from LWCTRLogic.cli import main
from LWCTRLogic.processes import shown_command
from Testing.report_cases import make_case


def test_exchanging_two_phases_says_what_changed_and_what_to_do(
    case_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_case(case_folder, ("pre_A", "pre_V"), masks=False)
    assert main(["assign", str(case_folder), "--pre-A", "pre_V", "--pre-V", "pre_A"]) == 0
    told = capsys.readouterr().out
    assert "Changed: pre_A, pre_V" in told and shown_command("run", case_folder) in told


def test_a_program_hears_what_changed_and_what_was_put_aside(
    case_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_case(case_folder, ("pre_A", "pre_V"), masks=False)
    assert main(["assign", str(case_folder), "--pre-V", "none", "--progress", "json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (result["changed"], result["aside"]) == (["pre_V"], ["0001_pre_V"])
    assert main(["assign", str(case_folder), "--pre-A", "none", "--progress", "none"]) == 3


def test_nothing_to_do_is_a_usage_error_and_a_folder_that_is_no_case_stays_as_it_was(tmp_path: Path) -> None:
    assert main(["assign", str(tmp_path), "--progress", "none"]) == 2
    assert main(["assign", str(tmp_path), "--pre-A", "pre_V", "--progress", "none"]) == 3
    assert list(tmp_path.iterdir()) == []
