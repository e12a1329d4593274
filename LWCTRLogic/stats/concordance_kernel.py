"""Compiled sums of the weights of those before and below each patient, which pairs are counted by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel
from LWCTRLogic.stats.steps import Floats


@kernel
def sums_in_order(
    order: NDArray[np.intp],
    x: NDArray[np.intp],
    rank: NDArray[np.intp],
    weight: Floats,
    below: Floats,
    equal: Floats,
) -> None:
    """Write for each patient the weight of those with a smaller ``x`` and a lower, and an equal, ``rank``.

    The weights met so far stand in a Fenwick tree over the ranks (1994), which gives the sum up to a rank, and takes
    another weight, in as many steps as its size has binary digits.

    Parameters
    ----------
    order : (n,)
        The patients by rising ``x``.
    x, rank, weight : (n,)
        Ranks from 0; patients of equal ``x`` do not count for each other.
    below, equal : (n,)
        Written.
    """
    mass = np.zeros(rank.max() + 1)
    tree = np.zeros(len(mass) + 1)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and x[order[end]] == x[order[start]]:
            i = order[end]
            total, node = 0.0, rank[i]
            while node > 0:
                total += tree[node]
                node &= node - 1
            below[i], equal[i] = total, mass[rank[i]]
            end += 1
        for place in range(start, end):
            i = order[place]
            mass[rank[i]] += weight[i]
            node = rank[i] + 1
            while node < len(tree):
                tree[node] += weight[i]
                node += node & -node
        start = end
