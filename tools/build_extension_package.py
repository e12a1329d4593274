"""Build the package that Slicer's extension manager installs from a file, without a build of Slicer.

::

    python tools/build_extension_package.py -o build                    # Linux and Windows
    python tools/build_extension_package.py -o build --macos REVISION   # Slicer's revision, from Help > About

The extension is Python alone, so one archive serves Linux and Windows; on macOS Slicer looks for the same files
inside the application's own folder, whose name holds its revision. The archive is made by the project's own
CMakeLists.txt against the stand-in for Slicer in ``Testing/package/mock``.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOCK = ROOT / "Testing" / "package" / "mock"
LEAST_CMAKE = (3, 28)
SLICER = "5.12"


def find_cmake() -> Path | None:
    """Return a CMake of 3.28 or newer: this Python's (``pip install cmake``) or the system's."""
    beside = Path(sys.executable).parent
    for folder in (str(beside), None):
        found = shutil.which("cmake", path=folder)
        if found and _version(found) >= LEAST_CMAKE:
            return Path(found)
    return None


def _version(cmake: str) -> tuple[int, int]:
    text = subprocess.run([cmake, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"version (\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def build_package(output: Path, slicer: str = SLICER, source: Path = ROOT, macos: str = "") -> Path:
    """Configure and pack the extension; returns the archive. ``macos`` is the revision of a Slicer on macOS.

    Raises
    ------
    RuntimeError
        When there is no CMake, or it fails; with what it said.
    """
    cmake = find_cmake()
    if cmake is None:
        raise RuntimeError("no CMake 3.28 or newer was found: pip install cmake")
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder)
        options = [f"-DSlicer_DIR={MOCK}", f"-DSlicer_VERSION={slicer}", "-Wno-dev"]
        if macos:
            options.append(f"-DSlicer_INSTALL_ROOT=Slicer.app/Contents/Extensions-{macos}/LWCTR/")
            options.append(f"-DEXTENSION_PACKAGE_NAME=LWCTR-Slicer-{slicer}-macos-{macos}")
        _run([str(cmake), "-S", str(source), "-B", str(build), *options])
        _run([str(cmake.with_name("cpack")), "--config", str(build / "CPackConfig.cmake"), "-B", str(build)])
        (archive,) = build.glob("*.tar.gz")
        output.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy2(archive, output / archive.name))


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")


def main(arguments: list[str] | None = None) -> int:
    """Build the package; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "build", help="folder for the archive")
    parser.add_argument("--slicer", default=SLICER, help=f"version of Slicer (default: {SLICER})")
    parser.add_argument(
        "--macos", default="", metavar="REVISION", help="for a Slicer of this revision on macOS"
    )
    args = parser.parse_args(arguments)
    try:
        archive = build_package(args.output, args.slicer, macos=args.macos)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{archive}: {archive.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
