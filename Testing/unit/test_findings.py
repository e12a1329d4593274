import pytest

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.findings import Finding, read_findings, told, write_findings


@pytest.fixture
def a_case(case_folder) -> Case:
    scans = {"pre_A": Scan(accepted={"mask-pieces": "resected liver"}), "post_A": Scan()}
    return Case.create(case_folder, CaseInfo("LW-1", scans, accepted={"window-baseline": "abroad"}))


def test_a_case_that_was_not_checked_has_no_findings(a_case):
    assert read_findings(a_case) == []


def test_findings_come_back_with_the_reasons_for_which_a_reader_accepted_them(a_case):
    write_findings(
        a_case,
        [
            Finding("mask-pieces", "2 pieces", "pre_A"),
            Finding("mask-pieces", "3 pieces", "post_A"),
            Finding("window-baseline", "60 days"),
        ],
    )
    assert [finding.accepted for finding in read_findings(a_case)] == ["resected liver", "", "abroad"]


def test_a_finding_noticed_twice_is_written_once(a_case):
    write_findings(a_case, [Finding("a", "x"), Finding("b", "y"), Finding("a", "x")])
    assert [finding.code for finding in read_findings(a_case)] == ["a", "b"]


def test_a_finding_tells_the_word_by_which_it_is_accepted():
    assert told(Finding("mask-pieces", "2 pieces", "pre_A")) == "2 pieces [pre_A:mask-pieces]"
    assert told(Finding("window-baseline", "60 days")) == "60 days [window-baseline]"
