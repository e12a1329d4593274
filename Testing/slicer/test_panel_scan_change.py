"""Step 1 after the import: the choice of scans is changed, and what depends on it is marked out of date."""

from __future__ import annotations

import pytest

from LWCTRLogic import files
from LWCTRLogic.case import Case
from LWCTRLogic.reading.session import open_reading
from Testing.dicom_phantoms import torso, write_series
from Testing.report_cases import abdomen
from Testing.slicer.panel_tools import click, run_command, said, widget


def choose(panel, **words):
    """Choose scans as a user does, one selector after the other."""
    for volume, word in words.items():
        box = widget(panel, f"scan_{volume}")
        assert box.findData(word) >= 0, [box.itemText(index) for index in range(box.count)]
        box.setCurrentIndex(box.findData(word))
        box.activated.emit(box.currentIndex)


def finish(panel):
    """Let the command run that the panel started, and the check after it."""
    code, events, told = run_command(panel.runner.last)
    assert code == 0, told
    for event in events:
        panel.runner.onEvent(event)
    panel.runner.finish()
    assert panel.runner.last[:2] == ["check", str(panel.case.folder)]
    panel.runner.finish()


@pytest.fixture
def changing(an_open_case):
    """The panel with its choice of scans opened."""
    click(an_open_case, "changeScansButton")
    assert "press Change the scans" in said(an_open_case)
    return an_open_case


def test_exchanged_phases_are_shown_with_their_masks_and_the_rest_is_out_of_date(changing):
    panel = changing
    for name in ("features.parquet", "prediction.json", "report.html"):
        files.write_text(panel.case.folder / name, "{}")
    panel.setAlignment({"pre_A": 1.0, "post_A": 2.0})
    before = {volume: panel.case.current_mask(volume).name for volume in ("pre_A", "pre_V")}
    assert not widget(panel, "applyScansButton").enabled
    choose(panel, pre_A="pre_V", pre_V="pre_A")
    assert widget(panel, "reason_pre_A").text.startswith("until now Baseline, portal venous; day -12")
    click(panel, "applyScansButton")
    assert panel.runner.last[:6] == ["assign", str(panel.case.folder), "--pre-A", "pre_V", "--pre-V", "pre_A"]
    finish(panel)
    assert panel.case.current_mask("pre_A").name == before["pre_V"]
    assert panel.scene.maskNode("pre_A").GetAttribute("LWCTR.version") == before["pre_V"]
    assert {panel.states[name][0] for name in ("features", "result", "report")} == {"attention"}
    assert panel.alignment() == {"post_A": 2.0}
    assert widget(panel, "changeScansButton").text == "Choose other scans"
    assert not widget(panel, "scan_pre_A").visible


def test_a_scan_is_put_aside_with_its_mask_and_brought_back(changing):
    panel = changing
    mask = files.sha256(panel.case.current_mask("post_V"))
    choose(panel, post_V="none")
    click(panel, "applyScansButton")
    finish(panel)
    assert panel.case.volumes() == ["pre_A", "pre_V", "post_A"]
    assert panel.scene.volumeNode("post_V") is None
    click(panel, "changeScansButton")
    box = widget(panel, "scan_post_V")
    assert box.itemText(box.findData("0001_post_V")) == "Put aside 1: Follow-up, portal venous"
    choose(panel, post_V="0001_post_V")
    assert "day +51 from the first dose" in widget(panel, "reason_post_V").text
    click(panel, "applyScansButton")
    finish(panel)
    assert files.sha256(panel.case.current_mask("post_V")) == mask
    assert panel.scene.maskNode("post_V") is not None


def test_another_series_of_a_folder_is_taken_and_the_one_before_is_put_aside(changing, tmp_path):
    panel = changing
    write_series(tmp_path / "dicom", torso("portal"), date="20240520", number=4, description="portal")
    widget(panel, "dicomFolder").setCurrentPath(str(tmp_path / "dicom"))
    click(panel, "lookButton")
    code, events, told = run_command(panel.runner.last)
    assert code == 0, told
    for event in events:
        panel.runner.onEvent(event)
    panel.runner.finish()
    choose(panel, post_V="1")
    assert "portal venous" in widget(panel, "reason_post_V").text
    command = panel.steps["patient"].command()
    assert command[-4:] == ["--post-V", "1", "--from", str(tmp_path / "dicom")]
    click(panel, "applyScansButton")
    finish(panel)
    assert panel.case.load_info().scans["post_V"].reason.startswith("chosen by the user")
    assert panel.case.current_mask("post_V") is None and panel.scene.maskNode("post_V") is None
    assert panel.states["segment"] == ("attention", "without a liver mask: post_V")
    assert (panel.case.folder / "aside" / "0001_post_V" / "masks").is_dir()
    assert "day unknown" in widget(panel, "reason_post_V").text


def test_a_loaded_volume_takes_the_place_of_a_scan(changing, a_slicer):
    from LWCTRWidgets import SceneImages

    panel = changing
    node = a_slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    SceneImages.fillVolume(node, abdomen(seed=9)[0])
    widget(panel, "loaded_post_A").setCurrentNode(node)
    click(panel, "takeLoadedButton")
    assert panel.runner.last[2:3] == ["--post-A"] and panel.runner.last[3].endswith("lwctr-post_A.nrrd")
    finish(panel)
    assert (panel.case.folder / "aside" / "0001_post_A" / "image.nii.gz").is_file()


def test_a_scan_for_two_volumes_cannot_be_applied(changing):
    choose(changing, pre_A="pre_V")
    assert "is chosen twice" in said(changing)
    assert not widget(changing, "applyScansButton").enabled


def test_the_choice_can_be_left_without_a_change(changing):
    choose(changing, pre_A="none")
    click(changing, "changeScansButton")
    assert changing.runner.started == [] and not widget(changing, "scan_pre_A").visible
    click(changing, "changeScansButton")
    assert widget(changing, "scan_pre_A").itemData(widget(changing, "scan_pre_A").currentIndex) == "pre_A"
    changing.steps["patient"].change.apply()
    assert "Nothing was changed" in said(changing)


def test_a_refusal_is_told_and_the_choice_stays(changing):
    panel = changing
    choose(panel, pre_A="post_A", post_A="pre_A")
    click(panel, "applyScansButton")
    code, _, error = run_command(panel.runner.last)
    assert code == 3 and "not later than the baseline" in error
    panel.runner.finish(code, error)
    assert "not later than the baseline" in said(panel)
    assert widget(panel, "scan_pre_A").visible and Case(panel.case.folder).load_info().scans["pre_A"].day == 0


def test_the_scans_stay_while_a_reading_is_open(an_open_case):
    panel = an_open_case
    session = open_reading(panel.case, "pre_A", "reader-1")
    panel.refresh()
    click(panel, "changeScansButton")
    assert "Close the reading first" in said(panel)
    session.close()


def test_another_case_is_not_opened_in_the_middle_of_a_choice(changing, tmp_path):
    from Testing.report_cases import make_case

    other = make_case(tmp_path / "other", ("pre_A",), masks=False)
    changing.openCase(other.folder)
    assert not widget(changing, "scan_pre_A").visible
