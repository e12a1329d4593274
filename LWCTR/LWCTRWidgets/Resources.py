"""Where the module's files lie: beside the module once it is installed, one folder up in the source tree."""

from pathlib import Path


def resource(name):
    """Return the path of a file of ``Resources/``."""
    top = Path(__file__).resolve().parents[1]
    found = [place / "Resources" / name for place in (top, top.parent)]
    return next((path for path in found if path.exists()), found[0])
