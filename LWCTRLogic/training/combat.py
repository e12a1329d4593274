"""Centre effects by ComBat (Johnson, Li and Rabinovic 2007), parametric empirical Bayes, as a stage of the chain.

Each feature's shift and scale of a centre is shrunk towards what the centre does to all features. A centre must
have been seen when the stage was fitted: so it serves cohorts, and no bundle may depend on it, since a
single patient from elsewhere cannot be adjusted. Labels have no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.steps import Bools, Floats

_TOLERANCE = 1e-9
_STEPS = 1000
LEAST_PATIENTS = 3


@dataclass(frozen=True)
class Centres:
    """Centre of each patient by ``case_id``."""

    of: Mapping[str, str]

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return itself: nothing changes it, and every clone of a chain asks for a copy."""
        return self

    def __sklearn_clone__(self) -> Self:
        """Return itself."""
        return self


@dataclass(frozen=True)
class CentreEffects:
    """What ComBat estimated.

    Attributes
    ----------
    centres : tuple of str
        Those that were seen.
    mean, spread : (p,)
        Of each feature over all centres; the spread is that inside centres.
    shift, scale : (centres, p)
        Shrunk effect of each centre on the standardised feature; the scale is a variance.
    """

    centres: tuple[str, ...]
    mean: Floats
    spread: Floats
    shift: Floats
    scale: Floats

    def adjust(self, x: Floats, centre: NDArray[np.str_]) -> Floats:
        """Return the values (n, p) without the effects of their centres.

        Raises
        ------
        InputError
            For a centre that was not seen.
        """
        unknown = sorted(set(map(str, centre)) - set(self.centres))
        if unknown:
            raise InputError(
                f"ComBat has not seen the centre {', '.join(repr(name) for name in unknown)}",
                "centres that were there when it was fitted: " + ", ".join(self.centres),
                "One patient of a new centre cannot be adjusted; a reference sample of that centre is needed",
            )
        row = np.searchsorted(self.centres, centre)
        z = ((x - self.mean) / self.spread - self.shift[row]) / np.sqrt(self.scale[row])
        return np.asarray(z * self.spread + self.mean, dtype=float)


def centre_effects(x: Floats, centre: NDArray[np.str_]) -> CentreEffects:
    """Estimate the effects of centres.

    Parameters
    ----------
    x : (n, p)
        Features.
    centre : (n,) of str
        Centre of each patient.

    Raises
    ------
    InputError
        When there is one centre only, or one has fewer than three patients.
    """
    names, row, counts = np.unique(centre, return_inverse=True, return_counts=True)
    if len(names) < 2 or counts.min() < LEAST_PATIENTS:
        listed = ", ".join(f"{name} {count}" for name, count in zip(names, counts, strict=True))
        raise InputError(f"patients by centre: {listed}", f"two centres, {LEAST_PATIENTS} patients in each")
    means = np.array([x[row == one].mean(axis=0) for one in range(len(names))])
    overall = counts @ means / len(x)
    spread = np.sqrt(((x - means[row]) ** 2).mean(axis=0))
    # A feature that does not vary inside any centre has no scale: it is only shifted to the overall mean.
    z = (x - overall) / np.where(spread > 0, spread, 1.0)
    shift, scale = np.empty_like(means), np.empty_like(means)
    for one in range(len(names)):
        shift[one], scale[one] = _shrunk(z[row == one], spread > 0)
    return CentreEffects(tuple(map(str, names)), overall, np.where(spread > 0, spread, 1.0), shift, scale)


def _shrunk(z: Floats, varies: Bools) -> tuple[Floats, Floats]:
    """Return one centre's shift and variance of each feature, shrunk towards those of all features."""
    patients = len(z)
    shift, scale = z.mean(axis=0), z.var(axis=0, ddof=1)
    used = z[:, varies]
    own, variance = shift[varies], scale[varies]
    if varies.sum() < 2:
        return shift, np.where(scale > 0, scale, 1.0)
    centre, between = own.mean(), own.var(ddof=1)
    mean, spread = variance.mean(), variance.var(ddof=1)
    # Moments of the inverse gamma distribution of the variances.
    a, b = (2 * spread + mean**2) / spread, (mean * spread + mean**3) / spread
    g, d = own.copy(), variance.copy()
    for _ in range(_STEPS):
        g_new = (between * patients * own + d * centre) / (between * patients + d)
        squares = ((used - g_new) ** 2).sum(axis=0)
        d_new = (0.5 * squares + b) / (patients / 2 + a - 1)
        change = max(np.max(np.abs(g_new - g) / np.abs(g)), np.max(np.abs(d_new - d) / d))
        g, d = g_new, d_new
        if change < _TOLERANCE:
            break
    scale = np.ones_like(scale)
    shift[varies], scale[varies] = g, d
    return shift, scale


class ComBat(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Takes the effects of centres out of image features; clinical values pass untouched.

    Parameters
    ----------
    centres : Centres
        Centre of every patient that will be seen.
    """

    def __init__(self, centres: Centres | None = None) -> None:
        self.centres = centres

    def fit(
        self,
        X: pd.DataFrame,  # noqa: N803
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Estimate the effects on the training patients; labels and weights are not looked at.

        Raises
        ------
        InputError
            See :func:`centre_effects`.
        """
        validate_data(self, X, skip_check_array=True)
        image = self._image(X)
        self.effects_ = centre_effects(X[image].to_numpy(dtype=float), self._centres(X)) if image else None
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803
        """Return the inputs with adjusted image features.

        Raises
        ------
        InputError
            For a patient from a centre that was not there in training.
        """
        check_is_fitted(self)
        validate_data(self, X, reset=False, skip_check_array=True)
        if self.effects_ is None:
            return X
        image = self._image(X)
        adjusted = self.effects_.adjust(X[image].to_numpy(dtype=float), self._centres(X))
        rest = X.drop(columns=image)
        return pd.concat([pd.DataFrame(adjusted, index=X.index, columns=image), rest], axis=1)[
            list(X.columns)
        ]

    def get_support(self) -> Bools:
        """Return that every input passes."""
        check_is_fitted(self)
        return np.ones(self.n_features_in_, dtype=bool)

    def _centres(self, x: pd.DataFrame) -> NDArray[np.str_]:
        if self.centres is None:
            raise InputError("ComBat without centres", "the centre of each patient")
        return np.array([self.centres.of[str(case_id)] for case_id in x.index], dtype=np.str_)

    @staticmethod
    def _image(x: pd.DataFrame) -> list[str]:
        return [str(name) for name in x.columns if ":" in str(name)]
