"""The last stage of the chain: a linear SVM with a calibrated probability, as a scikit-learn classifier."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from LWCTRLogic.models.fit_score import LinearScore, fit_score
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.training.stage import check_fit, check_inputs


class CalibratedSvm(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A linear SVM whose C is chosen, and whose score is calibrated, on margins of patients left out.

    See :func:`LWCTRLogic.models.fit_score.fit_score`. With no input at all it says what share of the
    training patients was positive.

    Parameters
    ----------
    seed : int
        Seed of the inner folds.

    Attributes
    ----------
    score_ : LinearScore
        The fitted score.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:  # noqa: N803
        """Fit the machine and its calibration; see :class:`LWCTRLogic.training.stage.Stage` for the inputs."""
        x, label, weight = check_fit(self, X, y, sample_weight)
        if x.shape[1]:
            self.score_ = fit_score(x, label, weight, self.seed)
        else:
            none = np.empty(0)
            share = float(np.average(label, weights=weight))
            self.score_ = LinearScore(none, none, none, 0.0, 0.0, float(logit(share)), 0.0)
        return self

    def decision_function(self, X: Any) -> Floats:  # noqa: N803
        """Return the logits (n,) of the probabilities; above 0 the probability is above one half."""
        check_is_fitted(self)
        return self.score_.logit(check_inputs(self, X, reset=False))

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        """Return the probabilities (n, 2) of the two classes."""
        score = expit(self.decision_function(X))
        return np.column_stack([1 - score, score])

    def predict(self, X: Any) -> Any:  # noqa: N803
        """Return the likelier class."""
        positive = self.predict_proba(X)[:, 1] > 0.5
        return self.classes_[positive.astype(int)]

    def __sklearn_tags__(self) -> Any:
        """Say that there are two classes."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
