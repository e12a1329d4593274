"""What an evaluation starts from: scores of patients, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.outcomes import HORIZON, FollowUp, Outcomes
from LWCTRLogic.stats.steps import Bools, Floats

MRECIST = ("CR", "PR", "SD", "PD")


@dataclass(frozen=True)
class Score:
    """One score of every patient; a higher one means longer survival.

    Attributes
    ----------
    name : str
        As it stands in tables and figures.
    values : (n,)
        NaN for patients who have none.
    is_probability : bool
        Whether it claims to be the probability of living beyond the horizon; only then is its calibration judged.
    cutoff : float or None
        At or above it a patient is called a responder.
    origin : str
        How the values came about, such as "locked bundle" or "cross-fitted, 10 folds × 5".
    """

    name: str
    values: Floats
    is_probability: bool = True
    cutoff: float | None = None
    origin: str = ""

    def __post_init__(self) -> None:
        known = self.values[np.isfinite(self.values)]
        if known.size == 0:
            raise InputError(f"score {self.name!r} has no value for any patient", "numbers")
        if self.is_probability and (known.min() < 0 or known.max() > 1):
            raise InputError(
                f"score {self.name!r} runs from {known.min():g} to {known.max():g}",
                "a probability between 0 and 1",
                "Say that it is no probability, or divide it by 100 if it is in per cent",
            )
        if self.is_probability and self.cutoff is not None and not 0 <= self.cutoff <= 1:
            raise InputError(
                f"the cut-off of score {self.name!r} is {self.cutoff:g}",
                "a number between 0 and 1, as the score",
                "Divide it by 100 if it is in per cent",
            )


@dataclass(frozen=True)
class SurvivalModel:
    """Predicted survival by a Cox model, counted from the same origin as its endpoint.

    Attributes
    ----------
    name, endpoint : str
        Such as "Rad-Nomo" and "OS".
    risk : (n,)
        Linear predictor, higher for an earlier event; NaN where it could not be made.
    months : tuple of float
        Months of the predictions.
    survival : (n, len(months))
        Predicted probabilities of having had no event by then.
    """

    name: str
    endpoint: str
    risk: Floats
    months: tuple[float, ...]
    survival: Floats


@dataclass(frozen=True)
class ScoredCohort:
    """Scores, outcomes and groups of the same patients in the same order.

    Attributes
    ----------
    name : str
        The cohort, in words.
    scores : tuple of Score
        The leading one first.
    mrecist : (n,) of str
        CR, PR, SD or PD at the follow-up scan; empty where unknown.
    groups : mapping of str to (n,) of str
        Subgroups by variable (treatment, centre …); empty where unknown.
    clinical : mapping of str to (n,) of str or float
        For the table of characteristics.
    survival : tuple of SurvivalModel
        Cox models, where a bundle has them.
    horizon : float
        Months from the first dose that the response is judged at.
    notice : str
        A demonstration bundle's notice.
    notes : tuple of str
        What people should know of the reading: unused columns, patients who were left out.
    """

    name: str
    outcomes: Outcomes
    scores: tuple[Score, ...]
    mrecist: NDArray[np.str_]
    groups: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    clinical: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    survival: tuple[SurvivalModel, ...] = ()
    horizon: float = HORIZON
    notice: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lengths = {score.name: len(score.values) for score in self.scores} | {"mrecist": len(self.mrecist)}
        lengths |= {name: len(values) for name, values in [*self.groups.items(), *self.clinical.items()]}
        lengths |= {f"{model.name}, {model.endpoint}": len(model.risk) for model in self.survival}
        wrong = {name: length for name, length in lengths.items() if length != len(self)}
        if wrong:
            raise InputError(f"columns of other lengths: {wrong}", f"{len(self)} patients in each")
        if not self.scores:
            raise InputError("no score to evaluate", "one score at least")

    def __len__(self) -> int:
        """Return the number of patients."""
        return len(self.outcomes)

    @property
    def progressed(self) -> Bools:
        """Whether each patient had progressed at the follow-up scan."""
        return np.asarray(self.mrecist == "PD")

    def follow_up(self, endpoint: str) -> FollowUp:
        """Return who is followed for an endpoint, from the landmark where there is one."""
        return self.outcomes.follow_up(endpoint, self.progressed)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """``OS``, and ``PFS`` where the cohort has it."""
        return ("OS",) if self.outcomes.pfs_months is None else ("OS", "PFS")
