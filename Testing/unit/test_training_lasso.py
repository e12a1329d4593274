"""The L1 path against its optimality conditions, scikit-learn's saga, and the table that R's glmnet made."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from LWCTRLogic.training.lasso import lasso_cv, lasso_path, penalty_sequence

R = Path(__file__).resolve().parents[1] / "contract" / "r_reference"


def make_data(patients: int = 60, features: int = 25, seed: int = 0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, features)) + 0.7 * rng.normal(size=(patients, 1))
    y = (x[:, 0] - x[:, 3] + rng.normal(size=patients) > 0).astype(float)
    return x * rng.uniform(0.01, 1e4, features), y, rng.uniform(0.5, 2.0, patients)


def test_every_point_of_the_path_is_an_optimum() -> None:
    x, y, weight = make_data()
    path = lasso_path(x, y, weight, tolerance=1e-17)
    share = weight / weight.sum()
    z = x - share @ x
    z /= np.sqrt(share @ z**2)
    for penalty, coefficients, intercept in zip(
        path.penalties, path.coefficients, path.intercepts, strict=True
    ):
        residual = share * (y - 1 / (1 + np.exp(-(intercept + z @ coefficients))))
        gradient = z.T @ residual
        kept = coefficients != 0
        assert abs(residual.sum()) < 1e-7
        assert (np.abs(gradient) <= penalty + 1e-7).all()
        np.testing.assert_allclose(gradient[kept], penalty * np.sign(coefficients[kept]), rtol=0, atol=1e-7)


def test_coefficients_are_those_of_saga() -> None:
    x, y, weight = make_data(40, 12)
    z = (x - np.average(x, axis=0, weights=weight)) / np.sqrt(np.cov(x.T, aweights=weight, ddof=0).diagonal())
    path = lasso_path(x, y, weight, tolerance=1e-15)
    for position in (10, 30):
        saga = LogisticRegression(
            l1_ratio=1.0,
            C=1 / (path.penalties[position] * weight.sum()),
            solver="saga",
            tol=1e-10,
            max_iter=100_000,
        )
        saga.fit(z, y, sample_weight=weight)
        np.testing.assert_allclose(path.coefficients[position], saga.coef_[0], atol=1e-6)
        assert path.intercepts[position] == pytest.approx(saga.intercept_[0], abs=1e-6)


def test_coefficients_and_cross_validated_deviance_are_those_of_glmnet() -> None:
    table = np.genfromtxt(R / "tables" / "lasso.csv", delimiter=",", skip_header=1)
    expected = json.loads((R / "numbers" / "lasso.json").read_text())
    y, fold, x = table[:, 0], table[:, 1].astype(int), table[:, 2:]
    found = lasso_cv(x, y, np.ones(len(y)), fold, penalties=np.array(expected["lambda"]), tolerance=1e-14)
    # glmnet reports coefficients of the columns as they came.
    raw = found.path.coefficients / x.std(axis=0)
    np.testing.assert_allclose(raw.T, np.array(expected["coefficients"]), rtol=2e-6, atol=1e-6)
    # Further down some fold is separated, and there glmnet cuts probabilities off at 1e-5.
    np.testing.assert_allclose(found.deviance[:20], expected["cvm"][:20], rtol=1e-5)
    np.testing.assert_allclose(found.error[:20], expected["cvsd"][:20], rtol=1e-4)
    assert found.path.penalties[found.index("min")] == pytest.approx(expected["lambda_min"])
    assert found.path.penalties[found.index("1se")] == pytest.approx(expected["lambda_1se"])


def test_a_fold_of_weights_is_a_fold_of_rows() -> None:
    x, y, weight = make_data(50, 80, 3)
    fold = np.arange(50) % 5
    found = lasso_cv(x, y, weight, fold, tolerance=1e-12)
    loss = []
    for label in range(5):
        rows = fold != label
        part = lasso_path(x[rows], y[rows], weight[rows], penalties=found.path.penalties, tolerance=1e-12)
        share = weight[rows] / weight[rows].sum()
        mean = share @ x[rows]
        sd = np.sqrt(share @ (x[rows] - mean) ** 2)
        eta = part.intercepts[:, None] + part.coefficients @ ((x[~rows] - mean) / sd).T
        loss.append((2 * (np.logaddexp(0, eta) - y[~rows] * eta)) @ weight[~rows])
    np.testing.assert_allclose(found.deviance, np.sum(loss, axis=0) / weight.sum(), rtol=1e-4)


def test_patience_cuts_the_path_without_moving_what_it_has() -> None:
    x, y, weight = make_data(50, 80, 4)
    fold = np.arange(50) % 5
    whole, cut = (lasso_cv(x, y, weight, fold, patience=patience) for patience in (None, 5))
    count = len(cut.deviance)
    assert count < len(whole.deviance) == 100
    np.testing.assert_array_equal(cut.path.coefficients, whole.path.coefficients[:count])
    assert count - 1 - cut.index("min") == 5


def test_a_constant_column_never_enters_however_large_it_is() -> None:
    x, y, weight = make_data()
    x[:, 4] = 3.3e12
    path = lasso_path(x, y, weight)
    assert np.isfinite(path.coefficients).all() and (path.coefficients[:, 4] == 0).all()


def test_the_sequence_of_penalties_is_glmnets() -> None:
    assert penalty_sequence(1.0, 50, 100)[[0, -1]] == pytest.approx([1.0, 0.01])
    assert penalty_sequence(1.0, 100, 50)[[0, -1]] == pytest.approx([1.0, 1e-4])
