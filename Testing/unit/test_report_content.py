from dataclasses import replace

import pytest

from LWCTRLogic.findings import Finding
from LWCTRLogic.progress import Progress
from LWCTRLogic.report.content import build_document
from LWCTRLogic.report.document import Callout, Headline, Paragraph, Picture, PictureGrid, Table
from LWCTRLogic.report.gather import gather
from Testing.report_cases import (
    full_case,
    full_prediction,
    make_case,
    save_prediction,
    venous_case,
    warned_case,
)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return gather(full_case(tmp_path_factory.mktemp("full")), (), Progress())


@pytest.fixture(scope="module")
def venous(tmp_path_factory):
    return gather(venous_case(tmp_path_factory.mktemp("venous")), (), Progress())


def blocks_of(data, name):
    return next(section.blocks for section in build_document(data).sections if section.name == name)


def first(kind, blocks):
    return next(block for block in blocks if isinstance(block, kind))


def rows_of(table):
    return [[cell.text for cell in row] for row in table.rows]


def changed(data, **changes):
    return replace(data, prediction=replace(data.prediction, **changes))


def test_a_full_case_has_every_section_and_nothing_missing(full):
    document = build_document(full)
    names = [section.name for section in document.sections]
    assert names == [
        "summary", "warnings", "patient", "volumes", "models", "slices", "survival", "nomogram",
        "explanation", "provenance",
    ]  # fmt: skip
    assert not [block for block in blocks_of(full, "summary") if isinstance(block, Callout)]
    assert document.notice == "Demonstration model, simulated patients, not for clinical use."


def test_the_score_is_shown_with_its_question_cut_off_and_mrecist(full):
    headline = first(Headline, blocks_of(full, "summary"))
    assert headline.question == "Rad-score: probability (0 to 1) of surviving longer than 12 months"
    assert headline.value == "0.71"
    assert headline.verdict == "Responder by score (cut-off 0.52)"
    facts = dict(headline.facts)
    assert facts["mRECIST at the follow-up scan"] == "SD (responder)"
    assert facts["Score and mRECIST"] == "agree"


def test_progression_against_a_high_score_is_called_a_disagreement(full):
    headline = first(Headline, blocks_of(changed(full, mrecist="PD"), "summary"))
    assert dict(headline.facts)["mRECIST at the follow-up scan"] == "PD (non-responder)"
    assert dict(headline.facts)["Score and mRECIST"] == "disagree"


def test_both_twelve_month_probabilities_are_told_with_their_questions(full):
    table = first(Table, blocks_of(full, "summary"))
    assert [row[2] for row in rows_of(table)] == ["71 %", "72 %"]  # exp(−0.027 × 12) = 0.723
    assert "classifier" in rows_of(table)[0][1]
    assert "12 months from the follow-up scan (landmark)" in rows_of(table)[1][1]
    assert first(Paragraph, blocks_of(full, "summary")).text.startswith(
        "The two differ by 1 percentage point."
    )


def test_one_venous_scan_says_what_is_missing_and_still_has_a_report(venous):
    document = build_document(venous)
    names = [section.name for section in document.sections]
    assert names == ["summary", "warnings", "patient", "volumes", "models", "slices", "provenance"]
    lines = first(Callout, blocks_of(venous, "summary")).lines
    assert lines[0] == "No scan: baseline, arterial; follow-up, arterial; follow-up, portal venous."
    assert any(line.startswith("6 of 7 models did not run: Radiomic-Pre") for line in lines)
    assert any("mRECIST is not given" in line for line in lines)
    assert any("first dose is not given" in line for line in lines)


def test_a_score_without_images_is_not_called_a_rad_score(venous):
    headline = first(Headline, blocks_of(venous, "summary"))
    assert headline.question.startswith("Clinical score: ")
    assert headline.verdict == "Non-responder by score (cut-off 0.52)"


def test_when_no_model_runs_the_report_says_so_without_a_gauge(venous):
    scores = tuple(
        replace(score, score=None, margin=None, responder=None) for score in venous.prediction.scores
    )
    none = changed(venous, model="", scores=scores)
    blocks = blocks_of(none, "summary")
    assert first(Headline, blocks).value == "no score"
    assert not [block for block in blocks if isinstance(block, Picture)]


def test_a_score_without_cut_off_gets_no_verdict(full):
    scores = tuple(replace(score, cutoff=None, responder=None) for score in full.prediction.scores)
    headline = first(Headline, blocks_of(changed(full, scores=scores), "summary"))
    assert headline.verdict == "No cut-off given"
    assert headline.tone == ""


def test_models_that_did_not_run_say_what_they_lack(venous):
    rows = {row[0]: row for row in rows_of(first(Table, blocks_of(venous, "models")))}
    assert rows["Clinical (shown first)"][2:] == ["0.44", "0.52", "non-responder", "—"]
    assert rows["Radiomic-LV"][2:] == ["—", "0.52", "not run", "follow-up, portal venous scan"]
    assert rows["LWCTR"][5].endswith("follow-up, portal venous scan; Extrahepatic spread")


def test_the_scan_table_counts_days_from_the_first_dose_and_names_the_maker(full):
    rows = rows_of(first(Table, blocks_of(full, "patient")))
    assert rows[0] == [
        "Baseline, arterial",
        "\u221212",
        "3.00 × 3.00 × 6.00",
        "40",
        "v0001",
        "automatic, not reviewed",
    ]
    assert rows[3][1] == "+51"
    assert rows[3][5] == "reader 1, reading 1, started from auto"


def test_absent_scans_stand_in_the_table_as_not_given(venous):
    rows = rows_of(first(Table, blocks_of(venous, "patient")))
    assert [row[2] for row in rows] == ["not given", "3.00 × 3.00 × 6.00", "not given", "not given"]


def test_volume_changes_are_follow_up_minus_baseline(full):
    row = rows_of(first(Table, blocks_of(full, "volumes")))[0]
    before, after = full.volumes["pre_A"].liver_ml, full.volumes["post_A"].liver_ml
    assert row[1:3] == [f"{before:.0f}", f"{after:.0f}"]
    assert row[3] == f"\u2212{before - after:.0f}"
    assert row[4] == f"\u2212{100 * (before - after) / before:.1f} %"


def test_only_phases_with_a_mask_have_a_volume(venous):
    rows = rows_of(first(Table, blocks_of(venous, "volumes")))
    assert [(row[0], row[2], row[4]) for row in rows] == [("Portal venous", "—", "—")]


def test_open_warnings_stand_apart_from_accepted_ones(case_folder):
    case, found = warned_case(case_folder)
    data = gather(case, found, Progress())
    blocks = blocks_of(data, "warnings")
    callout = first(Callout, blocks)
    assert callout.title == "Not yet looked at by a reader: 27"
    assert callout.lines[0].startswith("Whole case: Finding 0: the liver measures 1800 mL")
    (row,) = rows_of(first(Table, blocks))
    assert row[:2] == ["Baseline, arterial", "The mask has 4 pieces; expected one."]
    assert row[2].startswith("Seen by two readers")
    assert (
        dict(first(Headline, blocks_of(data, "summary")).facts)["Warnings"]
        == "27 open, 1 accepted by a reader"
    )


def test_no_warnings_is_said_and_not_left_out(venous):
    assert first(Callout, blocks_of(venous, "warnings")).title == "No warnings"
    assert dict(first(Headline, blocks_of(venous, "summary")).facts)["Warnings"] == "none"


def test_all_volumes_are_shown_in_two_planes_at_one_scale(full):
    pictures = first(PictureGrid, blocks_of(full, "slices")).pictures
    assert [picture.name for picture in pictures][:3] == ["pre_A-axial", "pre_A-coronal", "pre_V-axial"]
    assert len(pictures) == 8
    assert len({picture.width for picture in pictures}) == 1


def test_a_volume_without_mask_is_shown_and_says_so(case_folder):
    case = make_case(case_folder, ("pre_V",), masks=False)
    data = gather(save_prediction(case, full_prediction()), (), Progress())
    pictures = first(PictureGrid, blocks_of(data, "slices")).pictures
    assert all(picture.caption.endswith("(no mask yet)") for picture in pictures)
    assert any("No liver mask yet" in line for line in first(Callout, blocks_of(data, "summary")).lines)
    assert not [section for section in build_document(data).sections if section.name == "volumes"]


def test_survival_is_tabled_at_the_months_of_the_method_with_intervals(full):
    tables = [block for block in blocks_of(full, "survival") if isinstance(block, Table)]
    assert [column.title for column in tables[0].columns][1:4] == ["12 months", "24 months", "36 months"]
    assert [column.title for column in tables[1].columns][1:4] == ["6 months", "12 months", "18 months"]
    # exp(−0.324) = 72.3 %, its 1.5th power 61.5 %, its 0.6th power 82.3 %
    assert rows_of(tables[0])[0][1] == "72 % (62–82)"
    assert rows_of(tables[0])[0][4] == "the follow-up scan (landmark)"


def test_estimates_without_interval_or_month_are_told_plainly(full):
    curve = replace(full.prediction.survival[0], lower=(), upper=())
    short = replace(curve, label="short", at={"12": 0.5})
    rows = rows_of(first(Table, blocks_of(changed(full, survival=(curve, short)), "survival")))
    assert rows[0][1:4] == ["72 %", "52 %", "38 %"]
    assert rows[1][1:4] == ["50 %", "—", "—"]


def test_an_interval_that_lies_below_one_in_a_hundred_is_not_called_nothing(full):
    curve = full.prediction.survival[0]
    low, high = (tuple(limit for _ in curve.times) for limit in (0.0001, 0.004))
    hopeless = replace(curve, lower=low, upper=high, at={"12": 0.001})
    rows = rows_of(first(Table, blocks_of(changed(full, survival=(hopeless,)), "survival")))
    assert rows[0][1] == "< 1 % (< 1)"


def test_the_parts_in_the_table_add_up_to_the_margin(full):
    rows = rows_of(first(Table, blocks_of(full, "explanation")))
    values = [float(row[5].replace("\u2212", "-")) for row in rows]
    assert sum(values[:-1]) == pytest.approx(values[-1], abs=1e-9)
    assert rows[-1][1] == "Sum: this patient's margin"
    assert [row[0] for row in rows[:12]] == [str(rank) for rank in range(1, 13)]


def test_values_outside_the_training_range_are_flagged(full):
    row = rows_of(first(Table, blocks_of(full, "explanation")))[0]
    assert row[1] == "log-sigma-2-mm-3D_gldm_DependenceNonUniformity"
    assert row[4] == "91200 – 136800"
    assert row[6] == "outside, by 1.3 SD"


def test_an_explanation_that_does_not_add_up_is_not_passed_over(full):
    scores = tuple(replace(score, margin=9.0) for score in full.prediction.scores)
    callout = first(Callout, blocks_of(changed(full, scores=scores), "explanation"))
    assert "the model's margin is 9.0000" in callout.title


def test_findings_of_the_prediction_are_among_the_warnings(full):
    assert first(Callout, blocks_of(full, "warnings")).lines[0].startswith("Follow-up, portal venous: ")
    empty = replace(full, findings=(Finding("a", "odd", "elsewhere"),))
    assert first(Callout, blocks_of(empty, "warnings")).lines == ("Elsewhere: Odd.",)


def test_a_case_without_clinical_values_reasons_or_open_warnings_says_so(venous):
    info = venous.info
    scans = {"pre_V": replace(info.scans["pre_V"], reason="")}
    accepted = (Finding("mask-pieces", "3 pieces", "pre_V", "real"),)
    bare = replace(venous, info=replace(info, clinical={}, scans=scans), findings=accepted)
    notes = [block.text for block in blocks_of(bare, "patient") if isinstance(block, Paragraph)]
    assert notes == ["The day of the first dose is not given.", "No clinical values are given."]
    assert not [block for block in blocks_of(bare, "warnings") if isinstance(block, Callout)]


def test_a_case_without_any_image_has_no_slices(venous):
    names = [section.name for section in build_document(replace(venous, volumes={})).sections]
    assert "slices" not in names
    assert "volumes" not in names


def test_a_wide_gap_between_the_two_probabilities_is_pointed_out(full):
    curve = replace(full.prediction.survival[0], at={"12": 0.2})
    note = first(Paragraph, blocks_of(changed(full, survival=(curve,)), "summary")).text
    assert "differ by 51 percentage points" in note
    assert "read the warnings" in note


def test_months_beyond_the_follow_up_of_training_are_dashes_with_a_note(full):
    curve = replace(full.prediction.survival[0], at={"12": 0.5, "24": 0.2})
    blocks = blocks_of(changed(full, survival=(curve,)), "survival")
    assert rows_of(first(Table, blocks))[0][1:4] == ["50 % (62–82)", "20 % (38–68)", "—"]
    assert any("A dash: later" in block.text for block in blocks if isinstance(block, Paragraph))


def test_a_label_that_begins_with_its_scan_does_not_repeat_it(full):
    explanation = full.prediction.explanations[0]
    part = replace(
        explanation.contributions[0], label="follow-up, portal venous: " + explanation.contributions[0].label
    )
    changed_one = replace(explanation, contributions=(part, *explanation.contributions[1:]))
    row = rows_of(first(Table, blocks_of(changed(full, explanations=(changed_one,)), "explanation")))[0]
    assert row[1] == "log-sigma-2-mm-3D_gldm_DependenceNonUniformity"
