"""Scans that change places: their masks and readings go along, nothing is lost, and a kill is made good."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from LWCTRLogic import files
from LWCTRLogic.case import Case, Scan
from LWCTRLogic.case_state import step_states
from LWCTRLogic.errors import InputError
from LWCTRLogic.findings import Finding, write_findings
from LWCTRLogic.pipeline import locked
from LWCTRLogic.provenance import Manifest
from LWCTRLogic.reading.state import ReadingState, folder_of, write_state
from LWCTRLogic.scan_change import (
    NewScan,
    aside_image_path,
    change_scans,
    discard_new,
    finish_change,
    new_image_path,
    put_aside,
)
from Testing.report_cases import make_case

SWAP = {"pre_A": "pre_V", "pre_V": "pre_A"}


@pytest.fixture
def case(case_folder: Path) -> Case:
    return make_case(case_folder)


def contents(case: Case) -> list[tuple[str, str]]:
    """Where every image and mask lies, with its SHA-256."""
    paths = [path for path in case.folder.rglob("*.n*") if path.suffix in (".gz", ".nrrd")]
    return sorted((path.relative_to(case.folder).as_posix(), files.sha256(path)) for path in paths)


def digests(case: Case) -> list[str]:
    return sorted(digest for _, digest in contents(case))


def image_hash(case: Case, volume: str) -> str:
    return files.sha256(case.image_path(volume))


def test_exchanged_scans_take_their_masks_readings_and_days_along(case: Case) -> None:
    before = {name: (image_hash(case, name), case.current_mask(name).name) for name in SWAP}
    case.update_scan("pre_V", day=3)
    rows = case.readings()
    assert change_scans(case, SWAP) == ["pre_A", "pre_V"]
    after = {name: (image_hash(case, name), case.current_mask(name).name) for name in SWAP}
    assert after == {"pre_A": before["pre_V"], "pre_V": before["pre_A"]}
    assert [row["volume"] for row in rows] == ["pre_V", "post_V"]
    assert sorted(row["volume"] for row in case.readings()) == ["post_V", "pre_A"]
    assert case.load_info().scans["pre_A"].day == 3
    assert not (case.folder / "aside").exists()


def test_a_scan_that_is_put_aside_can_be_brought_back_whole(case: Case) -> None:
    before, kept, info, rows = contents(case), digests(case), case.load_info(), case.readings()
    assert change_scans(case, {"post_V": None}) == ["post_V"]
    (left,) = put_aside(case)
    assert (left.name, left.volume, left.scan) == ("0001_post_V", "post_V", info.scans["post_V"])
    assert digests(case) == kept
    assert case.volumes() == ["pre_A", "pre_V", "post_A"]
    assert [row["volume"] for row in case.readings()] == ["pre_V"]
    assert change_scans(case, {"post_V": "0001_post_V"}) == ["post_V"]
    assert contents(case) == before
    assert (case.load_info(), case.readings()) == (info, rows)
    assert put_aside(case) == [] and not (case.folder / "aside").exists()


def test_a_mask_that_a_model_made_is_still_that_of_its_scan_after_it_was_put_aside(case: Case) -> None:
    record = {"inputs": {"images/pre_A.nii.gz": "1"}, "outputs": {"masks/pre_A/v0001_auto.seg.nrrd": "2"}}
    Manifest(case).replace({"segment:pre_A": record})
    change_scans(case, {"pre_A": None})
    assert Manifest(case).record("segment:pre_A") is None
    change_scans(case, {"pre_V": "0001_pre_A"})
    assert Manifest(case).record("segment:pre_V") == {
        "inputs": {"images/pre_V.nii.gz": "1"},
        "outputs": {"masks/pre_V/v0001_auto.seg.nrrd": "2"},
    }


def test_a_new_scan_puts_the_one_before_it_aside(case: Case) -> None:
    old = image_hash(case, "pre_A")
    staged = new_image_path(case, "pre_A")
    staged.parent.mkdir(parents=True)
    staged.write_bytes(b"another scan")
    change_scans(case, {}, {"pre_A": NewScan(staged, Scan(day=1, reason="chosen by the user"))})
    assert case.image_path("pre_A").read_bytes() == b"another scan"
    assert case.load_info().scans["pre_A"] == Scan(day=1, reason="chosen by the user")
    assert case.mask_versions("pre_A") == []
    assert files.sha256(aside_image_path(case, "0001_pre_A")) == old
    assert (case.folder / "aside" / "0001_pre_A" / "masks" / "v0001_auto.seg.nrrd").is_file()


def test_two_scans_that_left_the_same_place_have_two_names(case: Case) -> None:
    change_scans(case, {"pre_A": None})
    change_scans(case, {"pre_A": "pre_V", "pre_V": None})
    change_scans(case, {"pre_A": None})
    assert [one.name for one in put_aside(case)] == ["0001_pre_A", "0002_pre_A"]


def test_what_was_computed_is_out_of_date_and_what_belongs_to_a_scan_alone_holds(case: Case) -> None:
    record = {"inputs": {"images/pre_A.nii.gz": "1"}, "outputs": {"masks/pre_A/v0001_auto.seg.nrrd": "2"}}
    extract = {"inputs": {f"masks/{n}/{case.current_mask(n).name}": "3" for n in case.volumes()}}
    Manifest(case).replace({"segment:pre_A": record, "extract": extract, "predict": {}, "report": {}})
    write_findings(case, [Finding("mask-pieces", "two pieces", "pre_A")])
    for name in ("features.parquet", "prediction.json", "report.html"):
        files.write_text(case.folder / name, "old")
    assert step_states(case)["features"].state == "done"
    change_scans(case, SWAP)
    states = step_states(case)
    assert {states[name].state for name in ("features", "result", "report")} == {"attention"}
    assert not case.findings_path.exists() and (case.folder / "report.html").read_text() == "old"
    manifest = json.loads(case.manifest_path.read_text())
    assert manifest["steps"] == {
        "segment:pre_V": {
            "inputs": {"images/pre_V.nii.gz": "1"},
            "outputs": {"masks/pre_V/v0001_auto.seg.nrrd": "2"},
        }
    }


def test_features_of_scans_that_have_no_mask_any_more_are_out_of_date(case_folder: Path) -> None:
    case = make_case(case_folder, ("pre_A",), masks=False)
    files.write_text(case.folder / "features.parquet", "old")
    assert step_states(case)["features"].state == "attention"


def test_a_reason_for_accepting_a_warning_about_the_mask_goes_along_and_the_others_are_logged(
    case: Case,
) -> None:
    case.update_scan("pre_A", accepted={"mask-pieces": "resected", "phase-unlikely": "late bolus"})
    case.update_scan("post_V", accepted={"phase-overlap": "breath", "window-follow-up": "holiday"})
    change_scans(case, SWAP)
    scans = case.load_info().scans
    assert scans["pre_V"].accepted == {"mask-pieces": "resected"}
    assert scans["post_V"].accepted == {"window-follow-up": "holiday"}
    assert "late bolus" in case.log_path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ({"pre_A": "pre_X"}, "the case has no scan 'pre_X'"),
        ({"pre_A": "post_V", "pre_V": "post_V", "post_V": None}, "post_V is given to two volumes"),
        ({"pre_A": "pre_V"}, "the scan of pre_V goes to pre_A, and pre_V is given no other"),
        (dict.fromkeys(("pre_A", "pre_V", "post_A", "post_V")), "without any scan"),
        ({"pre_A": "post_A", "post_A": "pre_A"}, "is not later than the baseline"),
    ],
)
def test_an_impossible_change_is_refused_and_changes_nothing(
    case: Case, places: dict[str, str | None], message: str
) -> None:
    before, info = contents(case), case.load_info()
    with pytest.raises(InputError, match=message):
        change_scans(case, places)
    assert (contents(case), case.load_info()) == (before, info)


def test_nothing_changes_while_a_reading_is_open(case: Case) -> None:
    state = ReadingState("post_A", "reader-1", 1, "auto")
    write_state(folder_of(case, "post_A", "reader-1"), state)
    with pytest.raises(InputError, match="reading 1 of post_A by reader-1 is open"):
        change_scans(case, SWAP)


def test_the_places_that_scans_have_are_no_change(case: Case) -> None:
    assert change_scans(case, {"pre_A": "pre_A", "post_V": "post_V"}) == []
    assert not case.log_path.exists()


@pytest.mark.parametrize("moves", range(7))
def test_a_change_that_was_killed_is_finished_by_the_next_run(
    case: Case, moves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, kept, done, rename = contents(case), digests(case), [0], Path.replace

    def dies(self: Path, target: Path) -> Path:
        if ".tmp-" not in self.name:
            if done[0] == moves:
                raise KeyboardInterrupt
            done[0] += 1
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        change_scans(case, {**SWAP, "post_A": None})
    monkeypatch.undo()
    discard_new(case)  # leaves what an interrupted change needs
    with locked(case):
        pass
    other = {"pre_A": "pre_V", "pre_V": "pre_A"}
    expected = [
        (re.sub("pre_[AV]", lambda found: other[found[0]], place), digest)
        for place, digest in before
        if "post_A" not in place
    ]
    there = [one for one in contents(case) if not one[0].startswith("aside/")]
    assert there == sorted(expected)
    assert digests(case) == kept
    assert case.volumes() == ["pre_A", "pre_V", "post_V"]
    assert not finish_change(case)


def test_a_kill_between_a_rename_and_its_note_is_made_good(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, write, calls = image_hash(case, "pre_V"), files.write_json, [0]

    def dies(path: Path, value: object) -> None:
        if path.name == "change.json":
            calls[0] += 1
            if calls[0] == 2:  # the first note after the first rename
                raise KeyboardInterrupt
        write(path, value)

    monkeypatch.setattr(files, "write_json", dies)
    with pytest.raises(KeyboardInterrupt):
        change_scans(case, SWAP)
    monkeypatch.undo()
    assert not case.image_path("pre_V").exists()
    assert finish_change(case)
    assert image_hash(case, "pre_A") == before


def test_a_scan_that_is_not_imported_yet_keeps_its_source(case: Case) -> None:
    info = case.load_info()
    case.save_info(replace(info, scans={**info.scans, "pre_A": Scan(source="elsewhere.nii.gz", day=0)}))
    case.image_path("pre_A").unlink()
    change_scans(case, SWAP)
    assert case.load_info().scans["pre_V"].source == "elsewhere.nii.gz"
    assert case.image_path("pre_A").is_file() and not case.image_path("pre_V").exists()
