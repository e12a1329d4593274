"""Step 6: the score and everything beside it; the notice that cannot be hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest

from LWCTRLogic import files
from Testing.report_cases import full_prediction, save_prediction
from Testing.slicer.panel_tools import blank_pictures, click, said, widget


@pytest.fixture
def at_result(an_open_case):
    """The panel at the step, on a case with a prediction."""
    save_prediction(an_open_case.case, full_prediction())
    an_open_case.refresh()
    an_open_case.goTo("result")
    return an_open_case


def test_without_a_result_the_step_says_how_to_get_one(an_open_case):
    an_open_case.goTo("result")
    assert "Compute the result" in said(an_open_case)
    assert not an_open_case.steps["result"].body.visible
    assert not an_open_case.ui.noticeLabel.visible
    click(an_open_case, "predictButton")
    assert an_open_case.runner.last[2:4] == ["--until", "predict"]


def test_without_a_case_the_result_is_refused(a_quiet_panel):
    a_quiet_panel.goTo("result")
    click(a_quiet_panel, "predictButton")
    assert "Open a case" in said(a_quiet_panel)


def test_the_score_stands_with_its_cut_off_its_answer_and_mrecist(at_result):
    prediction = full_prediction()
    score = prediction.headline()
    shown = widget(at_result, "headline").text
    assert f"{score.score:.2f}" in shown and f"cut-off {score.cutoff:.2f}" in shown
    assert ("responder" if score.responder else "non-responder") in shown
    assert f"mRECIST: {prediction.mrecist}" in shown


def test_the_table_has_the_seven_models_with_scores_or_what_they_lack(an_open_case):
    prediction = full_prediction()
    lacking = replace(prediction.scores[0], score=None, margin=None, responder=None, missing=("ECOG",))
    save_prediction(an_open_case.case, replace(prediction, scores=(lacking, *prediction.scores[1:])))
    an_open_case.refresh()
    table = widget(an_open_case, "modelTable")
    assert table.rowCount == 7
    assert table.item(0, 3).text() == "missing: ECOG"
    assert table.item(6, 1).text() == f"{prediction.scores[6].score:.3f}"


def test_the_notice_stands_over_every_step_and_nothing_hides_it(at_result):
    import qt

    panel = at_result
    for name in panel.steps:
        panel.goTo(name)
        assert panel.ui.noticeLabel.visible and "simulated patients" in panel.ui.noticeLabel.text.lower(), (
            name
        )
    panel.ui.setupButton.checked = True
    assert panel.ui.noticeLabel.visible
    boxes = panel.ui.noticeLabel.parent().findChildren(qt.QCheckBox)
    assert not any("notice" in box.text.lower() for box in boxes)


def test_a_bundle_that_is_no_demonstration_has_no_notice(at_result):
    prediction = full_prediction()
    bundle = replace(prediction.bundle, demonstration=False, notice="")
    save_prediction(at_result.case, replace(prediction, bundle=bundle))
    at_result.refresh()
    assert not at_result.ui.noticeLabel.visible


def test_the_parts_that_the_force_plot_numbers_are_named_with_their_sign(at_result):
    prediction = full_prediction()
    parts = prediction.explanations[0].ranked()
    shown = widget(at_result, "forceParts").text
    places = [shown.index(part.feature.split(":")[-1] if part.volume else part.label) for part in parts[:8]]
    assert places == sorted(places) and len(places) == min(8, len(parts))
    assert f"{abs(parts[0].contribution):.3f}" in shown and "-" not in shown.split("align='right'>")[2]
    save_prediction(at_result.case, replace(prediction, explanations=()))
    at_result.refresh()
    assert widget(at_result, "forceParts").text == ""


def test_the_warnings_stand_before_the_curves(at_result):
    warned = full_prediction().warnings
    text = widget(at_result, "resultWarningText").text
    assert all(one.text in text for one in warned)
    assert widget(at_result, "resultWarnings").visible == bool(warned)


def test_the_drawings_come_in_the_background_once_and_again_for_another_prediction(at_result):
    panel = at_result
    first = panel.query.last
    assert first[0] == "report" and "--pictures" in first
    blank_pictures(first)
    panel.query.onEvent({"event": "result"})
    panel.query.finish()
    assert widget(panel, "picture_gauge").visible and not widget(panel, "picture_nomogram-OS").visible
    asked = len(panel.query.started)
    panel.refresh()
    assert len(panel.query.started) == asked
    save_prediction(panel.case, replace(full_prediction(), mrecist="PD"))
    panel.refresh()
    assert len(panel.query.started) == asked + 1


def test_the_curves_are_plot_nodes_with_steps_and_the_notice(at_result, a_slicer):
    click(at_result, "plotButton")
    charts = a_slicer.util.getNodesByClass("vtkMRMLPlotChartNode")
    assert len(charts) == len({one.endpoint for one in full_prediction().survival})
    assert all("simulated patients" in chart.GetTitle().lower() for chart in charts)
    curve = full_prediction().survival[0]
    series = charts[0].GetNthPlotSeriesNode(0)
    months = a_slicer.util.arrayFromTableColumn(series.GetTableNode(), series.GetXColumnName())
    assert months[0] == 0 and len(months) == 2 * len(curve.times) + 1


def test_a_reading_takes_curves_and_tables_out_of_the_scene_until_it_is_closed(at_result, a_slicer):
    panel = at_result
    kinds = ("vtkMRMLPlotChartNode", "vtkMRMLPlotSeriesNode", "vtkMRMLTableNode")

    def ours():
        nodes = [node for kind in kinds for node in a_slicer.util.getNodesByClass(kind)]
        return {node.GetClassName() for node in nodes if node.GetAttribute("LWCTR.shown")}

    click(panel, "plotButton")
    assert ours() == set(kinds)
    panel.goTo("correct")
    click(panel, "openReadingButton")
    assert panel.blinded and not ours()
    panel.steps["correct"].closeReading()
    panel.goTo("result")
    click(panel, "plotButton")
    assert ours() == set(kinds)


def test_a_result_without_survival_has_no_plot(at_result):
    save_prediction(at_result.case, replace(full_prediction(), survival=(), nomograms=()))
    at_result.refresh()
    assert not at_result.steps["result"].curvesBox.visible
    at_result.steps["result"].showPlot()
    assert "no survival curve" in said(at_result)


def test_no_model_that_could_run_is_said_in_words(an_open_case):
    prediction = full_prediction()
    scores = tuple(replace(one, score=None, responder=None, missing=("a scan",)) for one in prediction.scores)
    save_prediction(an_open_case.case, replace(prediction, model="", scores=scores, explanations=()))
    an_open_case.refresh()
    assert "No score" in widget(an_open_case, "headline").text


def test_a_damaged_prediction_is_told_and_shows_nothing(at_result):
    files.write_text(at_result.case.prediction_path, '{"schema_version": 1}')
    at_result.refresh()
    assert not at_result.steps["result"].body.visible


def test_a_reading_hides_the_score_and_its_notice(at_result):
    at_result.goTo("correct")
    click(at_result, "openReadingButton")
    assert at_result.steps["result"].prediction is None
    assert widget(at_result, "headline").text == ""
    at_result.steps["correct"].sceneClosed()
