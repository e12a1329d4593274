"""`slicer.packaging`: knows what is installed, and writes down what a module asks for instead of installing it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from PySide6.QtCore import QTimer

# Each entry: the function's name, the requirements, the keyword arguments.
asked: list[tuple[str, list[str], dict[str, Any]]] = []


def _listed(requirements: Any) -> list[str]:
    if isinstance(requirements, str):
        return requirements.split()
    if isinstance(requirements, Requirement):
        return [str(requirements)]
    return [str(one) for one in requirements]


def load_requirements(path: Any) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in Path(path).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def pip_check(requirements: Any) -> bool:
    """Whether all are installed in the wanted version."""
    for one in map(Requirement, _listed(requirements)):
        try:
            found = metadata.version(one.name)
        except metadata.PackageNotFoundError:
            return False
        if (one.marker is None or one.marker.evaluate()) and not one.specifier.contains(
            found, prereleases=True
        ):
            return False
    return True


def pip_ensure(
    requirements: Any,
    constraints: Any = None,
    skip_packages: list[str] | None = None,
    prompt_install: bool = True,
    prompt_restart: bool = True,
    requester: str | None = None,
    skip_in_testing: bool = True,
    show_progress: bool = True,
) -> None:
    """As in Slicer under `--testing`: installs nothing and says nothing."""
    asked.append(("pip_ensure", _listed(requirements), {"constraints": constraints, "requester": requester}))


def pip_install(
    requirements: Any,
    constraints: Any = None,
    no_deps_requirements: Any = None,
    skip_packages: list[str] | None = None,
    blocking: bool = True,
    show_progress: bool = True,
    requester: str | None = None,
    logCallback: Callable[[str], None] | None = None,
    completedCallback: Callable[[int], None] | None = None,
) -> None:
    """Write the wish down; a non-blocking install ends with code 0 when events next run."""
    asked.append(("pip_install", _listed(requirements), {"constraints": constraints, "requester": requester}))
    if completedCallback is not None and not blocking:
        QTimer.singleShot(0, lambda: completedCallback(0))


def pip_uninstall(requirements: Any) -> None:
    asked.append(("pip_uninstall", _listed(requirements), {}))


def isPipInstallInProgress() -> bool:
    return False
