"""Write requirements.lock and requirements-test.lock from what is installed here.

Run it in an environment that was made by hand with the wished versions::

    python tools/make_locks.py

Packages that would break a CPU build of torch, or that nothing here needs at run time, are left out.
"""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
RUN_EXTRAS = ("segment", "openvino", "dicom")
TEST_EXTRAS = ("test", "lint", "slicer-tests")
LEFT_OUT = {
    "torchvision",  # its CUDA build breaks a CPU torch; nnU-Net's inference does not need it
    "timm",  # needs torchvision
    "openvino-telemetry",  # sends usage data
}


def canonical(name: str) -> str:
    """Return the normal form of a distribution's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(names: list[str]) -> dict[str, str]:
    """Return every installed distribution that ``names`` need, with its version."""
    found: dict[str, str] = {}
    waiting = [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        name = canonical(wanted.name)
        if name in LEFT_OUT or name in found:
            continue
        try:
            distribution = metadata.distribution(wanted.name)
        except metadata.PackageNotFoundError:
            continue  # for another platform
        found[name] = distribution.version.split("+")[0]
        for line in distribution.requires or []:
            requirement = Requirement(line)
            extras = ["", *wanted.extras]
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(requirement)
    return found


def main() -> None:
    """Write both files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    run = closure(
        [*project["dependencies"], *(one for extra in RUN_EXTRAS for one in extras[extra]), "setuptools"]
    )
    test = closure([one for extra in TEST_EXTRAS for one in extras[extra]])
    test = {name: version for name, version in test.items() if name not in run}
    for path, locked in (("requirements.lock", run), ("requirements-test.lock", test)):
        lines = [f"{name}=={version}" for name, version in sorted(locked.items())]
        (ROOT / path).write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(path, len(lines))


if __name__ == "__main__":
    main()
