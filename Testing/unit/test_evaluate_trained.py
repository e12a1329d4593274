"""``lwctr evaluate`` on what ``lwctr train`` left, and of its bundle on other patients."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from LWCTRLogic.cli import main
from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.read_bundle import read_bundle_cohort
from LWCTRLogic.evaluation.read_training import read_training
from LWCTRLogic.evaluation.report import build_document
from LWCTRLogic.evaluation.results import evaluate_cohort
from LWCTRLogic.explain.linear import linear_base, linear_contributions
from LWCTRLogic.models.bundle_files import load_bundle
from LWCTRLogic.models.prognosis import predict_prognosis
from LWCTRLogic.report.document import Table


def simulate(folder: Path, patients: int, seed: int) -> Path:
    command = ["simulate", "-o", str(folder), "--patients", str(patients), "--features", "signature"]
    assert main([*command, "--seed", str(seed), "--progress", "none"]) == 0
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("train")
    cohort = simulate(folder / "cohort", 110, 1)
    plan = [
        "--signature",
        "published",
        "--folds",
        "2",
        "--repeats",
        "1",
        "--bootstraps",
        "0",
        "--permutations",
        "0",
    ]
    command = ["train", str(cohort), "-o", str(folder / "trained"), *plan, "-j", "1", "--progress", "none"]
    assert main(command) == 0
    return folder / "trained"


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate(tmp_path_factory.mktemp("others") / "cohort", 60, 2)


def test_out_of_fold_scores_are_read_with_their_cut_offs_the_full_model_first(trained: Path) -> None:
    cohort, training = read_training(trained)
    assert cohort.scores[0].name == "LWCTR"
    assert cohort.scores[0].cutoff == training["models"]["LWCTR"]["strict"]["cutoff"]
    assert "out of fold" in cohort.scores[0].origin


def test_the_report_of_a_training_shows_both_ways_and_the_controls(trained: Path) -> None:
    cohort, training = read_training(trained)
    document = build_document(evaluate_cohort(cohort, draws=20, training=training))
    section = next(section for section in document.sections if section.name == "training")
    captions = [getattr(block, "caption", "") for block in section.blocks]
    assert any("strict (out of fold) and as published" in caption for caption in captions)
    assert any(caption.startswith("Negative controls") for caption in captions)
    assert any(caption.startswith("Leave one centre out") for caption in captions)


def test_a_model_whose_outcomes_were_never_shuffled_is_not_said_to_beat_that_control(trained: Path) -> None:
    cohort, training = read_training(trained)
    document = build_document(evaluate_cohort(cohort, draws=20, training=training))
    section = next(section for section in document.sections if section.name == "training")
    controls = next(block for block in section.blocks if getattr(block, "caption", "").startswith("Negative"))
    assert isinstance(controls, Table)
    assert all("outcomes were not shuffled" in row[-1].text for row in controls.rows)


def test_a_folder_that_no_training_wrote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder that 'lwctr train' wrote"):
        read_training(tmp_path)


def test_a_locked_bundle_scores_other_patients_as_it_scores_one(trained: Path, others: Path) -> None:
    bundle = load_bundle(trained / "trained.zip")
    cohort, attribution = read_bundle_cohort(bundle, others)
    assert attribution is not None
    model = next(model for model in bundle.classifiers if model.name == attribution.model)
    values = {item.name: attribution.values[0, index] for index, item in enumerate(model.features)}
    contributions = linear_contributions(model, values)
    np.testing.assert_allclose(attribution.contributions[0], list(contributions.values()), atol=1e-12)
    margin = linear_base(model) + sum(contributions.values())
    probability = 1 / (1 + np.exp(-(model.slope * margin + model.offset)))
    assert cohort.scores[0].values[0] == pytest.approx(probability, abs=1e-12)


def test_survival_of_a_cohort_equals_that_of_its_patients_one_by_one(trained: Path, others: Path) -> None:
    bundle = load_bundle(trained / "trained.zip")
    cohort, _ = read_bundle_cohort(bundle, others)
    nomogram = next(model for model in cohort.survival if model.name == "Rad-Nomo" and model.endpoint == "OS")
    for row in range(3):
        one = predict_prognosis(bundle.cox, cohort.scores[0].values[row], str(cohort.mrecist[row]))
        curve = next(curve for curve in one.curves if curve.model == "Rad-Nomo" and curve.endpoint == "OS")
        np.testing.assert_allclose(
            nomogram.survival[row], [curve.at[f"{month:g}"] for month in nomogram.months], atol=1e-12
        )


def test_the_strongest_features_are_drawn_strongest_first(trained: Path, others: Path) -> None:
    _, attribution = read_bundle_cohort(load_bundle(trained / "trained.zip"), others)
    assert attribution is not None
    size = np.abs(attribution.strongest(5).contributions).mean(axis=0)
    assert len(size) == 5
    assert (np.diff(size) <= 0).all()


def test_a_bundle_is_judged_on_other_patients_by_the_command(
    trained: Path, others: Path, tmp_path: Path
) -> None:
    command = [
        "evaluate",
        "--cohort",
        str(others),
        "--bundle",
        str(trained / "trained.zip"),
        "-o",
        str(tmp_path),
    ]
    assert main([*command, "--draws", "20", "--numbers-only", "--progress", "none"]) == 0
    content = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert content["scores"][0]["origin"].startswith("locked bundle")
    assert {metric["name"] for metric in content["metrics"]} >= {
        "integrated calibration index",
        "scaled Brier score",
    }


def test_a_bundle_is_not_judged_on_the_patients_that_it_was_trained_on(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = trained.parent / "cohort"
    command = [
        "evaluate",
        "--cohort",
        str(own),
        "--bundle",
        str(trained / "trained.zip"),
        "-o",
        str(tmp_path / "out"),
    ]
    assert main([*command, "--progress", "none"]) == 3
    assert "was trained on" in capsys.readouterr().err


def test_a_bundle_without_a_cohort_is_a_usage_error(trained: Path, tmp_path: Path) -> None:
    assert main(["evaluate", "--training", str(trained), "--bundle", "x.zip", "-o", str(tmp_path)]) == 2
