"""The stages as scikit-learn estimators, and what each one keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.base import clone
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import Pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import MODEL_NAMES
from LWCTRLogic.models.signature import SIGNATURE
from LWCTRLogic.stats.icc import intraclass_correlation
from LWCTRLogic.training.chain import (
    ChainSettings,
    chain_inputs,
    chosen_features,
    fit_chain,
    make_chain,
    reseeded,
)
from LWCTRLogic.training.filters import SpearmanFilter, UnivariateFilter, VarianceFilter
from LWCTRLogic.training.icc_filter import IccFilter, Readings
from LWCTRLogic.training.score_stage import CalibratedSvm
from LWCTRLogic.training.selectors import LassoSelector, RecursiveElimination

STAGES = (
    IccFilter(),
    VarianceFilter(),
    UnivariateFilter(largest_p=1.0),
    LassoSelector(folds=2, patience=5),
    RecursiveElimination(folds=2),
    SpearmanFilter(),
    CalibratedSvm(),
)


def make_inputs(patients: int = 80, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Two informative features, one copy, noise, one constant, and two clinical columns."""
    rng = np.random.default_rng(seed)
    risk = rng.normal(size=patients)
    x = pd.DataFrame(
        {
            "pre_A:good": risk + rng.normal(size=patients),
            "post_V:better": 1000 * (risk + 0.5 * rng.normal(size=patients)),
            **{f"post_A:noise{j}": rng.normal(size=patients) for j in range(20)},
            "pre_V:constant": np.full(patients, 7.5e9),
            "age": 60 + 9 * rng.normal(size=patients),
            "ecog": (risk + rng.normal(size=patients) > 0).astype(float),
        },
        index=pd.Index([f"p{j:03d}" for j in range(patients)], name="case_id"),
    )
    x["pre_V:copy"] = np.exp(x["pre_A:good"] / 3)
    label = risk + 0.7 * rng.normal(size=patients) > 0
    weight = np.where(rng.random(patients) < 0.1, 0.0, rng.uniform(0.8, 1.5, patients))
    return x, label, weight


NOT_MEANT = {
    "check_sample_weight_equivalence_on_dense_data": "folds are dealt by row: a row twice is not a weight of 2",
    "check_sample_weight_equivalence_on_sparse_data": "the same, and no sparse data",
}


@parametrize_with_checks(
    list(STAGES),
    expected_failed_checks=lambda stage: (
        NOT_MEANT if isinstance(stage, LassoSelector | RecursiveElimination | CalibratedSvm) else {}
    ),
    xfail_strict=False,
)
def test_scikit_learn_accepts_every_stage(estimator: Any, check: Any) -> None:
    check(estimator)


def test_each_filter_drops_what_it_is_for() -> None:
    x, label, weight = make_inputs()
    kept = {
        type(stage).__name__: set(x.columns[stage.fit(x, label, weight).get_support()])
        for stage in (VarianceFilter(), UnivariateFilter(1e-3), SpearmanFilter())
    }
    everything = set(x.columns)
    assert everything - kept["VarianceFilter"] == {"pre_V:constant"}
    assert kept["UnivariateFilter"] >= {"pre_A:good", "post_V:better", "age", "ecog"}
    assert len(kept["UnivariateFilter"]) < 10
    assert len(kept["SpearmanFilter"] & {"pre_A:good", "pre_V:copy"}) == 1
    assert "post_V:better" in kept["SpearmanFilter"]


def test_the_univariate_test_is_scipys_among_the_known() -> None:
    x, label, weight = make_inputs()
    known = weight > 0
    stage = UnivariateFilter(0.2).fit(x, label, weight)
    for name, passed in zip(x.columns, stage.get_support(), strict=True):
        if ":" in name and name != "pre_V:constant":
            yes, no = x.loc[known & label, name], x.loc[known & ~label, name]
            assert passed == (stats.mannwhitneyu(yes, no, method="asymptotic").pvalue <= 0.2)


def test_lasso_and_elimination_find_the_signal_and_leave_clinical_columns_alone() -> None:
    x, label, weight = make_inputs(120)
    for stage in (LassoSelector(rule="1se"), RecursiveElimination()):
        kept = set(x.columns[stage.fit(x, label, weight).get_support()])
        assert {"post_V:better", "age", "ecog"} <= kept and len(kept) < 12
    clinical = LassoSelector(rule="1se", part="clinical").fit(x, label, weight)
    kept = set(x.columns[clinical.get_support()])
    assert set(x.columns) - kept == {"age"}


def test_patients_of_unknown_class_have_no_part_in_lasso_or_elimination() -> None:
    x, label, weight = make_inputs()
    changed, flipped = x.copy(), label.copy()
    changed.loc[weight == 0] *= 9
    flipped[weight == 0] = ~flipped[weight == 0]
    for stage in (LassoSelector(), RecursiveElimination()):
        before = stage.fit(x, label, weight).get_support()
        np.testing.assert_array_equal(before, clone(stage).fit(changed, flipped, weight).get_support())


def make_readings(x: pd.DataFrame, patients: int, noise: dict[str, float], seed: int = 1) -> Readings:
    rng = np.random.default_rng(seed)
    names = [name for name in x.columns if ":" in name]
    base = x[names].to_numpy()[:patients, None, :]
    error = np.array([noise.get(name, 0.01) * x[name].std() for name in names])
    values = base + error * rng.normal(size=(patients, 3, len(names)))
    return Readings(tuple(x.index[:patients]), tuple(names), values, ("auto",))


def test_the_lower_limit_of_the_icc_decides_and_only_training_patients_count() -> None:
    x, label, weight = make_inputs()
    readings = make_readings(x, 30, {"post_V:better": 0.3, "post_A:noise3": 3.0})
    stage = IccFilter(readings).fit(x, label, weight)
    position = list(x.columns).index("post_V:better")
    by_hand = intraclass_correlation(readings.values[:, :, readings.names.index("post_V:better")][None])
    images = [name for name in x if ":" in name]
    assert stage.low_[images.index("post_V:better")] == pytest.approx(by_hand.low[0], rel=1e-9)
    assert stage.get_support()[position] == (by_hand.low[0] >= 0.75)
    assert by_hand.value[0] > 0.75 > by_hand.low[0]
    assert not stage.get_support()[list(x.columns).index("post_A:noise3")]
    part = IccFilter(readings).fit(x.iloc[12:], label[12:], weight[12:])
    assert (stage.patients_, part.patients_) == (30, 18)
    np.testing.assert_array_equal(
        part.low_[0], intraclass_correlation(readings.values[12:, :, 0][None]).low[0]
    )


def test_too_few_readings_and_inputs_without_names_are_refused() -> None:
    x, label, weight = make_inputs()
    readings = make_readings(x, 30, {})
    with pytest.raises(InputError, match="readings of 5 training patients; expected 10"):
        IccFilter(readings).fit(x.iloc[25:], label[25:], weight[25:])
    with pytest.raises(InputError, match="without case_id"):
        IccFilter(readings).fit(x.to_numpy(), label, weight)


def test_a_feature_without_readings_does_not_pass() -> None:
    x, label, weight = make_inputs()
    readings = make_readings(x.drop(columns="pre_A:good"), 30, {})
    kept = set(x.columns[IccFilter(readings).fit(x, label, weight).get_support()])
    assert "pre_A:good" not in kept and {"post_V:better", "age"} <= kept


def test_the_whole_chain_is_one_pipeline_that_nests_and_clones() -> None:
    x, label, weight = make_inputs(90)
    chain = make_chain(ChainSettings(), make_readings(x, 40, {}), seed=3)
    assert isinstance(chain, Pipeline) and clone(chain).get_params().keys() == chain.get_params().keys()
    fitted = fit_chain(chain, x, label, weight)
    chosen = chosen_features(fitted, x)
    assert "post_V:better" in chosen and "pre_V:constant" not in chosen and len(chosen) < 15
    assert fitted.named_steps["score"].score_.weights.shape == (len(chosen),)
    nested = cross_val_predict(chain, x, label, cv=3, method="predict_proba")[:, 1]
    assert np.corrcoef(nested, label)[0, 1] > 0.4


def test_when_nothing_is_chosen_everybody_gets_the_share_of_the_training_patients() -> None:
    x, label, weight = make_inputs()
    few = x[["pre_V:constant"]]
    fitted = fit_chain(make_chain(ChainSettings(), None, 0), few, label, weight)
    assert chosen_features(fitted, few) == ()
    np.testing.assert_allclose(fitted.predict_proba(few)[:, 1], np.average(label, weights=weight))


def test_a_model_sees_its_own_volumes_and_the_published_signature_is_taken_as_it_is() -> None:
    x, label, weight = make_inputs()
    free, published = ChainSettings(), ChainSettings(selection="published")
    assert {name.partition(":")[0] for name in chain_inputs("Radiomic-LA", x, free)} == {"pre_A", "post_A"}
    assert list(chain_inputs("Clinical", x, free)) == ["age", "ecog"]
    assert set(chain_inputs("LWCTR", x, free)) == set(x.columns)
    rng = np.random.default_rng(0)
    names = [f"{volume}:{name}" for volume, group in SIGNATURE.items() for name in group]
    names += ["portal_vein_invasion", "extrahepatic_spread", "post_A:other", "age"]
    table = pd.DataFrame(rng.normal(size=(80, len(names))), columns=names)
    counts = [chain_inputs(model, table, published).shape[1] for model in MODEL_NAMES]
    assert counts == [2, 9, 18, 14, 13, 27, 29]
    fitted = fit_chain(make_chain(published, None, 0), chain_inputs("LWCTR", table, published), label, weight)
    assert len(chosen_features(fitted, chain_inputs("LWCTR", table, published))) == 29


def test_another_seed_reaches_every_stage_that_deals_folds() -> None:
    chain = reseeded(make_chain(ChainSettings(), None, 1), 8)
    seeds = {name: value for name, value in chain.get_params().items() if name.endswith("seed")}
    assert len(seeds) == 4 and set(seeds.values()) == {8}
