"""Surface of a mask by marching cubes: area, volume, and the widest extents between its vertices.

A cube joins eight neighbouring voxel centres; corner number = 4 z + 2 y + x, and a mask puts each corner in
or out, which makes 256 cases. A surface vertex lies halfway on each cube edge whose ends differ. The table
says how the vertices of a case are joined to triangles. It was found by search: for each case all ways to
close the polygons on the cube's faces and to cut them into triangles were tried, and the one kept gives
PyRadiomics' area and volume at unequal spacings. A case and its complement have the same triangles, turned
over.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Mask = NDArray[np.bool_]

# The twelve edges a … l as pairs of corners, and for cases 0 … 127 the triangles, three edges each.
EDGES = tuple((a, a | bit) for a in range(8) for bit in (1, 2, 4) if not a & bit)
TRIANGLES = """
    - cba ade ecdcbd fbg cgagfa adefbg ecgegdgfd dfh bacdfh afefhe hechcfcbf dbhbgh cghchahda abebgeghe
    echcgh ijc ijajba adeijc eidijdjbd fbgijc ijfjgfifa adefbgijc eidijdjgdgfd dfhijc bajaijdfh
    afefheijc hefeifijfjbf dbhbghijc ijajghjhahda abebgegheijc gheigeijg eki cbaeki adidki kibicbkbd
    fbgeki cgagfaeki adidkifbg kidicgigdgfd dfheki bacdfheki afifhihki hkfkificfcbf dbhbgheki
    cghchahdaeki abibghbhihki ckichkcgh kjejce ekakjbkba adcdkjdjc kjdjbd fbgkjejce ekakjgkgagfa
    adcdkjdjcfbg jfdjgfkjd dfhkjejce bakaekbkjdfh afcfhchkckjc hbfkjbhkb dbhbghkjejce hdaghajgakjaeka
    ajcakjahkaghabg kghkjg gjl cjajlalgagba adegjl eclcjleldlgblbd fblbjl cjajlalfa jlelfefdejebeab
    ecdcjdjldlfd dfjfgjdjhjlh cjajlalhahdagbf afjfgjajejlhjhe gbfhechclcjl dbjdjhjlh cjajlalhahda
    abebjlblelhe hjlhcjhec ilclgc ilalgagba adcdeidildlgdgc eidilgigdgbd fbibcifil ilalfa cabeidilfifd
    efdilfeif dfgdgcdcidildlh ilalhahdagbf afcfgcilelhe gbfiheilh dbhbchcihilh ldalhdila abciheilh
    iheilh jigiegekgklg ekaklalgagbajic adgdkgklgagigji klblgbkbdjic fbebjejiefelekl ekaklalfajic
    jibiabkldlfd kfdklfjic dfefgegjejieklh edagbfjicklh afifgigjiklh gbfjicklh dbjdjejieklh edajicklh
    ajiabjklh jicklh klelgegce ekaklalgagba adcdkldlclgc kbdkgbklg fblbcebelekl lfaelaekl cabkfdklf
    kfdklf dfefgegceklh edagbfklh agcafgklh gbfklh dcedbcklh edaklh abcklh klh
""".split()  # noqa: SIM905 - one list entry a line would be 128 lines


class Surface(NamedTuple):
    """Area (mm²) and volume (mm³) of a closed surface."""

    area: float
    volume: float


def case_table(spacing: tuple[float, float, float]) -> tuple[F64, F64, F64]:
    """Return for each of the 256 cases area, 6 × volume seen from the cube's corner, and 6 × its change with position.

    Parameters
    ----------
    spacing : tuple of float
        Distance of voxels (z, y, x) in mm.
    """
    corners = np.array([(c >> 2, c >> 1 & 1, c & 1) for c in range(8)], float)
    middle = np.array([(corners[a] + corners[b]) / 2 for a, b in EDGES]) * spacing
    area, volume, shift = np.zeros(256), np.zeros(256), np.zeros((256, 3))
    for case, letters in enumerate(TRIANGLES):
        points = middle[[ord(letter) - ord("a") for letter in letters.strip("-")]].reshape(-1, 3, 3)
        p, q, r = points[:, 0], points[:, 1], points[:, 2]
        normals = np.cross(q - p, r - p)
        turned = 255 - case
        area[case] = area[turned] = np.linalg.norm(normals, axis=1).sum() / 2
        volume[case] = (np.cross(p, q) * r).sum()
        shift[case] = normals.sum(0)
        volume[turned], shift[turned] = -volume[case], -shift[case]
    return area, volume, shift


@kernel
def count_cases(mask: NDArray[np.uint8], counts: I64, positions: I64) -> None:
    """Count the cubes of each case and add up their positions (z, y, x); the two cases without surface are skipped."""
    for z in range(mask.shape[0] - 1):
        for y in range(mask.shape[1] - 1):
            r0 = mask[z, y]
            r1 = mask[z, y + 1]
            r2 = mask[z + 1, y]
            r3 = mask[z + 1, y + 1]
            for x in range(mask.shape[2] - 1):
                low = r0[x] | r0[x + 1] << 1 | r1[x] << 2 | r1[x + 1] << 3
                case = low | r2[x] << 4 | r2[x + 1] << 5 | r3[x] << 6 | r3[x + 1] << 7
                if case != 0 and case != 255:
                    counts[case] += 1
                    positions[case, 0] += z
                    positions[case, 1] += y
                    positions[case, 2] += x


def surface(padded: NDArray[np.uint8], spacing: tuple[float, float, float]) -> Surface:
    """Return area and volume of the surface of a mask with a border of zeros.

    The volume sums the tetrahedra from the origin to each triangle.
    """
    counts, positions = np.zeros(256, np.int64), np.zeros((256, 3), np.int64)
    count_cases(padded, counts, positions)
    area, volume, shift = case_table(spacing)
    total = counts @ volume + ((positions * np.array(spacing)) * shift).sum()
    return Surface(float(counts @ area), float(total / 6))


@kernel
def surface_vertices(mask: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return the surface vertices (z, y, x) in half voxels: the middle of each pair of neighbours that differ."""
    points = np.empty((1024, 3), np.int32)
    n = 0
    differs = np.empty(mask.shape[2] - 1, np.uint8)
    for z in range(mask.shape[0] - 1):
        for y in range(mask.shape[1] - 1):
            if not _compare_neighbours(mask[z, y], mask[z, y + 1], mask[z + 1, y], differs):
                continue
            for x in range(differs.size):
                if differs[x] == 0:
                    continue
                if n + 3 > points.shape[0]:
                    grown = np.empty((2 * points.shape[0], 3), np.int32)
                    grown[:n] = points[:n]
                    points = grown
                for axis in range(3):
                    if differs[x] >> axis & 1:
                        points[n, 0] = 2 * z + (axis == 0)
                        points[n, 1] = 2 * y + (axis == 1)
                        points[n, 2] = 2 * x + (axis == 2)
                        n += 1
    return points[:n]


@kernel
def _compare_neighbours(
    row: NDArray[np.uint8],
    next_row: NDArray[np.uint8],
    row_above: NDArray[np.uint8],
    differs: NDArray[np.uint8],
) -> bool:
    """Set bit 0, 1 or 2 where a voxel differs from its neighbour along z, y or x; return whether any does."""
    found = np.uint8(0)
    for x in range(differs.size):
        here = row[x]
        differs[x] = (here ^ row_above[x]) | (here ^ next_row[x]) << 1 | (here ^ row[x + 1]) << 2
        found |= differs[x]
    return bool(found != 0)
