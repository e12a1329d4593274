"""Zones of equal grey level (26-connected, or 8-connected in a plane) by union-find over links.

The labels of two slices are enough, since a voxel links back by one slice at most. Each provisional zone
has a parent (itself for a root), a size kept at its root, and its grey level.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel

SMALL_ZONE = 1024
U16 = NDArray[np.uint16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]


@kernel
def find_root(parents: I32, zone: int) -> int:
    """Return the root of a zone and shorten the way to it."""
    while parents[zone] != zone:
        parents[zone] = parents[parents[zone]]
        zone = parents[zone]
    return zone


@kernel
def label_row(
    here: U16,
    links: U16,
    directions: I64,
    labels: I32,
    z: int,
    y: int,
    start: int,
    parents: I32,
    sizes: I32,
    zone_levels: U16,
    zones: int,
) -> int:
    """Give each voxel of one row its zone and join zones that meet; return the new number of zones.

    ``links`` has bit d set when the backward neighbour of direction d has the same level.
    """
    for k in range(here.size):
        g = here[k]
        if g == 0:
            continue
        link = links[k]
        x = start + k
        root = -1
        d = 0
        while link != 0:
            if link & 1:
                dz = directions[d, 0]
                label = labels[(z - dz) & 1, y - directions[d, 1], x - directions[d, 2]]
                other = find_root(parents, label)
                if root < 0:
                    root = other
                elif other != root:
                    low = min(root, other)
                    high = max(root, other)
                    parents[high] = low
                    sizes[low] += sizes[high]
                    root = low
            link >>= 1
            d += 1
        if root < 0:
            root = zones
            zones += 1
            parents[root] = root
            sizes[root] = 0
            zone_levels[root] = g
        sizes[root] += 1
        labels[z & 1, y, x] = root
    return zones


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
