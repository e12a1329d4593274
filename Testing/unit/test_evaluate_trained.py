"""``lwctr evaluate`` on what ``lwctr train`` left, and of its bundle on other patients."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from LWCTRLogic.cli import main
from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.facts import known_facts
from LWCTRLogic.evaluation.nomograms import STEP
from LWCTRLogic.evaluation.read_bundle import read_bundle_cohort
from LWCTRLogic.evaluation.read_training import read_training
from LWCTRLogic.evaluation.report import build_document
from LWCTRLogic.evaluation.results import Evaluation, evaluate_cohort
from LWCTRLogic.explain.linear import linear_base, linear_contributions
from LWCTRLogic.models.bundle_files import load_bundle
from LWCTRLogic.models.prognosis import predict_prognosis
from LWCTRLogic.report.document import Document, Paragraph, Table, pictures_of
from LWCTRLogic.report.figures import force
from LWCTRLogic.training.cohort_reading import read_cohort_files
from LWCTRLogic.training.locked import apply_bundle


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


@pytest.fixture(scope="module")
def evaluation(trained: Path) -> Evaluation:
    cohort, material = read_training(trained)
    return evaluate_cohort(cohort, draws=20, material=material)


@pytest.fixture(scope="module")
def document(evaluation: Evaluation) -> Document:
    return build_document(evaluation)


def test_out_of_fold_scores_are_read_with_their_cut_offs_the_full_model_first(trained: Path) -> None:
    cohort, material = read_training(trained)
    assert cohort.scores[0].name == "LWCTR"
    assert cohort.scores[0].cutoff == material.training["models"]["LWCTR"]["strict"]["cutoff"]
    assert "out of fold" in cohort.scores[0].origin


def test_the_report_of_a_training_shows_both_ways_and_the_controls(document: Document) -> None:
    section = next(section for section in document.sections if section.name == "training")
    captions = [getattr(block, "caption", "") for block in section.blocks]
    assert any("strict (out of fold) and as published" in caption for caption in captions)
    assert any(caption.startswith("Negative controls") for caption in captions)
    assert any(caption.startswith("Leave one centre out") for caption in captions)
    # the codings of fit_bundle: whoever had progressed at the scan is not followed for progression
    cox = next(caption for caption in captions if caption.startswith("Cox models"))
    assert cox.endswith("mRECIST: for OS PD against the others, for PFS SD against CR and PR)")
    notes = " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))
    assert "Sample size (Riley 2019" in notes
    assert "A dash, not run: outcomes were not shuffled" in notes
    assert "liver volume alone needs original_shape_VoxelVolume" in notes


def test_a_model_whose_outcomes_were_never_shuffled_is_not_said_to_beat_that_control(
    document: Document,
) -> None:
    section = next(section for section in document.sections if section.name == "training")
    controls = next(block for block in section.blocks if getattr(block, "caption", "").startswith("Negative"))
    assert isinstance(controls, Table)
    assert all("outcomes were not shuffled" in row[-1].text for row in controls.rows)


def test_a_training_is_explained_by_what_its_bundle_saw_of_each_patient(
    evaluation: Evaluation, trained: Path
) -> None:
    found, bundle = evaluation.material.attribution, load_bundle(trained / "trained.zip")
    assert found is not None
    assert found.known.all()
    cohort = read_cohort_files(trained.parent / "cohort").cohort
    margins = apply_bundle(bundle, cohort).margins["LWCTR"]
    model = found.classifier
    np.testing.assert_allclose(model.slope * found.margins + model.offset, margins, atol=1e-9)
    for one in found.examples().values():
        assert one.base + sum(part.contribution for part in one.contributions) == pytest.approx(
            min(found.margins, key=lambda value: abs(value - force.margin(one)))
        )


def test_the_nomogram_of_a_training_is_drawn_and_can_be_added_by_hand(
    evaluation: Evaluation, document: Document
) -> None:
    names = {picture.name for picture in pictures_of(document)}
    assert {"nomogram-OS", "force-1", "force-2", "force-3", "attribution"} <= names
    one = next(one for one in evaluation.nomograms if one.model.endpoint == "OS")
    score, response = one.drawing.axes
    points = dict(score.ticks)["0.3"] + dict(response.ticks)["SD"]
    curve = next(
        curve
        for curve in predict_prognosis([one.model], 0.3, "SD").curves
        if curve.model == "Rad-Nomo" and curve.endpoint == "OS"
    )
    below, above = (STEP * (points // STEP + more) for more in (0, 1))
    totals = dict(one.totals)
    for month, share in totals[below].items():
        # the points of 0.3 may be a line of the table to the last bit
        assert totals[above][month] - 1e-12 < curve.at[f"{month:g}"] < share + 1e-12
        assert totals[above][month] < share


def test_a_folder_that_no_training_wrote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder that 'lwctr train' wrote"):
        read_training(tmp_path)


def test_a_locked_bundle_scores_other_patients_as_it_scores_one(trained: Path, others: Path) -> None:
    bundle = load_bundle(trained / "trained.zip")
    cohort, attribution = read_bundle_cohort(bundle, others)
    assert attribution is not None
    model = attribution.classifier
    assert model.name == "LWCTR"
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
    size = np.abs(attribution.contributions).mean(axis=0)[attribution.strongest(5)]
    assert len(size) == 5
    assert size[0] == np.abs(attribution.contributions).mean(axis=0).max()
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
    assert content["notes"] == []


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


def test_what_a_training_leaves_fills_the_checklists(evaluation: Evaluation) -> None:
    facts = known_facts(evaluation)
    assert facts["sample_size"].startswith("Riley's criteria for the parameters")
    assert facts["explanation"] == "exact attributions of the cohort and of three patients"
    assert "masks" not in facts
    assert facts["selection"] == "none: the features of the published signature"
    assert facts["discretisation"] == "bins of 25 HU"
    assert facts["resampling"] == "none: the scans' own voxels"
    assert facts["image_types"] == "LoG (sigma [1, 2, 3, 4, 5]), Original, Wavelet"
    assert "glszm" in facts["feature_classes"]
