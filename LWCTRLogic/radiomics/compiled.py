"""How the kernels are compiled: machine code made by numba at the first call and kept on disk.

numba keeps the code beside the module when that folder can be written and in the user's cache folder
otherwise (or in ``NUMBA_CACHE_DIR``), so a read-only installation works and the compile time is paid once a
machine; where none of these can be written, each process pays it. All kernels release the interpreter lock.
``fastmath`` stays off: sums keep their order, so values are the same on every processor and with every number
of threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numpy.typing import NDArray

from LWCTRLogic.progress import Progress

STEP = "kernels"
ONCE = "compiled once a machine, then kept"
EACH_TIME = "compiled each time: no folder for the code can be written; set NUMBA_CACHE_DIR to one that can"
_Function = TypeVar("_Function", bound=Callable[..., Any])
_not_kept: set[str] = set()


def kernel(function: _Function) -> _Function:
    """Compile a function of arrays and numbers, and keep the code if a folder for it can be written."""
    try:
        return cast(_Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # numba has no folder: a service without a home, a container that is read-only
        _not_kept.add(function.__name__)
        return cast(_Function, numba.njit(nogil=True, error_model="numpy")(function))


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return a view that cannot be written: to numba it is another type, and SimpleITK's views are such.

    What kernels only read is given to them in this form alone, so that each is compiled once a pixel type.
    """
    view = array.view()
    view.setflags(write=False)
    return view


_ready: set[str] = set()


def make_ready(name: str, run: Callable[[], object], progress: Progress) -> float:
    """Compile or load kernels by running them once in this process, as a progress step of its own.

    Parameters
    ----------
    name : str
        What ``run`` makes ready: the kernels and the pixel type.
    run : callable
        Calls the kernels on something small.

    Returns
    -------
    float
        The seconds it took: about ten for all kernels the first time on a machine, then about one a process.
    """
    if name in _ready:
        return 0.0
    progress.update(STEP, 0, 1, EACH_TIME if _not_kept else ONCE)
    start = time.perf_counter()
    run()
    _ready.add(name)
    progress.update(STEP, 1, 1)
    return time.perf_counter() - start
