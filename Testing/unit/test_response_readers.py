"""mRECIST by two readers and an adjudicator."""

from __future__ import annotations

import pytest

from LWCTRLogic import files
from LWCTRLogic.case import Case, CaseInfo
from LWCTRLogic.errors import InputError
from LWCTRLogic.response.readers import ResponseRecord, read_response, record_response


@pytest.fixture
def case(case_folder):
    return Case.create(case_folder, CaseInfo("p01", clinical={"age": 61.0}))


def mrecist_in(case):
    return case.load_info().clinical.get("mrecist")


def test_two_readers_who_agree_settle_it(case):
    assert record_response(case, "reader-1", "PR").state == "1 of 2 readers"
    assert mrecist_in(case) is None
    record = record_response(case, "reader-2", "PR")
    assert (record.result, record.responder, record.state) == ("PR", True, "the readers agree")
    assert case.load_info().clinical == {"age": 61.0, "mrecist": "PR"}


def test_two_readers_who_differ_need_an_adjudicator_who_rules(case):
    record_response(case, "reader-1", "SD")
    record = record_response(case, "reader-2", "PD")
    assert record.needs_adjudicator
    assert record.result is None
    assert mrecist_in(case) is None
    ruled = record_response(case, "reader-3", "PD", adjudicator=True)
    assert (ruled.result, ruled.responder, ruled.state) == ("PD", False, "ruled by reader-3")
    assert mrecist_in(case) == "PD"
    assert read_response(case) == ruled


def test_readers_differ_by_category_even_where_both_mean_response(case):
    record_response(case, "reader-1", "SD")
    assert record_response(case, "reader-2", "PR").needs_adjudicator


def test_a_corrected_answer_drops_the_ruling_on_the_old_one(case):
    record_response(case, "reader-1", "SD")
    record_response(case, "reader-2", "PD")
    record_response(case, "reader-3", "PD", adjudicator=True)
    assert record_response(case, "reader-2", "PD").result == "PD"
    record = record_response(case, "reader-2", "PR")
    assert record.needs_adjudicator
    assert mrecist_in(case) is None


def test_a_word_in_small_letters_is_understood_and_a_code_is_not(case):
    assert record_response(case, "reader-1", "pd").readers == {"reader-1": "PD"}
    with pytest.raises(InputError, match="CR, PR, SD, PD"):
        record_response(case, "reader-2", "4")
    with pytest.raises(InputError, match="no category"):
        record_response(case, "reader-2", "")


def test_a_third_reader_is_refused(case):
    record_response(case, "reader-1", "SD")
    record_response(case, "reader-2", "SD")
    with pytest.raises(InputError, match="reader-1 and reader-2 have answered"):
        record_response(case, "reader-3", "SD")


def test_an_adjudicator_must_be_needed_and_a_third_person(case):
    record_response(case, "reader-1", "SD")
    with pytest.raises(InputError, match="no ruling is needed"):
        record_response(case, "reader-3", "SD", adjudicator=True)
    record_response(case, "reader-2", "PD")
    with pytest.raises(InputError, match="one of the two readers"):
        record_response(case, "reader-2", "PD", adjudicator=True)
    record_response(case, "reader-3", "SD", adjudicator=True)
    with pytest.raises(InputError, match="is the adjudicator"):
        record_response(case, "reader-3", "PD")


def test_a_case_without_answers_has_an_empty_record(case):
    assert read_response(case) == ResponseRecord()
    assert read_response(case).responder is None


def test_a_record_of_another_version_is_refused(case):
    files.write_json(case.folder / "response.json", {"schema_version": 9})
    with pytest.raises(InputError, match="schema_version 1"):
        read_response(case)
