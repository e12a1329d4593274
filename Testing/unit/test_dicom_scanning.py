"""A proposal becomes a case: choices go before proposals, and nothing that exists is replaced."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.dicom.propose import Proposal, propose
from LWCTRLogic.dicom.scanning import override, parse_first_dose, save_case, scan_into
from LWCTRLogic.errors import InputError, UsageError
from LWCTRLogic.imaging.io import read_image
from Testing.dicom_phantoms import torso, write_series


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    for number, (date, phase) in enumerate(
        [("20240311", "arterial"), ("20240311", "portal"), ("20240520", "portal")], 1
    ):
        write_series(folder / str(number), torso(phase), date=date, number=number, description=phase)
    write_series(folder / "4", torso(), date="20240520", number=4, skip=[5])
    return folder


def proposal(scans: Path) -> Proposal:
    return propose(scans, first_dose=dt.date(2024, 3, 20))


def test_a_case_holds_images_days_and_reasons_and_no_source(scans: Path, case_folder: Path) -> None:
    case = save_case(case_folder, proposal(scans))
    info = case.load_info()
    assert {volume: scan.day for volume, scan in info.scans.items()} == {"pre_A": 0, "pre_V": 0, "post_V": 70}
    assert info.first_dose_day == 9
    assert all(scan.source == "" and scan.reason for scan in info.scans.values())
    image = read_image(case.image_path("pre_A"))
    assert np.array_equal(sitk.GetArrayFromImage(image), torso("arterial"))
    assert image.GetSpacing() == (8.0, 8.0, 5.0)


def test_the_pseudonym_is_random(scans: Path, tmp_path: Path) -> None:
    made = proposal(scans)
    names = [save_case(tmp_path / name, made).load_info().case_id for name in "ab"]
    assert names[0] != names[1]
    assert all(re.fullmatch("case-[0-9a-f]{8}", name) for name in names)
    assert save_case(tmp_path / "c", made, case_id="P-007").load_info().case_id == "P-007"


def test_choices_go_before_proposals(scans: Path) -> None:
    changed = override(proposal(scans), {"pre_V": None, "post_A": 2, "post_V": None})
    assert dict(changed.chosen) == {"pre_A": 1, "post_A": 2}
    assert changed.candidate(2).reason.startswith("chosen by the user")
    assert dict(override(proposal(scans), {"post_V": 1}).chosen) == {"pre_V": 2, "post_V": 1}


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"pre_A": 9}, "no scan 9"),
        ({"post_A": 4}, "scan 4 cannot be post_A: 1 slice is missing"),
        ({"pre_A": 1, "pre_V": 1}, "scan 1 is given for two volumes"),
    ],
)
def test_impossible_choices_are_refused(scans: Path, chosen: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        override(proposal(scans), chosen)


def test_a_follow_up_before_the_baseline_is_refused_and_nothing_is_written(
    scans: Path, case_folder: Path
) -> None:
    exchanged = override(proposal(scans), {"pre_A": None, "pre_V": 3, "post_V": 2})
    with pytest.raises(InputError, match=r"post_V, day 0\) is not later than the baseline \(pre_V, day 70"):
        save_case(case_folder, exchanged)
    assert not case_folder.exists()


def test_an_existing_case_keeps_its_values_and_gets_the_scans(scans: Path, case_folder: Path) -> None:
    before = CaseInfo("P-1", clinical={"age": 61.0}, first_dose_day=30)
    case = Case.create(case_folder, before)
    save_case(case_folder, propose(scans))
    info = case.load_info()
    assert (info.case_id, info.clinical, info.first_dose_day) == ("P-1", {"age": 61.0}, 30)
    assert list(info.scans) == ["pre_A", "pre_V", "post_V"]
    with pytest.raises(InputError, match=r"already has scans \(pre_A, pre_V, post_V\)"):
        save_case(case_folder, propose(scans))


def test_a_case_with_scans_is_not_touched(scans: Path, case_folder: Path) -> None:
    case = Case.create(case_folder, CaseInfo("P-1", scans={"pre_A": Scan(source="elsewhere")}))
    with pytest.raises(InputError, match="already has scans"):
        scan_into(case, scans)
    assert case.load_info().scans["pre_A"].source == "elsewhere"


def test_sorting_without_asking_tells_what_was_found_when_nothing_fits(
    tmp_path: Path, case_folder: Path
) -> None:
    write_series(tmp_path / "s", torso("native"))
    with pytest.raises(InputError, match="scan 1: phase non-contrast, no contrast in the aorta"):
        scan_into(Case(case_folder), tmp_path / "s")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"could be assigned to a volume \(no CT volume\)"):
        scan_into(Case(case_folder), tmp_path / "empty")
    assert not case_folder.exists()


def test_sorting_without_asking_writes_the_case(scans: Path, case_folder: Path) -> None:
    made = scan_into(Case(case_folder), scans, first_dose=dt.date(2024, 3, 20), case_id="P-2")
    assert list(made.chosen) == Case(case_folder).volumes() == ["pre_A", "pre_V", "post_V"]


def test_the_first_dose_is_a_date_or_refused() -> None:
    assert parse_first_dose("2024-03-20") == dt.date(2024, 3, 20)
    assert parse_first_dose(None) is None
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        parse_first_dose("20.3.2024")


def test_a_killed_scan_is_done_again_and_ends_the_same(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Case.create(tmp_path / "case", CaseInfo("P-1"))
    Case.create(tmp_path / "other", CaseInfo("P-1"))

    def killed(case: Case, info: CaseInfo) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Case, "save_info", killed)
        scan_into(Case(tmp_path / "case"), scans)
    assert Case(tmp_path / "case").volumes() == []
    for name in ("case", "other"):
        scan_into(Case(tmp_path / name), scans)
    for path in (tmp_path / "case").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "other" / path.relative_to(tmp_path / "case")).read_bytes()
