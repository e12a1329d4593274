"""Step 1: choosing a case, looking for scans, changing the proposal, taking loaded volumes, the views."""

from __future__ import annotations

import pytest

from LWCTRLogic.case import VOLUMES, Case, CaseInfo
from LWCTRLogic.findings import Finding, write_findings
from Testing.report_cases import abdomen
from Testing.slicer.panel_tools import click, run_command, said, widget

SEEN = {"what": "series 3", "slices": 80, "spacing_mm": 2.5, "day": 0, "timepoint": "pre", "problem": ""}
SCANS = [
    {**SEEN, "number": 1, "phase": "arterial", "use_as": "pre_A", "reason": "the aorta has 310 HU"},
    {**SEEN, "number": 2, "phase": "portal venous", "use_as": "pre_V", "reason": "the liver has 110 HU"},
    {
        **SEEN,
        "number": 3,
        "phase": "undetermined",
        "use_as": "",
        "reason": "",
        "problem": "3 slices are missing",
    },
]


def test_a_path_that_depends_on_where_slicer_was_started_is_refused(a_quiet_panel):
    widget(a_quiet_panel, "caseFolder").setCurrentPath("patients/7")
    for name in ("openCaseButton", "demoButton"):
        click(a_quiet_panel, name)
        assert "no whole path" in said(a_quiet_panel) and a_quiet_panel.runner.started == []


def test_a_file_is_no_case_folder(a_quiet_panel, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear colleague", encoding="utf-8")
    widget(a_quiet_panel, "caseFolder").setCurrentPath(str(tmp_path / "letter.txt"))
    for name in ("openCaseButton", "demoButton", "takeLoadedButton"):
        click(a_quiet_panel, name)
        assert "letter.txt is a file" in said(a_quiet_panel)
    assert a_quiet_panel.runner.started == []


@pytest.fixture
def a_proposal(a_quiet_panel, tmp_path):
    """The panel after it looked into a folder with three scans, one of them damaged."""
    panel = a_quiet_panel
    widget(panel, "dicomFolder").setCurrentPath(str(tmp_path))
    widget(panel, "caseFolder").setCurrentPath(str(tmp_path / "new case"))
    click(panel, "lookButton")
    panel.runner.onEvent({"event": "scan", "scans": SCANS, "remarks": ["1 more examination day"]})
    panel.runner.finish()
    return panel


def test_scans_that_were_found_are_to_be_looked_through_next(a_proposal):
    assert "3 scans found" in said(a_proposal) and "Look through the proposal" in said(a_proposal)


def test_a_scan_that_cannot_be_used_is_named_with_the_reason(a_proposal, a_case):
    words = widget(a_proposal, "unusableScans")
    assert words.visible and "Scan 3 (series 3) cannot be used: 3 slices are missing" in words.text
    assert "1 of them cannot be used" in said(a_proposal)
    assert a_proposal.openCase(a_case.folder) and not words.visible
    click(a_proposal, "changeScansButton")
    assert not words.visible
    widget(a_proposal, "dicomFolder").setCurrentPath(str(a_case.folder))
    click(a_proposal, "lookButton")
    a_proposal.runner.onEvent({"event": "scan", "scans": SCANS})
    a_proposal.runner.finish()
    assert words.visible and "3 slices are missing" in words.text


def test_nothing_can_be_done_before_a_folder_is_chosen(a_quiet_panel):
    for name in ("openCaseButton", "demoButton", "lookButton", "takeLoadedButton"):
        click(a_quiet_panel, name)
        assert "\u26a0" in said(a_quiet_panel) and "folder" in said(a_quiet_panel), name
    assert a_quiet_panel.runner.started == []


def test_open_shows_the_case_and_its_scans_with_the_reasons(a_quiet_panel, a_case, a_slicer):
    widget(a_quiet_panel, "caseFolder").setCurrentPath(str(a_case.folder))
    click(a_quiet_panel, "openCaseButton")
    assert a_quiet_panel.parameters.caseId == "LWCTR-0042"
    assert (
        "day +51 from the first dose; series tags name the phase"
        in widget(a_quiet_panel, "reason_post_V").text
    )
    assert len(a_slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")) == 4
    assert not a_quiet_panel.steps["patient"].importBox.visible


@pytest.mark.parametrize("name", ["findings.json", "manifest.json"])
def test_a_case_with_a_damaged_file_is_not_opened_and_says_which(a_quiet_panel, a_case, name):
    (a_case.folder / name).write_bytes(b"{not json")
    assert not a_quiet_panel.openCase(a_case.folder)
    assert a_quiet_panel.case is None and f"{name} is not valid JSON" in said(a_quiet_panel)


def test_the_path_of_a_case_json_opens_its_case(a_quiet_panel, a_case):
    widget(a_quiet_panel, "caseFolder").setCurrentPath(str(a_case.info_path))
    click(a_quiet_panel, "openCaseButton")
    assert a_quiet_panel.case.folder == a_case.folder


def test_a_folder_without_a_case_says_how_one_is_made(a_quiet_panel, tmp_path):
    widget(a_quiet_panel, "caseFolder").setCurrentPath(str(tmp_path))
    click(a_quiet_panel, "openCaseButton")
    assert "no case in" in said(a_quiet_panel)


def test_a_simulated_patient_is_made_by_the_command_and_opened(a_quiet_panel, a_case):
    widget(a_quiet_panel, "caseFolder").setCurrentPath(str(a_case.folder))
    click(a_quiet_panel, "demoButton")
    assert a_quiet_panel.runner.last[:3] == ["demo", str(a_case.folder), "--make-only"]
    a_quiet_panel.runner.finish()
    assert a_quiet_panel.case is not None


def test_the_proposal_is_shown_with_its_reasons_and_only_usable_scans_can_be_chosen(a_proposal):
    panel = a_proposal
    assert "3 scans found" in said(panel) and "1 more examination day" in said(panel)
    assert "proposed: the aorta has 310 HU" in widget(panel, "reason_pre_A").text
    box = widget(panel, "scan_post_A")
    assert [box.itemData(index) for index in range(box.count)] == ["none", "1", "2"]
    assert "80 slices of 2.5 mm, day 0" in box.itemText(1)


def test_a_choice_of_the_user_goes_into_the_command_and_is_named_as_such(a_proposal, tmp_path):
    panel = a_proposal
    for volume, number in (("pre_V", "none"), ("post_V", "2")):
        box = widget(panel, f"scan_{volume}")
        box.setCurrentIndex(box.findData(number))
        box.activated.emit(box.currentIndex)
    assert "your choice; the proposal was portal venous" in widget(panel, "reason_post_V").text
    widget(panel, "caseIdEdit").text = "LW-7"
    widget(panel, "firstDoseEdit").text = "2024-03-05"
    click(panel, "createCaseButton")
    last = panel.runner.last
    assert last[:4] == ["scan", str(tmp_path), "--case", str(tmp_path / "new case")]
    pairs = dict(zip(last[5::2], last[6::2], strict=False))
    assert (pairs["--case-id"], pairs["--first-dose"]) == ("LW-7", "2024-03-05")
    assert (pairs["--pre-A"], pairs["--pre-V"], pairs["--post-A"], pairs["--post-V"]) == (
        "1",
        "none",
        "none",
        "2",
    )


def test_one_scan_for_two_volumes_is_refused_at_once(a_proposal):
    box = widget(a_proposal, "scan_post_A")
    box.setCurrentIndex(box.findData("1"))
    box.activated.emit(box.currentIndex)
    assert "Scan 1 is chosen twice" in said(a_proposal)
    assert not widget(a_proposal, "createCaseButton").enabled


def test_no_scan_at_all_and_a_date_that_is_none_are_refused(a_proposal):
    widget(a_proposal, "firstDoseEdit").text = "5 March"
    click(a_proposal, "lookButton")
    assert "is no date" in said(a_proposal)
    for volume in VOLUMES:
        widget(a_proposal, f"scan_{volume}").setCurrentIndex(0)
    click(a_proposal, "createCaseButton")
    assert "No scan is chosen" in said(a_proposal)
    assert len(a_proposal.runner.started) == 1


def test_loaded_volumes_become_a_case_by_the_import_command(a_quiet_panel, a_slicer, tmp_path):
    from LWCTRWidgets import SceneImages

    panel, folder = a_quiet_panel, tmp_path / "from loaded"
    nodes = []
    for index in range(2):
        node = a_slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", f"CT {index}")
        SceneImages.fillVolume(node, abdomen(seed=index)[0])
        nodes.append(node)
    widget(panel, "caseFolder").setCurrentPath(str(folder))
    widget(panel, "loaded_pre_A").setCurrentNode(nodes[0])
    widget(panel, "loaded_post_A").setCurrentNode(nodes[0])
    click(panel, "takeLoadedButton")
    assert "chosen twice" in said(panel)
    widget(panel, "loaded_post_A").setCurrentNode(nodes[1])
    widget(panel, "caseIdEdit").text = "LW-8"
    click(panel, "takeLoadedButton")
    assert run_command(panel.runner.last)[0] == 0
    panel.runner.finish()
    info = Case(folder).load_info()
    assert info.case_id == "LW-8" and list(info.scans) == ["pre_A", "post_A"]
    assert all(scan.source == "" for scan in info.scans.values())
    assert panel.runner.last[0] == "check"


def test_a_name_that_cannot_be_a_pseudonym_is_refused_in_words(a_quiet_panel, a_slicer, tmp_path):
    from LWCTRWidgets import SceneImages

    node = a_slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    SceneImages.fillVolume(node, abdomen()[0])
    widget(a_quiet_panel, "caseFolder").setCurrentPath(str(tmp_path / "x"))
    widget(a_quiet_panel, "loaded_pre_A").setCurrentNode(node)
    widget(a_quiet_panel, "caseIdEdit").text = "Doe, Jane"
    click(a_quiet_panel, "takeLoadedButton")
    assert "Use a pseudonym" in said(a_quiet_panel)
    assert a_quiet_panel.runner.started == []


def test_a_dropped_case_is_opened_and_a_dropped_folder_is_looked_into(a_quiet_panel, a_case, tmp_path):
    step = a_quiet_panel.steps["patient"]
    step.onDropped(str(tmp_path))
    assert a_quiet_panel.runner.last[:2] == ["scan", str(tmp_path)]
    a_quiet_panel.runner.finish()
    step.onDropped(str(a_case.info_path))
    assert a_quiet_panel.case is not None


def test_what_the_mouse_drops_on_the_place_is_taken_and_anything_but_files_is_not(a_quiet_panel, tmp_path):
    import qt

    place, middle = widget(a_quiet_panel, "dropPlace"), qt.QPoint(5, 5)

    def drop(data):
        arguments = (qt.Qt.CopyAction, data, qt.Qt.LeftButton, qt.Qt.NoModifier)
        entered = qt.QDragEnterEvent(middle, *arguments)
        qt.QApplication.sendEvent(place, entered)
        if entered.isAccepted():
            qt.QApplication.sendEvent(place, qt.QDropEvent(qt.QPointF(middle), *arguments))
        return entered.isAccepted()

    data = qt.QMimeData()
    data.setText("a sentence")
    assert not drop(data) and a_quiet_panel.runner.started == []
    data.setUrls([qt.QUrl.fromLocalFile(str(tmp_path)), qt.QUrl.fromLocalFile("/elsewhere")])
    assert drop(data) and a_quiet_panel.runner.last[:2] == ["scan", str(tmp_path)]


def test_check_runs_the_check_command(an_open_case):
    click(an_open_case, "checkButton")
    assert an_open_case.runner.last[:2] == ["check", str(an_open_case.case.folder)]


def test_a_warning_is_accepted_with_a_reason_and_only_with_one(an_open_case):
    panel = an_open_case
    write_findings(panel.case, [Finding("phase-unlikely", "The phase looks portal venous.", "pre_A")])
    panel.refresh()
    assert panel.states["patient"][0] == "attention"
    box = panel.steps["patient"].findings
    assert not box.acceptButton.enabled
    box.accept()
    assert "Choose a warning" in said(panel)
    box.list.setCurrentRow(0)
    box.reason.text = "late bolus"
    click(panel, "patientAcceptButton")
    assert panel.case.load_info().scans["pre_A"].accepted == {"phase-unlikely": "late bolus"}
    assert panel.states["patient"][0] == "done"
    assert "late bolus" in box.list.item(0).text()


# ---- views ---------------------------------------------------------------------------------------------------
def test_four_views_show_the_four_scans_for_the_liver(an_open_case, a_slicer):
    click(an_open_case, "fourViewsButton")
    for volume in VOLUMES:
        view = an_open_case.views.sliceNode(volume)
        composite = a_slicer.app.applicationLogic().GetSliceLogic(view).GetSliceCompositeNode()
        node = an_open_case.scene.volumeNode(volume)
        assert composite.GetBackgroundVolumeID() == node.GetID()
        assert (node.GetDisplayNode().GetWindow(), node.GetDisplayNode().GetLevel()) == (200, 45)


def test_scrolling_moves_the_others_by_the_height_of_the_liver_not_of_the_table(an_open_case):
    panel = an_open_case
    click(panel, "fourViewsButton")
    heights = {volume: panel.scene.liverHeight(volume) for volume in VOLUMES}
    panel.setAlignment({**heights, "post_A": heights["post_A"] + 40.0})
    panel.views.findHeights()
    panel.views.sliceNode("pre_A").SetSliceOffset(heights["pre_A"] + 10.0)
    offset = {volume: panel.views.sliceNode(volume).GetSliceOffset() for volume in VOLUMES}
    assert offset["post_A"] == pytest.approx(heights["post_A"] + 50.0)
    assert offset["post_V"] == pytest.approx(heights["post_V"] + 10.0)
    widget(panel, "linkBox").checked = False
    panel.views.sliceNode("pre_A").SetSliceOffset(heights["pre_A"])
    assert panel.views.sliceNode("post_V").GetSliceOffset() == pytest.approx(heights["post_V"] + 10.0)
    assert panel.parameters.linked is False


def test_align_here_takes_the_slices_shown_as_the_same_place(an_open_case):
    panel = an_open_case
    click(panel, "fourViewsButton")
    panel.views.setLinked(False)
    panel.views.sliceNode("post_V").SetSliceOffset(-33.0)
    click(panel, "alignButton")
    assert panel.alignment()["post_V"] == pytest.approx(-33.0)
    panel.views.setLinked(True)
    before = panel.views.sliceNode("pre_A").GetSliceOffset()
    panel.views.sliceNode("post_V").SetSliceOffset(-30.0)
    assert panel.views.sliceNode("pre_A").GetSliceOffset() == pytest.approx(before + 3.0)


def test_an_empty_case_has_no_views(a_quiet_panel, tmp_path):
    Case.create(tmp_path / "empty", CaseInfo("LW-1"))
    a_quiet_panel.openCase(tmp_path / "empty")
    assert not a_quiet_panel.steps["patient"].viewsBox.visible
    assert "nothing to show" in a_quiet_panel.views.showFour() or "0 scans" in a_quiet_panel.views.showFour()
