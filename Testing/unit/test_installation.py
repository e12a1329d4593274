"""What is missing in Slicer's Python, and the pip commands that add it."""

from __future__ import annotations

import importlib.metadata
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from LWCTRLogic import installation
from LWCTRLogic.errors import InputError
from LWCTRLogic.installation import (
    bundled,
    canonical,
    constraints_text,
    installed_versions,
    missing,
    name_of,
    pip_commands,
    read_list,
    required,
    versions_of,
)

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import write_slicer_requirements as writer  # noqa: E402

CONSTRAINTS = Path("constraints.txt")


def everything():
    """Versions that meet every list, as if all had been installed."""
    names = {**bundled(), "torch": "2.13.0"}
    for line in (*read_list("requirements.txt"), *read_list("requirements-segment.txt")):
        one = Requirement(line)
        names[canonical(one.name)] = next(iter(one.specifier)).version
    return names


def test_the_requirements_are_those_of_the_project_less_what_slicer_brings():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    kept = [one for one in project["dependencies"] if canonical(Requirement(one).name) not in bundled()]
    assert read_list("requirements.txt") == kept, "run: python tools/write_slicer_requirements.py"
    assert {"numpy", "scipy", "simpleitk", "pydicom", "highdicom"} <= set(bundled())


def test_what_slicer_brings_meets_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in (*project["dependencies"], *project["optional-dependencies"]["dicom"]):
        wanted = Requirement(line)
        version = bundled().get(canonical(wanted.name))
        assert version is None or wanted.specifier.contains(version), line


def test_the_list_of_nnunet_holds_neither_torch_nor_anything_of_slicers():
    names = {canonical(Requirement(line).name) for line in read_list("requirements-segment.txt")}
    assert "nnunetv2" in names
    assert not names & {"torch", "torchvision", "timm", *bundled()}


@pytest.mark.skipif("nnunetv2" not in installed_versions(), reason="needs nnunetv2 to look up what it needs")
def test_the_list_of_nnunet_is_complete():
    assert read_list("requirements-segment.txt") == writer.segment(), (
        "run: python tools/write_slicer_requirements.py"
    )


def test_a_package_that_is_absent_or_too_new_is_missing():
    versions = {"pandas": "3.0.1", "jinja2": "3.1.6"}
    assert missing(["pandas>=2.2,<3", "Jinja2>=3.1", "PyYAML>=6.0"], versions) == [
        "pandas>=2.2,<3",
        "PyYAML>=6.0",
    ]


def test_nothing_is_asked_of_pip_when_all_is_there():
    assert pip_commands(CONSTRAINTS, versions=everything()) == []


def test_only_what_is_missing_is_asked_for_under_constraints():
    versions = everything()
    del versions["numba"]
    (command,) = pip_commands(CONSTRAINTS, versions=versions)
    assert command[0] == "install"
    assert command[command.index("-c") + 1] == "constraints.txt"
    assert command[-1] == "numba>=0.61"


def test_nnunet_comes_without_dependencies_so_that_pip_fetches_no_torch():
    versions = everything()
    del versions["nnunetv2"], versions["yacs"]
    (command,) = pip_commands(CONSTRAINTS, versions=versions)
    assert "--no-deps" in command
    assert {canonical(word.split("==")[0]) for word in command if "==" in word} == {"nnunetv2", "yacs"}
    assert pip_commands(CONSTRAINTS, segment=False, versions=versions) == []


def test_an_offline_folder_keeps_pip_off_the_network():
    for command in pip_commands(CONSTRAINTS, offline=Path("wheels"), versions={}):
        assert "--no-index" in command
        assert command[command.index("--find-links") + 1] == "wheels"


def test_constraints_keep_every_package_but_the_one_to_change_and_slicers_own_always():
    versions = {"numpy": "2.4.6", "pandas": "3.0.1", "six": "1.17.0"}
    assert constraints_text(versions) == "numpy==2.4.6\npandas==3.0.1\nsix==1.17.0\n"
    assert constraints_text(versions, ["pandas>=2.2,<3", "numpy>=3"]) == "numpy==2.4.6\nsix==1.17.0\n"


def test_installed_versions_are_those_python_knows():
    assert installed_versions()["pytest"] == importlib.metadata.version("pytest")


def test_versions_of_some_leave_out_what_is_not_there():
    assert versions_of(["pytest", "no-such-package"]) == {"pytest": importlib.metadata.version("pytest")}


@pytest.mark.parametrize(
    "line",
    [
        "pandas>=2.2,<3",
        "PyYAML",
        "importlib_resources==7.1.0",
        "Jinja2>=3.1; python_version > '3'",
        "a.b[c]~=1.0",
    ],
)
def test_the_name_in_a_requirement_is_the_one_that_packaging_reads(line):
    assert name_of(line) == canonical(Requirement(line).name)


def test_what_is_required_are_the_names_of_both_lists():
    assert {"pandas", "nnunetv2"} <= set(required())
    assert len(required()) == len(read_list("requirements.txt")) + len(read_list("requirements-segment.txt"))


def test_lists_that_are_not_at_hand_are_told(tmp_path):
    with pytest.raises(InputError, match="source tree or from Slicer"):
        read_list("requirements.txt", tmp_path)


def test_every_extension_that_helps_is_recommended_to_slicer():
    text = (ROOT / "LWCTR.s4ext").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("recommends ")]
    assert set(line.split()[1:]) == set(installation.EXTENSIONS)
