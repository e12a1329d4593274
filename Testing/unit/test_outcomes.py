"""Outcomes of a cohort: what is read, and everything that is refused before anything is fitted."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.outcomes import OutcomeColumns, Outcomes, read_outcomes


@pytest.fixture
def rows() -> list[dict[str, str]]:
    return [
        {"case_id": "p1", "os_months": "20", "os_event": "0", "pfs_months": "9.5", "pfs_event": "1"},
        {"case_id": "p2", "os_months": "7.25", "os_event": "1", "pfs_months": "3", "pfs_event": "1"},
        {"case_id": "p3", "os_months": "5", "os_event": "0", "pfs_months": "5", "pfs_event": "0"},
    ]


def test_times_and_events_are_read_in_the_order_of_the_table(rows: list[dict[str, str]]) -> None:
    outcomes = read_outcomes(rows)
    assert outcomes.case_ids == ("p1", "p2", "p3")
    np.testing.assert_array_equal(outcomes.os_months, [20, 7.25, 5])
    np.testing.assert_array_equal(outcomes.os_event, [False, True, False])
    assert outcomes.pfs_months is not None
    np.testing.assert_array_equal(outcomes.pfs_months, [9.5, 3, 5])
    assert outcomes.landmark is None


def test_columns_may_have_other_names(rows: list[dict[str, str]]) -> None:
    renamed = [{"id": row["case_id"], "months": row["os_months"], "died": row["os_event"]} for row in rows]
    outcomes = read_outcomes(renamed, OutcomeColumns(case_id="id", os_months="months", os_event="died"))
    assert outcomes.case_ids == ("p1", "p2", "p3")
    assert outcomes.pfs_months is None


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("os_event", "2", "row 2: os_event is '2'; expected 0 (censored) or 1 (event)"),
        ("os_event", "dead", "row 2: os_event is 'dead'"),
        ("os_event", "", "row 2: os_event is ''"),
        ("os_months", "0", "row 2: os_months is '0'; expected months above 0"),
        ("os_months", "-3", "row 2: os_months is '-3'"),
        ("os_months", "12 months", "row 2: os_months is '12 months'"),
        ("pfs_months", "25", "patient p1 has PFS 25 months, longer than OS 20"),
        ("case_id", "P2", "patient 'p2' stands in the rows 2, 3"),
        ("case_id", " ", "row 2: the patient has no case_id"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_row(
    rows: list[dict[str, str]], column: str, cell: str, words: str
) -> None:
    rows[0][column] = cell
    with pytest.raises(InputError) as caught:
        read_outcomes(rows)
    assert words in str(caught.value)


def test_all_problems_come_in_one_message(rows: list[dict[str, str]]) -> None:
    rows[0]["os_event"], rows[2]["os_months"] = "yes", "none"
    with pytest.raises(InputError, match=r"row 4: os_months .* \| row 2: os_event") as caught:
        read_outcomes(rows)
    assert "\n" not in str(caught.value)


def test_a_thousand_problems_of_one_cause_are_told_once(rows: list[dict[str, str]]) -> None:
    many = [{**rows[0], "case_id": f"p{index}", "os_event": "x"} for index in range(1000)]
    with pytest.raises(InputError, match=r"1000 rows \(.*such as row 2: os_event"):
        read_outcomes(many)


def test_a_misspelt_column_is_refused_with_the_nearest_name(rows: list[dict[str, str]]) -> None:
    renamed = [{("os_month" if key == "os_months" else key): row[key] for key in row} for row in rows]
    with pytest.raises(InputError, match=r"no column 'os_months' \(is it 'os_month'\?\)"):
        read_outcomes(renamed)


def test_half_of_progression_free_survival_is_refused(rows: list[dict[str, str]]) -> None:
    for row in rows:
        del row["pfs_event"]
    with pytest.raises(InputError, match="no column 'pfs_event'"):
        read_outcomes(rows)


def test_days_in_place_of_months_are_noticed(rows: list[dict[str, str]]) -> None:
    for row in rows:
        row["os_months"] = str(float(row["os_months"]) * 30)
    with pytest.raises(InputError, match="os_months has the median 217.5: these look like days"):
        read_outcomes(rows)


def test_a_follow_up_scan_in_days_is_noticed(rows: list[dict[str, str]]) -> None:
    marked = [{**row, "landmark_months": "56"} for row in rows]
    with pytest.raises(InputError, match="landmark_months has the median 56"):
        read_outcomes(marked)


def test_a_cohort_with_one_class_is_refused_with_the_counts(rows: list[dict[str, str]]) -> None:
    rows[1]["os_event"] = "0"
    with pytest.raises(InputError, match="1 patients are known to live and 0 to have died"):
        read_outcomes(rows)


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(InputError, match="no rows"):
        read_outcomes([])


def test_time_runs_from_the_follow_up_scan_and_those_who_did_not_live_to_it_are_left_out(
    rows: list[dict[str, str]],
) -> None:
    marked = [{**row, "landmark_months": cell} for row, cell in zip(rows, ("2", "2.25", "5"), strict=True)]
    follow_up = read_outcomes(marked).follow_up("OS")
    np.testing.assert_array_equal(follow_up.months, [18, 5])
    np.testing.assert_array_equal(follow_up.event, [False, True])
    np.testing.assert_array_equal(follow_up.rows, [True, True, False])
    assert "landmark" in follow_up.origin


def test_whoever_progressed_by_the_scan_is_not_followed_for_progression(rows: list[dict[str, str]]) -> None:
    marked = [{**row, "landmark_months": "2"} for row in rows]
    follow_up = read_outcomes(marked).follow_up("PFS", np.array([False, True, False]))
    np.testing.assert_array_equal(follow_up.months, [7.5, 3])
    assert "without progression" in follow_up.population


def test_without_a_landmark_everybody_is_followed_from_the_first_dose(rows: list[dict[str, str]]) -> None:
    follow_up = read_outcomes(rows).follow_up("OS")
    assert follow_up.rows.all()
    assert follow_up.origin == "the first dose"


def test_progression_free_survival_that_the_table_lacks_is_refused(rows: list[dict[str, str]]) -> None:
    short = [{key: row[key] for key in ("case_id", "os_months", "os_event")} for row in rows]
    with pytest.raises(InputError, match="pfs_months"):
        read_outcomes(short).follow_up("PFS")


def test_months_from_the_scan_that_only_rounding_parts_are_one_time() -> None:
    months, landmark = np.array([8.3, 8.1, 20.0]), np.array([2.3, 2.1, 1.0])
    assert len(set((months - landmark).tolist())) == 3  # 6.000000000000001, 6 and 19
    outcomes = Outcomes(("a", "b", "c"), months, np.array([True, False, True]), landmark=landmark)
    assert outcomes.follow_up("OS").months.tolist() == [6.0, 6.0, 19.0]
