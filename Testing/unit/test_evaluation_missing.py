"""What the report says of missing values and of the cohort."""

from __future__ import annotations

from LWCTRLogic.evaluation.sections.missing import cohort_notes, missing_blocks
from LWCTRLogic.report.document import Paragraph, Table

TERM = {"value": -1.5, "low": -2.0, "high": -1.0, "missing_information": 0.263}
TRAINING = {
    "notes": ["readings of 50 patients", "4 patients without features are left out"],
    "cohort": {"patients": 160},
    "missing_values": {"ecog": 23, "mrecist": 15},
    "imputation": {
        "method": "Chained equations.",
        "data_sets": 5,
        "cox": {"OS Rad-Nomo": {"rad_score": TERM}},
        "calibration": {"LWCTR": {"slope": TERM}},
    },
}


def test_missing_values_are_counted_and_what_imputation_cost_is_told() -> None:
    counts, method, pooled = missing_blocks(TRAINING)
    assert isinstance(counts, Table) and isinstance(pooled, Table) and isinstance(method, Paragraph)
    assert [[cell.text for cell in row] for row in counts.rows] == [
        ["ECOG performance status", "23 (14 %)"],
        ["mRECIST at the follow-up scan", "15 (9 %)"],
    ]
    assert [cell.text for cell in pooled.rows[0]] == [
        "OS Rad-Nomo: rad score",
        "−1.50 (−2.00 to −1.00)",
        "26 %",
    ]
    assert pooled.rows[1][0].text == "LWCTR: slope" and "5 completed" in pooled.caption


def test_without_imputation_or_without_missing_values_the_report_says_less() -> None:
    assert len(missing_blocks({**TRAINING, "imputation": None})) == 1
    (none,) = missing_blocks({**TRAINING, "missing_values": {}})
    assert isinstance(none, Paragraph) and "No clinical variable" in none.text
    assert missing_blocks({}) == ()


def test_the_notes_of_the_cohort_are_one_paragraph() -> None:
    found = cohort_notes(TRAINING)
    assert isinstance(found, Paragraph)
    assert found.text == "Of the cohort: readings of 50 patients; 4 patients without features are left out."
    assert cohort_notes({"notes": []}) is None and cohort_notes({}) is None
