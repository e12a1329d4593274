"""What each feature adds to the scores of a cohort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from LWCTRLogic.stats.steps import Floats


@dataclass(frozen=True)
class Attribution:
    """Exact attributions of a linear model.

    Attributes
    ----------
    model : str
        Which model.
    names : tuple of str
        Its features, in words.
    contributions, values : (n, k)
        By patient and feature: attribution in units of the margin, and the feature's value. NaN where unknown.
    """

    model: str
    names: tuple[str, ...]
    contributions: Floats
    values: Floats

    def strongest(self, count: int) -> Attribution:
        """Return the ``count`` features with the largest mean absolute attribution, strongest first.

        Patients for whom a feature is unknown are left out.
        """
        known = np.isfinite(self.contributions).all(axis=1)
        size = np.abs(self.contributions[known]).mean(axis=0)
        order = np.argsort(-size, kind="stable")[:count]
        return Attribution(
            self.model,
            tuple(self.names[index] for index in order),
            self.contributions[known][:, order],
            self.values[known][:, order],
        )
