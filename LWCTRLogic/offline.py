"""A folder that brings LWCTR's packages and models to a computer without network: ``lwctr doctor --bundle``.

::

    FOLDER/README.txt            what to type there
           SHA256SUMS            of every other file
           constraints.txt requirements.txt requirements-segment.txt
           *.whl                 for Slicer's Python
           models/<name>.zip     models installed here; the package's own come with it
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from LWCTRLogic import files, installation
from LWCTRLogic.errors import BackendError, InputError
from LWCTRLogic.installation import CONSTRAINTS, REQUIREMENTS, RESOURCES, SEGMENTATION, canonical, name_of
from LWCTRLogic.models.contents import ModelEntry
from LWCTRLogic.models.registry import Registry
from LWCTRLogic.progress import Progress

SLICER_PYTHON = "3.12"
SUMS = "SHA256SUMS"
STEP = "offline bundle"
# nnU-Net needs it and no wheel of it is published; it holds Python alone, so that one built here serves every system.
BUILT_HERE = "acvl-utils"
PLATFORMS = {
    "this computer": "",
    "windows": "win_amd64",
    "macos-arm": "macosx_13_0_arm64",
    "macos-intel": "macosx_13_0_x86_64",
    "linux": "manylinux_2_28_x86_64",
}
_TIMEOUT_S = 3600


@dataclass(frozen=True)
class Target:
    """The Python that the folder is for.

    Attributes
    ----------
    python : str
        Its version; Slicer 5.12 has 3.12.
    platform : str
        A name of ``PLATFORMS``.
    segment : bool
        nnU-Net too (torch is the PyTorch extension's, whose own package must be fetched apart).
    """

    python: str = SLICER_PYTHON
    platform: str = "this computer"
    segment: bool = True


def make_bundle(folder: Path, target: Target, progress: Progress | None = None) -> list[Path]:
    """Fill a new or empty folder with wheels, lists, models and their hashes; returns the files.

    Raises
    ------
    InputError
        When the folder holds something, the platform is unknown, or the lists are not at hand.
    BackendError
        When pip fails; with its last lines.
    """
    progress = progress or Progress()
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty", "a new or empty folder")
    if target.platform not in PLATFORMS:
        raise InputError(f"platform {target.platform!r}", "one of " + ", ".join(PLATFORMS))
    lists = [CONSTRAINTS, REQUIREMENTS, *([SEGMENTATION] if target.segment else [])]
    for name in lists:
        installation.read_list(name)
    folder.mkdir(parents=True, exist_ok=True)
    for name in lists:
        shutil.copyfile(RESOURCES / name, folder / name)
    _fetch(folder, target, progress)
    _drop_bundled(folder)
    models = list(_copy_models(folder / "models", progress))
    files.write_text(folder / "README.txt", _readme(target, models))
    _write_sums(folder)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def check_bundle(folder: Path) -> int:
    """Compare every file with ``SHA256SUMS``; returns how many were compared.

    Raises
    ------
    InputError
        When there is no list, or files are missing, changed, or not on it.
    """
    path = Path(folder) / SUMS
    if not path.is_file():
        raise InputError(f"{folder} has no {SUMS}", "a folder made by 'lwctr doctor --bundle'")
    pairs = (line.split("  ", 1) for line in path.read_text(encoding="utf-8").splitlines() if "  " in line)
    wanted = {name: digest for digest, name in pairs}
    found = _sums(Path(folder))
    wrong = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
    if wrong:
        listed = ", ".join(
            f"{name} ({'missing' if name not in found else 'not on the list' if name not in wanted else 'changed'})"
            for name in wrong[:10]
        )
        raise InputError(
            f"{len(wrong)} files differ: {listed}", "the files as they were made", "Copy it again"
        )
    return len(found)


# ---- wheels --------------------------------------------------------------------------------------------------
def _fetch(folder: Path, target: Target, progress: Progress) -> None:
    """Let pip resolve and download: the core with its dependencies, nnU-Net's list as it stands."""
    known = {name_of(line): line for line in _lines(target)}
    steps = 2 + target.segment
    progress.update(STEP, 0, steps, "building wheels of what has none")
    if BUILT_HERE in known:
        _pip("wheel", "--no-deps", "--wheel-dir", str(folder), known[BUILT_HERE])
    download = ["download", "--only-binary=:all:", "--find-links", str(folder), "--dest", str(folder)]
    download += ["--python-version", target.python]
    if PLATFORMS[target.platform]:
        download += ["--platform", PLATFORMS[target.platform]]
    progress.update(STEP, 1, steps, "downloading packages")
    _pip(*download, "-c", str(folder / CONSTRAINTS), "-r", str(folder / REQUIREMENTS))
    if target.segment:
        progress.update(STEP, 2, steps, "downloading nnU-Net")
        _pip(*download, "--no-deps", "-r", str(folder / SEGMENTATION))
    progress.update(STEP, steps, steps)


def _lines(target: Target) -> Iterator[str]:
    yield from installation.read_list(REQUIREMENTS)
    if target.segment:
        yield from installation.read_list(SEGMENTATION)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", *arguments, "--disable-pip-version-check", "--quiet"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, timeout=_TIMEOUT_S
        )
    except subprocess.TimeoutExpired as error:
        raise BackendError(
            f"pip {arguments[0]} took over {_TIMEOUT_S} s", "a reachable package index"
        ) from error
    if done.returncode:
        said = [
            line for line in done.stderr.splitlines() if line.startswith("ERROR")
        ] or done.stderr.splitlines()
        raise BackendError(
            f"pip {arguments[0]} failed ({' '.join(said[-2:])})",
            "packages that the package index has",
            "Look at the network and at pip's settings, then try again in an empty folder",
        )


def _drop_bundled(folder: Path) -> None:
    """Remove the wheels of what Slicer brings: what is not there cannot replace Slicer's own."""
    own = installation.bundled()
    for path in folder.glob("*.whl"):
        if canonical(path.name.split("-")[0]) in own:
            path.unlink()


# ---- models, hashes, words -------------------------------------------------------------------------------------
def _copy_models(folder: Path, progress: Progress) -> Iterator[tuple[ModelEntry, Path]]:
    registry = Registry()
    for entry in registry.entries():
        if entry.bundled:
            continue
        progress.check_cancelled()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{entry.name}.zip"
        content = registry.content(entry)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(content.rglob("*")):
                if file.is_file():
                    archive.write(file, file.relative_to(content).as_posix())
        yield entry, path


def _sums(folder: Path) -> dict[str, str]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != SUMS)
    return {path.relative_to(folder).as_posix(): files.sha256(path) for path in paths}


def _write_sums(folder: Path) -> None:
    lines = [f"{digest}  {name}\n" for name, digest in _sums(folder).items()]
    files.write_text(folder / SUMS, "".join(lines))


def _readme(target: Target, models: Sequence[tuple[ModelEntry, Path]]) -> str:
    pip = "PythonSlicer -m pip install --no-index --find-links . -c constraints.txt"
    lines = [
        f"LWCTR's packages for Python {target.python}, {target.platform}. Copy this folder to the computer, open a",
        "terminal in it, and type the lines below; or name the folder on the module's Set-up page in Slicer.",
        "Slicer's own packages are not in here and stay as they are.",
        "",
        "  lwctr doctor --verify .          compares every file with SHA256SUMS; so does: sha256sum -c SHA256SUMS",
        f"  {pip} -r requirements.txt",
    ]
    if target.segment:
        lines += [
            f"  {pip} --no-deps -r requirements-segment.txt",
            "",
            "nnU-Net needs torch, which Slicer's PyTorch extension installs for the graphics card at hand; without",
            "network fetch that extension's package and torch's wheel apart.",
        ]
    if models:
        lines += ["", "Models:", ""]
        lines += [f"  {_install_command(entry, path)}" for entry, path in models]
    return "\n".join(lines) + "\n"


def _install_command(entry: ModelEntry, path: Path) -> str:
    words = [f"lwctr models install models/{path.name} --name {entry.name} --sha256 {files.sha256(path)}"]
    words += [f"--label {label}" for label in entry.labels]
    words += [f"--orientation {entry.orientation}"] if entry.orientation else []
    words += ["--trust"] if entry.trusted else []
    licence = f"   (licence: {entry.licence})" if entry.licence else ""
    return " ".join(words) + licence
