"""Scripts for Slicer without a window, run as Slicer runs them, with a stand-in that records the exit code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "LWCTR" / "LWCTRScripts"
NOTHING = 99

# As Slicer does it: argv set, the file's text executed in the main module, the application open until told to quit.
DRIVER = f"""
import sys
script = sys.argv[1]
sys.argv = sys.argv[1:]
sys.path.insert(0, __import__("os").path.dirname(script))
globals()["__file__"] = script
try:
    exec(open(script, encoding="utf-8").read(), globals())
except BaseException:
    pass  # Slicer prints it and stays open
import slicer
sys.exit({NOTHING} if slicer.util.code is None else slicer.util.code)
"""
FAKE_SLICER = {
    "__init__.py": "app = object()\nfrom slicer import util\n\nclass modules:\n    lwctr = object()\n",
    "util.py": "code = None\n\ndef exit(status=0):\n    global code\n    code = status\n",
}
STUB_PACKAGE = """
import os, sys
print("arguments", sys.argv[1:])
print("from", __file__)
sys.exit(int(os.environ.get("STUB_CODE", "0")))
"""


@pytest.fixture
def installed(tmp_path):
    """The scripts where Slicer's extension manager puts them, beside a package that only tells what it got."""
    folder = tmp_path / "Slicer é" / "qt-scripted-modules"
    shutil.copytree(SCRIPTS, folder / "LWCTRScripts", ignore=shutil.ignore_patterns("__pycache__"))
    package = folder / "LWCTRLogic"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(STUB_PACKAGE, encoding="utf-8")
    return folder


@pytest.fixture
def slicer_path(tmp_path):
    """A folder with a stand-in for the package ``slicer``."""
    for name, text in FAKE_SLICER.items():
        (tmp_path / "fake" / "slicer").mkdir(parents=True, exist_ok=True)
        (tmp_path / "fake" / "slicer" / name).write_text(text, encoding="utf-8")
    return tmp_path / "fake"


def stripped(**more):
    """An environment with next to nothing in it."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
    return {**kept, "PATH": os.defpath, **more}


def in_slicer(script, slicer_path, *arguments, **environment):
    command = [sys.executable, "-c", DRIVER, str(script), *arguments]
    return subprocess.run(
        command,
        env=stripped(PYTHONPATH=str(slicer_path), **environment),
        capture_output=True,
        text=True,
        check=False,
    )


def in_python(script, *arguments, **environment):
    # -S: nothing is installed there; the child must find the package by itself.
    command = [sys.executable, "-S", str(script), *arguments]
    return subprocess.run(command, env=stripped(**environment), capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", [0, 3, 5, 130])
def test_slicer_quits_with_the_exit_code_of_the_batch(installed, slicer_path, code):
    script = installed / "LWCTRScripts" / "lwctr_batch.py"
    done = in_slicer(script, slicer_path, "--", "cohort é.csv", "-o", "out", STUB_CODE=str(code))
    assert done.returncode == code, done.stderr
    assert "arguments ['batch', 'cohort é.csv', '-o', 'out']" in done.stdout


@pytest.mark.parametrize("code", [0, 5])
def test_slicers_python_ends_with_the_exit_code_of_the_batch(installed, code):
    done = in_python(installed / "LWCTRScripts" / "lwctr_batch.py", "cohort.csv", STUB_CODE=str(code))
    assert done.returncode == code, done.stderr
    assert f"from {installed / 'LWCTRLogic' / '__main__.py'}" in done.stdout


def test_slicer_quits_when_the_package_is_not_there(installed, slicer_path):
    shutil.rmtree(installed / "LWCTRLogic")
    done = in_slicer(installed / "LWCTRScripts" / "lwctr_batch.py", slicer_path, "cohort.csv")
    assert done.returncode == 1
    assert "install LWCTR again" in done.stderr


def test_the_real_batch_refuses_a_missing_table_from_the_source_tree(slicer_path, tmp_path):
    done = in_slicer(
        SCRIPTS / "lwctr_batch.py", slicer_path, "--", str(tmp_path / "none.csv"), "-o", str(tmp_path)
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "none.csv does not exist" in done.stdout


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("raise ValueError('broken')", 1),
        ("raise KeyboardInterrupt", 130),
        ("raise SystemExit(7)", 7),
        ("raise SystemExit", 0),
        ("raise SystemExit('no')", 1),
        ("return 5", 5),
    ],
)
def test_every_way_out_of_a_script_quits_slicer(installed, slicer_path, body, code):
    script = installed / "LWCTRScripts" / "any.py"
    text = f"from headless import runAndLeave\n\ndef main(arguments):\n    {body}\n\nrunAndLeave(main)\n"
    script.write_text(text, encoding="utf-8")
    assert in_slicer(script, slicer_path).returncode == code


MODULES = {
    "passes": ("    def test_a(self):\n        pass\n", 0),
    "fails": ("    def test_a(self):\n        self.fail('no')\n", 1),
    "is skipped": ("    def test_a(self):\n        self.skipTest('no')\n", 1),
    "has no tests": ("    pass\n", 1),
}


@pytest.mark.parametrize("what", MODULES)
def test_the_self_test_quits_with_success_only_when_a_test_ran_and_passed(installed, slicer_path, what):
    body, code = MODULES[what]
    base = "import unittest\n\nclass Base(unittest.TestCase):\n    def runTest(self):\n        pass\n"
    text = f"{base}\nclass LWCTRTest(Base):\n{body}"
    (slicer_path / "LWCTR.py").write_text(text, encoding="utf-8")
    (installed / "LWCTRLogic" / "doctor.py").write_text("PACKAGES = {'pytest': 'core'}\n", encoding="utf-8")
    done = in_slicer(installed / "LWCTRScripts" / "lwctr_selftest.py", slicer_path)
    assert done.returncode == code, done.stdout + done.stderr


def test_the_self_test_names_a_missing_package(installed, slicer_path):
    packages = "PACKAGES = {'pytest': 'core', 'not-installed-x': 'segment', 'other-x': 'explain'}\n"
    (installed / "LWCTRLogic" / "doctor.py").write_text(packages, encoding="utf-8")
    done = in_slicer(installed / "LWCTRScripts" / "lwctr_selftest.py", slicer_path)
    assert done.returncode == 4
    assert "missing packages: not-installed-x\n" in done.stderr


def test_the_self_test_says_when_the_module_is_not_loaded(installed, slicer_path):
    (installed / "LWCTRLogic" / "doctor.py").write_text("PACKAGES = {}\n", encoding="utf-8")
    (slicer_path / "slicer" / "__init__.py").write_text(
        "app = object()\nfrom slicer import util\n\nclass modules:\n    pass\n", encoding="utf-8"
    )
    done = in_slicer(installed / "LWCTRScripts" / "lwctr_selftest.py", slicer_path)
    assert done.returncode == 1
    assert "--additional-module-paths" in done.stderr
