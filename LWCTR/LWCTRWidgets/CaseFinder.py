"""Where a case folder is now: a scene may be opened on another machine, or after the folder was moved."""

from pathlib import Path

import slicer

from LWCTRLogic.case import Case
from LWCTRLogic.errors import LWCTRError


def findCase(stored, caseId):
    """Return the folder of a case: where the scene says, or else beside the scene's file; ``None`` without one."""
    stored = Path(stored)
    places = [stored, *(near / stored.name for near in _nearScene()), *_nearScene()]
    return next((place for place in places if _isCase(place, caseId)), None)


def _nearScene():
    """Return the scene file's folder and the one around it."""
    roots = (slicer.mrmlScene.GetURL(), slicer.mrmlScene.GetRootDirectory())
    folders = []
    for root in filter(None, roots):
        folder = Path(root)
        folder = folder if folder.is_dir() else folder.parent
        folders += [folder, folder.parent]
    return list(dict.fromkeys(folders))


def _isCase(folder, caseId):
    try:
        return Case(folder).load_info().case_id == caseId
    except (LWCTRError, OSError):
        return False
