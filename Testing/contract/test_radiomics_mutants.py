"""Every kernel, made wrong by one voxel, fails the contract.

A mutant is a kernel's module with one text changed, run as plain Python in the place of the compiled module on a
small volume. That the unchanged modules pass in the same way shows that it is the change that is noticed.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import LWCTRLogic.radiomics
from Testing.contract.images import as_image, blob, texture
from Testing.contract.oracle import disagreements, oracle_features
from Testing.contract.ours import our_features

PACKAGE = "LWCTRLogic.radiomics"
SHAPE = (6, 8, 21)
CASES: dict[str, dict[str, Any]] = {
    "original": {},
    "far": {"setting": {"distances": [1, 2]}, "featureClass": {"glcm": None, "gldm": None, "ngtdm": None}},
    "LoG": {"imageType": {"LoG": {"sigma": [1]}}, "featureClass": {"firstorder": None}},
    "wavelet": {"imageType": {"Wavelet": {}}, "featureClass": {"firstorder": ["Mean", "Energy"]}},
    "resampled": {"setting": {"resampledPixelSpacing": [1, 1, 2]}, "featureClass": {"firstorder": None}},
    "resampled, long": {
        "setting": {"resampledPixelSpacing": [0.5, 0, 0]},
        "featureClass": {"firstorder": None},
    },
}

# (kernel, its text, what it is changed to, the case that must notice)
MUTANTS: list[tuple[str, str, str, str]] = [
    ("binning.gather", "volume[z, y, x]", "volume[z, y, x - 1]", "original"),
    ("binning.quantise", "levels[z + 1, y + 1, x + 1]", "levels[z + 1, y + 1, x]", "original"),
    ("kernels.row_spans", "spans[z, y, 1] = last", "spans[z, y, 1] = last - 1", "original"),
    ("kernels.compare_rows", "(before[x] + one)", "before[x]", "original"),
    ("kernels.sum_rows", "np.int32(forward[x])", "np.int32(forward[x - 1])", "original"),
    ("kernels.count_row", "forward[x] != g", "forward[x - 1] != g", "original"),
    ("kernels.count_neighbours", "dependence[g, same[x]]", "dependence[g, same[x - 1]]", "original"),
    ("kernels.find_root", "return zone", "return max(zone - 1, 0)", "original"),
    ("kernels.label_row", "x - directions[d, 2]]", "x - directions[d, 2] - 1]", "original"),
    ("kernels.texture_pass", "range(1, nz - 1)", "range(1, nz - 2)", "original"),
    ("kernels.texture_pass", "range(1, ny - 1)", "range(2, ny - 1)", "original"),
    ("kernels.texture_pass", "& 1, y - dy, a - dx : e - dx]", "& 1, y - dy, a : e]", "original"),
    ("kernels.texture_pass", "levels[z + dz, y + dy, a + dx", "levels[z + dz, y - dy, a + dx", "original"),
    ("kernels.neighbour_pass", "range(border, nz - border)", "range(border + 1, nz - border)", "far"),
    ("zones.collect_zones", "range(zones)", "range(1, zones)", "original"),
    (
        "firstorder.value_range",
        "for value in values:",
        "for value in values[values < values.max()]:",
        "original",
    ),
    ("firstorder.cell_counts", "for value in values:", "for value in values[1:]:", "original"),
    ("firstorder.values_in_cells", "for value in values:", "for value in values[:-1]:", "original"),
    ("firstorder.mean_of", "values[start :", "values[start + 1 :", "original"),
    ("firstorder.central_moments", "values[start :", "values[start + 1 :", "original"),
    ("firstorder.mean_within", "values[start :", "values[start + 1 :", "original"),
    ("firstorder.deviation_within", "values[start :", "values[start + 1 :", "original"),
    ("mesh.count_cases", "range(mask.shape[2] - 1)", "range(mask.shape[2] - 2)", "original"),
    ("mesh.surface_vertices", "2 * x + (axis == 2)", "2 * x", "original"),
    ("mesh._compare_neighbours", "row[x + 1]", "row[x]", "original"),
    ("diameters._line_ends", "ends[p, q, 1] = v", "ends[p, q, 1] = v - 1", "original"),
    ("diameters._half_hull", "range(ends.shape[0])", "range(ends.shape[0] - 1)", "original"),
    (
        "diameters._plane_corners",
        "corners[total, 1] = hull[i, 0]",
        "corners[total, 1] = hull[i, 0] - 1",
        "original",
    ),
    ("diameters._largest_square", "a = points[i, 0]", "a = 1 + points[i, 0]", "original"),
    ("shape.coordinate_sums", "inside * x * x", "inside * x * (x - 1)", "original"),
    (
        "recursive_gaussian._load",
        "block[i + 4, k] = row[low[2] + first + k]",
        "block[i + 4, k] = row[low[2] + first + k - 1]",
        "LoG",
    ),
    ("recursive_gaussian._load", "block[4, k]", "block[5, k]", "LoG"),
    ("recursive_gaussian._forwards", "y[i - 4, k] * d4)", "y[i - 3, k] * d4)", "LoG"),
    ("recursive_gaussian._backwards", "range(n - 5, -1, -1)", "range(n - 5, 0, -1)", "LoG"),
    (
        "recursive_gaussian._store",
        "row[first + k] = causal[start + i",
        "row[first + k] = causal[start + i - 1",
        "LoG",
    ),
    ("recursive_gaussian.filter_axis", "start, count, axis", "start + 1 if start else 0, count, axis", "LoG"),
    ("recursive_gaussian._accumulate", "part[z, y, x]", "part[z, y, x - 1]", "LoG"),
    ("wavelet._convolve_rows", "(start + last - j)", "(start + last - j + 1)", "wavelet"),
    ("wavelet._convolve_along", "row[last - j :", "row[last - j + (j == 2) :", "wavelet"),
    ("wavelet._transform", "row[low[2] + x]", "row[low[2] + x - 1]", "wavelet"),
    ("wavelet._transform", "along_x, y, 0, taps[1]", "along_x, max(y - 1, 0), 0, taps[1]", "wavelet"),
    ("bspline.filter_rows", "range(n - 2, -1, -1)", "range(n - 2, 0, -1)", "resampled"),
    ("bspline.filter_rows", "before = rows[n - 2]", "before = rows[n - 1]", "resampled"),
    ("bspline._start_of_long_lines", "range(1, HORIZON)", "range(2, HORIZON)", "resampled, long"),
    ("bspline._start_of_short_lines", "range(1, n - 1)", "range(2, n - 1)", "resampled"),
    ("bspline.filter_slice", "lines[columns[x], k]", "lines[columns[x] - 1, k]", "resampled"),
    ("bspline.filter_across", "range(first, last)", "range(first, last - 1)", "resampled"),
    ("bspline.interpolate_slice", "c * depth + b", "(c ^ 1) * depth + b", "resampled"),
    ("bspline._add_row", "flat[place + np.uint64(1)]", "flat[place]", "resampled"),
    ("bspline._weigh", "- 1 - low[axis]", "- low[axis]", "resampled"),
    ("bspline._store", "row[first + k]", "row[first + k - 1]", "resampled"),
    ("bspline.nearest_slice", "share = x /", "share = (x + 1) /", "resampled"),
    ("bspline._nearest", "position + 0.5", "position", "resampled"),
]


def _plain(module: ModuleType, kernel: str = "", old: str = "", new: str = "") -> dict[str, Any]:
    """Return a module's functions as plain Python, one of them with a text changed."""
    source = inspect.getsource(module)
    source = re.sub(r"(from \S+ import kernel\b.*\n)", r"\1kernel = lambda function: function\n", source)
    source = source.replace("CELLS = 4096", "CELLS = 8")  # so that small volumes go the way of large ones
    if kernel:
        start = source.index(f"\ndef {kernel}(")
        end = source.find("\n@kernel\n", start)
        body = source[start : end if end > 0 else len(source)]
        assert body.count(old) >= 1, f"{kernel} does not hold {old}"
        source = source[:start] + body.replace(old, new) + source[start + len(body) :]
    namespace: dict[str, Any] = {"__name__": module.__name__}
    exec(compile(source, str(module.__file__), "exec"), namespace)
    return namespace


def _put_in_place(monkeypatch: pytest.MonkeyPatch, module: ModuleType, plain: dict[str, Any]) -> None:
    """Let every module of the package use the plain functions in the place of this module's own."""
    for name, own in list(vars(module).items()):
        if getattr(own, "__module__", "") != module.__name__ or not callable(own) or inspect.isclass(own):
            continue
        for other in [m for key, m in sys.modules.items() if key.startswith(PACKAGE)]:
            if vars(other).get(name) is own:
                monkeypatch.setattr(other, name, plain[name])


@cache
def _expected(case: str) -> dict[str, float]:
    return oracle_features(*_volumes(), CASES[case])


def _volumes() -> tuple[Any, Any]:
    mask = blob(SHAPE, radius=0.42)
    mask[2, 4, 11] = 0
    return as_image(texture(SHAPE)), as_image(mask, "uint8")


def _disagreements(case: str) -> list[str]:
    our_features(*_volumes(), CASES[case])  # compiled: makes ready what the mutant does not replace
    return disagreements(our_features(*_volumes(), CASES[case]), _expected(case))


def _modules() -> list[str]:
    """Return the modules of the package that hold kernels."""
    folder = Path(str(LWCTRLogic.radiomics.__file__)).parent
    return sorted(
        path.stem for path in folder.glob("*.py") if "\n@kernel\n" in path.read_text(encoding="utf-8")
    )


def _kernels() -> set[str]:
    found = set()
    for name in _modules():
        source = inspect.getsource(importlib.import_module(f"{PACKAGE}.{name}"))
        found |= {f"{name}.{kernel}" for kernel in re.findall(r"\n@kernel\ndef (\w+)\(", source)}
    return found


def test_every_kernel_has_a_mutant() -> None:
    assert {mutant[0] for mutant in MUTANTS} == _kernels()


@pytest.mark.parametrize("case", CASES)
def test_the_unchanged_kernels_pass_as_plain_python(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    used = {mutant[0].split(".")[0] for mutant in MUTANTS if mutant[3] == case}
    assert _disagreements(case) == []
    for name in sorted(used):
        module = importlib.import_module(f"{PACKAGE}.{name}")
        _put_in_place(monkeypatch, module, _plain(module))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        assert disagreements(our_features(*_volumes(), CASES[case]), _expected(case)) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant[0]}: {mutant[2]}")
def test_a_kernel_that_is_off_by_one_voxel_fails_the_contract(
    mutant: tuple[str, str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, old, new, case = mutant
    module_name, kernel = place.split(".")
    module = importlib.import_module(f"{PACKAGE}.{module_name}")
    _put_in_place(monkeypatch, module, _plain(module, kernel, old, new))
    with np.errstate(all="ignore"):
        try:
            found = our_features(*_volumes(), CASES[case])
        except IndexError:  # beyond an array: compiled, this reads or writes foreign memory
            return
    assert disagreements(found, _expected(case)) != []
