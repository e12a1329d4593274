"""How far a case has come, step by step, on a case made of small files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from LWCTRLogic import files
from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.case_state import STEPS, all_findings, mask_maker, open_findings, step_states
from LWCTRLogic.errors import InputError
from LWCTRLogic.findings import Finding, write_findings
from LWCTRLogic.pipeline import accept
from LWCTRLogic.provenance import Manifest, Step


def words(case: Case) -> dict[str, str]:
    return {name: state.state for name, state in step_states(case).items()}


def put(path, text="x"):
    files.write_text(path, text)
    return path


def add_mask(case, volume, maker):
    path = put(case.new_mask_path(volume, maker), maker)
    case.set_current_mask(volume, path)
    return path


def run_step(case, name, inputs, outputs, settings=None):
    for path in outputs:
        put(path, name)
    Manifest(case).run(Step(name, tuple(inputs), settings or {}, lambda: outputs), force=True)


@pytest.fixture
def case(case_folder):
    """A case with two imported scans."""
    case = Case.create(case_folder, CaseInfo("p01", {"pre_A": Scan(), "pre_V": Scan()}))
    for volume in case.volumes():
        put(case.image_path(volume), volume)
    return case


@pytest.fixture
def finished(case):
    """The same with masks by a reader, features, scores and a report."""
    masks = [add_mask(case, volume, "reader-1") for volume in case.volumes()]
    case.save_info(replace(case.load_info(), clinical={"mrecist": "SD", "age": 61.0}))
    write_findings(case, [])
    run_step(case, "extract", masks, [case.features_path])
    clinical = dict(case.load_info().clinical)
    run_step(case, "predict", [case.features_path], [case.prediction_path], {"clinical": clinical})
    inputs = [case.info_path, case.findings_path, case.prediction_path]
    run_step(case, "report", inputs, [case.folder / "report.html"])
    return case


def test_a_new_case_has_everything_before_it(case_folder):
    case = Case.create(case_folder, CaseInfo("p01"))
    assert words(case) == dict.fromkeys(STEPS, "todo")


def test_a_finished_case_is_done_in_every_step(finished):
    assert words(finished) == dict.fromkeys(STEPS, "done")


def test_a_scan_that_waits_for_its_import_needs_attention(case):
    case.image_path("pre_V").unlink()
    state = step_states(case)["patient"]
    assert (state.state, state.why) == ("attention", "not imported yet: pre_V")


def test_a_missing_volume_is_named_but_stops_nothing(case):
    assert step_states(case)["patient"].why == "without post_A, post_V"
    assert words(case)["patient"] == "done"


def test_an_open_warning_needs_attention_until_a_reader_accepts_it(case):
    write_findings(case, [Finding("phase-unlikely", "looks arterial", "pre_V")])
    assert words(case)["patient"] == "attention"
    accept(case, {"pre_V:phase-unlikely": "early bolus"})
    assert words(case)["patient"] == "done"
    assert open_findings(case) == []
    assert all_findings(case)[0].accepted == "early bolus"


def test_warnings_about_masks_belong_to_their_own_step(case):
    for volume in case.volumes():
        add_mask(case, volume, "reader-1")
    write_findings(
        case, [Finding("phase-overlap", "Dice 0.5", "pre_V"), Finding("mask-holes", "3 holes", "pre_A")]
    )
    assert (words(case)["patient"], words(case)["correct"]) == ("done", "attention")
    assert [one.code for one in open_findings(case, masks=True)] == ["phase-overlap", "mask-holes"]
    assert open_findings(case, masks=False) == []


def test_masks_are_counted_one_by_one(case):
    assert words(case)["segment"] == "todo"
    add_mask(case, "pre_A", "auto")
    assert step_states(case)["segment"].why == "without a liver mask: pre_V"
    add_mask(case, "pre_V", "auto")
    assert words(case)["segment"] == "done"


def test_masks_that_no_reader_saved_are_not_corrected_yet(case):
    for volume in case.volumes():
        add_mask(case, volume, "auto")
    assert step_states(case)["correct"].why == "no reader has saved a mask of pre_A, pre_V"
    add_mask(case, "pre_A", "propagated")
    assert step_states(case)["correct"].why == "propagated, to be reviewed: pre_A"
    assert mask_maker(case, "pre_A") == "propagated"


def test_a_mask_saved_after_the_features_makes_them_old_and_all_that_follows(finished):
    add_mask(finished, "pre_V", "reader-2")
    states = step_states(finished)
    assert states["features"].why == "made with other masks than those in use: pre_V"
    assert [states[name].state for name in ("features", "result", "report")] == ["attention"] * 3


def test_a_changed_clinical_value_makes_the_result_old_but_not_the_features(finished):
    finished.save_info(replace(finished.load_info(), clinical={"mrecist": "PD"}))
    found = words(finished)
    assert (found["features"], found["result"], found["report"]) == ("done", "attention", "attention")


def test_another_centre_makes_the_result_old_where_the_model_adjusts_for_it(finished):
    info = finished.load_info()
    settings = {"clinical": dict(info.clinical), "centre": "north"}
    finished.save_info(replace(info, centre="north"))
    run_step(finished, "predict", [finished.features_path], [finished.prediction_path], settings)
    assert words(finished)["result"] == "done"
    finished.save_info(replace(info, centre="south"))
    assert step_states(finished)["result"].why == "the centre of the scans changed since: run again"


def test_features_made_anew_make_the_result_old(finished):
    masks = [finished.current_mask(volume) for volume in finished.volumes()]
    put(finished.features_path, "other values")
    Manifest(finished).run(Step("extract", tuple(masks), {}, lambda: [finished.features_path]), force=True)
    assert step_states(finished)["result"].why == "the features changed since: run again"


def test_an_accepted_warning_makes_the_report_old(finished):
    write_findings(finished, [Finding("mask-holes", "3 holes", "pre_A")])
    assert step_states(finished)["report"].why == "case or findings changed since: write it again"


def test_clinical_values_without_mrecist_are_not_done(case):
    case.save_info(replace(case.load_info(), clinical={"age": 61.0, "mrecist": None}))
    assert step_states(case)["clinical"].why == "mRECIST is not given"


def test_a_mask_that_is_named_but_gone_counts_as_none(case):
    add_mask(case, "pre_A", "auto").unlink()
    assert words(case)["segment"] == "todo"


def test_a_folder_that_is_no_case_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no case\.json"):
        step_states(Case(tmp_path))
