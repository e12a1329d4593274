"""What LWCTR needs in Slicer's Python: what is missing, and the pip commands that add it and nothing else.

Slicer brings numpy, scipy, SimpleITK, pydicom and highdicom; other extensions rely on those very versions, so pip is
given constraints that keep every package that is there as it is. torch is never asked for: the PyTorch extension picks
the build for the user's graphics card. nnU-Net is installed without its dependencies' dependencies for the same reason.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from LWCTRLogic.errors import InputError
from LWCTRLogic.processes import PACKAGE_ROOT

RESOURCES = PACKAGE_ROOT / "Resources"
REQUIREMENTS, SEGMENTATION, CONSTRAINTS = "requirements.txt", "requirements-segment.txt", "constraints.txt"
# Extensions of Slicer's catalogue that help, and with what.
EXTENSIONS = {
    "PyTorch": "torch in the build for this computer's graphics card",
    "NNUNet": "nnU-Net",
    "TotalSegmentator": "TotalSegmentator as a segmentation model",
    "SlicerRadiomics": "PyRadiomics as a second feature engine",
}


def canonical(name: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_list(name: str, folder: Path = RESOURCES) -> list[str]:
    """Return the lines of a requirements or constraints file, without comments.

    Raises
    ------
    InputError
        When the file is not there: a wheel from a package index does not carry it.
    """
    path = folder / name
    if not path.is_file():
        raise InputError(
            f"{path} does not exist",
            "the lists that come with the extension and the source tree",
            "Run this from the source tree or from Slicer",
        )
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def bundled(folder: Path = RESOURCES) -> dict[str, str]:
    """Return what Slicer brings: canonical name → version."""
    pairs = (line.split("==") for line in read_list(CONSTRAINTS, folder))
    return {canonical(name): version for name, version in pairs}


def installed_versions() -> dict[str, str]:
    """Return every installed distribution of this Python: canonical name → version."""
    found: dict[str, str] = {}
    for one in importlib.metadata.distributions():
        name = one.metadata["Name"]
        if name:
            found.setdefault(canonical(name), one.version)
    return found


def versions_of(names: Iterable[str]) -> dict[str, str]:
    """Return those of some distributions that are installed: canonical name → version.

    Fast: unlike :func:`installed_versions` it does not read what every package says of itself.
    """
    found = {}
    for name in names:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[canonical(name)] = importlib.metadata.version(name)
    return found


def required(folder: Path = RESOURCES) -> list[str]:
    """Return the canonical names of every package that the lists ask for."""
    lines = (*read_list(REQUIREMENTS, folder), *read_list(SEGMENTATION, folder))
    return [name_of(line) for line in lines]


def name_of(requirement: str) -> str:
    """Return the canonical name in a line such as ``pandas>=2.2,<3``."""
    return canonical(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0])


def missing(requirements: Iterable[str], versions: Mapping[str, str]) -> list[str]:
    """Return the requirements that no installed version meets."""
    from packaging.requirements import Requirement

    found = []
    for line in requirements:
        wanted = Requirement(line)
        version = versions.get(name_of(line))
        if version is None or not wanted.specifier.contains(version, prereleases=True):
            found.append(line)
    return found


def constraints_text(versions: Mapping[str, str], change: Iterable[str] = ()) -> str:
    """Return constraints that keep every installed package but those of ``change`` at its version."""
    free = {name_of(line) for line in change} - set(bundled())
    return "".join(f"{name}=={version}\n" for name, version in sorted(versions.items()) if name not in free)


def pip_commands(
    constraints: Path,
    *,
    segment: bool = True,
    offline: Path | None = None,
    versions: Mapping[str, str] | None = None,
) -> list[list[str]]:
    """Return the arguments of each pip call that installs what is missing; none when nothing is.

    Parameters
    ----------
    constraints : Path
        A file with :func:`constraints_text` of what is installed.
    segment : bool
        nnU-Net too.
    offline : Path, optional
        A folder made by ``lwctr doctor --bundle``; the network is not used then.
    versions : dict, optional
        What is installed; looked up unless given.
    """
    versions = installed_versions() if versions is None else versions
    common = ["install", "--disable-pip-version-check", "--prefer-binary", "-c", str(constraints)]
    if offline is not None:
        common += ["--no-index", "--find-links", str(offline)]
    core = missing(read_list(REQUIREMENTS), versions)
    commands = [[*common, *core]] if core else []
    if segment:
        absent = [line for line in read_list(SEGMENTATION) if name_of(line) not in versions]
        if absent:
            commands.append([*common, "--no-deps", *absent])
    return commands
