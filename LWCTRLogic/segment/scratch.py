"""A folder for what passes between parent and worker, gone afterwards even when the parent was killed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "lwctr-segment-"
_A_DAY_S = 86_400


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a private temporary folder; those that killed runs left a day ago or longer are removed first."""
    for path in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        with suppress(OSError):  # somebody else's, or gone meanwhile
            if time.time() - path.stat().st_mtime > _A_DAY_S:
                shutil.rmtree(path)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        yield Path(name)
