"""Step 2: models, estimate, the run, a mask made elsewhere."""

from __future__ import annotations

import pytest
import SimpleITK as sitk

from LWCTRLogic.imaging.masks import write_mask
from Testing.report_cases import make_case
from Testing.slicer.panel_tools import click, run_command, said, widget


@pytest.fixture
def at_segment(an_open_case):
    an_open_case.goTo("segment")
    return an_open_case


def test_without_a_case_every_button_says_so(a_quiet_panel):
    a_quiet_panel.goTo("segment")
    for name in ("segmentButton", "estimateButton"):
        click(a_quiet_panel, name)
        assert "Open a case" in said(a_quiet_panel)
    click(a_quiet_panel, "existingButton")
    assert "\u26a0" in said(a_quiet_panel)
    assert a_quiet_panel.runner.started == []


def test_the_models_of_this_computer_are_offered_and_the_choice_is_kept_in_the_scene(at_segment):
    panel = at_segment
    assert panel.query.last[:1] == ["models"]
    for name, source in (("liver-phantom-nnunet", "bundled"), ("my-liver", "file.zip")):
        panel.query.onEvent({"event": "model", "kind": "nnunet", "name": name, "source": source})
    panel.query.onEvent({"event": "model", "kind": "prediction", "name": "lwctr-demo", "source": "bundled"})
    panel.query.finish()
    box = widget(panel, "modelSelector")
    offered = [box.itemData(index) for index in range(box.count)]
    assert offered == ["liver-phantom-nnunet", "my-liver", "totalsegmentator"]
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert panel.parameters.model == "totalsegmentator"
    assert "large tumours" in widget(panel, "modelNote").text
    device = widget(panel, "deviceSelector")
    device.setCurrentIndex(1)
    device.activated.emit(1)
    assert panel.steps["segment"].command()[-4:] == ["--model", "totalsegmentator", "--device", "cpu"]


def test_the_run_goes_up_to_the_checks_and_shows_the_masks_in_the_scene(a_quiet_panel, tmp_path):
    case = make_case(tmp_path / "unmasked", masks=False)
    panel = a_quiet_panel
    panel.openCase(case.folder)
    panel.goTo("segment")
    assert "no mask yet" in widget(panel, "masksLabel").text
    click(panel, "segmentButton")
    assert panel.runner.last[:4] == ["run", str(case.folder), "--until", "check"]
    assert panel.box.expected == ("pre_A", "pre_V", "post_A", "post_V")
    made = make_case(tmp_path / "other")
    for volume in case.volumes():
        path = case.new_mask_path(volume, "auto")
        write_mask(sitk.ReadImage(str(made.current_mask(volume))), path)
        case.set_current_mask(volume, path)
        after = {"pre_A": "pre_V", "pre_V": "post_A"}.get(volume)
        if after is not None:
            tile = {"event": "progress", "step": f"segment {after}", "done": 0, "total": 6}
            panel.runner.onEvent(tile)
            assert widget(panel, "masksLabel").text.count("found by a model") == (
                1 if after == "pre_V" else 2
            )
    panel.runner.finish()
    assert panel.scene.maskNode("post_V") is not None
    assert "found by a model" in widget(panel, "masksLabel").text
    assert panel.states["segment"][0] == "done"


def test_the_estimate_adds_up_the_scans_and_names_the_largest_memory(at_segment):
    panel = at_segment
    panel.query.finish()
    click(panel, "estimateButton")
    assert "--estimate" in panel.query.last
    for volume, seconds, memory in (("pre_A", 90, 2e9), ("pre_V", 150, 3.4e9)):
        panel.query.onEvent({"event": "estimate", "volume": volume, "seconds": seconds, "peak_bytes": memory})
    assert widget(panel, "estimateLabel").text == "2 scans: about 4 min on the processor, 3.4 GB memory"
    panel.query.finish()
    click(panel, "estimateButton")
    panel.query.finish(3, "no model is called 'x'")
    assert widget(panel, "estimateLabel").text == "no model is called 'x'"
    panel.parameters.model = "totalsegmentator"
    panel.refresh()
    click(panel, "estimateButton")
    assert "No estimate for TotalSegmentator" in widget(panel, "estimateLabel").text


def test_a_mask_made_elsewhere_is_taken_for_one_scan(at_segment, tmp_path):
    panel = at_segment
    click(panel, "existingButton")
    assert "Choose a mask file" in said(panel)
    drawn = tmp_path / "drawn.seg.nrrd"
    drawn.write_bytes(panel.case.current_mask("post_V").read_bytes())
    box = widget(panel, "existingVolume")
    box.setCurrentIndex(box.findData("post_V"))
    widget(panel, "existingFile").setCurrentPath(str(drawn))
    click(panel, "existingButton")
    assert panel.runner.last[2:6] == ["--volume", "post_V", "--mask", str(drawn)]
    assert run_command(panel.runner.last)[0] == 0
    panel.runner.finish()
    assert "Follow-up, portal venous: taken from a file" in widget(panel, "masksLabel").text
    assert "existing" in panel.scene.maskNode("post_V").GetAttribute("LWCTR.version")


def test_a_killed_segmentation_leaves_the_case_as_it_was(at_segment):
    panel = at_segment
    before = {path: path.read_bytes() for path in panel.case.folder.rglob("*") if path.is_file()}
    click(panel, "segmentButton")
    panel.runner.finish(137, "The process was ended from outside, most often because memory ran out.")
    after = {path: path.read_bytes() for path in panel.case.folder.rglob("*") if path.is_file()}
    assert after == before
    assert "memory" in said(panel) and panel.states["segment"][0] == "done"
