"""The files of an evaluation: every number in metrics.json, and a report that says what must be known first."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from LWCTRLogic import files
from LWCTRLogic.evaluation.output import tables_of, write_evaluation
from LWCTRLogic.evaluation.report import build_document
from LWCTRLogic.evaluation.results import Evaluation, evaluate_cohort
from LWCTRLogic.evaluation.scored import Score
from LWCTRLogic.progress import Progress
from LWCTRLogic.report.document import pictures_of
from LWCTRLogic.report.figures.style import drawing_rules
from LWCTRLogic.report.html import render_html
from LWCTRLogic.report.svg import draw_picture
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
    assert "10 of 90 patients have no value of flat and are left out of its figures." in warnings
    assert "flat is the same for everybody: it tells nothing." in warnings


def test_a_probability_that_is_a_decision_is_told_to_be_one() -> None:
    cohort = scored_cohort(90)
    called = (cohort.scores[0].values >= 0.5).astype(float)
    warnings = evaluate_cohort(
        replace(cohort, scores=(Score("call", called),), survival=()), draws=20
    ).warnings
    assert any(warning.startswith("call is 0 or 1: a decision, not a probability") for warning in warnings)


def test_a_cohort_with_nothing_but_a_score_is_reported_too() -> None:
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
    pictures = {
        picture.name: picture for picture in pictures_of(build_document(evaluate_cohort(bare, draws=20)))
    }
    assert "roc" in pictures
    assert "calibration" not in pictures
    with drawing_rules():
        for picture in pictures.values():
            draw_picture(picture)


def test_each_table_of_the_report_is_a_file_of_its_own(folder: Path, evaluation: Evaluation) -> None:
    tables = tables_of(build_document(evaluation))
    assert {path.stem for path in (folder / "tables").iterdir()} == set(tables)
    page = (folder / "tables" / "cohort-characteristics.html").read_text(encoding="utf-8")
    assert page.count("<table") == 1
    assert "demonstration model" in page
    text = (folder / "tables" / "cohort-characteristics.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert rows[0]["Variable"].startswith("Age, years")
    assert len(rows) == len(tables["cohort-characteristics"].rows)


_INTERVAL = re.compile(r"([\u2212\d.]+) \(([\u2212\d.]+)(?:–| to )([\u2212\d.]+)\)([ \u00a0]%)?")


def test_every_number_with_an_interval_in_a_table_stands_in_the_json(
    folder: Path, evaluation: Evaluation
) -> None:
    """All three numbers of a cell are those of one metric, at the digits that the table shows."""
    content = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["metrics"]
    known = [[row[key] for key in ("value", "low", "high")] for row in content]
    ps = [row["p"] for row in content if row["p"] is not None]
    seen = 0
    for path in (folder / "tables").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        for *found, percent in _INTERVAL.findall(text):
            shown = [float(part.replace("\u2212", "-")) for part in found]
            digits, scale = len(found[0].partition(".")[2]), 100 if percent else 1
            assert any(
                None not in row
                and all(
                    abs(scale * one - part) <= 0.5000001 * 10**-digits
                    for one, part in zip(row, shown, strict=True)
                )
                for row in known
            ), f"{path.name}: {found}"
            seen += 1
        if path.stem != "cohort-characteristics":
            for p in re.findall(r"p[ \u00a0]=[ \u00a0]([\d.]+)", text):
                assert any(
                    abs(one - float(p)) <= 0.5000001 * 10 ** -len(p.partition(".")[2]) for one in ps
                ), p
    assert seen > 100


def test_figures_of_a_former_evaluation_do_not_stay_and_strange_ones_do(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    files.write_json(tmp_path / "metrics.json", {"figures": ["roc", "../outside"], "tables": ["gone"]})
    for name in ("figures/roc.svg", "figures/roc.png", "figures/mine.png", "tables/gone.csv", "outside.svg"):
        files.write_bytes(tmp_path / name, b"x")
    write_evaluation(evaluation, tmp_path, report=False)
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"mine.png"}
    assert not (tmp_path / "tables" / "gone.csv").exists()
    assert (tmp_path / "outside.svg").exists()


def test_an_evaluation_can_be_cancelled() -> None:
    from LWCTRLogic.errors import Cancelled

    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        evaluate_cohort(scored_cohort(60), progress, draws=20)


def test_a_cut_off_with_everybody_on_one_side_is_warned_of() -> None:
    cohort = scored_cohort(90)
    score = replace(cohort.scores[0], cutoff=0.0)
    warnings = evaluate_cohort(replace(cohort, scores=(score,), survival=()), draws=20).warnings
    assert any("calls all patients responders" in warning for warning in warnings)
