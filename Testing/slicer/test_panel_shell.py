"""The shell: steps, status line, one command at a time, a scene that closes, a module that goes."""

from __future__ import annotations

import pytest

from LWCTRLogic.reading.session import open_reading
from Testing.slicer.panel_tools import Runner, click, said, widget

STEPS = ["patient", "segment", "correct", "features", "clinical", "result", "report"]


def test_next_and_back_walk_through_the_seven_steps_and_stop_at_both_ends(an_open_case):
    panel = an_open_case
    seen = [panel.current]
    while panel.ui.nextButton.enabled:
        panel.ui.nextButton.click()
        seen.append(panel.current)
        shown = [name for name, step in panel.steps.items() if step.section.visible]
        assert shown == [panel.current]
    assert seen == STEPS
    while panel.ui.backButton.enabled:
        panel.ui.backButton.click()
    assert panel.current == "patient"


def test_every_step_says_what_to_do_without_a_case_and_with_one(a_quiet_panel, a_case):
    assert not a_quiet_panel.ui.noticeLabel.visible  # nothing to notice before there is a score
    for name in STEPS:
        a_quiet_panel.goTo(name)
        assert said(a_quiet_panel), name
        without = said(a_quiet_panel)
        assert a_quiet_panel.steps[name].command() == [] or name == "clinical"
    a_quiet_panel.openCase(a_case.folder)
    for name in STEPS:
        a_quiet_panel.goTo(name)
        assert said(a_quiet_panel) and said(a_quiet_panel) != without
        assert a_quiet_panel.steps[name].command(), name


def test_the_step_list_tells_done_current_and_attention_by_words_too(an_open_case):
    panel = an_open_case
    buttons = panel.list.buttons
    assert "done" in buttons["patient"].toolTip
    assert "not done yet" in buttons["result"].toolTip
    buttons["segment"].click()
    assert panel.current == "segment" and buttons["segment"].checked and not buttons["patient"].checked
    panel.case.image_path("pre_A").unlink()
    panel.refresh()
    assert "needs attention" in buttons["patient"].toolTip and "pre_A" in buttons["patient"].toolTip


def test_a_step_is_opened_by_its_number(an_open_case):
    keys = [button.shortcut.toString() for button in an_open_case.list.buttons.values()]
    assert keys == [f"Alt+{number}" for number in range(1, 8)]


def test_every_control_has_a_tool_tip(a_quiet_panel):
    import qt

    window = a_quiet_panel.ui.stepArea.window()
    kinds = (
        qt.QPushButton, qt.QCheckBox, qt.QComboBox, qt.QLineEdit, qt.QSpinBox, qt.QTableView, qt.QListWidget,
    )  # fmt: skip
    found = [one for kind in kinds for one in window.findChildren(kind) if one.objectName]
    ours = [one for one in found if not one.objectName.startswith("qt_")]  # parts of Qt's own widgets
    assert len(ours) > 60
    assert [one.objectName for one in ours if not (one.toolTip or one.parent().toolTip)] == []


def test_no_two_shortcuts_are_equal_where_both_can_be_seen(a_quiet_panel):
    import qt

    shell = [a_quiet_panel.ui.backButton, a_quiet_panel.ui.nextButton, a_quiet_panel.ui.cancelButton]
    shell += [
        a_quiet_panel.ui.copyCommandButton,
        a_quiet_panel.ui.setupButton,
        *a_quiet_panel.list.buttons.values(),
    ]
    for step in a_quiet_panel.steps.values():
        here = [*shell, *step.section.findChildren(qt.QPushButton)]
        keys = [one.shortcut.toString() for one in here if not one.shortcut.isEmpty()]
        assert len(keys) == len(set(keys)), step.name


# ---- commands ------------------------------------------------------------------------------------------------
def test_a_command_shows_its_progress_over_all_scans_and_the_time_left(an_open_case, monkeypatch):
    panel, now = an_open_case, [0.0]
    monkeypatch.setattr(panel.box, "clock", lambda: now[0])
    panel.run(["run", panel.case.folder], "Finding the liver", expected=["pre_A", "pre_V"])
    assert panel.ui.runFrame.visible and panel.ui.runBar.maximum == 0  # busy, until it is known
    assert panel.runner.last[-2:] == ["--progress", "json"]

    def tell(step, done, total, message=""):
        panel.runner.onEvent(
            {"event": "progress", "step": step, "done": done, "total": total, "message": message}
        )

    tell("import", 3, 4, "post_V")  # everything is there: this must not look like three quarters of the work
    assert panel.ui.runBar.maximum == 0 and "import – Follow-up, portal venous" in said(panel).replace(
        "\u2013", "–"
    )
    tell("segment pre_A", 0, 4)
    now[0] = 30.0
    tell("segment pre_A", 4, 4, "tile 4 of 4")
    assert panel.ui.runBar.value == 500
    assert "tile 4 of 4" in said(panel) and "Baseline, arterial" in said(panel)
    assert "less than a minute" in panel.ui.runTimeLabel.text
    now[0] = 600.0
    tell("segment pre_V", 1, 4)
    assert panel.ui.runBar.value == 625
    assert panel.ui.runTimeLabel.text == "about 6 min left"
    panel.runner.finish()
    assert not panel.ui.runFrame.visible and "done" in said(panel)


def test_no_second_command_starts_while_one_runs_and_its_buttons_are_closed(an_open_case):
    panel = an_open_case
    panel.goTo("segment")
    click(panel, "segmentButton")
    assert not widget(panel, "segmentButton").enabled
    assert panel.run(["check", panel.case.folder], "Checking") is False
    assert len(panel.runner.started) == 1
    panel.ui.nextButton.click()  # one may still look around
    assert panel.current == "correct"
    panel.runner.finish()
    assert widget(panel, "segmentButton").enabled


def test_cancel_stops_the_command_and_says_that_nothing_is_lost(an_open_case):
    panel = an_open_case
    panel.goTo("segment")
    click(panel, "segmentButton")
    panel.ui.cancelButton.click()
    assert "cancelled" in said(panel) and "kept" in said(panel)
    assert widget(panel, "segmentButton").enabled


@pytest.mark.parametrize("code", [1, 3, 137])
def test_a_failed_command_is_told_in_its_own_words_and_the_panel_goes_on(an_open_case, code):
    panel = an_open_case
    panel.goTo("features")
    click(panel, "extractButton")
    panel.runner.finish(code, "the mask of pre_A is empty.")
    assert "the mask of pre_A is empty" in said(panel) and "\u26a0" in said(panel)
    assert widget(panel, "extractButton").enabled


def test_something_to_install_opens_the_set_up_page(an_open_case):
    panel = an_open_case
    panel.goTo("segment")
    click(panel, "segmentButton")
    panel.runner.finish(4, "nnunetv2 is not installed.")
    assert panel.setup.section.visible and panel.ui.setupButton.checked
    panel.ui.setupButton.click()
    assert not panel.setup.section.visible and panel.steps["segment"].section.visible


def test_warnings_of_a_command_are_told_at_its_end_and_all_of_them_in_the_tool_tip(an_open_case):
    panel = an_open_case
    for texts, shown in ((["dark"], "done. Warning: dark"), (["dark", "thick", "dark"], "And 1 more")):
        panel.run(["check", panel.case.folder], "Checking")
        for text in texts:
            panel.runner.onEvent({"event": "warning", "text": text})
        panel.runner.finish()
        assert shown in said(panel)
    assert panel.ui.statusLabel.toolTip.splitlines() == ["\u26a0 dark", "\u26a0 thick"]
    panel.advise()
    assert panel.ui.statusLabel.toolTip.startswith("What is happening")


def test_copy_command_gives_what_a_user_would_type(an_open_case, a_slicer):
    panel = an_open_case
    panel.goTo("features")
    panel.ui.copyCommandButton.click()
    copied = a_slicer.app.clipboard().text()
    assert copied.startswith("lwctr run ") and "--until extract" in copied and "é 1" in copied
    assert "--progress" not in copied


def test_small_questions_come_one_after_the_other(a_quiet_panel):
    answers = []
    a_quiet_panel.ask(["models", "list"], answers.append)
    a_quiet_panel.ask(["models", "show"], answers.append, answers.append)
    assert a_quiet_panel.query.started == [["models", "list"]]
    a_quiet_panel.query.onEvent({"event": "model"})
    a_quiet_panel.query.finish()
    assert a_quiet_panel.query.last == ["models", "show"]
    a_quiet_panel.query.finish(3, "no such bundle")
    assert answers == [{"event": "model"}, "no such bundle"]


# ---- the case, the scene, the module -------------------------------------------------------------------------
def test_a_folder_that_is_no_case_is_refused_in_words(a_quiet_panel, tmp_path):
    assert not a_quiet_panel.openCase(tmp_path)
    assert "holds no case.json" in said(a_quiet_panel)


def test_a_damaged_case_file_is_told_and_nothing_breaks(an_open_case):
    an_open_case.case.info_path.write_text("{", encoding="utf-8")
    an_open_case.refresh()
    assert "not valid JSON" in said(an_open_case)


def test_closing_the_scene_in_mid_run_stops_the_command_and_leaves_the_case_usable(
    an_open_case, a_slicer, a_case
):
    panel = an_open_case
    panel.goTo("segment")
    click(panel, "segmentButton")
    a_slicer.mrmlScene.Clear()
    a_slicer.app.processEvents()
    assert panel.runner.stopped == 1 and not panel.runner.running
    assert panel.case is None and panel.current == "patient"
    assert not panel.ui.runFrame.visible
    assert panel.openCase(a_case.folder) and panel.states["segment"][0] == "done"


def test_closing_the_module_in_mid_run_stops_the_command(a_slicer, a_module, a_case):
    shell = a_slicer.modules.lwctr.widgetRepresentation()
    python = shell.self()
    panel = python.panel
    panel.runner = Runner()
    panel.openCase(a_case.folder)
    panel.run(["check", panel.case.folder], "Checking")
    python.cleanup()
    assert panel.runner.stopped == 1
    a_slicer.mrmlScene.Clear()  # no observer is left that could be called
    a_slicer.app.processEvents()


def test_going_to_another_module_and_back_shows_the_case_as_it_is_now(a_panel, a_quiet_panel, a_case):
    a_quiet_panel.openCase(a_case.folder)
    a_panel.exit()
    newer = a_case.new_mask_path("pre_A", "reader-5")
    newer.write_bytes(a_case.current_mask("pre_A").read_bytes())
    a_case.set_current_mask("pre_A", newer)
    a_panel.enter()
    assert newer.name in said(a_quiet_panel)
    assert a_quiet_panel.scene.maskNode("pre_A").GetAttribute("LWCTR.version") == newer.name


def test_while_a_reading_is_open_no_score_and_no_outcome_can_be_reached(an_open_case):
    panel = an_open_case
    panel.goTo("correct")
    click(panel, "openReadingButton")
    assert [panel.states[name][0] for name in STEPS[3:]] == ["locked"] * 4
    assert not panel.ui.nextButton.enabled
    panel.goTo("result")
    assert panel.current == "correct" and "Close the reading first" in said(panel)
    assert not panel.list.buttons["report"].enabled
    panel.steps["correct"].sceneClosed()


def test_a_reading_that_another_program_left_open_hides_the_score_too(an_open_case, a_case):
    other = open_reading(a_case, "pre_A", "reader-2")
    an_open_case.refresh()
    assert an_open_case.states["result"][0] == "locked"
    an_open_case.goTo("result")
    assert an_open_case.current == "patient" and "Another program" in said(an_open_case)
    other.leave()
    an_open_case.goTo("result")
    assert an_open_case.current == "patient" and "resume it or give it up" in said(an_open_case)
