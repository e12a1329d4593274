"""The patients that a bundle is fitted on: features, clinical values and outcomes, one row a patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from LWCTRLogic.models.signature import CLINICAL_CODINGS
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.steps import Bools, Floats

HORIZON = 12.0
"""Months from the first dose that tell a responder from a non-responder."""


@dataclass(frozen=True)
class TrainingCohort:
    """One row a patient everywhere; times in months from the first dose.

    Attributes
    ----------
    features : DataFrame (n, p)
        Columns ``<volume>:<PyRadiomics name>``.
    clinical : DataFrame (n, c)
        Words, by variable name.
    mrecist : (n,) of str
        CR, PR, SD or PD at the follow-up scan.
    os_months, os_event, pfs_months, pfs_event : (n,)
        Outcomes.
    landmark : (n,)
        When the follow-up scan was made.
    """

    features: pd.DataFrame
    clinical: pd.DataFrame
    mrecist: pd.Series[str]
    os_months: Floats
    os_event: Bools
    pfs_months: Floats
    pfs_event: Bools
    landmark: Floats

    def __len__(self) -> int:
        """Return the number of patients."""
        return len(self.features)

    def column(self, name: str) -> Floats:
        """Return one model input in numbers, clinical words coded."""
        if name in CLINICAL_CODINGS:
            return np.asarray(self.clinical[name].map(CLINICAL_CODINGS[name]), dtype=np.float64)
        return np.asarray(self.features[name], dtype=np.float64)

    def matrix(self, names: tuple[str, ...]) -> Floats:
        """Return several model inputs (n, len(names))."""
        return np.column_stack([self.column(name) for name in names])

    def response(self) -> tuple[Bools, Floats]:
        """Return whether each patient lived longer than 12 months, and the censoring weight of that."""
        return alive_at(self.os_months, self.os_event, HORIZON)
