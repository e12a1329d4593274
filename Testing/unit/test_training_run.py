"""One small training from files to the output folder, both ways, with every control."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.cli import main
from LWCTRLogic.errors import Cancelled, InputError
from LWCTRLogic.evaluation.read_training import read_training
from LWCTRLogic.models.bundle import MODEL_NAMES
from LWCTRLogic.models.bundle_files import load_bundle
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.cox import fit_cox
from LWCTRLogic.stats.discrimination import weighted_auc
from LWCTRLogic.training.card import first_line, model_card, side_by_side
from LWCTRLogic.training.chain import ChainSettings, chain_inputs, fit_chain, make_chain
from LWCTRLogic.training.cohort_reading import CohortFiles, read_cohort_files
from LWCTRLogic.training.controls import ModelControls
from LWCTRLogic.training.locked import apply_bundle
from LWCTRLogic.training.numbers import training_numbers
from LWCTRLogic.training.optimism import bootstrap_optimism
from LWCTRLogic.training.output import write_training
from LWCTRLogic.training.plan import Plan
from LWCTRLogic.training.strict import Strict, StrictModel
from LWCTRLogic.training.training import BundleWords, Training, make_bundle, train
from Testing.unit.told import Told
from Testing.unit.training_cohort import make_files, write_cohort

PLAN = Plan(folds=3, repeats=2, bootstraps=2, permutations=2, draws=20, learning_shares=(0.7,), seed=4)


@cache
def files() -> CohortFiles:
    return make_files(Path(mkdtemp()), 90, signal=2.0)


TOLD = Told()


@cache
def trained() -> Training:
    voxels = files().cohort.features.copy()
    rng = np.random.default_rng(0)
    texture = [name for name in voxels if "firstorder" in name]
    voxels[texture] = rng.normal(size=(90, len(texture)))
    test = make_files(Path(mkdtemp()), 60, seed=8, signal=2.0).cohort
    return train(files(), PLAN, TOLD, voxels, test)


def test_seven_models_are_trained_and_the_signal_after_treatment_is_found() -> None:
    strict = trained().strict.models
    assert tuple(strict) == MODEL_NAMES
    assert strict["Radiomic-Post"].auc.value > 0.75 > strict["Radiomic-Pre"].auc.value
    assert any(name.endswith("F0") for name in strict["LWCTR"].chosen)
    assert not any(name.endswith("F1") for model in strict.values() for name in model.chosen)


def test_every_patient_is_scored_by_a_fit_that_did_not_see_him() -> None:
    model = trained().strict.models["Radiomic-Post"]
    assert model.cross.scores.shape == (2, 90) and len(model.cross.chosen) == 6
    fitted = model.chain.predict_proba(chain_inputs("Radiomic-Post", files().cohort.inputs(), PLAN.chain))[
        :, 1
    ]
    assert (model.cross.scores != fitted).all()
    label, weight = files().cohort.response()
    assert weighted_auc(label, fitted, weight) > model.auc.value


def test_the_published_way_counts_the_censored_as_dead_and_judges_its_own_patients() -> None:
    paper = trained().paper.models["LWCTR"]
    dead_or_lost = files().cohort.os_months <= 12
    assert paper.auc.estimate == pytest.approx(weighted_auc(~dead_or_lost, paper.scores), rel=1e-12)
    assert all(model.auc.high <= 1 for model in trained().paper.models.values())
    cox = {(item.name, item.endpoint): item for item in trained().paper.cox}
    by_hand = fit_cox(files().cohort.os_months, files().cohort.os_event, paper.scores[:, None])
    assert cox["Rad-score", "OS"].coefficients["rad_score"] == pytest.approx(float(by_hand.coefficients[0]))
    assert cox["Rad-Nomo", "PFS"].patients == 90 and "has had the event" in cox["Rad-Nomo", "PFS"].remark


def test_the_strict_cox_models_begin_at_the_scan_and_leave_progressed_patients_out_of_pfs() -> None:
    cohort = files().cohort
    models = {(item.name, item.endpoint): item for item in trained().strict.cox}
    assert set(models) == {
        (name, end) for name in ("Rad-Nomo", "Rad-score", "mRECIST") for end in ("OS", "PFS")
    }
    at_risk = ((cohort.mrecist != "PD") & (cohort.pfs_months > cohort.landmark)).sum()
    assert models["Rad-score", "PFS"].patients == at_risk < 90


def test_controls_tell_signal_from_none() -> None:
    controls = trained().controls
    post, pre = controls["Radiomic-Post"], controls["Radiomic-Pre"]
    assert len(post.shuffled) == 2 and post.p == pytest.approx(1 / 3)
    assert post.volume is not None and post.volume.difference.low > 0
    assert post.voxels is not None and post.voxels.difference.low > 0
    assert post.not_beaten() == [] or all("clinical" in words for words in post.not_beaten())
    assert pre.not_beaten() and controls["Clinical"].clinical is None
    assert "Radiomic-Pre does not beat" in first_line(trained())


def test_with_many_shuffles_a_model_must_be_above_nearly_all() -> None:
    def words(p: float, count: int) -> list[str]:
        return ModelControls((0.5,) * count, p, None, None, None).not_beaten()

    assert words(1 / 20, 19) == [] and words(2 / 20, 19) == ["shuffled outcomes (p = 0.10)"]
    assert words(1 / 3, 2) == [] and words(2 / 3, 2) and words(float("nan"), 0) == []


def test_the_share_of_the_whole_grows_to_all_with_the_last_fit() -> None:
    trained()
    shares = [int(message.removesuffix("% of all")) for message in TOLD.messages]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 100
    # what was planned is what was done: nothing was all done before the end
    assert shares.index(100) > 0.99 * len(shares)


def test_the_bootstrap_puts_the_figure_between_apparent_and_out_of_bag() -> None:
    for model in trained().optimism.values():
        assert min(model.out_of_bag, model.apparent) - 1e-9 <= model.plus <= max(model.apparent, 0.5) + 1e-9
        assert model.corrected == pytest.approx(model.apparent - model.optimism) and model.draws == 2


def test_draws_with_too_few_patients_of_a_class_do_not_count() -> None:
    whole = files().cohort
    label, weight = whole.response()
    alive, dead = np.flatnonzero(label & (weight > 0))[:3], np.flatnonzero(~label & (weight > 0))[:12]
    few = whole.rows(np.sort(np.concatenate([alive, dead])))
    plan = replace(PLAN, bootstraps=12, chain=ChainSettings(selection="published"))
    x = few.inputs()[["portal_vein_invasion", "extrahepatic_spread"]]
    fitted = fit_chain(make_chain(plan.chain, None, 0), x, *few.response())
    model = replace(trained().strict.models["Clinical"], chain=fitted)
    found = bootstrap_optimism(few, None, Strict({"Clinical": model}, ()), plan, Progress())["Clinical"]
    # with three patients of a class most draws have fewer than two of them, or leave none out
    assert 1 <= found.draws < 12 and np.isfinite([found.optimism, found.plus]).all()


def test_each_centre_is_scored_by_the_others_and_the_learning_curve_ends_at_the_model() -> None:
    rows = trained().centres["Radiomic-Post"]
    assert [(row.centre, row.patients) for row in rows] == [("", 90), ("north", 45), ("south", 45)]
    assert rows[0].auc > 0.7 and trained().no_centres == ""
    points = trained().learning["Radiomic-Post"]
    assert [point.patients for point in points] == [42, 60]
    assert points[-1].auc == trained().strict.models["Radiomic-Post"].auc.value


def test_the_folder_holds_bundle_card_numbers_and_scores(tmp_path: Path) -> None:
    written = write_training(trained(), tmp_path / "out", BundleWords("ours"))
    bundle = load_bundle(written.bundle)
    assert bundle.sha256 == written.sha256 and bundle.settings_hash == files().cohort.origin["settings_hash"]
    assert len(bundle.lineage["trained_on"]) == 90 and len(bundle.lineage["tested_on"]) == 60
    numbers = json.loads((tmp_path / "out" / "training.json").read_text())
    strict = numbers["models"]["LWCTR"]["strict"]
    assert strict["measures"]["AUC"]["estimate"] == trained().strict.models["LWCTR"].auc.value
    assert strict["auc_if_losses_depend_on_the_score"] == pytest.approx(
        strict["measures"]["AUC"]["estimate"], abs=0.05
    )
    assert numbers["test"]["models"]["LWCTR"]["patients"] == 60 and numbers["bundle_sha256"] == written.sha256
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert set(numbers["files"]) | {"training.json"} == made and written.bundle.name in made
    assert (
        numbers["estimand"].startswith("Performance on new patients")
        and numbers["plan"]["chain"]["icc_smallest"]
    )
    scores = pd.read_csv(tmp_path / "out" / "scores.csv")
    assert set(scores["mode"]) == {"strict", "strict-2", "paper", "centres"}
    assert scores.groupby(["model", "mode"]).size().unique().tolist() == [90]
    wide = pd.read_csv(tmp_path / "out" / "scores_by_patient.csv")
    np.testing.assert_allclose(wide["LWCTR"], trained().strict.models["LWCTR"].cross.scores[0], rtol=1e-14)
    assert {"os_months", "pfs_event", "landmark_months", "mrecist", "centre", "age"} <= set(wide)
    inputs = pd.read_csv(tmp_path / "out" / "inputs.csv", index_col="case_id")
    used = {item.name for model in bundle.classifiers for item in model.features}
    assert set(inputs) == used and list(inputs.index) == list(files().cohort.ids)
    selection = pd.read_csv(tmp_path / "out" / "selection.csv")
    assert selection["share_of_fits"].between(0, 1).all() and selection["in_the_model"].sum() > 0
    assert written.evaluate.startswith("lwctr evaluate --training ")
    # what the Cox models predicted out of fold comes back as the evaluation takes it
    read, _ = read_training(tmp_path / "out")
    folded = {(one.name, one.endpoint): one for one in trained().strict.folded}
    assert len(read.survival) == 6 and read.survival[0].name == "Rad-Nomo"
    for one in read.survival:
        ours = folded[one.name.removeprefix("Cox: "), one.endpoint]
        np.testing.assert_allclose(one.risk, ours.risk, rtol=1e-14)
        np.testing.assert_allclose(one.survival, ours.survival, rtol=1e-14)
        assert one.months == ours.months


def calibrated_chain(model: StrictModel, cohort: TrainingCohort) -> np.ndarray:
    """Scores of the fitted chain, its logits in SDs of the training patients calibrated by the out-of-fold ones."""
    logits = model.chain.decision_function(chain_inputs("LWCTR", cohort.inputs(), PLAN.chain))
    margins = (logits - logits.mean()) / logits.std()
    return 1 / (1 + np.exp(-(model.calibration.slope * margins + model.calibration.offset)))


def test_the_bundle_scores_as_the_calibrated_chain_does() -> None:
    bundle = make_bundle(trained(), BundleWords("ours"))
    assert bundle is not None
    locked = apply_bundle(bundle, files().cohort)
    model = trained().strict.models["LWCTR"]
    np.testing.assert_allclose(locked.scores["LWCTR"], calibrated_chain(model, files().cohort), rtol=1e-9)


def test_card_and_table_show_both_ways_and_the_card_begins_with_the_verdict() -> None:
    bundle = make_bundle(trained(), BundleWords("ours", title="Ours"))
    card = model_card(trained(), bundle, "0" * 64)
    assert (
        card.splitlines()[0].startswith("**Radiomic-Pre does not beat")
        or "does not beat" in card.splitlines()[0]
    )
    for words in (
        "# Ours",
        "paper AUC",
        "shuffled outcomes: p",
        "north",
        "patients a fit",
        "icc smallest: 0.75",
        "Riley's criteria",
        "gain +",
        "None among the clinical variables",
        "| OS | Rad-Nomo | 12 |",
        "a Cox model and a score that were fitted without him",
    ):
        assert words in card
    assert side_by_side(trained()).count("\n") == 8


def test_one_score_for_all_has_no_interval_of_no_width() -> None:
    whole = trained()
    one = whole.paper.models["Clinical"]
    same = replace(one, auc=replace(one.auc, estimate=0.5, low=0.5, high=0.5))
    paper = replace(whole.paper, models={**whole.paper.models, "Clinical": same})
    table = side_by_side(replace(whole, paper=paper))
    row = next(line for line in table.splitlines() if line.startswith("Clinical"))
    assert "0.500  " in row and "0.500–0.500" not in row


def test_the_card_says_why_there_is_no_cox_model() -> None:
    whole = trained()
    bare = replace(whole, strict=replace(whole.strict, cox=()))
    assert "that of LWCTR, and there is none whose score varies." in model_card(bare, None, "")


def test_the_card_says_what_a_control_that_was_not_run_leaves_open() -> None:
    assert "never counted as beaten" not in model_card(trained(), None, "")
    none = {name: ModelControls((), float("nan"), None, None, None) for name in trained().controls}
    bare = replace(trained(), controls=none, plan=replace(PLAN, permutations=0))
    card = model_card(bare, None, "")
    assert (
        "A dash: not run, and never counted as beaten. Whether the models beat chance was not tried." in card
    )
    assert (
        "nothing is known of texture" in card and "what the images add" in card and "no liver volume" in card
    )


def test_numbers_that_are_not_defined_are_null_and_the_rest_is_json() -> None:
    text = json.dumps(training_numbers(trained()), allow_nan=False)
    assert "NaN" not in text and len(text) > 10_000


class Stopping(Progress):
    """Asks to stop at the third step."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[str] = []

    def update(self, step: str, done: float, total: float, message: str = "") -> None:
        self.steps.append(step)
        if len(self.steps) > 3:
            self.cancel()
        super().update(step, done, total, message)


def test_a_training_stops_when_asked() -> None:
    progress = Stopping()
    with pytest.raises(Cancelled):
        train(files(), PLAN, progress)
    assert len(progress.steps) == 4


def test_missing_clinical_values_and_wrong_voxels_are_refused_before_anything_runs() -> None:
    whole = files()
    clinical = whole.cohort.clinical.copy()
    clinical.iloc[4, 0] = ""
    holed = CohortFiles(whole.cohort.rows(slice(None)), None, ())
    object.__setattr__(holed.cohort, "clinical", clinical)
    progress = Stopping()
    with pytest.raises(InputError, match="age in 1 of 90 patients"):
        train(holed, PLAN, progress)
    with pytest.raises(InputError, match="lack 40 patients and 0 features"):
        train(whole, PLAN, progress, whole.cohort.features.iloc[:50])
    with pytest.raises(InputError, match="stand in the cohort and in the test cohort"):
        train(whole, PLAN, progress, None, whole.cohort)
    assert progress.steps == []


def test_the_command_trains_and_tells_both_ways(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = write_cohort(tmp_path / "é cohort", 80, signal=2.0), tmp_path / "my model"
    line = ["train", str(folder), "-o", str(out), "--folds", "3", "--repeats", "1", "--bootstraps", "0"]
    line += ["--permutations", "0", "-j", "1"]
    assert main(line) == 2
    assert "the bundle's name 'my model'" in capsys.readouterr().err
    assert main([*line, "--name", "mine", "--seed", "3", "--folds", "1"]) == 2
    assert "--folds 1" in capsys.readouterr().err
    assert main([*line, "--name", "mine", "--signature", "published"]) == 0
    told = capsys.readouterr().out
    assert "strict AUC" in told and "Bundle:" in told and "lwctr evaluate --training" in told
    assert [model.name for model in load_bundle(out / "mine.zip").classifiers] == ["Clinical"]
    line += ["--signature", "published"]
    assert main([*line, "--name", "ours"]) == 3
    assert "is not empty; expected a new or empty folder" in capsys.readouterr().err
    (out / "notes.txt").write_text("of my own")
    assert main([*line, "--name", "ours", "--overwrite", "--progress", "json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["event"] == "trained" and last["sha256"] == load_bundle(out / "ours.zip").sha256
    assert not (out / "mine.zip").exists() and last["others"] == ["notes.txt"]


def test_the_published_signature_needs_its_features(tmp_path: Path) -> None:
    plan = Plan(folds=2, repeats=1, bootstraps=0, permutations=0, draws=10, learning_shares=(),
                chain=ChainSettings(selection="published"))  # fmt: skip
    training = train(read_cohort_files(write_cohort(tmp_path)), plan, Progress())
    assert list(training.strict.models) == ["Clinical"] and len(training.skipped) == 6
    assert training.strict.models["Clinical"].chosen == ("portal_vein_invasion", "extrahepatic_spread")
    assert training.strict.cox == () and training.optimism == {}
