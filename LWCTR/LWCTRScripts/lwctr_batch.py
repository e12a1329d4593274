"""Run a batch of patients in Slicer without a window, or in Slicer's Python.

::

    Slicer --no-splash --no-main-window --python-script …/LWCTRScripts/lwctr_batch.py -- cohort.csv -o results
    PythonSlicer …/LWCTRScripts/lwctr_batch.py cohort.csv -o results

What follows the script is the command line of ``lwctr batch``, and the exit code is its own: 0 done, 2 usage,
3 table refused, 4 something to install is missing, 5 finished but some cases failed, 130 cancelled. The batch runs in
a process of Slicer's own Python, so that what happens there cannot hold the application open.
"""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from headless import packageFolder, pythonExecutable, runAndLeave


def childEnvironment(folder):
    """Return our environment, with the package found whatever the search path was set to."""
    paths = [str(folder), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), "PYTHONIOENCODING": "utf-8"}


def main(arguments):
    """Run ``lwctr batch`` and hand its output on; returns its exit code."""
    folder = packageFolder()
    # -P: a folder of that name where the user happens to be is not the package
    command = [pythonExecutable(), "-P", "-m", "LWCTRLogic", "batch", *arguments]
    with subprocess.Popen(
        command,
        env=childEnvironment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as child:
        for line in child.stdout:  # through our own output, which Slicer shows and logs
            sys.stdout.write(line)
            sys.stdout.flush()
        return child.wait()


if __name__ == "__main__":
    runAndLeave(main)
