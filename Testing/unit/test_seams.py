"""The package knows nothing of Slicer and Qt, and imports without what is optional."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLICER = ("qt", "ctk", "vtk", "vtkmodules", "slicer", "PySide6")
OPTIONAL = ("torch", "nnunetv2", "highdicom", "shap", "openvino", "totalsegmentator", "radiomics")
IMPORT_ALL = """
import importlib, pkgutil, sys

class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1:]:
            raise ModuleNotFoundError(f"{name} is blocked", name=name)

sys.meta_path.insert(0, Wall())
import LWCTRLogic

failed = []
for module in pkgutil.walk_packages(LWCTRLogic.__path__, "LWCTRLogic."):
    if not module.name.endswith("__main__"):
        try:
            importlib.import_module(module.name)
        except ImportError as error:
            failed.append(f"{module.name}: {error}")
print("\\n".join(failed))
"""


@pytest.fixture(scope="module")
def refusals() -> list[str]:
    """What cannot be imported while all of these are blocked; one process, as every import costs seconds."""
    command = [sys.executable, "-c", IMPORT_ALL, *SLICER, *OPTIONAL]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return done.stdout.split("\n")[:-1]


@pytest.mark.parametrize("name", SLICER + OPTIONAL)
def test_every_module_imports_without(name, refusals):
    assert [line for line in refusals if f": {name}" in line] == []


def test_nothing_else_fails_to_import(refusals):
    assert [line for line in refusals if line] == []
