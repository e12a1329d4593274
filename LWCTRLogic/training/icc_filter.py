"""The stability stage: features that repeat readings of the same scan agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.icc import Form, intraclass_correlation
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.stage import Part, Stage

LEAST_PATIENTS = 10


@dataclass(frozen=True)
class Readings:
    """Repeat readings: the features of the same scans inside masks drawn again.

    Attributes
    ----------
    patients : tuple of str
        ``case_id`` by position of the first axis.
    names : tuple of str
        Feature by position of the last axis.
    values : (patients, readings, features)
        Values; NaN where a reading is missing.
    started_from : tuple of str
        What the readers of each reading started from, such as ``auto`` or ``empty``, most frequent first.
    occasions : tuple of (str, str)
        Reader and reading by position of the second axis.
    """

    patients: tuple[str, ...]
    names: tuple[str, ...]
    values: Floats
    started_from: tuple[str, ...] = ()
    occasions: tuple[tuple[str, str], ...] = ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return the readings themselves: nothing changes them, and every clone of a chain asks for a copy."""
        return self

    def __sklearn_clone__(self) -> Self:
        """Return the readings themselves."""
        return self


class IccFilter(Stage):
    """Keeps features whose intraclass correlation is surely high: its lower limit counts, not its estimate.

    Only readings of patients in the training rows are used, so a fold's own patients have no part in its
    choice. Without readings every feature passes.

    Parameters
    ----------
    readings : Readings or None
        The repeat readings.
    smallest : float
        Smallest lower limit of the two-sided 95 % interval.
    form : str
        Which correlation; ``2,1`` is the absolute agreement of readers drawn at random.

    Attributes
    ----------
    low_ : (p,)
        Lower limits; NaN for features without readings, which do not pass.
    patients_ : int
        How many patients with readings there were.
    """

    def __init__(
        self,
        readings: Readings | None = None,
        smallest: float = 0.75,
        form: Form = "2,1",
        part: Part = "images",
    ) -> None:
        self.readings = readings
        self.smallest = smallest
        self.form = form
        self.part = part

    def _choose(self, x: Floats, label: Bools, weight: Floats, index: pd.Index[Any] | None) -> Bools:
        self.low_ = np.full(x.shape[1], np.nan)
        self.patients_ = 0
        if self.readings is None:
            return np.ones(x.shape[1], dtype=bool)
        if index is None:
            raise InputError("readings, but inputs without case_id", "a DataFrame indexed by case_id")
        ours = set(map(str, index))
        rows = [row for row, patient in enumerate(self.readings.patients) if patient in ours]
        self.patients_ = len(rows)
        if len(rows) < LEAST_PATIENTS:
            raise InputError(
                f"repeat readings of {len(rows)} training patients",
                f"{LEAST_PATIENTS} at least",
                "Train without readings, or have more patients read again",
            )
        names = [name for name in self.feature_names_in_ if self.part == "all" or ":" in str(name)]
        position = {name: column for column, name in enumerate(self.readings.names)}
        found = [column for column, name in enumerate(names) if name in position]
        columns = [position[names[column]] for column in found]
        values = self.readings.values[np.ix_(rows, range(self.readings.values.shape[1]), columns)]
        agreement = intraclass_correlation(np.moveaxis(values, 2, 0), form=self.form)
        self.low_[found] = agreement.low
        return np.asarray(self.low_ >= self.smallest, dtype=bool)
