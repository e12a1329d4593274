"""Fixtures shared by every layer of tests."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real scans beside the project; tests that need it are skipped without it."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data (real CT), which is not part of the project")
    return folder


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    """A folder for a case whose path has a space, an é and some length."""
    return tmp_path / "étude hépatique 01" / ("long " * 8).strip() / "case"
