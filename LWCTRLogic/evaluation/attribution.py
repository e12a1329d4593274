"""What each feature adds to the scores of a cohort, exactly: weight · (x − background) / sd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from LWCTRLogic.evaluation.metric import Metric, measured
from LWCTRLogic.explain.linear import linear_base
from LWCTRLogic.models.bundle import Classifier
from LWCTRLogic.models.clinical_coding import coded
from LWCTRLogic.models.prediction import Contribution, Explanation
from LWCTRLogic.stats.averages import mean_interval
from LWCTRLogic.stats.steps import Bools, Floats

QUANTILES = (0.1, 0.5, 0.9)
"""Of the score: whose patients are shown one by one."""


@dataclass(frozen=True)
class Attribution:
    """Exact attributions of a linear model.

    Attributes
    ----------
    classifier : Classifier
        The model; features in its order.
    values, contributions : (n, k)
        By patient and feature: the feature's value, and what it adds to the margin. NaN where unknown.
    """

    classifier: Classifier
    values: Floats
    contributions: Floats

    @property
    def known(self) -> Bools:
        """Patients of whom every feature is known."""
        return np.asarray(np.isfinite(self.contributions).all(axis=1))

    @property
    def margins(self) -> Floats:
        """Margin (n,) of each patient."""
        return np.asarray(linear_base(self.classifier) + self.contributions.sum(axis=1))

    def size(self) -> Floats:
        """Return the mean absolute attribution (k,) of each feature, over patients of whom all is known."""
        return np.asarray(np.abs(self.contributions[self.known]).mean(axis=0))

    def strongest(self, count: int) -> NDArray[np.intp]:
        """Return the places of the ``count`` features with the largest mean absolute attribution, strongest first."""
        return np.argsort(-self.size(), kind="stable")[:count]

    def examples(self) -> dict[str, Explanation]:
        """Return the patients at low, middle and high margins, one by one, by how they were chosen."""
        rows = np.flatnonzero(self.known)
        order = rows[np.argsort(self.margins[rows], kind="stable")]
        found = {}
        for share in QUANTILES if len(order) else ():
            row = int(order[round(share * (len(order) - 1))])
            found[f"the patient at the {100 * share:.0f}th percentile of the score"] = self._explained(row)
        return found

    def _explained(self, row: int) -> Explanation:
        parts = tuple(
            Contribution(item.name, item.label, item.volume, float(value), float(part))
            for item, value, part in zip(
                self.classifier.features, self.values[row], self.contributions[row], strict=True
            )
        )
        return Explanation(self.classifier.name, linear_base(self.classifier), parts)


def attribution_metrics(found: Attribution) -> Iterator[Metric]:
    """Yield the mean absolute attribution of each feature, strongest first."""
    sizes = np.abs(found.contributions[found.known])
    for place in found.strongest(len(found.classifier.features)) if len(sizes) else ():
        yield measured(
            partial(mean_interval, sizes[:, place]),
            topic="attribution",
            name="mean absolute attribution",
            score=found.classifier.name,
            group=found.classifier.features[place].name,
            patients=len(sizes),
            method="exact, linear; on the scale of the margin",
        )


def attribution_of(model: Classifier, features: pd.DataFrame, clinical: pd.DataFrame) -> Attribution:
    """Return what each feature adds to the margin of each patient.

    Parameters
    ----------
    features, clinical : DataFrame (n, …)
        Columns ``<volume>:<feature>``, and clinical variables in words.
    """
    values = np.column_stack(
        [
            features[item.name].to_numpy(dtype=float)
            if item.volume
            else coded(clinical[item.name], item.coding)
            for item in model.features
        ]
    )
    weight, background, sd = np.array([[item.weight, item.background, item.sd] for item in model.features]).T
    return Attribution(model, values, weight * (values - background) / sd)
