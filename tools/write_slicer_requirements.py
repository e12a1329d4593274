"""Write what Slicer's Python lacks: Resources/requirements.txt and Resources/requirements-segment.txt.

Run it in the project's environment after a change of ``pyproject.toml`` or of nnU-Net's version::

    python tools/write_slicer_requirements.py

``requirements.txt`` is what ``pyproject.toml`` needs and Slicer does not bring. ``requirements-segment.txt`` is
nnU-Net with everything that it needs but torch, to be installed with ``--no-deps``: left to itself, pip would fetch
a torch for the wrong graphics card, and with it a torchvision that breaks it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

from make_locks import canonical, closure  # noqa: E402

RESOURCES = ROOT / "Resources"
# torch with what only it needs is the PyTorch extension's; the others are Python 2's, or a part of Python by now.
LEFT_OUT = {
    "torch",
    "fsspec",
    "sympy",
    "mpmath",
    "argparse",
    "linecache2",
    "traceback2",
    "unittest2",
    "future",
}
_HEADS = {
    "requirements.txt": "# What LWCTR needs beside what Slicer brings. Install with -c constraints.txt.\n",
    "requirements-segment.txt": (
        "# nnU-Net with what it needs but torch, which the PyTorch extension installs. Install with --no-deps.\n"
    ),
}


def bundled() -> set[str]:
    """Return the canonical names of the packages that Slicer brings."""
    lines = (RESOURCES / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {canonical(line.split("==")[0]) for line in lines if line and not line.startswith("#")}


def core() -> list[str]:
    """Return the requirements of ``pyproject.toml`` that Slicer does not bring."""
    return [one for one in _project()["dependencies"] if canonical(Requirement(one).name) not in bundled()]


def segment() -> list[str]:
    """Return nnU-Net and what it needs beyond the rest, pinned to what is installed here."""
    project = _project()
    (nnunet,) = (one for one in project["optional-dependencies"]["segment"] if re.match("nnunet", one))
    known = {*closure(project["dependencies"]), *bundled(), *LEFT_OUT}
    return [f"{name}=={version}" for name, version in sorted(closure([nnunet]).items()) if name not in known]


def _project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def main() -> None:
    """Write both files."""
    for name, lines in (("requirements.txt", core()), ("requirements-segment.txt", segment())):
        (RESOURCES / name).write_text(_HEADS[name] + "\n".join(lines) + "\n", encoding="utf-8")
        print(name, len(lines))


if __name__ == "__main__":
    main()
