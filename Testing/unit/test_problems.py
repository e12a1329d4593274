"""One message a cause, not one a row."""

from __future__ import annotations

import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.outcomes import read_outcomes
from LWCTRLogic.problems import Problem, by_cause, listed


def test_problems_of_one_cause_are_told_once_with_their_rows() -> None:
    problems = [Problem(row, "event", f"event is '{row}'") for row in range(2, 12)]
    problems.insert(3, Problem(40, "age", "age is 'old'"))
    assert by_cause(problems) == [
        "10 rows (2, 3, 4, 5, 6, 7 …), such as row 2: event is '2'",
        "row 40: age is 'old'",
    ]
    assert by_cause([]) == []


def test_a_long_list_of_causes_is_cut_and_counted() -> None:
    assert listed([f"cause {number}" for number in range(23)]).endswith("cause 19 | and 3 more")
    assert listed(["one", "two"]) == "one | two"


def test_a_column_of_wrong_events_is_one_message_and_patients_twice_another() -> None:
    rows = [{"case_id": f"p{number % 30}", "os_months": "20", "os_event": "2"} for number in range(60)]
    with pytest.raises(InputError) as caught:
        read_outcomes(rows)
    text = caught.value.found
    assert (
        text.count("os_event") == 1 and "60 rows (2, 3, 4, 5, 6, 7 …), such as row 2: os_event is '2'" in text
    )
    assert "30 patients stand in several rows, such as patient 'p0' stands in the rows 2, 32" in text
    assert len(text) < 300
