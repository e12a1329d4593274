"""What scripts for Slicer without a window share: finding the package, and quitting with the right exit code.

Slicer does not quit after ``--python-script``, and an error in the script does not make it quit either: every way
out of a script must end in ``slicer.util.exit``.
"""

import shutil
import sys
import traceback
from pathlib import Path

CANCELLED = 130


def packageFolder():
    """Return the folder that holds ``LWCTRLogic``: beside this folder once installed, one up in the source tree."""
    here = Path(__file__).resolve().parent
    for folder in (here.parent, here.parents[1]):
        if (folder / "LWCTRLogic" / "__init__.py").is_file():
            return folder
    raise FileNotFoundError(
        f"LWCTRLogic is neither in {here.parent} nor in {here.parents[1]}: install LWCTR again"
    )


def pythonExecutable():
    """Return the Python that runs a command: PythonSlicer, also where Slicer does not say so."""
    own = Path(sys.executable or "")
    if "python" in own.name.lower():
        return str(own)
    beside = [own.parent / name for name in ("PythonSlicer", "PythonSlicer.exe")]
    found = next((path for path in beside if path.is_file()), None) or shutil.which("PythonSlicer")
    if found is None:
        raise FileNotFoundError(f"PythonSlicer is not beside {own} nor on the path")
    return str(found)


def scriptArguments():
    """Return what the user wrote after the script, without the ``--`` that ends Slicer's own options."""
    arguments = list(sys.argv[1:])
    return arguments[1:] if arguments[:1] == ["--"] else arguments


def leave(code):
    """Quit: the application in Slicer, the interpreter in PythonSlicer."""
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        from slicer import app
        from slicer.util import exit as leaveSlicer
    except ImportError:  # PythonSlicer has no application
        app = None
    if app is None:
        sys.exit(code)
    leaveSlicer(code)


def runAndLeave(main):
    """Run ``main(arguments)`` and quit with the code it returns, or with 1 and a traceback when it raises."""
    try:
        code = main(scriptArguments())
    except KeyboardInterrupt:
        code = CANCELLED
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
    except BaseException:  # noqa: BLE001 - whatever it was, Slicer must not stay open
        traceback.print_exc()
        code = 1
    leave(code)
