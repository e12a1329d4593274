"""The stage that fills missing clinical values, fitted anew in every fold."""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.imputation import fit_imputers
from LWCTRLogic.stats.steps import Bools

_FEW_VALUES = 5


class ClinicalImputer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Fills clinical values by chained equations among the clinical variables; the outcome has no part in it.

    Several data sets are drawn, and a missing value becomes their mean, since a patient must get one score. Each
    repeat of a cross-validation draws its own, so its scores carry what the missing values cost. Image features
    pass untouched.

    Parameters
    ----------
    count : int
        Data sets.
    seed : int
        Of the draws.
    """

    def __init__(self, count: int = 5, seed: int = 0) -> None:
        self.count = count
        self.seed = seed

    def fit(
        self,
        X: pd.DataFrame,  # noqa: N803
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Fit to the training patients; labels and weights are not looked at.

        Raises
        ------
        InputError
            When a variable has no value at all.
        """
        if not isinstance(X, pd.DataFrame):
            raise InputError("inputs without names", "a DataFrame")
        validate_data(self, X, skip_check_array=True)
        table = X.loc[:, self._clinical(X)]
        discrete = [table[name].dropna().nunique() <= _FEW_VALUES for name in table]
        self.imputers_ = (
            fit_imputers(table.to_numpy(), count=self.count, seed=self.seed, discrete=discrete)
            if table.shape[1]
            else None
        )
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803
        """Return the inputs with every clinical value filled."""
        check_is_fitted(self)
        validate_data(self, X, reset=False, skip_check_array=True)
        names = self._clinical(X)
        if self.imputers_ is None or not X[names].isna().to_numpy().any():
            return X
        filled = np.mean(self.imputers_.complete(X[names].to_numpy()), axis=0)
        return X.assign(**dict(zip(names, filled.T, strict=True)))

    def complete(self, X: pd.DataFrame) -> list[pd.DataFrame]:  # noqa: N803
        """Return the inputs once for each data set, each filled with its own draws."""
        check_is_fitted(self)
        names = self._clinical(X)
        if self.imputers_ is None:
            return [X] * self.count
        tables = self.imputers_.complete(X[names].to_numpy())
        return [X.assign(**dict(zip(names, table.T, strict=True))) for table in tables]

    def get_support(self) -> Bools:
        """Return that every input passes."""
        check_is_fitted(self)
        return np.ones(self.n_features_in_, dtype=bool)

    @staticmethod
    def _clinical(x: pd.DataFrame) -> list[str]:
        return [str(name) for name in x.columns if ":" not in str(name)]
