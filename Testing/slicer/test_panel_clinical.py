"""Step 5: the form made from the bundle, its refusals, mRECIST by two readers and an adjudicator."""

from __future__ import annotations

import pytest

from LWCTRLogic.models.bundle_files import load_bundle
from LWCTRLogic.models.description import describe_bundle
from Testing.slicer.panel_tools import click, said, widget


@pytest.fixture
def at_clinical(an_open_case):
    """The panel at the step, after the bundle has described itself."""
    an_open_case.goTo("clinical")
    assert an_open_case.query.last == ["models", "--progress", "json", "show"]
    an_open_case.query.onEvent({"event": "bundle", **describe_bundle(load_bundle())})
    an_open_case.query.finish()
    return an_open_case


def choose(panel, name, value):
    box = widget(panel, name)
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex)


def answer(panel, reader, category, button="saveMrecistButton"):
    widget(panel, "mrecistReader").text = reader
    choose(panel, "mrecistCategory", category)
    click(panel, button)


def test_the_values_that_the_model_uses_stand_first_each_coding_in_words(at_clinical):
    panel = at_clinical
    needed = panel.steps["clinical"].neededLayout
    first = {needed.itemAt(index).widget() for index in range(needed.count())}
    rows = panel.steps["clinical"].rows
    assert rows["portal_vein_invasion"] in first and rows["age"] not in first
    assert widget(
        panel, "clinical_portal_vein_invasion"
    ).visible  # also when it stood in a folded group before
    assert not widget(panel, "clinical_age").visible
    panel.steps["clinical"].otherBox.collapsed = False
    assert widget(panel, "clinical_age").visible
    note = widget(panel, "note_portal_vein_invasion").text
    assert "present counts as 0" in note and "absent counts as 1" in note and "Clinical, LWCTR" in note
    assert "no decision about any person" in widget(panel, "bundleLabel").text


def test_the_form_shows_what_the_case_holds_and_saves_what_is_changed(at_clinical):
    panel = at_clinical
    assert widget(panel, "clinical_age").text == "61"
    assert not widget(panel, "saveClinicalButton").enabled
    choose(panel, "clinical_portal_vein_invasion", "absent")
    choose(panel, "clinical_cirrhosis", "")
    widget(panel, "clinical_age").text = "62,5"
    widget(panel, "clinical_age").editingFinished.emit()
    click(panel, "saveClinicalButton")
    clinical = panel.case.load_info().clinical
    assert clinical["portal_vein_invasion"] == "absent" and clinical["age"] == 62.5
    assert clinical["mrecist"] == "SD"  # not this form's
    assert "Saved" in said(panel)


def test_a_model_that_adjusts_for_centres_asks_for_one_of_those_that_it_knows(at_clinical):
    panel = at_clinical
    assert not widget(panel, "centreSelector").visible  # the demonstration does not ask
    panel.steps["clinical"]._onDescription(
        {"event": "bundle", **describe_bundle(load_bundle()), "centres": ["north", "south"]}
    )
    box = widget(panel, "centreSelector")
    assert box.visible and box.itemText(0) == "not known to this model: Centre 2"
    panel.advise()
    assert "Choose the centre of the scans" in said(panel)
    choose(panel, "centreSelector", "south")
    click(panel, "saveClinicalButton")
    assert panel.case.load_info().centre == "south"
    assert box.itemData(box.currentIndex) == "south" and box.itemText(0) == "choose the centre"
    panel.advise()
    assert "centre" not in said(panel)


def test_a_model_that_does_not_ask_leaves_the_centre_as_it_is(at_clinical):
    choose(at_clinical, "clinical_portal_vein_invasion", "absent")
    click(at_clinical, "saveClinicalButton")
    assert at_clinical.case.load_info().centre == "Centre 2"


@pytest.mark.parametrize("typed", ["7", "old", "1e9"])
def test_a_value_that_cannot_be_is_refused_with_its_range_and_nothing_is_saved(at_clinical, typed):
    panel = at_clinical
    before = panel.case.info_path.read_bytes()
    widget(panel, "clinical_age").text = typed
    widget(panel, "clinical_age").editingFinished.emit()
    click(panel, "saveClinicalButton")
    assert "from 18 to 110 years" in said(panel)
    assert panel.case.info_path.read_bytes() == before


def test_what_was_typed_is_saved_when_the_step_is_left(at_clinical):
    choose(at_clinical, "clinical_sex", "female")
    at_clinical.ui.nextButton.click()
    assert at_clinical.case.load_info().clinical["sex"] == "female"


def test_another_bundle_is_asked_anew_and_goes_into_every_later_command(at_clinical, tmp_path):
    panel = at_clinical
    widget(panel, "bundlePath").setCurrentPath(str(tmp_path / "mine.zip"))
    assert panel.query.last[-1] == str(tmp_path / "mine.zip")
    panel.query.finish(3, "the model bundle does not exist")
    assert "does not exist" in widget(panel, "bundleLabel").text
    for name in ("features", "result", "report"):
        command = panel.steps[name].command()
        assert command[command.index("--bundle") + 1] == str(tmp_path / "mine.zip")


def test_without_a_case_nothing_can_be_noted(a_quiet_panel):
    a_quiet_panel.goTo("clinical")
    a_quiet_panel.steps["clinical"].save()
    assert "Open a case" in said(a_quiet_panel)
    assert not widget(a_quiet_panel, "mrecistGroup").enabled


def test_two_readers_who_agree_give_the_result_and_neither_sees_the_other_before(at_clinical):
    panel = at_clinical
    answer(panel, "reader-1", "PR")
    assert "PR" not in widget(panel, "mrecistState").text and "reader-1" in widget(panel, "mrecistState").text
    box = widget(panel, "mrecistCategory")
    assert widget(panel, "mrecistReader").text == "" and box.itemData(box.currentIndex) == ""
    click(panel, "saveMrecistButton")
    assert "Choose the response" in said(panel)
    assert panel.case.load_info().clinical["mrecist"] is None  # open until the second has answered
    answer(panel, "reader-2", "PR")
    assert panel.case.load_info().clinical["mrecist"] == "PR"
    assert "Result: PR" in widget(panel, "mrecistState").text
    assert not widget(panel, "ruleMrecistButton").enabled


def test_where_they_differ_an_adjudicator_rules_and_only_then(at_clinical):
    panel = at_clinical
    answer(panel, "reader-1", "PR")
    answer(panel, "reader-2", "PD")
    assert "an adjudicator is needed" in widget(panel, "mrecistState").text
    answer(panel, "reader-2", "SD", "ruleMrecistButton")
    assert "one of the two readers" in said(panel)
    answer(panel, "reader-9", "PD", "ruleMrecistButton")
    assert panel.case.load_info().clinical["mrecist"] == "PD"
    assert "Ruled by reader-9" in widget(panel, "mrecistState").text


def test_a_third_reader_and_a_name_are_refused(at_clinical):
    panel = at_clinical
    answer(panel, "Dr. Doe", "SD")
    assert "pseudonym" in said(panel)
    for reader in ("reader-1", "reader-2"):
        answer(panel, reader, "SD")
    answer(panel, "reader-3", "SD")
    assert "have answered" in said(panel)
