"""The panel with real child processes on a patient of full size: long, so not in the default suite."""

from __future__ import annotations

import os
import signal

import pytest

from LWCTRLogic.case import Case
from LWCTRLogic.case_state import step_states
from Testing.slicer.panel_tools import click, widget

pytestmark = pytest.mark.slow


@pytest.fixture
def a_made_patient(a_panel, wait_until, tmp_path):
    """The panel with a simulated patient that its own command made."""
    panel, folder = a_panel.panel, tmp_path / "patient é 1"
    widget(panel, "caseFolder").setCurrentPath(str(folder))
    click(panel, "demoButton")
    wait_until(lambda: not panel.runner.running and panel.case is not None, 600)
    panel.goTo("segment")
    return panel


def at_a_tile(panel):
    """Whether the network is at work, in the worker under the command."""
    return "tile" in panel.ui.runLabel.text


@pytest.mark.parametrize("end", ["cancelled", "killed", "scene closed"])
def test_a_segmentation_that_ends_early_loses_nothing_and_goes_on_the_next_time(
    a_made_patient, a_slicer, wait_until, end
):
    panel = a_made_patient
    folder = panel.case.folder
    click(panel, "segmentButton")
    wait_until(lambda: at_a_tile(panel) and panel.box.fraction > 0.25, 600)  # the first scan is done
    if end == "cancelled":
        panel.ui.cancelButton.click()
    elif end == "killed":
        os.kill(panel.runner.processId, signal.SIGKILL)
    else:
        a_slicer.mrmlScene.Clear()
    wait_until(lambda: not panel.runner.running, 60)
    a_slicer.app.processEvents()
    case = Case(folder)
    kept = case.current_mask("pre_A").read_bytes()
    assert case.current_mask("post_V") is None
    if end == "scene closed":
        assert panel.openCase(folder)
        panel.goTo("segment")
    click(panel, "segmentButton")
    wait_until(lambda: not panel.runner.running, 900)
    assert step_states(case)["segment"].state == "done", panel.ui.statusLabel.text
    assert case.current_mask("pre_A").read_bytes() == kept
    assert panel.scene.maskNode("post_V") is not None


def test_slicers_own_self_test_of_the_module_passes(a_module):
    a_module.LWCTRTest("test_a_simulated_patient_gets_a_report").runTest()
