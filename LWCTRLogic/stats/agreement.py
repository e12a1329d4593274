"""How far two readers agree: kappa of categories, limits of agreement of measurements, Dice of masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import Estimate, wald
from LWCTRLogic.stats.proportion import wilson
from LWCTRLogic.stats.steps import Floats

Weights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance, and what was observed and expected."""

    kappa: Estimate
    observed: float
    expected: float
    table: Floats


@dataclass(frozen=True)
class LimitsOfAgreement:
    """Bland and Altman's mean difference A − B and the limits that hold 95 % of differences (1986, 1999)."""

    bias: Estimate
    lower: Estimate
    upper: Estimate


@dataclass(frozen=True)
class DiceAgreement:
    """Dice values of pairs of masks: mean with its t interval, median, quartiles, the lowest, and a share."""

    mean: Estimate
    median: float
    quartiles: tuple[float, float]
    lowest: float
    share_at_least: Estimate
    threshold: float
    pairs: int


def cohen_kappa(
    first: Sequence[object],
    second: Sequence[object],
    *,
    categories: Sequence[object],
    weights: Weights = "none",
    level: float = 0.95,
) -> Kappa:
    """Return Cohen's kappa with the large-sample standard error of Fleiss, Cohen and Everitt (1969).

    Parameters
    ----------
    first, second : (n,)
        What each reader chose.
    categories : (c,)
        All categories; in their order where weights are linear (1 − d / (c − 1)) or quadratic
        (1 − d² / (c − 1)²), d the number of steps between two categories.

    Returns
    -------
    Kappa
        NaN with NaN limits when both readers gave one and the same category to everybody.

    Raises
    ------
    InputError
        When the readers saw different numbers of cases, none, or chose something that is not a category.
    """
    table = _cross_table(first, second, categories)
    n, share = table.sum(), table / table.sum()
    w = _agreement_weights(len(categories), weights)
    row, column = share.sum(axis=1), share.sum(axis=0)
    observed, expected = float((w * share).sum()), float(row @ w @ column)
    if expected >= 1:
        return Kappa(Estimate(np.nan, level=level), observed, expected, table)
    value = (observed - expected) / (1 - expected)
    average = (w @ column)[:, None] + (row @ w)[None, :]
    spread = (share * (w - average * (1 - value)) ** 2).sum() - (value - expected * (1 - value)) ** 2
    se = np.sqrt(max(float(spread), 0.0) / n) / (1 - expected)
    return Kappa(wald(value, se, level=level), observed, expected, table)


def _cross_table(first: Sequence[object], second: Sequence[object], categories: Sequence[object]) -> Floats:
    if len(first) != len(second) or len(first) == 0:
        raise InputError(
            f"{len(first)} and {len(second)} readings", "the same cases read twice, one at least"
        )
    index = {category: i for i, category in enumerate(categories)}
    unknown = sorted({str(chosen) for chosen in [*first, *second] if chosen not in index})
    if unknown:
        raise InputError(f"readings {', '.join(unknown[:5])}", f"one of {', '.join(map(str, categories))}")
    table = np.zeros((len(index), len(index)))
    for a, b in zip(first, second, strict=True):
        table[index[a], index[b]] += 1
    return table


def _agreement_weights(count: int, weights: Weights) -> Floats:
    steps = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
    if weights == "none":
        return np.eye(count)
    power = 1 if weights == "linear" else 2
    return np.asarray(1 - (steps / max(count - 1, 1)) ** power, dtype=float)


def limits_of_agreement(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> LimitsOfAgreement:
    """Return the mean difference and the limits of agreement, bias ± 1.96 · sd, each with a t interval.

    Raises
    ------
    InputError
        With fewer than three pairs, or pairs of unequal number.
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if a.shape != b.shape or a.size < 3:
        raise InputError(
            f"{a.size} and {b.size} measurements", "the same cases measured twice, three at least"
        )
    difference = a - b
    n, bias, sd = difference.size, float(difference.mean()), float(difference.std(ddof=1))
    t, z = float(stdtrit(n - 1, 0.5 + level / 2)), 1.959963984540054

    def interval(value: float, se: float) -> Estimate:
        return Estimate(value, value - t * se, value + t * se, se, level)

    of_limit = sd * np.sqrt(1 / n + z**2 / (2 * (n - 1)))
    return LimitsOfAgreement(
        interval(bias, sd / np.sqrt(n)), interval(bias - z * sd, of_limit), interval(bias + z * sd, of_limit)
    )


def dice_agreement(dice: ArrayLike, *, threshold: float = 0.9, level: float = 0.95) -> DiceAgreement:
    """Summarise the Dice values (n,) of n pairs of masks.

    Raises
    ------
    InputError
        With fewer than two values, or values outside 0…1.
    """
    values = np.asarray(dice, dtype=float)
    if values.size < 2:
        raise InputError(f"{values.size} Dice values", "two at least")
    if not ((values >= 0) & (values <= 1)).all():
        raise InputError(f"Dice values from {values.min():g} to {values.max():g}", "values from 0 to 1")
    n, mean = values.size, float(values.mean())
    se = float(values.std(ddof=1) / np.sqrt(n))
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * se
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75])
    return DiceAgreement(
        Estimate(mean, mean - half, mean + half, se, level),
        float(median),
        (float(low), float(high)),
        float(values.min()),
        wilson(int((values >= threshold).sum()), n, level=level),
        threshold,
        n,
    )
