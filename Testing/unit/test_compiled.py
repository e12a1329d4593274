"""What the step "kernels" makes ready is all that an extraction runs."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from numba.core.registry import CPUDispatcher

import LWCTRLogic.radiomics
from LWCTRLogic.radiomics import compiled
from LWCTRLogic.radiomics.compiled import kernel, make_ready, read_only
from LWCTRLogic.radiomics.extract import extract, warm_up
from LWCTRLogic.radiomics.settings import ExtractionSettings
from Testing.unit.told import Told

ROOT = Path(__file__).parents[2]


def forms() -> set[str]:
    """Return every kernel with the types that it has been compiled for in this process."""
    found = set()
    for module in pkgutil.iter_modules(LWCTRLogic.radiomics.__path__):
        for name, value in vars(importlib.import_module(f"LWCTRLogic.radiomics.{module.name}")).items():
            if isinstance(value, CPUDispatcher):
                found |= {f"{name}{signature}" for signature in value.signatures}
    return found


def compiled_too_late(dtype: str) -> list[str]:
    """Return what extractions still compile after the step that is there for it."""
    rng = np.random.default_rng(0)
    image = sitk.GetImageFromArray(rng.normal(90, 40, (24, 26, 28)).astype(dtype))
    inner, whole = np.zeros((24, 26, 28), np.uint8), np.ones((24, 26, 28), np.uint8)
    inner[8:16, 8:17, 9:18] = 1
    late: set[str] = set()
    for mask in map(sitk.GetImageFromArray, (inner, whole)):
        warm_up(dtype)
        before = forms()
        extract(image, mask, ExtractionSettings())
        late |= forms() - before
    return sorted(late)


@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_no_kernel_is_compiled_in_the_middle_of_an_extraction(dtype: str) -> None:
    # In a process of its own: what other tests have compiled would hide it.
    code = f"import json, test_compiled as t; print(json.dumps(t.compiled_too_late({dtype!r})))"
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path[:0] = {[str(ROOT), str(Path(__file__).parent)]}; {code}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == []


def test_a_read_only_view_leaves_the_array_itself_writable() -> None:
    array = np.zeros(3)
    view = read_only(array)
    array[0] = 1
    assert view[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        view[1] = 1


def test_kernels_are_compiled_each_time_where_no_folder_can_keep_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiled, "_not_kept", set())
    monkeypatch.setattr(compiled, "_ready", set())
    told = Told()
    make_ready("kept", lambda: None, told)
    assert told.messages[0] == compiled.ONCE
    names: dict[str, Any] = {}
    exec("def next_voxel(x):\n    return x + 1\n", names)  # no file, so numba finds no folder
    next_voxel = kernel(names["next_voxel"])
    make_ready("not kept", lambda: next_voxel(1), told)
    assert next_voxel(1) == 2
    assert "NUMBA_CACHE_DIR" in told.messages[2]
