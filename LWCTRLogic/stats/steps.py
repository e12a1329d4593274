"""Right-continuous step functions of time, such as survival and cumulative hazard."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def step_at(times: ArrayLike, values: ArrayLike, at: ArrayLike, before: float) -> Floats:
    """Return the value of a step function, which jumps at ``times`` to ``values``.

    Nothing is interpolated: between two jumps the value is that of the earlier one.

    Parameters
    ----------
    times : (k,) rising
        Where it jumps; the jump itself belongs to the new value.
    values : (k, …)
        Its values from each jump on.
    at : (m,)
        Where it is wanted.
    before : float
        Its value before the first jump.
    """
    padded = np.asarray(values, dtype=float)
    padded = np.concatenate([np.full((1, *padded.shape[1:]), before), padded])
    index: NDArray[np.intp] = np.searchsorted(np.asarray(times, dtype=float), np.asarray(at), side="right")
    return np.asarray(padded[index], dtype=float)
