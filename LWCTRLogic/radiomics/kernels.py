"""One pass over the binned volume that fills every texture matrix.

The volume ``levels`` is padded by one voxel of 0 on every side; 0 means outside the mask, 1 … n are grey
levels. A row (fixed z and y) is handled at once. For each of the 13 directions (or 4 in a plane) its loops
first compare the row with its two neighbour rows, in vector instructions, and then count pairs and ended
runs. Level 0 takes part in the counting, so that the loops hold no branch; its rows are thrown away
afterwards.

Zones of equal level (26-connected, or 8-connected in a plane) are joined by union-find over the links to equal
backward neighbours. The labels of two slices are enough, since a voxel links back by one slice at most. Each
provisional zone has a parent (itself for a root), a size kept at its root, and its grey level.

A kernel calls only kernels of its own module: numba keeps machine code as long as the module's file is unchanged
and does not see a change elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.zones import SMALL_ZONE, collect_zones

U16 = NDArray[np.uint16]
I64 = NDArray[np.int64]


class TextureCounts(NamedTuple):
    """Raw counts of one binned volume; index 0 of every level axis is 'outside' and means nothing.

    Attributes
    ----------
    pairs : array (directions, levels + 1, levels + 1)
        Voxel of the first level whose neighbour in the direction has the second.
    runs : array (directions, levels + 1, length)
        Runs by level and length - 1.
    dependence : array (levels + 1, neighbours + 1)
        Voxels by level and number of neighbours of the same level.
    differences : array (levels + 1, neighbours + 1)
        Sum over voxels of |level × neighbours - sum of the neighbours' levels|, by level and number of neighbours.
    voxels : array (levels + 1,)
        Voxels by level.
    small_zones : array (levels + 1, SMALL_ZONE)
        Zones by level and size, for sizes below ``SMALL_ZONE``.
    large_zones : array (n, 2)
        Level and size of each larger zone.
    directions : array (directions, 3)
        Steps (z, y, x) of the directions of ``pairs``.
    """

    pairs: NDArray[np.uint32]
    runs: NDArray[np.uint32]
    dependence: I64
    differences: I64
    voxels: I64
    small_zones: I64
    large_zones: I64
    directions: I64


def directions_of(distances: tuple[int, ...], settings: ExtractionSettings) -> I64:
    """Return the directions (z, y, x) that see each pair of neighbours once, in PyRadiomics' order.

    Neighbours at distance d are the voxels whose largest coordinate difference is d. With ``force_2d`` the
    directions stay in the plane.
    """
    top = max(distances)
    steps = range(top, -top - 1, -1)
    every = [(z, y, x) for z in steps for y in steps for x in steps]
    forward = every[: len(every) // 2]
    chosen = [step for step in forward if max(map(abs, step)) in distances]
    if settings.force_2d:
        chosen = [step for step in chosen if step[settings.force_2d_dimension] == 0]
    return np.array(chosen, np.int64)


@kernel
def row_spans(levels: U16, spans: NDArray[np.int32]) -> None:
    """Store for each padded row the first and one past the last voxel inside the mask (0, 0 when there is none)."""
    for z in range(levels.shape[0]):
        for y in range(levels.shape[1]):
            row = levels[z, y]
            first = 0
            while first < row.size and row[first] == 0:
                first += 1
            if first == row.size:
                spans[z, y, 0] = 0
                spans[z, y, 1] = 0
                continue
            last = row.size
            while row[last - 1] == 0:
                last -= 1
            spans[z, y, 0] = first
            spans[z, y, 1] = last


@kernel
def compare_rows(
    here: U16,
    back: U16,
    forward: U16,
    before: U16,
    lengths: U16,
    links: U16,
    same: U16,
    count: U16,
    bit: int,
) -> None:
    """Compare a row with the neighbour rows of one direction.

    ``lengths`` gets the length - 1 of the run that ends at each voxel. Collected over the directions are
    ``links`` (a bit for an equal backward neighbour), ``same`` (equal neighbours) and ``count`` (neighbours).
    """
    flag = np.uint16(1 << bit)
    one = np.uint16(1)
    none = np.uint16(0)
    for x in range(here.size):
        g = here[x]
        b = back[x]
        f = forward[x]
        inside = one if g != none else none
        equal_back = inside if b == g else none
        equal_forward = inside if f == g else none
        lengths[x] = np.uint16((before[x] + one) * equal_back)
        links[x] |= np.uint16(flag * equal_back)
        same[x] += np.uint16(equal_back + equal_forward)
        count[x] += np.uint16((one if b != none else none) + (one if f != none else none))


@kernel
def sum_rows(back: U16, forward: U16, total: NDArray[np.int32]) -> None:
    """Add the neighbours' levels of one direction."""
    for x in range(total.size):
        total[x] += np.int32(back[x]) + np.int32(forward[x])


@kernel
def count_row(
    here: U16, back: U16, forward: U16, lengths: U16, pairs: NDArray[np.uint32], runs: NDArray[np.uint32]
) -> None:
    """Count the pairs (backward neighbour, voxel) and the runs that end in this row, for one direction."""
    for x in range(here.size):
        g = here[x]
        pairs[back[x], g] += np.uint32(1)
        runs[g, lengths[x]] += np.uint32(1 if forward[x] != g else 0)


@kernel
def count_neighbours(
    here: U16,
    same: U16,
    count: U16,
    total: NDArray[np.int32],
    dependence: I64,
    differences: I64,
    voxels: I64,
) -> None:
    """Count voxels by level and dependence, and add up the neighbourhood differences as whole numbers."""
    for x in range(here.size):
        g = here[x]
        dependence[g, same[x]] += 1
        differences[g, count[x]] += abs(np.int64(g) * np.int64(count[x]) - np.int64(total[x]))
        voxels[g] += 1


@kernel
def find_root(parents: NDArray[np.int32], zone: int) -> int:
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
    labels: NDArray[np.int32],
    z: int,
    y: int,
    start: int,
    parents: NDArray[np.int32],
    sizes: NDArray[np.int32],
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
def texture_pass(
    levels: U16,
    directions: I64,
    pairs: NDArray[np.uint32],
    runs: NDArray[np.uint32],
    dependence: I64,
    differences: I64,
    voxels: I64,
    parents: NDArray[np.int32],
    sizes: NDArray[np.int32],
    zone_levels: U16,
) -> int:
    """Fill all counts from the padded volume; return the number of provisional zones."""
    nz, ny, nx = levels.shape
    n = directions.shape[0]
    spans = np.zeros((nz, ny, 2), np.int32)
    row_spans(levels, spans)
    lengths = np.zeros((n, 2, ny, nx), np.uint16)
    labels = np.zeros((2, ny, nx), np.int32)
    work = np.zeros((3, nx), np.uint16)
    total = np.zeros(nx, np.int32)
    zones = 0
    for z in range(1, nz - 1):
        for y in range(1, ny - 1):
            a = spans[z, y, 0]
            e = spans[z, y, 1]
            if e == 0:
                continue
            work[:, a:e] = 0
            total[a:e] = 0
            here = levels[z, y, a:e]
            links = work[0, a:e]
            same = work[1, a:e]
            count = work[2, a:e]
            for d in range(n):
                dz = directions[d, 0]
                dy = directions[d, 1]
                dx = directions[d, 2]
                back = levels[z - dz, y - dy, a - dx : e - dx]
                forward = levels[z + dz, y + dy, a + dx : e + dx]
                before = lengths[d, (z - dz) & 1, y - dy, a - dx : e - dx]
                run = lengths[d, z & 1, y, a:e]
                compare_rows(here, back, forward, before, run, links, same, count, d)
                sum_rows(back, forward, total[a:e])
                count_row(here, back, forward, run, pairs[d], runs[d])
            count_neighbours(here, same, count, total[a:e], dependence, differences, voxels)
            zones = label_row(here, links, directions, labels, z, y, a, parents, sizes, zone_levels, zones)
    return zones


@kernel
def neighbour_pass(
    levels: U16,
    border: int,
    directions: I64,
    tolerance: int,
    pairs: NDArray[np.uint32],
    dependence: I64,
    differences: I64,
) -> None:
    """Fill pairs, dependence and differences for any directions and any GLDM tolerance.

    ``levels`` has a border of zeros as wide as the longest step.
    """
    nz, ny, nx = levels.shape
    for z in range(border, nz - border):
        for y in range(border, ny - border):
            for x in range(border, nx - border):
                g = np.int64(levels[z, y, x])
                if g == 0:
                    continue
                same = 0
                count = 0
                total = np.int64(0)
                for d in range(directions.shape[0]):
                    dz = directions[d, 0]
                    dy = directions[d, 1]
                    dx = directions[d, 2]
                    f = np.int64(levels[z + dz, y + dy, x + dx])
                    b = np.int64(levels[z - dz, y - dy, x - dx])
                    pairs[d, g, f] += np.uint32(1)
                    for n in (f, b):
                        if n != 0:
                            count += 1
                            total += n
                            if abs(n - g) <= tolerance:
                                same += 1
                dependence[g, same] += 1
                differences[g, count] += abs(g * count - total)


def count_texture(levels: U16, highest: int, voxels: int, settings: ExtractionSettings) -> TextureCounts:
    """Return all counts of a binned volume.

    Parameters
    ----------
    levels : array (z + 2, y + 2, x + 2)
        Grey levels from 1, 0 outside the mask and in the border.
    highest : int
        The highest level.
    voxels : int
        Number of voxels inside the mask.
    """
    near = directions_of((1,), settings)
    n = highest + 1
    pairs = np.zeros((len(near), n, n), np.uint32)
    runs = np.zeros((len(near), n, max(levels.shape)), np.uint32)
    dependence, differences = (np.zeros((n, 2 * len(near) + 1), np.int64) for _ in range(2))
    count = np.zeros(n, np.int64)
    parents, sizes = np.empty(voxels, np.int32), np.empty(voxels, np.int32)
    zone_levels = np.empty(voxels, np.uint16)
    zones = texture_pass(
        levels, near, pairs, runs, dependence, differences, count, parents, sizes, zone_levels
    )
    small = np.zeros((n, SMALL_ZONE), np.int64)
    large = collect_zones(parents, sizes, zone_levels, zones, small)
    directions = near
    if settings.distances != (1,) or settings.gldm_a != 0:
        directions = directions_of(settings.distances, settings)
        wide = max(settings.distances)
        pairs = np.zeros((len(directions), n, n), np.uint32)
        dependence, differences = (np.zeros((n, 2 * len(directions) + 1), np.int64) for _ in range(2))
        padded = np.pad(levels, wide - 1)
        neighbour_pass(padded, wide, directions, settings.gldm_a, pairs, dependence, differences)
    return TextureCounts(pairs, runs, dependence, differences, count, small, large, directions)
