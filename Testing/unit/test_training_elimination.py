"""Elimination order against scikit-learn's, and the two machines against libsvm."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_selection import RFE
from sklearn.svm import SVC

from LWCTRLogic.training import elimination
from LWCTRLogic.training.elimination import eliminate_features
from LWCTRLogic.training.linear_svm import svm_weights


def make_data(patients: int, features: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, features)) + 0.5 * rng.normal(size=(patients, 1))
    label = x[:, 0] + x[:, -1] + 2 * rng.normal(size=patients) > 0
    return (x - x.mean(axis=0)) / x.std(axis=0), label


def ranks(order: np.ndarray) -> np.ndarray:
    rank = np.empty(len(order), dtype=int)
    rank[order] = np.arange(len(order), 0, -1)
    return rank


@pytest.mark.parametrize(("patients", "features"), [(60, 12), (40, 90)])
def test_the_order_is_that_of_scikit_learn(patients: int, features: int) -> None:
    x, label = make_data(patients, features)
    found = eliminate_features(x, label, np.full(patients, 0.3), tolerance=1e-9)
    expected = RFE(SVC(kernel="linear", C=0.3, tol=1e-9), n_features_to_select=1, step=1).fit(x, label)
    np.testing.assert_array_equal(ranks(found.order), expected.ranking_)


def test_blocks_and_the_change_of_solver_leave_the_order_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    x, label = make_data(40, 50, 1)
    bound = np.full(40, 0.1)
    whole = eliminate_features(x, label, bound, x[:3], tolerance=1e-9)
    monkeypatch.setattr(elimination, "_BLOCK", 7)
    blocks = eliminate_features(x, label, bound, x[:3], tolerance=1e-9)
    monkeypatch.setattr(elimination, "_FEW", 10**9)
    one_solver = eliminate_features(x, label, bound, x[:3], tolerance=1e-9)
    for other in (blocks, one_solver):
        np.testing.assert_array_equal(whole.order, other.order)
        np.testing.assert_allclose(whole.margins, other.margins, atol=5e-4)


def test_the_margins_on_the_way_are_those_of_machines_without_the_features_that_left() -> None:
    x, label = make_data(60, 20, 2)
    others = make_data(9, 20, 3)[0]
    found = eliminate_features(x, label, np.full(60, 0.2), others, tolerance=1e-9)
    for turn in (0, 7, 19):
        left = found.order[turn:]
        machine = SVC(kernel="linear", C=0.2, tol=1e-9).fit(x[:, left], label)
        np.testing.assert_allclose(
            found.margins[turn], machine.decision_function(others[:, left]) - machine.intercept_, atol=1e-3
        )


@pytest.mark.parametrize("penalty", [1e-3, 0.1, 10.0])
@pytest.mark.parametrize("features", [1, 8, 60])
def test_the_interior_point_method_finds_the_optimum(features: int, penalty: float) -> None:
    # The duality gap needs no other solver: it is 0 at the optimum alone.
    x, label = make_data(80, features, 4)
    bound = penalty * np.random.default_rng(0).uniform(0.5, 2, 80)
    bound[::7] = 0
    weights = svm_weights(x, label, bound)
    sign = np.where(label, 1, -1)
    margin = x @ weights
    hinge = [float(bound @ np.maximum(0, 1 - sign * (margin + b))) for b in sign - margin]
    machine = SVC(kernel="linear", C=1.0, tol=1e-8)
    machine.fit(x[bound > 0], label[bound > 0], sample_weight=bound[bound > 0])
    other = machine.coef_[0]
    margin_other = x @ other
    hinge_other = [float(bound @ np.maximum(0, 1 - sign * (margin_other + b))) for b in sign - margin_other]
    ours, libsvm = weights @ weights / 2 + min(hinge), other @ other / 2 + min(hinge_other)
    assert ours <= libsvm * (1 + 1e-6)
    np.testing.assert_allclose(weights, other, atol=1e-3 * np.abs(other).max())


def test_a_patient_with_weight_0_changes_nothing() -> None:
    x, label = make_data(50, 30, 5)
    bound = np.full(50, 0.2)
    bound[:10] = 0
    changed = x.copy()
    changed[:10] *= 50
    np.testing.assert_array_equal(
        eliminate_features(x, label, bound).order, eliminate_features(changed, label, bound).order
    )
    np.testing.assert_array_equal(
        eliminate_features(x, label, bound).order, eliminate_features(x[10:], label[10:], bound[10:]).order
    )
