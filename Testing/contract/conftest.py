"""The contract with PyRadiomics: its tests are skipped with a reason where it is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # so that tests and benchmarks import the same helpers

from Testing.contract.oracle import INSTALLED  # noqa: E402

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what compares with PyRadiomics where it is not installed."""
    if INSTALLED:
        return
    reason = "needs the test oracle, PyRadiomics (pip install pyradiomics-cuda); it is not installed"
    for item in items:
        if HERE in item.path.parents and item.path.name.startswith("test_radiomics_"):
            item.add_marker(pytest.mark.skip(reason=reason))
