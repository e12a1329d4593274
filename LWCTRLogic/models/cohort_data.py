"""The patients that a bundle is fitted on: features, clinical values and outcomes, one row a patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from LWCTRLogic.models.clinical_coding import CODINGS, coded
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.steps import Bools, Floats

HORIZON = 12.0
"""Months from the first dose that tell a responder from a non-responder."""
VIRTUAL = "virtual"
"""``backend`` of features that were drawn at random for a virtual cohort."""


@dataclass(frozen=True)
class TrainingCohort:
    """One row a patient everywhere; times in months from the first dose.

    Attributes
    ----------
    features : DataFrame (n, p)
        Columns ``<volume>:<PyRadiomics name>``; the index is ``case_id``.
    clinical : DataFrame (n, c)
        Words, by variable name; empty where not known.
    mrecist : (n,) of str
        CR, PR, SD or PD at the follow-up scan; empty where not known.
    os_months, os_event, pfs_months, pfs_event : (n,)
        Outcomes.
    landmark : (n,)
        When the follow-up scan was made.
    centre : (n,) of str or None
        Where each patient was treated.
    cause : (n,) of str or None
        ``cancer`` or ``other`` for those who died, else empty.
    origin : mapping
        What made the features: ``settings``, ``settings_hash``, ``backend``, ``version``.
    """

    features: pd.DataFrame
    clinical: pd.DataFrame
    mrecist: pd.Series[str]
    os_months: Floats
    os_event: Bools
    pfs_months: Floats
    pfs_event: Bools
    landmark: Floats
    centre: NDArray[np.str_] | None = None
    cause: NDArray[np.str_] | None = None
    origin: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of patients."""
        return len(self.features)

    @property
    def ids(self) -> NDArray[np.str_]:
        """``case_id`` of each patient (n,)."""
        return np.asarray(self.features.index.astype(str), dtype=np.str_)

    def rows(self, chosen: Any) -> Self:
        """Return the cohort of some of its patients, given by position or by a mask."""
        changes = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, pd.DataFrame | pd.Series):
                changes[item.name] = value.iloc[chosen]
            elif isinstance(value, np.ndarray):
                changes[item.name] = value[chosen]
        return replace(self, **changes)

    def inputs(self) -> pd.DataFrame:
        """Return every input that a model may choose from, in numbers: image features, then clinical ones."""
        clinical = {
            name: coded(self.clinical[name], coding)
            for name, coding in CODINGS.items()
            if name in self.clinical
        }
        return pd.concat([self.features, pd.DataFrame(clinical, index=self.features.index)], axis=1)

    def column(self, name: str) -> Floats:
        """Return one model input in numbers, clinical words coded."""
        if name in CODINGS:
            return coded(self.clinical[name], CODINGS[name])
        return np.asarray(self.features[name], dtype=np.float64)

    def matrix(self, names: tuple[str, ...]) -> Floats:
        """Return several model inputs (n, len(names))."""
        return np.column_stack([self.column(name) for name in names])

    def response(self) -> tuple[Bools, Floats]:
        """Return whether each patient lived longer than 12 months, and the censoring weight of that."""
        return alive_at(self.os_months, self.os_event, HORIZON)
