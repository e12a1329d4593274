"""Step 3: the readings of a worklist."""

from __future__ import annotations

import pytest
import SimpleITK as sitk

from Testing.slicer.panel_tools import click, run_command, said, widget


@pytest.fixture
def a_worklist(an_open_case, a_case, tmp_path):
    """The panel with a worklist in which reader-2 reads every scan of the case once."""
    from LWCTRLogic.reading.worklist import ReaderPlan, plan, write_worklist

    write_worklist(plan([a_case], [ReaderPlan("reader-2")], start="empty"), tmp_path / "worklist.csv")
    an_open_case.goTo("correct")
    an_open_case.parameters.reader = "reader-2"
    widget(an_open_case, "worklistFile").setCurrentPath(str(tmp_path / "worklist.csv"))
    return an_open_case


def answer(panel):
    """Run the question that the panel asked, as its child would."""
    _code, events, error = run_command(panel.query.last)
    assert not error
    for event in events:
        panel.query.onEvent(event)
    panel.query.finish()


def test_the_next_reading_of_a_worklist_opens_with_nothing_of_the_case_to_be_seen(a_worklist, a_slicer):
    panel = a_worklist
    click(panel, "nextReadingButton")
    answer(panel)
    reading = panel.steps["correct"].reading
    assert (reading.state.reader, reading.state.start) == ("reader-2", "empty") and panel.blinded
    assert sitk.GetArrayFromImage(panel.scene.maskImage(reading.volume)).sum() == 0
    assert len(a_slicer.util.getNodesByClass("vtkMRMLSegmentationNode")) == 1
    assert "0 of 4" in widget(panel, "worklistState").text
    click(panel, "nextReadingButton")
    assert "close the open reading" in said(panel)
    panel.steps["correct"].sceneClosed()
    click(panel, "nextReadingButton")  # left open: it is the next one still
    answer(panel)
    assert panel.steps["correct"].reading.volume == reading.volume
    panel.steps["correct"].sceneClosed()


def test_a_worklist_with_nothing_left_or_nothing_chosen_says_so(a_worklist):
    panel = a_worklist
    panel.steps["correct"].worklist._onNext({"event": "next", "item": None, "due": "", "done": 4, "total": 4})
    assert "Nothing is left" in said(panel)
    panel.steps["correct"].worklist._onNext(
        {"event": "next", "item": None, "due": "2027-01-02", "done": 2, "total": 4}
    )
    assert "before 2027-01-02" in said(panel)
    widget(panel, "worklistFile").setCurrentPath("")
    click(panel, "nextReadingButton")
    assert "Choose a worklist" in said(panel)
