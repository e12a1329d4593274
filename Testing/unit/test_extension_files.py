"""The extension as CMake and Slicer's catalogue see it: lists, descriptions, icon, and the package itself."""

from __future__ import annotations

import importlib.util
import json
import re
import struct
import subprocess
import sys
import tarfile
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Testing" / "package"))

import list_extension_files as lists  # noqa: E402
from build_extension_package import build_package, find_cmake  # noqa: E402
from check_real_macros import MODULES, read_description  # noqa: E402

# Of the catalogue's published schema (slicer-extension-catalog-entry-schema-v1.0.1).
CATALOGUE = {
    "type": "object",
    "required": ["$schema", "category", "scm_url"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string"},
        "category": {"type": "string"},
        "scm_url": {"type": "string"},
        "scm_revision": {"type": "string"},
        "build_subdirectory": {"type": "string"},
        "scm_type": {"enum": ["git", "local"]},
        "build_dependencies": {"type": "array", "items": {"type": "string"}},
        "enabled": {"type": "boolean"},
        "tier": {"type": "integer", "minimum": 1, "maximum": 5},
    },
}
HINT = "run: python tools/list_extension_files.py"


def cmake_metadata() -> dict[str, str]:
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    return dict(re.findall(r'^set\(EXTENSION_(\w+) "([^"]*)"\)', text, re.MULTILINE))


def test_every_file_of_the_extension_is_listed_and_every_listed_file_exists():
    assert lists.differences() == [], HINT


def test_a_new_and_a_vanished_file_are_named(tmp_path):
    for name in lists.LISTS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(
            "set(A_SCRIPTS\n  gone.py\n  )\n\nset(A_RESOURCES\n  )\n", encoding="utf-8"
        )
    (tmp_path / "LWCTRLogic").mkdir()
    (tmp_path / "LWCTRLogic" / "new.py").touch()
    (tmp_path / "LWCTR" / "__pycache__").mkdir()
    (tmp_path / "LWCTR" / "__pycache__" / "x.pyc").touch()
    assert lists.differences(tmp_path) == [
        "CMakeLists.txt: + LWCTRLogic/new.py",
        "CMakeLists.txt: - gone.py",
        "LWCTR/CMakeLists.txt: - gone.py",
    ]


def test_lists_are_rewritten_sorted_with_scripts_and_resources_apart():
    text = "# x\nset(A_SCRIPTS\n  old.py\n  )\nset(A_RESOURCES\n  )\nend()\n"
    new = lists.with_lists(text, {"SCRIPTS": ["a.py", "b c.py"], "RESOURCES": ["d.ui"]})
    assert new == '# x\nset(A_SCRIPTS\n  a.py\n  "b c.py"\n  )\nset(A_RESOURCES\n  d.ui\n  )\nend()\n'


def test_the_module_is_the_only_python_file_that_slicer_will_scan():
    assert [path.name for path in (ROOT / "LWCTR").glob("*.py")] == ["LWCTR.py"]


def test_the_description_says_what_cmake_says():
    described = read_description(ROOT / "LWCTR.s4ext")
    for name, value in cmake_metadata().items():
        assert described[name.lower()] == value, name
    assert described["scmurl"] == described["homepage"]


def test_nothing_in_the_description_breaks_a_cmake_list():
    assert not [name for name, value in cmake_metadata().items() if ";" in value]


def test_the_catalogue_entry_follows_the_schema_and_says_what_cmake_says():
    entry = json.loads((ROOT / "LWCTR.json").read_text(encoding="utf-8"))
    jsonschema.validate(entry, CATALOGUE)
    told, described = cmake_metadata(), read_description(ROOT / "LWCTR.s4ext")
    assert entry["category"] == told["CATEGORY"]
    assert entry["tier"] == int(told["TIER"])
    assert entry["build_subdirectory"] == told["BUILD_SUBDIRECTORY"]
    assert entry["build_dependencies"] == ([] if told["DEPENDS"] == "NA" else told["DEPENDS"].split())
    assert (entry["scm_url"], entry["scm_revision"]) == (described["scmurl"], described["scmrevision"])


def test_the_urls_of_icon_and_screenshot_name_files_of_the_project():
    told = cmake_metadata()
    for url in (told["ICONURL"], *told["SCREENSHOTURLS"].split()):
        path = url.partition("/main/")[2]
        assert (ROOT / path).is_file(), path


def test_the_icon_is_128_pixels_square():
    head = (ROOT / "Resources" / "Icons" / "LWCTR.png").read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:24]) == (128, 128)


@pytest.mark.skipif(importlib.util.find_spec("PySide6") is None, reason="needs PySide6 to draw")
def test_the_icon_is_drawn_from_its_source(tmp_path):
    icons, drawn = ROOT / "Resources" / "Icons", tmp_path / "drawn.png"
    script = [sys.executable, str(ROOT / "tools" / "draw_icon.py"), str(icons / "LWCTR.svg"), str(drawn)]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    if "cannot open shared object file" in done.stderr:
        pytest.skip(done.stderr.splitlines()[-1])
    assert done.returncode == 0, done.stderr
    found, kept = (np.asarray(Image.open(path).convert("RGBA"), int) for path in (drawn, icons / "LWCTR.png"))
    assert np.abs(found - kept).mean() < 1  # of 255: the edges may differ between versions of Qt


@pytest.mark.skipif(find_cmake() is None, reason="needs CMake 3.28 or newer: pip install cmake")
def test_the_package_holds_the_tree_where_slicer_looks_for_it(tmp_path):
    archive = build_package(tmp_path / "out folder é")
    with tarfile.open(archive) as opened:
        names = {member.name for member in opened.getmembers() if member.isfile()}
    (top,) = {name.partition("/")[0] for name in names}
    wanted = {f"{top}/share/Slicer-5.12/LWCTR.s4ext"}
    for name in lists.LISTS:
        files = (path for paths in lists.listed(ROOT, name).values() for path in paths)
        wanted |= {f"{top}/{MODULES}/{path}" for path in files}
    assert names == wanted
    assert f"{top}/{MODULES}/LWCTR.py" in names
    assert f"{top}/{MODULES}/Resources/UI/LWCTR.ui" in names


@pytest.mark.skipif(find_cmake() is None, reason="needs CMake 3.28 or newer: pip install cmake")
def test_the_package_for_macos_holds_the_same_where_slicer_looks_there(tmp_path):
    with tarfile.open(build_package(tmp_path, macos="34045")) as opened:
        names = [member.name for member in opened.getmembers() if member.isfile()]
    inside = "LWCTR-Slicer-5.12-macos-34045/Slicer.app/Contents/Extensions-34045/LWCTR/"
    assert all(name.startswith(inside) for name in names)
    assert {f"{inside}{MODULES}/LWCTR.py", f"{inside}share/Slicer-5.12/LWCTR.s4ext"} <= set(names)


@pytest.mark.skipif(find_cmake() is None, reason="needs CMake 3.28 or newer: pip install cmake")
def test_a_listed_file_that_is_missing_stops_the_build_by_name(tmp_path):
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.28)\nproject(LWCTR NONE)\nfind_package(Slicer REQUIRED)\n"
        "include(${Slicer_USE_FILE})\nslicerMacroBuildScriptedModule(NAME X SCRIPTS nowhere.py)\n",
        encoding="utf-8",
    )
    with pytest.raises(RuntimeError, match=r"lists nowhere\.py"):
        build_package(tmp_path / "out", source=tmp_path)
