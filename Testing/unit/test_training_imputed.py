"""A training with missing values: what is pooled, and what is told of them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest

from LWCTRLogic.models.fit_bundle import fit_cox_models
from LWCTRLogic.progress import Progress
from LWCTRLogic.stats.calibration import fit_logistic, logistic_covariance
from LWCTRLogic.training.card import model_card
from LWCTRLogic.training.chain import ChainSettings
from LWCTRLogic.training.cohort_reading import CohortFiles, read_cohort_files
from LWCTRLogic.training.imputed import missing_values, pooled_calibration
from LWCTRLogic.training.numbers import training_numbers
from LWCTRLogic.training.plan import Plan
from LWCTRLogic.training.training import Training, train
from Testing.unit.training_cohort import cohort_tables, write_cohort

CHAIN = ChainSettings(missing="impute", lasso_folds=5)
PLAN = Plan(CHAIN, folds=3, repeats=1, bootstraps=0, permutations=0, draws=10, learning_shares=())


@cache
def files() -> CohortFiles:
    folder = write_cohort(Path(mkdtemp()), 100, signal=2.0)
    table = cohort_tables(100, signal=2.0)[0].astype(object).drop(columns="centre")  # no centre to leave out
    table.loc[::5, "extrahepatic_spread"] = ""
    table.loc[1::9, "mrecist"] = ""
    table.to_csv(folder / "cohort.csv", index=False)
    return read_cohort_files(folder)


@cache
def trained() -> Training:
    return train(files(), PLAN, Progress())


def test_what_is_missing_is_counted() -> None:
    assert missing_values(files().cohort) == {"extrahepatic_spread": 20, "mrecist": 11}


def test_every_patient_has_a_score_by_each_data_set_and_they_differ_only_where_something_is_missing() -> None:
    cross = trained().strict.models["Clinical"].cross
    assert cross.completed.shape == (1, 5, 100)
    spread = np.ptp(cross.completed[0], axis=0)
    holes = (files().cohort.clinical["extrahepatic_spread"] == "").to_numpy()
    assert (spread[~holes] < 1e-12).all() and (spread[holes] > 0).any()
    np.testing.assert_allclose(cross.completed[0][0, ~holes], cross.scores[0, ~holes], rtol=1e-9)


def test_calibration_is_pooled_over_the_data_sets() -> None:
    cohort = files().cohort
    plain = pooled_calibration(cohort, np.tile(trained().strict.models["LWCTR"].cross.scores[0], (5, 1)))
    found = trained().strict.imputed.calibration
    assert "Clinical" in found and "Radiomic-Post" not in found
    ours = found["LWCTR"]
    assert ours.terms[0].estimate.value == pytest.approx(plain.terms[0].estimate.value, rel=0.2)
    assert ours.terms[0].missing_information >= plain.terms[0].missing_information == 0
    score, everyone = np.linspace(0.1, 0.9, 100), cohort.os_months > 12
    seen = cohort.rows(cohort.os_event | everyone)
    label = seen.os_months > 12
    design = np.column_stack([np.log(score / (1 - score))[: len(seen)], np.ones(len(seen))])
    fit = fit_logistic(design, label)
    found = pooled_calibration(seen, np.tile(score[: len(seen)], (2, 1)))
    assert found.values == pytest.approx(fit, rel=1e-8)
    errors = np.sqrt(np.diag(logistic_covariance(design, fit)))
    assert [term.estimate.se for term in found.terms] == pytest.approx(errors, rel=0.2)


def test_the_bundles_cox_models_are_the_pooled_ones_and_the_numbers_say_what_was_lost() -> None:
    cox = {(model.endpoint, model.name): model for model in trained().strict.cox}
    assert len(cox) == 6
    alone = fit_cox_models(files().cohort, trained().strict.models["LWCTR"].cross.scores[0], 0, 10)
    assert [model.name for model in alone] == ["Rad-score", "Rad-score"]
    found = json.loads(json.dumps(training_numbers(trained())))
    assert found["missing_values"] == {"extrahepatic_spread": 20, "mrecist": 11}
    term = found["imputation"]["cox"]["OS Rad-Nomo"]["mrecist"]
    assert term["low"] < term["value"] < term["high"] and 0 < term["missing_information"] < 1
    assert term["value"] == pytest.approx(cox["OS", "Rad-Nomo"].terms[1].coefficient)


def test_the_card_tells_what_was_missing_and_how_it_was_treated() -> None:
    card = model_card(trained(), None, "")
    assert "| extrahepatic_spread | 20 |" in card and "pooled over 5 data sets" in card
    assert "Rubin's rules" in card and "OS Rad-Nomo: mrecist" in card
    assert any(
        "imputed inside the folds: extrahepatic_spread in 20, mrecist in 11" in n for n in trained().notes
    )
