"""The size zones that union-find left behind, counted by grey level and size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel

SMALL_ZONE = 1024
U16 = NDArray[np.uint16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]


@kernel
def collect_zones(parents: I32, sizes: I32, zone_levels: U16, zones: int, small: I64) -> I64:
    """Count the small zones by level and size in ``small`` and return level and size of each larger one."""
    large = np.empty((16, 2), np.int64)
    n = 0
    for zone in range(zones):
        if parents[zone] != zone:
            continue
        size = sizes[zone]
        if size < small.shape[1]:
            small[zone_levels[zone], size] += 1
            continue
        if n == large.shape[0]:
            grown = np.empty((2 * n, 2), np.int64)
            grown[:n] = large
            large = grown
        large[n, 0] = zone_levels[zone]
        large[n, 1] = size
        n += 1
    return large[:n]
