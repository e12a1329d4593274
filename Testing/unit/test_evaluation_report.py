"""The files of an evaluation: every number in metrics.json, and a report that says what must be known first."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from LWCTRLogic.evaluation.report import build_document, write_evaluation
from LWCTRLogic.evaluation.results import Evaluation, evaluate_cohort
from LWCTRLogic.evaluation.scored import Score
from LWCTRLogic.progress import Progress
from LWCTRLogic.report.html import render_html
from Testing.unit.scored_cohorts import scored_cohort


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate_cohort(scored_cohort(notice="demonstration model"), draws=40, improvement=True)


@pytest.fixture(scope="module")
def folder(evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("evaluation é")
    write_evaluation(evaluation, target)
    return target


def test_every_number_stands_in_the_json_and_in_the_table(folder: Path, evaluation: Evaluation) -> None:
    content = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert len(content["metrics"]) == len(evaluation.metrics)
    assert content["patients"] == 240
    assert (
        len((folder / "metrics.csv").read_text(encoding="utf-8").splitlines()) == len(evaluation.metrics) + 1
    )


def test_each_figure_is_written_as_svg_and_png(folder: Path) -> None:
    names = {path.stem for path in (folder / "figures").iterdir()}
    assert {"roc", "calibration", "decision", "spread", "kaplan-meier-OS-score", "auc-OS", "forest"} <= names
    for name in names:
        assert {path.suffix for path in (folder / "figures").glob(f"{name}.*")} == {".svg", ".png"}


def test_the_same_evaluation_gives_the_same_bytes(folder: Path, evaluation: Evaluation) -> None:
    document = build_document(evaluation)
    assert render_html(document) == (folder / "evaluation.html").read_text(encoding="utf-8")


def test_the_report_has_results_methods_and_the_three_checklists(evaluation: Evaluation) -> None:
    names = [section.name for section in build_document(evaluation).sections]
    assert names[0] == "summary"
    assert names[-3:] == ["checklist-tripod_ai", "checklist-clear", "checklist-metrics"]
    assert {"cohort", "response", "survival", "comparison", "subgroups", "mrecist", "methods"} <= set(names)


def test_the_demonstration_notice_stands_on_the_page(folder: Path) -> None:
    assert "demonstration model" in (folder / "evaluation.html").read_text(encoding="utf-8")


def test_a_small_cohort_is_warned_of() -> None:
    warnings = evaluate_cohort(scored_cohort(90), draws=20).warnings
    assert any("a validation needs 100 in each" in warning for warning in warnings)


def test_survival_from_the_first_dose_is_warned_of_as_immortal_time() -> None:
    cohort = scored_cohort()
    bare = replace(cohort, outcomes=replace(cohort.outcomes, landmark=None), survival=())
    assert any("immortal time" in warning for warning in evaluate_cohort(bare, draws=20).warnings)


def test_a_score_that_knows_nothing_is_said_to_be_no_better_than_chance() -> None:
    cohort = scored_cohort()
    noise = Score("noise", np.random.default_rng(2).uniform(0.1, 0.9, len(cohort)), cutoff=0.5)
    warnings = evaluate_cohort(replace(cohort, scores=(noise,), survival=()), draws=20).warnings
    assert any("not shown to be better than chance" in warning for warning in warnings)


def test_a_score_that_is_the_same_for_everybody_and_patients_without_one_are_told() -> None:
    cohort = scored_cohort(90)
    values = np.where(np.arange(90) < 10, np.nan, 0.4)
    warnings = evaluate_cohort(
        replace(cohort, scores=(Score("flat", values),), survival=()), draws=20
    ).warnings
    assert "10 of 90 patients have no flat score and are left out of its figures." in warnings
    assert "flat is the same for everybody: it tells nothing." in warnings


def test_a_cohort_with_nothing_but_a_score_is_reported_too(tmp_path: Path) -> None:
    cohort = scored_cohort(60)
    values = cohort.scores[0].values
    bare = replace(
        cohort,
        outcomes=replace(cohort.outcomes, pfs_months=None, pfs_event=None, cause=None),
        scores=(Score("risk", np.log(values), is_probability=False),),
        mrecist=np.full(60, ""),
        groups={},
        clinical={},
        survival=(),
    )
    report = write_evaluation(evaluate_cohort(bare, draws=20), tmp_path)
    assert "Calibration slope" not in report.read_text(encoding="utf-8")


def test_an_evaluation_can_be_cancelled() -> None:
    from LWCTRLogic.errors import Cancelled

    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        evaluate_cohort(scored_cohort(60), progress, draws=20)
