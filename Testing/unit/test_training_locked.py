"""A finished bundle on other patients: locked scores, recalibration, and who may not be among them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import logit

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.cli import main
from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import Bundle
from LWCTRLogic.models.bundle_files import load_bundle, save_bundle
from LWCTRLogic.models.cohort_data import VIRTUAL, TrainingCohort
from LWCTRLogic.models.fit_bundle import make_classifier
from LWCTRLogic.models.fit_score import fit_score
from LWCTRLogic.models.predict import predict
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.stats.calibration import calibration_slope
from LWCTRLogic.stats.calibration_survival import calibration_survival
from LWCTRLogic.training.cohort_reading import digest_columns, patient_digests, read_cohort_files
from LWCTRLogic.training.locked import apply_bundle, locked_numbers, read_for
from LWCTRLogic.training.recalibrate import recalibrate
from Testing.unit.training_cohort import ORIGIN, cohort_tables, write_cohort, write_features

NAMES = ("post_A:original_firstorder_F0", "post_V:original_firstorder_F0", "extrahepatic_spread")


def make_bundle(cohort: TrainingCohort) -> Bundle:
    """A bundle of one model, fitted to a cohort."""
    x = cohort.matrix(NAMES)
    label, weight = cohort.response()
    model = make_classifier("LWCTR", NAMES, x, fit_score(x, label, weight, 0), 0.6, ())
    bundle = Bundle(
        name="parent",
        version="1.0.0",
        title="Parent",
        demonstration=False,
        notice="",
        intended_use="tests",
        trained_on="a test's patients",
        limits=("none",),
        settings=ORIGIN["settings"],
        settings_hash=ORIGIN["settings_hash"],
        classifiers=(model,),
        cox=(),
    )
    digests = sorted(patient_digests(cohort, digest_columns(bundle)).values())
    return replace(bundle, lineage={"trained_on": digests})


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The bundle, its own cohort, and another one."""
    own, other = write_cohort(tmp_path / "own"), write_cohort(tmp_path / "other", 100, seed=5)
    bundle = make_bundle(read_cohort_files(own).cohort)
    save_bundle(bundle, tmp_path / "parent.zip")
    return tmp_path / "parent.zip", own, other


def test_a_cohort_is_scored_as_one_patient_is(folders: tuple[Path, Path, Path]) -> None:
    path, _, other = folders
    bundle = load_bundle(path)
    cohort = read_for(bundle, other)
    assert list(cohort.features.columns) == sorted(NAMES[:2])
    locked = apply_bundle(bundle, cohort)
    for row in (0, 17, 99):
        from Testing.unit import sample_bundle

        table = sample_bundle.make_features(*VOLUMES)
        for name in NAMES[:2]:
            volume, column = name.split(":")
            table.loc[volume, column] = cohort.features[name].iloc[row]
        words = {"extrahepatic_spread": cohort.clinical["extrahepatic_spread"].iloc[row]}
        assert predict(bundle, table, words).headline().score == pytest.approx(
            locked.scores["LWCTR"][row], rel=1e-12
        )
    numbers = locked_numbers(bundle, locked)["models"]["LWCTR"]
    assert 0.6 < numbers["auc"]["low"] < numbers["auc"]["value"] < numbers["auc"]["high"]


def test_scores_are_calibrated_with_the_intervals_of_an_evaluation(folders: tuple[Path, Path, Path]) -> None:
    path, _, other = folders
    bundle = load_bundle(path)
    locked = apply_bundle(bundle, read_for(bundle, other))
    found = locked_numbers(bundle, locked)["models"]["LWCTR"]
    cohort, scores = locked.cohort, locked.scores["LWCTR"]
    expected = calibration_survival(cohort.os_months, cohort.os_event, scores, 12.0, knots=3).weak
    for name, one in (
        ("calibration_slope", expected.slope),
        ("calibration_in_the_large", expected.in_the_large),
    ):
        assert found[name] == {
            "value": pytest.approx(one.value),
            "low": pytest.approx(one.low),
            "high": pytest.approx(one.high),
        }
    assert found["not_estimated"] is None


def test_of_a_few_patients_only_the_scores_are_given(folders: tuple[Path, Path, Path]) -> None:
    path, _, other = folders
    bundle = load_bundle(path)
    locked = apply_bundle(bundle, read_for(bundle, other))
    rows = np.flatnonzero(locked.cohort.os_months > 12)[:4].tolist()
    rows += np.flatnonzero(locked.cohort.os_event & (locked.cohort.os_months < 12))[:9].tolist()
    few = replace(
        locked, cohort=locked.cohort.rows(rows), margins={"LWCTR": locked.margins["LWCTR"][rows]},
        scores={"LWCTR": locked.scores["LWCTR"][rows]},
    )  # fmt: skip
    found = locked_numbers(bundle, few)["models"]["LWCTR"]
    assert (found["auc"], found["calibration_slope"]) == (None, None)
    assert found["not_estimated"] == "4 patients followed beyond 12 months"


def test_a_score_that_is_the_same_for_everybody_says_why_it_has_no_slope(
    folders: tuple[Path, Path, Path],
) -> None:
    path, _, other = folders
    bundle = load_bundle(path)
    locked = apply_bundle(bundle, read_for(bundle, other))
    flat = np.zeros(len(locked.cohort))
    found = locked_numbers(bundle, replace(locked, margins={"LWCTR": flat}, scores={"LWCTR": flat + 0.5}))
    assert found["models"]["LWCTR"]["calibration_slope"] is None
    assert found["models"]["LWCTR"]["not_estimated"] == "the score is the same for everybody"


def test_a_bundle_is_not_tested_on_its_own_patients_under_whatever_name(
    folders: tuple[Path, Path, Path],
) -> None:
    path, own, _ = folders
    bundle = load_bundle(path)
    with pytest.raises(
        InputError, match="90 patients of the cohort are, by their features, also in what parent was"
    ):
        read_for(bundle, own)


def test_other_settings_and_missing_inputs_are_refused(folders: tuple[Path, Path, Path]) -> None:
    path, _, other = folders
    bundle = load_bundle(path)
    settings = {**bundle.settings, "setting": {**bundle.settings["setting"], "binWidth": 7.0}}
    from LWCTRLogic.models.settings_match import settings_digest

    changed = replace(bundle, settings=settings, settings_hash=settings_digest(settings))
    with pytest.raises(InputError, match="binWidth"):
        read_for(changed, other)
    cohort = read_for(bundle, other)
    no_words = replace(cohort, clinical=cohort.clinical[[]])
    with pytest.raises(
        InputError, match="no model of the bundle can run: the cohort lacks extrahepatic_spread"
    ):
        apply_bundle(bundle, no_words)


def test_recalibration_moves_intercept_and_slope_and_nothing_else(
    folders: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    path, _, other = folders
    bundle = load_bundle(path)
    cohort = read_for(bundle, other)
    made = recalibrate(bundle, cohort, "child", draws=30)
    child, parent = made.bundle.classifiers[0], bundle.classifiers[0]
    assert child.features == parent.features and child.intercept == parent.intercept
    before, after = apply_bundle(bundle, cohort), apply_bundle(made.bundle, cohort)
    np.testing.assert_allclose(
        logit(after.scores["LWCTR"]),
        made.moves["LWCTR"].intercept.value + made.moves["LWCTR"].slope.value * logit(before.scores["LWCTR"]),
        rtol=1e-9,
    )
    label, weight = cohort.response()
    slope, large = calibration_slope(label[weight > 0], after.scores["LWCTR"][weight > 0], weight[weight > 0])
    assert (slope, large) == (pytest.approx(1, abs=1e-6), pytest.approx(0, abs=1e-6))
    called = [item.scores["LWCTR"] >= cut for item, cut in ((before, parent.cutoff), (after, child.cutoff))]
    np.testing.assert_array_equal(*called)
    assert made.bundle.lineage["parent"] == bundle.sha256 != ""
    assert len(made.bundle.lineage["trained_on"]) == 190
    assert {model.endpoint for model in made.bundle.cox} == {"OS", "PFS"}
    save_bundle(made.bundle, tmp_path / "child.zip")
    assert load_bundle(tmp_path / "child.zip").lineage == made.bundle.lineage
    with pytest.raises(InputError, match=r"100 patients.*also in what child was trained on"):
        read_for(load_bundle(tmp_path / "child.zip"), other)


def test_a_bundles_own_test_set_may_not_recalibrate_it(folders: tuple[Path, Path, Path]) -> None:
    path, _, other = folders
    bundle = load_bundle(path)
    cohort = read_for(bundle, other)
    digests = sorted(patient_digests(cohort, digest_columns(bundle)).values())
    tested = replace(bundle, lineage={"tested_on": digests})
    with pytest.raises(InputError, match="100 patients.*what parent was tested on"):
        recalibrate(tested, cohort, "child")


def test_too_few_patients_and_a_score_that_points_the_wrong_way_cannot_be_recalibrated(
    folders: tuple[Path, Path, Path],
) -> None:
    path, _, other = folders
    bundle = load_bundle(path)
    cohort = read_for(bundle, other)
    with pytest.raises(InputError, match="20 of each at least"):
        recalibrate(bundle, cohort.rows(np.arange(30)), "child")
    model = bundle.classifiers[0]
    turned = replace(bundle, classifiers=(replace(model, slope=-model.slope),))
    with pytest.raises(InputError, match="points the wrong way"):
        recalibrate(turned, cohort, "child")


def test_unused_columns_and_patients_without_features_are_told(
    folders: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _, other = folders
    table = other / "cohort.csv"
    head, first, *rows = table.read_text(encoding="utf-8").splitlines()
    stranger = ",".join(["stranger", *first.split(",")[1:]])
    lines = [f"{head},shoe_size", *(f"{row},42" for row in (first, *rows, stranger))]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    left_out = "1 patients without features are left out: stranger"
    for action, out in (("score", "scores.csv"), ("recalibrate", "child.zip")):
        assert main(["models", action, str(path), str(other), "-o", str(tmp_path / out)]) == 0
        told = capsys.readouterr().err
        assert "columns that nothing uses: shoe_size" in told and left_out in told
    plan = ["--draws", "2", "--numbers-only", "-o", str(tmp_path / "judged")]
    assert main(["evaluate", "--cohort", str(other), "--bundle", str(path), *plan]) == 0
    assert left_out in capsys.readouterr().err
    content = json.loads((tmp_path / "judged" / "metrics.json").read_text(encoding="utf-8"))
    assert left_out in content["notes"] and content["patients"] == 100


def test_the_commands_score_and_recalibrate(
    folders: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _, other = folders
    table, child = tmp_path / "scores.csv", tmp_path / "child.zip"
    assert main(["models", "score", str(path), str(other), "-o", str(table)]) == 0
    told = capsys.readouterr().out
    assert re.search(r"LWCTR, 100 patients: AUC at 12 months 0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)", told)
    assert re.search(r"calibration slope \S+ \(\S+ to \S+\), in the large \S+ \(\S+ to \S+\)", told)
    header = table.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert {"case_id", "os_months", "os_event", "pfs_months", "landmark_months", "mrecist", "LWCTR"} <= set(
        header
    )
    assert main(["models", "recalibrate", str(path), str(other), "-o", str(child)]) == 0
    told = capsys.readouterr().out
    assert f"parent: parent, SHA-256 {load_bundle(path).sha256}" in told and "slope (95 %)" in told
    assert "Cox model OS Rad-Nomo: fitted anew on" in told
    assert load_bundle(child).name == "child"
    sheet = json.loads((tmp_path / "child-recalibration.json").read_text())
    assert (
        sheet["parent"]["sha256"] == load_bundle(path).sha256 and sheet["sha256"] == load_bundle(child).sha256
    )
    assert (tmp_path / "child-calibration.png").stat().st_size > 10_000
    first = child.read_bytes()
    assert main(["models", "recalibrate", str(path), str(other), "-o", str(child)]) == 3
    assert main(["models", "recalibrate", str(path), str(other), "-o", str(path), "--overwrite"]) == 3
    assert main(["models", "score", str(path), str(other), "-o", str(table)]) == 3
    own_table = str(other / "cohort.csv")
    assert main(["models", "score", str(path), str(other), "-o", own_table, "--overwrite"]) == 3
    assert "is what the command reads" in capsys.readouterr().err
    line = ["models", "--progress", "json", "recalibrate", str(path), str(other), "-o", str(child)]
    assert main([*line, "--overwrite"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["parent"] == sheet["parent"]["sha256"] and child.read_bytes() == first
    assert main(["models", "score", str(path), str(other), "-o", str(tmp_path / "scores.txt")]) == 2
    assert main(["models", "recalibrate", str(path), str(other), "-o", str(tmp_path / "a b.zip")]) == 2


def test_a_virtual_cohort_that_a_bundle_cannot_read_is_told_that_it_has_no_scans(
    folders: tuple[Path, Path, Path],
) -> None:
    path, _, other = folders
    drawn = other.parent / "drawn"
    write_cohort(drawn, 100, seed=5)
    _, features, _ = cohort_tables(100, seed=5)
    write_features(features, drawn / "features.parquet", {**ORIGIN, "backend": VIRTUAL})
    settings = ExtractionSettings(resampled_spacing=(2.0, 2.0, 2.0))
    bundle = replace(load_bundle(path), settings=settings.to_dict(), settings_hash=settings.hash)
    with pytest.raises(
        InputError, match=r"resampledPixelSpacing is null.*drawn at random for a virtual cohort"
    ):
        read_for(bundle, drawn)
    with pytest.raises(InputError, match="Name the bundle that was trained on such features"):
        read_for(bundle, other)
