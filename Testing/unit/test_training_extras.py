"""Filling missing values, competing causes, needed patients, ComBat in a training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from LWCTRLogic.errors import InputError
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.competing_risks import cumulative_incidence
from LWCTRLogic.stats.sample_size import binary_sample_size
from LWCTRLogic.training.card import model_card
from LWCTRLogic.training.chain import ChainSettings, chosen_values, fit_chain, make_chain
from LWCTRLogic.training.cohort_reading import CohortFiles
from LWCTRLogic.training.extras import competing_risks, sample_size
from LWCTRLogic.training.impute_stage import ClinicalImputer
from LWCTRLogic.training.plan import Plan
from LWCTRLogic.training.training import BundleWords, make_bundle, train
from Testing.unit.training_cohort import make_files

SMALL = Plan(folds=2, repeats=1, bootstraps=0, permutations=0, draws=10, learning_shares=())


def holed(patients: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    age = rng.normal(60, 9, patients)
    frame = pd.DataFrame(
        {
            "pre_A:f": rng.normal(size=patients),
            "age": age,
            "tumour_diameter": age / 10 + 0.1 * rng.normal(size=patients),
            "ecog": (age > 60).astype(float),
        }
    )
    frame.loc[:4, "tumour_diameter"] = np.nan
    frame.loc[5, "ecog"] = np.nan
    return frame


def test_missing_values_are_filled_from_the_other_variables_and_the_rest_stays() -> None:
    frame = holed()
    stage = ClinicalImputer(seed=1).fit(frame)
    filled = stage.transform(frame)
    assert not filled.isna().to_numpy().any()
    pd.testing.assert_frame_equal(filled.iloc[6:], frame.iloc[6:])
    np.testing.assert_allclose(filled["tumour_diameter"][:5], frame["age"][:5] / 10, atol=0.5)
    assert 0 <= filled["ecog"][5] <= 1 and stage.get_support().all()
    other = clone(stage).set_params(seed=9).fit(frame).transform(frame)
    assert (other["tumour_diameter"][:5] != filled["tumour_diameter"][:5]).all()


def test_the_imputer_learns_from_training_patients_only() -> None:
    frame = holed()
    changed = frame.copy()
    changed.loc[40:, ["age", "tumour_diameter"]] += 500
    stage = ClinicalImputer().fit(frame.iloc[:40])
    again = ClinicalImputer().fit(changed.iloc[:40])
    pd.testing.assert_frame_equal(stage.transform(frame.iloc[:6]), again.transform(changed.iloc[:6]))
    with pytest.raises(InputError, match="inputs without names"):
        ClinicalImputer().fit(frame.to_numpy())
    images = frame[["pre_A:f"]]
    assert ClinicalImputer().fit(images).transform(images) is images


def test_a_chain_with_missing_values_fits_and_says_what_it_used() -> None:
    frame, rng = holed(), np.random.default_rng(1)
    label = frame["age"].to_numpy() + 5 * rng.normal(size=60) > 60
    chain = fit_chain(make_chain(ChainSettings(missing="impute"), None, 0), frame, label, np.ones(60))
    names, values = chosen_values(chain, frame)
    assert "age" in names or "tumour_diameter" in names
    assert np.isfinite(values).all() and values.shape == (60, len(names))


def test_death_of_cancer_is_told_with_other_deaths_as_competing(tmp_path: Path) -> None:
    cohort = make_files(tmp_path).cohort
    score, responder = -cohort.features["post_A:original_firstorder_F0"].to_numpy(), np.arange(90) % 2 == 0
    assert competing_risks(cohort, score, responder)["not_done"] == "no cause of death is given"
    rng = np.random.default_rng(0)
    cause = np.where(cohort.os_event, np.where(rng.random(90) < 0.8, "cancer", "other"), "")
    found = competing_risks(replace(cohort, cause=cause), score, responder)
    months = cohort.os_months - cohort.landmark
    code = np.where(~cohort.os_event, 0, np.where(cause == "cancer", 1, 2))
    by_hand = cumulative_incidence(months[responder], code[responder]).at(12.0)
    assert found["cumulative_incidence_of_cancer_death"]["responder"]["12"]["value"] == by_hand.value
    assert found["deaths_of_cancer"] + found["other_deaths"] == cohort.os_event.sum()
    unknown = np.where(cause == "other", "", cause)
    assert "have no cause" in competing_risks(replace(cohort, cause=unknown), score, responder)["not_done"]


def test_the_needed_patients_are_rileys_for_what_was_kept_and_for_all_candidates(tmp_path: Path) -> None:
    cohort = make_files(tmp_path).cohort
    label, weight = cohort.response()
    found = sample_size(cohort, 5, 500)
    share = float(np.average(label, weights=weight))
    assert found["kept"] == {"parameters": 5, "patients_needed": binary_sample_size(5, share).patients}
    assert found["candidates"]["patients_needed"] > 10 * found["kept"]["patients_needed"]


def test_with_combat_there_is_no_bundle_and_the_card_says_why(tmp_path: Path) -> None:
    files = make_files(tmp_path, signal=2.0)
    cohort = replace(files.cohort, clinical=files.cohort.clinical[[]])
    shift = np.where(cohort.centre == "north", 3.0, 0.0)[:, None] * cohort.features.std().to_numpy()
    cohort = replace(cohort, features=cohort.features + shift)
    plan = replace(SMALL, chain=ChainSettings(combat=True))
    training = train(CohortFiles(cohort, None, ()), plan, Progress())
    assert training.strict.models["Radiomic-Post"].auc.value > 0.7
    assert make_bundle(training, BundleWords("x")) is None
    assert "has not seen" in training.no_centres
    assert "without a reference centre, so there is no bundle" in model_card(training, None, "")
    with pytest.raises(InputError, match="patients by centre"):
        train(CohortFiles(replace(cohort, centre=None), None, ()), plan, Progress())
