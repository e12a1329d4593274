"""What every stage of the selection chain shares: a scikit-learn selector that acts on one part of the inputs.

Inputs are a DataFrame with a row a patient, indexed by ``case_id``; an image feature is called
``<volume>:<feature>`` and a clinical one has no colon. A stage judges its own part and lets the other pass, so
that one straight Pipeline selects image features by the long chain and clinical ones by LASSO alone.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import ClassifierTags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    assert_all_finite,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from LWCTRLogic.stats.steps import Bools, Floats

Part = Literal["all", "images", "clinical"]


class Stage(SelectorMixin, BaseEstimator):  # type: ignore[misc]
    """Base of the stages.

    Attributes
    ----------
    support_ : (p,) of bool
        Which inputs pass.
    """

    part: Part = "all"

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:  # noqa: N803
        """Choose among the inputs of this stage's part.

        Parameters
        ----------
        X : (n, p)
            Inputs.
        y : (n,)
            Two classes.
        sample_weight : (n,), optional
            Weight of each patient's class; 0 where it is not known.
        """
        values, label, weight = check_fit(self, X, y, sample_weight)
        judged = self._judged()
        support = ~judged
        if judged.any():
            index = X.index if isinstance(X, pd.DataFrame) else None
            support[judged] = self._choose(values[:, judged], label, weight, index)
        self.support_: Bools = support
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        """Return the inputs that pass, as a DataFrame when they came as one."""
        check_is_fitted(self)
        if isinstance(X, pd.DataFrame):
            validate_data(self, X, reset=False, skip_check_array=True)
            return X.iloc[:, np.flatnonzero(self.support_)]
        return check_inputs(self, X, reset=False)[:, self.support_]

    def _judged(self) -> Bools:
        names = getattr(self, "feature_names_in_", None)
        if self.part == "all" or names is None:
            return np.full(self.n_features_in_, self.part != "clinical")
        image = np.array([":" in str(name) for name in names], dtype=bool)
        return image if self.part == "images" else ~image

    def _get_support_mask(self) -> Bools:
        check_is_fitted(self)
        return self.support_

    @abstractmethod
    def _choose(self, x: Floats, label: Bools, weight: Floats, index: pd.Index[Any] | None) -> Bools:
        """Return which columns of ``x`` (n, p) pass."""

    def __sklearn_tags__(self) -> Any:
        """Say that a stage needs to be told of two classes."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.classifier_tags = ClassifierTags(multi_class=False)
        return tags


def check_inputs(estimator: BaseEstimator, X: Any, *, reset: bool) -> Floats:  # noqa: N803
    """Return the inputs (n, p) as doubles.

    A DataFrame may have no column at all, since a stage may have let nothing pass. scikit-learn would look at
    each of its thousands of columns one by one, which takes longer than a fit.
    """
    if isinstance(X, pd.DataFrame):
        validate_data(estimator, X, reset=reset, skip_check_array=True)
        values = X.to_numpy(dtype=np.float64)
        assert_all_finite(values, input_name="X")
        return values
    return np.asarray(validate_data(estimator, X, reset=reset, dtype=np.float64), dtype=float)


def check_fit(
    estimator: Any,
    X: Any,  # noqa: N803
    y: ArrayLike,
    sample_weight: ArrayLike | None,
) -> tuple[Floats, Bools, Floats]:
    """Return inputs (n, p), whether each patient is of the later class (n,), and weights (n,).

    Sets ``classes_``.

    Raises
    ------
    ValueError
        As scikit-learn's own estimators do: for lengths that differ, values that are not finite, or more or
        fewer than two classes.
    """
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None")
    values = check_inputs(estimator, X, reset=True)
    target = column_or_1d(y, warn=True)
    check_consistent_length(values, target)
    assert_all_finite(target, input_name="y")
    check_classification_targets(target)
    weight = np.ones(len(target)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
    if weight.shape != (len(target),):
        raise ValueError(f"sample_weight has the shape {weight.shape}, expected ({len(target)},)")
    estimator.classes_ = np.unique(target)
    seen = len(np.unique(target[weight > 0]))
    if len(estimator.classes_) != 2 or seen != 2:
        counts = (
            f"{len(estimator.classes_)} classes, {seen} of them with weights above zero (1 class is too few)"
        )
        raise ValueError(f"Only binary classification is supported: found {counts}")
    return np.asarray(values, dtype=float), np.asarray(target == estimator.classes_[1]), weight


def standardised(x: Floats, weight: Floats) -> Floats:
    """Return columns of weighted mean 0 and standard deviation 1; constant ones are 0."""
    share = weight / weight.sum()
    mean = share @ x
    spread = np.sqrt(share @ (x - mean) ** 2)
    flat = spread <= 1e-10 * np.abs(mean)
    scaled = (x - mean) / np.where(flat | (spread == 0), 1.0, spread)
    scaled[:, flat] = 0.0
    return np.asarray(scaled, dtype=float)
