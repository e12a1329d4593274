"""Test the module inside the real application.

::

    Slicer --testing --no-splash --python-script …/LWCTRScripts/lwctr_selftest.py

The exit code is 0 only when at least one test ran and none failed or was skipped; 4 when a package is missing, which
is named. Under ``--testing`` Slicer installs nothing: press Install on the module's Set-up page before.
"""

import importlib.metadata
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from headless import packageFolder, runAndLeave

NEEDED = ("core", "segment")  # the demonstration segments by nnU-Net
MISSING = 4


def missingPackages():
    """Return the names of the packages that the test needs and that are not installed."""
    if str(packageFolder()) not in sys.path:
        sys.path.insert(0, str(packageFolder()))
    from LWCTRLogic.doctor import PACKAGES

    found = []
    for name, extra in PACKAGES.items():
        if extra in NEEDED:
            try:
                importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                found.append(name)
    return found


def main(arguments):
    """Run the module's tests; returns the exit code."""
    missing = missingPackages()
    if missing:
        sys.stderr.write(f"LWCTR self-test: missing packages: {', '.join(missing)}\n")
        return MISSING
    import slicer

    if not hasattr(slicer.modules, "lwctr"):
        sys.stderr.write(
            "LWCTR self-test: the module is not loaded; add its folder with --additional-module-paths\n"
        )
        return 1
    from LWCTR import LWCTRTest

    # By name: a loader would also count the runTest that Slicer's base class brings, and that tests nothing.
    suite = unittest.TestSuite(map(LWCTRTest, unittest.defaultTestLoader.getTestCaseNames(LWCTRTest)))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    if result.testsRun == len(result.skipped):
        sys.stderr.write("LWCTR self-test: no test ran\n")
        return 1
    return 0 if result.wasSuccessful() and not result.skipped else 1


if __name__ == "__main__":
    runAndLeave(main)
