"""Survival of the training patients, and what is to be predicted of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.models.cohort_data import HORIZON
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.steps import Bools, Floats


@dataclass(frozen=True)
class Outcome:
    """Survival of each patient (n,), from which labels and censoring weights are made inside each fold."""

    months: Floats
    event: Bools

    def response(self) -> tuple[Bools, Floats]:
        """Return whether each patient lived beyond 12 months, and the censoring weight of that."""
        return alive_at(self.months, self.event, HORIZON)

    def rows(self, chosen: NDArray[np.intp] | Bools) -> Outcome:
        """Return the outcomes of some patients."""
        return Outcome(self.months[chosen], self.event[chosen])
