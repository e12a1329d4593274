"""Centre effects by ComBat (Johnson, Li and Rabinovic 2007), parametric empirical Bayes, as a stage of the chain.

Each feature's shift and scale of a centre is shrunk towards what the centre does to all features. A centre must
have been seen when the stage was fitted: a single patient from elsewhere cannot be adjusted. Labels have no part in it.

With a reference centre (M-ComBat, Stein and others 2015; ``ref.batch`` of R's sva) the others are brought to its mean
and spread, and its own patients stay as they are. Then a bundle can carry the effects
(:mod:`LWCTRLogic.models.harmonisation`).
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
ENOUGH_PATIENTS = 10
"""Of a centre whose effects shall adjust others: below it they are mostly chance."""


@dataclass(frozen=True)
class Centres:
    """Where the patients come from.

    Attributes
    ----------
    of : mapping
        Centre of each patient by ``case_id``.
    reference : str
        Centre to which the others are brought; empty for the mean of all.
    features : DataFrame or None
        All image features of all patients, so that models which choose among some of them share the effects; ``None``
        to estimate them from a model's own inputs.
    """

    of: Mapping[str, str]
    reference: str = ""
    features: pd.DataFrame | None = None

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
        Of each feature over all centres, or of the reference centre; the spread is that inside centres.
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
        row = np.searchsorted(np.array(self.centres), centre)
        z = ((x - self.mean) / self.spread - self.shift[row]) / np.sqrt(self.scale[row])
        return np.asarray(z * self.spread + self.mean, dtype=float)

    def of(self, columns: NDArray[np.intp]) -> CentreEffects:
        """Return the effects on some of the features."""
        return CentreEffects(
            self.centres,
            self.mean[columns],
            self.spread[columns],
            self.shift[:, columns],
            self.scale[:, columns],
        )


def centre_effects(x: Floats, centre: NDArray[np.str_], reference: str = "") -> CentreEffects:
    """Estimate the effects of centres.

    Parameters
    ----------
    x : (n, p)
        Features.
    centre : (n,) of str
        Centre of each patient.
    reference : str
        Centre whose mean and spread the others get; empty for those of all.

    Raises
    ------
    InputError
        When there is one centre only, one has fewer than three patients, or the reference is none of them.
    """
    names, row, counts = np.unique(centre, return_inverse=True, return_counts=True)
    if len(names) < 2 or counts.min() < LEAST_PATIENTS:
        listed = ", ".join(f"{name} {count}" for name, count in zip(names, counts, strict=True))
        raise InputError(f"patients by centre: {listed}", f"two centres, {LEAST_PATIENTS} patients in each")
    if reference and reference not in names:
        raise InputError(f"the reference centre {reference!r} has no patients", "one of " + ", ".join(names))
    means = np.array([x[row == one].mean(axis=0) for one in range(len(names))])
    inside = names[row] == reference if reference else np.ones(len(x), dtype=bool)
    overall = x[inside].mean(axis=0)
    spread = np.sqrt(((x - means[row])[inside] ** 2).mean(axis=0))
    # A feature that does not vary inside any centre has no scale: it is only shifted to the overall mean.
    z = (x - overall) / np.where(spread > 0, spread, 1.0)
    shift, scale = np.empty_like(means), np.empty_like(means)
    for one, name in enumerate(names):
        if name == reference:
            shift[one], scale[one] = 0.0, 1.0
        else:
            shift[one], scale[one] = shrunk_effects(z[row == one], spread > 0)
    return CentreEffects(tuple(map(str, names)), overall, np.where(spread > 0, spread, 1.0), shift, scale)


def shrunk_effects(z: Floats, varies: Bools) -> tuple[Floats, Floats]:
    """Return one centre's shift and variance (p,) of standardised features (n, p), shrunk towards those of all.

    ``varies`` (p,) says which features have a scale at all.
    """
    patients = len(z)
    shift, scale = z.mean(axis=0), z.var(axis=0, ddof=1)
    varies = varies & (scale > 0)
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
        # the shift in standard deviations, since a relative change of a shift near 0 says nothing
        change = max(np.max(np.abs(g_new - g)), np.max(np.abs(d_new - d) / d))
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
        self.effects_: CentreEffects | None = None
        if image:
            centres = self._centres(X)
            assert self.centres is not None
            whole = X[image] if self.centres.features is None else self.centres.features.loc[X.index]
            self.effects_ = centre_effects(whole.to_numpy(dtype=float), centres, self.centres.reference)
            self.columns_ = whole.columns
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
        effects = self.effects_.of(self.columns_.get_indexer(pd.Index(image)))
        adjusted = effects.adjust(X[image].to_numpy(dtype=float), self._centres(X))
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
