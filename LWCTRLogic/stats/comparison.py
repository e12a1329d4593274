"""Comparing groups, as for Table 1, and p-values adjusted for their number.

Which test, and why (:func:`compare_numbers`, :func:`compare_categories`):

- Numbers: Welch's t (two groups) or Welch's analysis of variance (more) where the means are roughly normal — every
  group has 30 patients and a skewness within ±1, or is smaller and Shapiro–Wilk does not object; they need no equal
  variances. Otherwise Mann–Whitney or Kruskal–Wallis.
- Categories: chi-square without continuity correction where Cochran's rule holds (no expected count below 1, at most a
  fifth below 5; of a 2 × 2 table none below 5), otherwise Fisher's exact test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import stdtrit

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import Comparison, Estimate, Significance
from LWCTRLogic.stats.fisher import fisher_exact
from LWCTRLogic.stats.steps import Floats

_LARGE = 30
_EXACT_BELOW = 50


@dataclass(frozen=True)
class ChosenTest:
    """A test, its name, and why it was chosen."""

    test: Significance
    name: str
    reason: str


def t_test(
    first: ArrayLike, second: ArrayLike, *, equal_variances: bool = False, level: float = 0.95
) -> Comparison:
    """Return Welch's (or Student's) t test and the difference of means A − B with its interval."""
    a, b = _finite(first, 2), _finite(second, 2)
    if np.ptp(a) == np.ptp(b) == 0:
        raise InputError("both groups have one value throughout", "values that vary")
    result = stats.ttest_ind(a, b, equal_var=equal_variances)
    interval = result.confidence_interval(level)
    difference = float(a.mean() - b.mean())
    se = float(interval.high - interval.low) / 2 / float(stdtrit(result.df, 0.5 + level / 2))
    return Comparison(
        Estimate(difference, float(interval.low), float(interval.high), se, level),
        Significance(float(result.statistic), float(result.pvalue), float(result.df)),
    )


def mann_whitney(first: ArrayLike, second: ArrayLike) -> Significance:
    """Return Mann–Whitney's test; the statistic is U of the first, as R's W.

    Exact with fewer than 50 values in each group and no ties, otherwise normal with continuity correction, as R.
    """
    a, b = _finite(first, 1), _finite(second, 1)
    ties = np.unique(np.concatenate([a, b])).size < a.size + b.size
    exact = max(a.size, b.size) < _EXACT_BELOW and not ties
    result = stats.mannwhitneyu(a, b, method="exact" if exact else "asymptotic")
    return Significance(float(result.statistic), float(result.pvalue))


def kruskal_wallis(groups: Sequence[ArrayLike]) -> Significance:
    """Return Kruskal and Wallis' test of several groups."""
    values = _groups(groups, 1)
    result = stats.kruskal(*values)
    return Significance(float(result.statistic), float(result.pvalue), float(len(values) - 1))


def analysis_of_variance(groups: Sequence[ArrayLike], *, equal_variances: bool = False) -> Significance:
    """Return the F test of several means, Welch's (1951) unless equal variances are assumed; df is of the numerator."""
    values = _groups(groups, 2)
    result = stats.f_oneway(*values, equal_var=equal_variances)
    return Significance(float(result.statistic), float(result.pvalue), float(len(values) - 1))


def chi_square(table: ArrayLike, *, yates: bool = False) -> Significance:
    """Return Pearson's test of independence; with Yates' correction only where asked, and only in 2 × 2 tables."""
    counts = _used(table)
    result = stats.chi2_contingency(counts, correction=yates)
    return Significance(float(result.statistic), float(result.pvalue), float(result.dof))


def compare_numbers(groups: Sequence[ArrayLike]) -> ChosenTest:
    """Compare a number between two or more groups of values (NaN left out) by the rule of this module.

    Raises
    ------
    InputError
        With fewer than two groups, or an empty one.
    """
    values = _groups([np.asarray(g, dtype=float)[~np.isnan(np.asarray(g, dtype=float))] for g in groups], 1)
    if np.ptp(np.concatenate(values)) == 0:
        return ChosenTest(Significance(0.0, 1.0), "none", "all values are equal")
    objection = next((words for group in values if (words := _not_normal(group))), "")
    if objection:
        if len(values) == 2:
            return ChosenTest(mann_whitney(*values), "Mann–Whitney", objection)
        return ChosenTest(kruskal_wallis(values), "Kruskal–Wallis", objection)
    reason = "the means of all groups are roughly normal; equal variances are not assumed"
    if len(values) == 2:
        return ChosenTest(t_test(*values).test, "Welch's t", reason)
    return ChosenTest(analysis_of_variance(values), "Welch's analysis of variance", reason)


def compare_categories(table: ArrayLike) -> ChosenTest:
    """Compare categories (rows) between groups (columns) by the rule of this module.

    Raises
    ------
    InputError
        When the table is no table of counts, or has one row or column in use.
    """
    counts = _used(table)
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / counts.sum()
    lowest, few = float(expected.min()), float(np.mean(expected < 5))
    small = lowest < 5 if counts.shape == (2, 2) else lowest < 1 or few > 0.2
    if not small:
        return ChosenTest(chi_square(counts), "chi-square", f"the lowest expected count is {lowest:.1f}")
    fisher = fisher_exact(counts)
    name = "Fisher's exact" if fisher.method == "exact" else "Fisher's, by Monte Carlo"
    reason = f"the lowest expected count is {lowest:.1f}, and {few:.0%} of them are below 5"
    return ChosenTest(Significance(float("nan"), fisher.p), name, reason)


def adjust_p(p: ArrayLike, *, method: Literal["holm", "bh", "bonferroni"] = "holm") -> Floats:
    """Return p-values (m,) adjusted for their number; NaN stay so and do not count.

    ``holm`` (1979) bounds the chance of any false finding, ``bh`` (Benjamini and Hochberg 1995) the share of false
    ones among the findings.
    """
    values = np.asarray(p, dtype=float)
    known = ~np.isnan(values)
    order = np.argsort(values[known])
    ranked, m = values[known][order], int(known.sum())
    if method == "holm":
        adjusted = np.maximum.accumulate(ranked * (m - np.arange(m)))
    elif method == "bh":
        adjusted = np.minimum.accumulate((ranked * m / np.arange(1, m + 1))[::-1])[::-1]
    else:
        adjusted = ranked * m
    result = np.full(values.shape, np.nan)
    result[np.flatnonzero(known)[order]] = np.minimum(adjusted, 1.0)
    return result


def _not_normal(values: Floats) -> str:
    """Return in words why the mean of a group should not be taken for normal, or nothing."""
    if values.size < 3 or np.ptp(values) == 0:
        return f"a group has {np.unique(values).size} distinct values"
    if values.size >= _LARGE:
        skewness = float(stats.skew(values))
        return f"a group has a skewness of {skewness:.1f}" if abs(skewness) > 1 else ""
    p = float(stats.shapiro(values).pvalue)
    return f"Shapiro–Wilk p = {p:.3f} in a group of {values.size}" if p < 0.05 else ""


def _finite(values: ArrayLike, least: int) -> Floats:
    array = np.asarray(values, dtype=float)
    if array.ndim != 1 or array.size < least or not np.isfinite(array).all():
        raise InputError(
            f"a group of {array.size} values, {np.sum(~np.isfinite(array))} of them missing",
            f"{least} or more values, none missing",
        )
    return array


def _groups(groups: Sequence[ArrayLike], least: int) -> list[Floats]:
    if len(groups) < 2:
        raise InputError(f"{len(groups)} groups", "two at least")
    return [_finite(group, least) for group in groups]


def _used(table: ArrayLike) -> Floats:
    """Return the rows and columns of a table of counts that have any."""
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise InputError(f"a table of shape {counts.shape}", "(categories, groups) counts from 0")
    counts = np.asarray(counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0], dtype=float)
    if min(counts.shape) < 2:
        raise InputError(
            f"a table of {counts.shape[0]} categories and {counts.shape[1]} groups in use", "two of each"
        )
    return counts
