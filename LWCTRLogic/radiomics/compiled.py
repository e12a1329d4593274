"""How the kernels are compiled: machine code made by numba at the first call and kept on disk.

numba keeps the code beside the module when that folder can be written and in the user's cache folder
otherwise (or in ``NUMBA_CACHE_DIR``), so a read-only installation works and the compile time is paid once a
machine. All kernels release the interpreter lock. ``fastmath`` stays off: sums keep their order, so values
are the same on every processor and with every number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile a function of arrays and numbers."""
    return cast(_Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
