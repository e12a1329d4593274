"""``lwctr scan`` from the command line: what a user sees, what is written, which exit code."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from LWCTRLogic.case import Case
from LWCTRLogic.cli import main
from LWCTRLogic.processes import shown_command
from Testing.dicom_phantoms import torso, write_other, write_series


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans é"
    for number, (date, phase) in enumerate(
        [("20240311", "arterial"), ("20240311", "portal"), ("20240520", "portal")], 1
    ):
        write_series(folder / str(number), torso(phase), date=date, number=number, description=phase)
    write_series(folder / "4", torso(), date="20240520", number=4, skip=[5], description="art")
    write_other(folder / "report")
    return folder


def test_the_table_names_every_scan_with_its_reason_and_what_is_missing(
    scans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", str(scans), "--first-dose", "2024-03-20", "--progress", "none"]) == 0
    out = capsys.readouterr().out
    rows = [line.split() for line in out.splitlines() if line[:1].isdigit()]
    assert [row[-1] for row in rows] == ["pre_A", "pre_V", "post_V", "–"]
    assert "series description says 'arterial'" in out
    assert "cannot be used: 1 slice is missing: between z = -280 mm and z = -270 mm (images 5 and 7)" in out
    assert "1 × structured report (SR) (series 99)" in out
    assert "Without a scan: post_A (follow-up, arterial)" in out
    assert "first dose is unknown" not in out


def test_a_case_is_written_and_the_next_command_is_named(
    scans: Path, case_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["scan", str(scans), "--case", str(case_folder), "--case-id", "P-1", "--pre-V", "none"]
    assert main([*arguments, "--first-dose", "2024-03-20", "--progress", "none"]) == 0
    assert shown_command("run", case_folder) in capsys.readouterr().out
    case = Case(case_folder)
    assert (case.load_info().case_id, case.volumes()) == ("P-1", ["pre_A", "post_V"])
    assert case.load_info().first_dose_day == 9
    arguments[1] = str(scans / "1")
    assert main([*arguments, "--progress", "none"]) == 3
    assert "already has scans" in capsys.readouterr().err


def test_programs_get_records(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", str(scans), "--progress", "json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (record,) = [event for event in events if event["event"] == "scan"]
    assert [scan["use_as"] for scan in record["scans"]] == ["pre_A", "pre_V", "post_V", ""]
    assert [scan["day"] for scan in record["scans"]] == [0, 0, 70, 70]
    assert record["skipped"] == [{"images": 1, "series": "99", "reason": "structured report (SR)"}]


@pytest.mark.parametrize(("answer", "written"), [("n\n", False), ("\n", True), ("yes\n", True)])
def test_a_person_at_a_terminal_is_asked(
    scans: Path, case_folder: Path, answer: str, written: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr("sys.stdout", screen)
    assert main(["scan", str(scans / "1"), "--case", str(case_folder), "--progress", "none"]) == 0
    assert "Write 1 volume into" in screen.getvalue()
    assert case_folder.exists() == written
    assert ("Nothing was written" in screen.getvalue()) == (not written)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--pre-A", "x"], 2, "--pre-A x"),
        (["--pre-A", "9"], 3, "no scan 9"),
        (["--post-A", "1"], 3, "scan 1 cannot be post_A: 1 slice is missing"),
        (["--first-dose", "1.2.2024"], 2, "YYYY-MM-DD"),
        (["--case-id", "P"], 2, "--case-id without --case"),
    ],
)
def test_wrong_arguments_are_refused(
    scans: Path, arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", str(scans / "4"), "--progress", "none", *arguments]) == code
    assert message in capsys.readouterr().err


def test_folders_without_scans_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", str(tmp_path / "nowhere"), "--progress", "none"]) == 3
    (tmp_path / "empty").mkdir()
    assert main(["scan", str(tmp_path / "empty"), "--progress", "none"]) == 3
    assert "no CT volume was found" in capsys.readouterr().err


def test_undetermined_scans_must_be_chosen_by_number(
    tmp_path: Path, case_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path / "s", torso("native"))
    arguments = ["scan", str(tmp_path / "s"), "--case", str(case_folder), "--yes", "--progress", "none"]
    assert main(arguments) == 3
    assert "Choose by number: lwctr scan FOLDER --case CASE --pre-V NUMBER" in capsys.readouterr().err
    assert not case_folder.exists()
    assert main([*arguments, "--pre-V", "1"]) == 0
    assert Case(case_folder).volumes() == ["pre_V"]


def test_a_tilted_scan_is_corrected_only_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path, torso("arterial"), shear=(0, 0.9, 0), description="art")
    assert main(["scan", str(tmp_path), "--progress", "none"]) == 0
    assert "tilted by 10.2°" in capsys.readouterr().out
    assert main(["scan", str(tmp_path), "--correct-tilt", "--progress", "none"]) == 0
    out = capsys.readouterr().out
    assert "tilt of 10.2° corrected by resampling" in " ".join(out.split())
    assert "pre_A = scan 1" in out
