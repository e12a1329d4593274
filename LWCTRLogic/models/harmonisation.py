"""ComBat as a bundle carries it: how the features of each centre that it knows become those of a reference centre.

Centre effects are estimated from a sample of a centre's patients, so one patient alone tells nothing of his centre: he
can be adjusted when the bundle holds the effects of that centre, and is refused otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.steps import Floats

_SHOWN = 8


@dataclass(frozen=True)
class CentreLines:
    """One centre: the adjusted value of a feature is factor · value + offset, in the order of the features."""

    name: str
    patients: int
    factor: tuple[float, ...]
    offset: tuple[float, ...]


@dataclass(frozen=True)
class Harmonisation:
    """Lines of every known centre.

    Attributes
    ----------
    reference : str
        The centre that is left as it is.
    features : tuple of str
        ``<volume>:<feature>``; those that the bundle's models use.
    mean, spread : tuple of float
        Of the reference centre's patients.
    centres : tuple of CentreLines
        Each known centre once, the reference with factors 1 and offsets 0.
    """

    reference: str
    features: tuple[str, ...]
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    centres: tuple[CentreLines, ...]

    def __post_init__(self) -> None:
        size = len(self.features)
        rows = [self.mean, self.spread, *(row for item in self.centres for row in (item.factor, item.offset))]
        if any(len(row) != size for row in rows) or len(set(self.names)) != len(self.names):
            raise InputError(
                "the bundle's centre effects do not fit together",
                "each centre once, with a factor and an offset for each feature",
            )
        if self.reference not in self.names:
            raise InputError(f"the reference centre is {self.reference!r}", "one of " + ", ".join(self.names))
        factors = [factor for item in self.centres for factor in item.factor]
        if min((*self.spread, *factors), default=1.0) <= 0:
            raise InputError("a centre effect has a spread or a factor of 0 or less", "more than 0")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the centres that are known."""
        return tuple(item.name for item in self.centres)

    def check(self, names: NDArray[np.str_] | list[str], whose: str) -> None:
        """Refuse patients of a centre that is not known; ``whose`` says whose bundle it is.

        Raises
        ------
        InputError
            Naming the centres.
        """
        unknown = sorted(set(map(str, names)) - set(self.names))
        if unknown:
            shown = ", ".join(repr(name) for name in unknown[:_SHOWN])
            raise InputError(
                f"{whose} adjusts features for the centre of the scans, and does not know {shown}",
                "a patient of " + ", ".join(self.names),
                "Give the centre by that name, or add it: 'lwctr models add-centre' takes a sample of its patients",
            )

    def adjust(self, features: pd.DataFrame, centre: NDArray[np.str_], whose: str) -> pd.DataFrame:
        """Return features (n, p) with those of the bundle adjusted; ``centre`` (n,) is where each row comes from.

        Raises
        ------
        InputError
            See :meth:`check`.
        """
        self.check(centre, whose)
        here = [column for column, name in enumerate(self.features) if name in features]
        names = [self.features[column] for column in here]
        row = np.array([self.names.index(str(name)) for name in centre], dtype=int)
        factor = np.array([item.factor for item in self.centres])[row][:, here]
        offset = np.array([item.offset for item in self.centres])[row][:, here]
        values = features[names].to_numpy(dtype=float) * factor + offset
        return features.assign(**dict(zip(names, values.T, strict=True)))

    def line(self, feature: str, centre: str) -> tuple[float, float]:
        """Return factor and offset of one feature of a known centre; 1 and 0 for a feature that is not adjusted."""
        if feature not in self.features:
            return 1.0, 0.0
        column, item = self.features.index(feature), self.centres[self.names.index(centre)]
        return item.factor[column], item.offset[column]


def lines_of(
    mean: Floats, spread: Floats, shift: Floats, scale: Floats
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return factor and offset (p,) of one centre from ComBat's effects.

    ((x − mean) / spread − shift) / √scale · spread + mean = x / √scale + mean − (mean + shift · spread) / √scale.
    """
    factor = 1 / np.sqrt(scale)
    return tuple(factor.tolist()), tuple((mean - factor * (mean + shift * spread)).tolist())
