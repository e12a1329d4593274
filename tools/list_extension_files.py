"""Rewrite the file lists of the extension's CMakeLists.txt from the tree.

CMake copies only files that are listed. Run this after adding, renaming or removing a file in ``LWCTR/``,
``LWCTRLogic/`` or ``Resources/``::

    python tools/list_extension_files.py           # rewrites both CMakeLists.txt
    python tools/list_extension_files.py --check   # exit code 1 and the differences when they are out of date
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# CMakeLists.txt -> the folders whose files it lists, relative to the folder of that CMakeLists.txt
LISTS = {"CMakeLists.txt": ("LWCTRLogic", "Resources"), "LWCTR/CMakeLists.txt": (".",)}
LEFT_OUT = {"CMakeLists.txt", ".DS_Store", "Thumbs.db"}
_BLOCK = re.compile(r"(set\((\w+_(SCRIPTS|RESOURCES))\n)(.*?)(^  \)$)", re.DOTALL | re.MULTILINE)


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the files under a folder that belong into the package."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and path.name not in LEFT_OUT and path.suffix != ".pyc":
            yield path


def listed(root: Path, name: str) -> dict[str, list[str]]:
    """Return what the lists of a CMakeLists.txt ought to hold: SCRIPTS are Python files, RESOURCES the others."""
    home = (root / name).parent
    paths = [path.relative_to(home) for folder in LISTS[name] for path in files_of(home / folder)]
    texts = sorted(path.as_posix() for path in paths)
    return {
        "SCRIPTS": [text for text in texts if text.endswith(".py")],
        "RESOURCES": [text for text in texts if not text.endswith(".py")],
    }


def with_lists(text: str, lists: dict[str, list[str]]) -> str:
    """Return the text of a CMakeLists.txt with its ``set(…_SCRIPTS`` and ``set(…_RESOURCES`` blocks renewed."""

    def renew(match: re.Match[str]) -> str:
        lines = "".join(f"  {_quoted(path)}\n" for path in lists[match[3]])
        return f"{match[1]}{lines}{match[5]}"

    return _BLOCK.sub(renew, text)


def _quoted(path: str) -> str:
    return f'"{path}"' if re.search(r"[\s;()#$]", path) else path


def differences(root: Path = ROOT) -> list[str]:
    """Return what is missing from the lists (+) and what they name in vain (-)."""
    found = []
    for name in LISTS:
        text = (root / name).read_text(encoding="utf-8")
        there = {line.strip().strip('"') for match in _BLOCK.finditer(text) for line in match[4].splitlines()}
        wanted = {path for paths in listed(root, name).values() for path in paths}
        found += [f"{name}: + {path}" for path in sorted(wanted - there)]
        found += [f"{name}: - {path}" for path in sorted(there - wanted)]
        if not found and with_lists(text, listed(root, name)) != text:
            found.append(f"{name}: in another order, or in the other list")
    return found


def main(arguments: list[str]) -> int:
    """Rewrite the lists, or check them; returns the exit code."""
    changes = differences()
    print("\n".join(changes) or "every file is listed")
    if "--check" in arguments:
        return 1 if changes else 0
    for name in LISTS:
        path = ROOT / name
        path.write_text(with_lists(path.read_text(encoding="utf-8"), listed(ROOT, name)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
