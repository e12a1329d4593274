"""Print the exactness table of the documentation: the worst difference by feature class and group of cases.

The cases are those of the contract tests (``Testing/contract/cases.py``). Differences are relative; those
within 1e-12 absolute count as none.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from Testing.contract.cases import CASES, FAMILIES, Case  # noqa: E402
from Testing.contract.oracle import oracle_features, worst_by_class  # noqa: E402
from Testing.contract.ours import our_features  # noqa: E402

TITLES = {
    "masks": "masks: holes, pieces, slices, lines, eight voxels, border",
    "values": "values: flat, two-valued, negative HU, pixel types, bin edges",
    "grids": "grids: native, 1, 2, 5 mm, turned, anisotropic, odd sizes",
    "settings": "settings: bins, distances, weighting, 2D, normalising, resegmenting",
    "filters": "filters: LoG, wavelets, square … gradient",
}


def main() -> int:
    """Run every case through both engines and print the table in Markdown."""
    table: dict[str, dict[str, float]] = {group: {} for group in TITLES}
    counts = dict.fromkeys(TITLES, (0, 0))
    for case in CASES:
        worst, values = _compare(case)
        row = table[case.group]
        for family, number in worst.items():
            row[family] = max(row.get(family, 0.0), number)
        cases, total = counts[case.group]
        counts[case.group] = cases + 1, total + values
    print("| cases | n | values | " + " | ".join(FAMILIES) + " |")
    print("|---|---|---|" + "---|" * len(FAMILIES))
    for group, title in TITLES.items():
        cells = [_cell(table[group].get(family)) for family in FAMILIES]
        cases, total = counts[group]
        print(f"| {title} | {cases} | {total:,} | " + " | ".join(cells) + " |")
    return 0


def _compare(case: Case) -> tuple[dict[str, float], int]:
    image, mask = case.make()
    expected = oracle_features(image, mask, case.parameters())
    ours = our_features(image, mask, case.parameters())
    return worst_by_class(ours, expected), len(expected)


def _cell(number: float | None) -> str:
    if number is None:
        return "–"
    return "equal" if number == 0 else f"{number:.0e}"


if __name__ == "__main__":
    raise SystemExit(main())
