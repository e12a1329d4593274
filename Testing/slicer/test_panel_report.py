"""Step 7: report, preview, copies, the identified export, the study list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from LWCTRLogic import files
from LWCTRLogic.case import Case, CaseInfo
from Testing.report_cases import full_prediction, save_prediction
from Testing.slicer.panel_tools import blank_pictures, click, said, widget


@pytest.fixture
def at_report(an_open_case):
    an_open_case.goTo("report")
    return an_open_case


@pytest.fixture
def a_report(at_report):
    """The panel with a report that was written."""
    save_prediction(at_report.case, full_prediction())
    for suffix in ("html", "pdf"):
        files.write_text(at_report.case.folder / f"report.{suffix}", f"the {suffix}")
    at_report.refresh()
    return at_report


@pytest.fixture
def chosen_folder(tmp_path, monkeypatch):
    """What the user chooses in every folder dialog."""
    folder = tmp_path / "chosen"
    folder.mkdir()
    monkeypatch.setattr("qt.QFileDialog.getExistingDirectory", lambda *_: str(folder))
    return folder


def test_writing_runs_every_step_that_is_out_of_date_and_shows_the_pages(at_report):
    panel = at_report
    assert not widget(panel, "saveReportButton").enabled and not widget(panel, "openReportButton").enabled
    click(panel, "reportButton")
    assert panel.runner.last[:2] == ["run", str(panel.case.folder)] and "--until" not in panel.runner.last
    for suffix in ("html", "pdf"):
        files.write_text(panel.case.folder / f"report.{suffix}", "x")
    panel.runner.finish()
    assert "--pages" in panel.query.last
    blank_pictures(panel.query.last)
    panel.query.onEvent({"event": "result"})
    panel.query.finish()
    assert widget(panel, "previewGroup").visible and widget(panel, "pageLabel").text == "Page 1 of 2"
    assert not widget(panel, "earlierPageButton").enabled
    click(panel, "laterPageButton")
    assert widget(panel, "pageLabel").text == "Page 2 of 2" and not widget(panel, "laterPageButton").enabled
    click(panel, "earlierPageButton")
    assert widget(panel, "pageLabel").text == "Page 1 of 2"


def test_without_a_case_the_report_is_refused(a_quiet_panel):
    a_quiet_panel.goTo("report")
    click(a_quiet_panel, "reportButton")
    assert "Open a case" in said(a_quiet_panel)
    a_quiet_panel.steps["report"].export.export()
    assert "Open a case" in said(a_quiet_panel)


def test_the_report_opens_in_the_browser(a_report, monkeypatch):
    opened = []
    monkeypatch.setattr("qt.QDesktopServices.openUrl", lambda url: opened.append(url.toLocalFile()))
    click(a_report, "openReportButton")
    assert opened == [str(a_report.case.folder / "report.html")]


def test_a_copy_carries_the_pseudonym(a_report, chosen_folder):
    click(a_report, "saveReportButton")
    assert (chosen_folder / "LWCTR-0042-report.html").read_text(encoding="utf-8") == "the html"
    assert (chosen_folder / "LWCTR-0042-report.pdf").read_text(encoding="utf-8") == "the pdf"


def test_no_folder_chosen_writes_nothing(a_report, monkeypatch):
    monkeypatch.setattr("qt.QFileDialog.getExistingDirectory", lambda *_: "")
    click(a_report, "saveReportButton")
    assert "Saved" not in said(a_report)


def test_named_files_are_written_only_when_the_pseudonym_was_typed(a_report, chosen_folder, tmp_path):
    panel = a_report
    click(panel, "identifiedButton")
    assert "original DICOM" in said(panel)
    widget(panel, "sourceDicom").setCurrentPath(str(tmp_path))
    click(panel, "identifiedButton")
    assert "Type the pseudonym LWCTR-0042" in said(panel)
    widget(panel, "confirmEdit").text = "LWCTR-0042"
    widget(panel, "creatorEdit").text = "reader-1=Doe^Jane; reader-2=Roe^Max"
    click(panel, "identifiedButton")
    last = panel.runner.last
    assert last[:4] == ["export", str(panel.case.folder), "-o", str(chosen_folder)]
    assert last[4:8] == ["--identified", str(tmp_path), "--confirm", "LWCTR-0042"]
    assert last[8:12] == ["--creator", "reader-1=Doe^Jane", "--creator", "reader-2=Roe^Max"]
    assert "--score" not in last
    assert widget(panel, "confirmEdit").text == ""
    assert "name and number" in widget(panel, "identifiedNote").text


def test_without_dicom_uids_are_generated_and_nothing_is_to_be_confirmed(a_report, chosen_folder):
    panel = a_report
    widget(panel, "generatedBox").click()
    assert not widget(panel, "sourceDicom").enabled and not widget(panel, "confirmEdit").enabled
    assert "made-up UIDs" in widget(panel, "identifiedNote").text
    click(panel, "identifiedButton")
    last = panel.runner.last
    assert last[:5] == ["export", str(panel.case.folder), "-o", str(chosen_folder), "--generated-uids"]
    assert "--identified" not in last and "--confirm" not in last
    panel.runner.finish()
    widget(panel, "generatedBox").click()
    assert widget(panel, "sourceDicom").enabled and "name and number" in widget(panel, "identifiedNote").text


def test_the_score_of_a_demonstration_model_cannot_be_chosen_and_why_is_told(a_report, chosen_folder):
    box = widget(a_report, "scoreBox")
    assert not box.enabled and "demonstration" in box.toolTip
    prediction = full_prediction()
    real = replace(prediction, bundle=replace(prediction.bundle, demonstration=False))
    save_prediction(a_report.case, real)
    a_report.refresh()
    assert box.enabled
    box.click()
    widget(a_report, "generatedBox").click()
    click(a_report, "identifiedButton")
    assert "--score" in a_report.runner.last


def test_without_a_study_list_the_box_says_what_to_do_next(at_report, tmp_path):
    panel = at_report
    panel.steps["report"].batch.widget.collapsed = False
    shown = widget(panel, "batchList")

    def first():
        assert shown.visible and shown.count == 1
        return shown.item(0).text()

    assert first().startswith("No study list is open. Choose a table")
    widget(panel, "studyList").setCurrentPath(str(tmp_path / "cohort.csv"))
    assert first().startswith("Choose the folder in which each patient")
    widget(panel, "batchFolder").setCurrentPath(str(tmp_path / "out"))
    assert "Press Run the list" in first()
    assert not widget(panel, "openBatchCaseButton").enabled
    shown.itemDoubleClicked.emit(shown.item(0))
    assert "Choose a patient" in said(panel)


def test_the_study_list_runs_as_a_batch_and_tells_who_failed(at_report, tmp_path, a_slicer):
    panel = at_report
    for name in ("batchButton", "copyBatchButton"):
        click(panel, name)
        assert "Choose a table" in said(panel)
    widget(panel, "studyList").setCurrentPath(str(tmp_path / "cohort.csv"))
    widget(panel, "batchFolder").setCurrentPath(str(tmp_path / "out"))
    widget(panel, "workersBox").value = 2
    click(panel, "copyBatchButton")
    assert a_slicer.app.clipboard().text().startswith("lwctr batch ")
    click(panel, "batchButton")
    assert panel.runner.last[:6] == [
        "batch",
        str(tmp_path / "cohort.csv"),
        "-o",
        str(tmp_path / "out"),
        "-j",
        "2",
    ]
    Case.create(tmp_path / "out" / "P01", CaseInfo("P01"))
    files.write_text(
        tmp_path / "out" / "failures.csv", "case_id,step,exit_code,error\nP01,import,3,a slice is missing\n"
    )
    panel.runner.onEvent({"event": "warning", "text": "P01: a slice is missing"})
    panel.runner.onEvent({"event": "result", "cases": 3, "failed": 1})
    panel.runner.finish(5, "The process ended with code 5.")
    assert "2 of 3 patients done. 1 failed" in widget(panel, "batchResult").text
    assert "not for every patient. Warning: P01: a slice is missing" in said(panel)
    assert widget(panel, "batchList").item(0).text() == "\u26a0 P01: a slice is missing"
    assert panel.parameters.studyList == str(tmp_path / "cohort.csv")
    click(panel, "openBatchCaseButton")
    assert "Choose a patient" in said(panel)
    widget(panel, "batchList").setCurrentRow(0)
    click(panel, "openBatchCaseButton")
    assert panel.parameters.caseId == "P01"
