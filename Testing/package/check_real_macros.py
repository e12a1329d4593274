"""Show that Slicer's and CTK's own CMake macros install the tree that the stand-in installs.

::

    python Testing/package/check_real_macros.py /path/to/Slicer /path/to/CTK

takes source checkouts (no build of either is needed), installs the extension once with their
``slicerMacroBuildScriptedModule`` and ``ctkMacroCompilePythonScript``, lets Slicer write the extension's
description, and compares tree and description with ours. Exit code 0 when they agree.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from build_extension_package import SLICER, build_package, find_cmake  # noqa: E402

MODULES = f"lib/Slicer-{SLICER}/qt-scripted-modules"
_CONFIG = """
set(Slicer_USE_PYTHONQT ON)
set(Slicer_QTSCRIPTEDMODULES_LIB_DIR "{modules}")
set(Slicer_INSTALL_QTSCRIPTEDMODULES_LIB_DIR "{modules}")
set(Slicer_USE_FILE "${{CMAKE_CURRENT_LIST_DIR}}/use.cmake")
set(Slicer_EXTENSION_GENERATE_CONFIG "${{CMAKE_CURRENT_LIST_DIR}}/nothing.cmake")
set(Slicer_EXTENSION_CPACK "${{CMAKE_CURRENT_LIST_DIR}}/describe.cmake")
"""
_USE = """
set(CTK_CMAKE_DIR "{ctk}/CMake")
list(APPEND CMAKE_MODULE_PATH "{ctk}/CMake")
# The macro looks for a Python to compile with; this one will do.
set(PYTHONINTERP_FOUND TRUE)
set(PYTHONLIBS_FOUND TRUE)
set(PYTHON_EXECUTABLE "{python}")
set(PYTHON_LIBRARY "{python}")
set(PYTHON_LIBRARIES "{python}")
include("{ctk}/CMake/ctkFunctionExtractOptimizedLibrary.cmake")
include("{ctk}/CMake/ctkMacroCompilePythonScript.cmake")
include("{slicer}/CMake/SlicerMacroBuildScriptedModule.cmake")
"""
_DESCRIBE = """
set(Slicer_CMAKE_DIR "{slicer}/CMake")
include("{slicer}/Extensions/CMake/SlicerFunctionGenerateExtensionDescription.cmake")
foreach(name NAME BUILD_SUBDIRECTORY CATEGORY CONTRIBUTORS DEPENDS DESCRIPTION ENABLED HOMEPAGE ICONURL
    RECOMMENDS SCREENSHOTURLS STATUS TIER)
  list(APPEND told EXTENSION_${{name}} "${{EXTENSION_${{name}}}}")
endforeach()
slicerFunctionGenerateExtensionDescription(
  DESTINATION_DIR "${{CMAKE_BINARY_DIR}}" SLICER_REVISION 1 SLICER_WC_ROOT https://example.org/slicer
  EXTENSION_NAME LWCTR EXTENSION_WC_TYPE git EXTENSION_WC_REVISION main
  EXTENSION_WC_ROOT "${{EXTENSION_HOMEPAGE}}" EXTENSION_WC_URL "${{EXTENSION_HOMEPAGE}}" ${{told}})
"""


def install_for_real(slicer: Path, ctk: Path, folder: Path) -> tuple[set[str], dict[str, str]]:
    """Install with the real macros; returns the installed files and the description that Slicer wrote."""
    mock, build, prefix = folder / "config", folder / "build", folder / "installed"
    mock.mkdir()
    words = {"slicer": slicer, "ctk": ctk, "python": sys.executable, "modules": MODULES}
    (mock / "SlicerConfig.cmake").write_text(_CONFIG.format(**words), encoding="utf-8")
    (mock / "use.cmake").write_text(_USE.format(**words), encoding="utf-8")
    (mock / "nothing.cmake").write_text("", encoding="utf-8")
    (mock / "describe.cmake").write_text(_DESCRIBE.format(**words), encoding="utf-8")
    cmake = str(find_cmake())
    for command in (
        [cmake, "-S", ROOT, "-B", build, f"-DSlicer_DIR={mock}", "-Wno-dev"],
        [cmake, "--build", build],
        [cmake, "--install", build, "--prefix", prefix],
    ):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(
                f"{' '.join(map(str, command))} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
            )
    files = {path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if path.is_file()}
    return files, read_description(build / "LWCTR.s4ext")


def install_with_mock(folder: Path) -> set[str]:
    """Return the files of our own package, without its top folder."""
    with tarfile.open(build_package(folder)) as archive:
        names = [member.name for member in archive.getmembers() if member.isfile()]
    return {name.partition("/")[2] for name in names}


def read_description(path: Path) -> dict[str, str]:
    """Return the keywords and values of a .s4ext file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(" ") for line in lines if line.strip() and not line.startswith("#"))
    return {keyword: value.strip() for keyword, _, value in pairs}


def without_compiled(names: set[str]) -> set[str]:
    """Leave out byte code, which CTK makes beside the sources."""
    return {name for name in names if "__pycache__" not in name and not name.endswith(".pyc")}


def main(arguments: list[str]) -> int:
    """Compare; returns the exit code."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    slicer, ctk = (Path(argument).resolve() for argument in arguments)
    with tempfile.TemporaryDirectory() as folder:
        real, described = install_for_real(slicer, ctk, Path(folder))
        ours = install_with_mock(Path(folder) / "mock")
    real, ours = without_compiled(real), ours - {f"share/Slicer-{SLICER}/LWCTR.s4ext"}
    own = read_description(ROOT / "LWCTR.s4ext")
    wrong = [f"only by the real macros: {name}" for name in sorted(real - ours)]
    wrong += [f"only by the stand-in: {name}" for name in sorted(ours - real)]
    wrong += [
        f"description: {key} is {described[key]!r} for Slicer and {own.get(key, '')!r} in LWCTR.s4ext"
        for key in described
        if described[key] != own.get(key, "")
    ]
    modules = sorted(
        name for name in real if name.endswith(".py") and name.count("/") == MODULES.count("/") + 1
    )
    if modules != [f"{MODULES}/LWCTR.py"]:
        wrong.append(f"modules at the top: {modules}")
    if f"{MODULES}/Resources/UI/LWCTR.ui" not in real:
        wrong.append("Resources/UI/LWCTR.ui is not where resourcePath('UI/LWCTR.ui') looks")
    print("\n".join(wrong) or f"{len(real)} files: the same tree and description by Slicer's own macros")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
