"""Fisher's exact test of tables of any size.

All tables with the observed margins are built column by column; partial tables that leave the same margins and have
the same probability are merged. The last two columns are not built for each of them, but once for all that leave the
same margins. (scipy's own r × c test draws tables at random.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln
from scipy.stats import random_table

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.steps import Floats

Counts = NDArray[np.int64]

_SAME = 1e-7  # relative difference of probabilities that counts as none, as in R
_DIGITS = 9


@dataclass(frozen=True)
class FisherTest:
    """The two-sided p-value: the probability of all tables that are no more probable than the observed one.

    Attributes
    ----------
    p : float
        Exact, or the share among the tables drawn.
    method : str
        "exact", or "Monte Carlo" where the exact way would need too many partial tables.
    error : float
        Monte Carlo standard error of p; 0 when exact.
    """

    p: float
    method: Literal["exact", "Monte Carlo"]
    error: float


def fisher_exact(
    table: ArrayLike, *, most: int = 2_000_000, draws: int = 100_000, seed: int = 0
) -> FisherTest:
    """Test that rows and columns of a table of counts are independent.

    Parameters
    ----------
    table : (r, c)
        Counts.
    most : int
        Partial tables that may be held at once, and a tenth of the ends of tables that may be looked at; beyond
        it tables are drawn at random instead.
    draws, seed : int
        Of that.

    Raises
    ------
    InputError
        When a cell is negative or no whole number, or fewer than two rows or columns have any count.
    """
    counts = _checked(table)
    observed = -float(gammaln(counts + 1).sum())
    # The state is the margin of the shorter side that is still to be filled.
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    if len(rows) > len(columns):
        rows, columns = columns, rows
    constant = gammaln(rows + 1).sum() + gammaln(columns + 1).sum() - gammaln(counts.sum() + 1)
    limit = observed + _SAME
    exact = _exact(rows, np.sort(columns), limit, float(constant), most)
    if exact is not None:
        return FisherTest(min(exact, 1.0), "exact", 0.0)
    drawn = random_table(rows, columns).rvs(draws, random_state=np.random.default_rng(seed))
    share = float(np.mean(-gammaln(drawn + 1).sum(axis=(1, 2)) <= limit))
    return FisherTest(share, "Monte Carlo", float(np.sqrt(share * (1 - share) / draws)))


def _checked(table: ArrayLike) -> Counts:
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or not (
        np.isfinite(counts).all() and (counts >= 0).all() and (counts % 1 == 0).all()
    ):
        raise InputError(
            f"a table of shape {counts.shape} with cells that are no counts", "(r, c) whole numbers from 0"
        )
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        raise InputError(
            f"a table of {counts.shape[0]} rows and {counts.shape[1]} columns in use", "two of each"
        )
    return np.asarray(counts, dtype=np.int64)


def _exact(rows: Counts, columns: Counts, limit: float, constant: float, most: int) -> float | None:
    """Return the sum of the probabilities up to the limit, or None when too many partial tables are needed.

    A partial table is what its rows have left to fill (r,), its value −Σ log x!, and how many it stands for.
    """
    left, value, weight = rows[None, :], np.zeros(1), np.ones(1)
    for total in columns[:-2]:
        grown = _fill(left, int(total), most)
        if grown is None:
            return None
        parent, left, cells = grown
        left, value, weight = _merged(left, value[parent] + cells, weight[parent])
    return _finish(left, value, weight, int(columns[-2]), limit, constant, most)


def _finish(
    left: Counts, value: Floats, weight: Floats, total: int, limit: float, constant: float, most: int
) -> float | None:
    """Fill the last two columns and sum: for each margin the ends are sorted once, and looked up by all values."""
    states, member = np.unique(left, axis=0, return_inverse=True)
    members = np.split(np.argsort(member, kind="stable"), np.cumsum(np.bincount(member))[:-1])
    result, looked_at = 0.0, 0
    for state, rows in zip(states, members, strict=True):
        grown = _fill(state[None, :], total, most)
        if grown is None or looked_at > 10 * most:
            return None
        _, rest, cells = grown
        ends = np.sort(cells - gammaln(rest + 1).sum(axis=1))
        looked_at += ends.size
        cumulated = np.concatenate([[0.0], np.cumsum(np.exp(ends - ends[-1]))])
        inside = cumulated[np.searchsorted(ends, limit - value[rows], side="right")]
        result += float(np.exp(value[rows] + ends[-1] + constant) @ (weight[rows] * inside))
    return result


def _fill(left: Counts, total: int, most: int) -> tuple[Counts, Counts, Floats] | None:
    """Fill one column in all ways; return of each way its parent, what is left then, and −Σ log x! of the column."""
    open_count, parent = np.full(len(left), total), np.arange(len(left))
    value = np.zeros(len(left))
    for row in range(left.shape[1]):
        low = np.maximum(open_count - left[:, row + 1 :].sum(axis=1), 0)
        ways = np.minimum(open_count, left[:, row]) - low + 1
        if ways.sum() > most:
            return None
        origin = np.repeat(np.arange(len(left)), ways)
        cell = low[origin] + np.arange(len(origin)) - np.repeat(np.cumsum(ways) - ways, ways)
        left, parent = left[origin], parent[origin]
        left[:, row] -= cell
        open_count, value = open_count[origin] - cell, value[origin] - gammaln(cell + 1)
    return parent, left, value


def _merged(left: Counts, value: Floats, weight: Floats) -> tuple[Counts, Floats, Floats]:
    """Merge partial tables that leave the same margins, in any order of the rows, with the same probability."""
    left = np.sort(left, axis=1)
    key = np.column_stack([left[:, :-1], np.round(value * 10**_DIGITS).astype(np.int64)])
    order = np.lexsort(key.T)
    key = key[order]
    first = np.flatnonzero(np.concatenate([[True], (key[1:] != key[:-1]).any(axis=1)]))
    return left[order][first], value[order][first], np.add.reduceat(weight[order], first)
