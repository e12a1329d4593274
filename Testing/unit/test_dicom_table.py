"""The table of a proposal: one row a scan, its reason below, and what to do next."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from LWCTRLogic.dicom.find import Skipped
from LWCTRLogic.dicom.propose import Candidate, Proposal
from LWCTRLogic.dicom.table import as_records, as_text
from LWCTRLogic.progress import Progress


def load(progress: Progress) -> None:
    raise AssertionError("a table reads no pixels")


def made() -> Proposal:
    first = Candidate(
        1, "series 3", 96, 2.5, load, date=dt.date(2024, 3, 11), phase="arterial", timepoint="pre", reason="r " * 80  # type: ignore[arg-type]
    )  # fmt: skip
    second = Candidate(2, "series 4", 90, 1.25, load, problem="1 slice is missing")  # type: ignore[arg-type]
    skipped = (Skipped(1, "localizer", "1"), Skipped(2, "localizer", "=2"), Skipped(5, "no DICOM image"))
    return Proposal((first, second), skipped, {"pre_A": 1}, dt.date(2024, 3, 25), ("a remark",))


def test_a_proposal_as_text() -> None:
    lines = as_text(made()).splitlines()
    assert lines[0].split() == ["scan", "what", "slices", "mm", "day", "timepoint", "phase", "use", "as"]
    assert lines[1].split() == ["1", "series", "3", "96", "2.50", "0", "baseline", "arterial", "pre_A"]
    assert lines[2].startswith("      r r r")
    assert max(map(len, lines[:6])) <= 100
    assert "      cannot be used: 1 slice is missing" in lines
    assert lines[lines.index("Not used:") + 1 :][:2] == ["  3 × localizer (series 1)", "  5 × no DICOM image"]
    assert "note: a remark" in lines
    assert "Proposed: pre_A = scan 1" in lines
    assert "2024" not in "".join(lines)


def test_a_choice_by_number_is_offered_only_where_a_scan_is_left_to_choose() -> None:
    proposal = made()
    missing = next(line for line in as_text(proposal).splitlines() if line.startswith("Without a scan"))
    assert missing.endswith("post_V (follow-up, portal venous)")
    usable = replace(
        proposal, candidates=(proposal.candidates[0], replace(proposal.candidates[1], problem=""))
    )
    missing = next(line for line in as_text(usable).splitlines() if line.startswith("Without a scan"))
    assert missing.endswith("Choose one by its number, for example --pre-V NUMBER")


def test_a_proposal_as_records() -> None:
    records = as_records(made())
    assert records["first_dose_day"] == 14
    assert [scan["use_as"] for scan in records["scans"]] == ["pre_A", ""]
    assert [scan["day"] for scan in records["scans"]] == [0, None]
    assert [item["series"] for item in records["skipped"]] == ["1", "", ""]


def test_nothing_found_is_no_text() -> None:
    assert as_text(Proposal((), (), {})) == ""
