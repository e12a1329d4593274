"""Many independent fits on all cores, with progress and cancel.

joblib runs them, so ``joblib.parallel_config(backend="dask")`` around a call sends them to a cluster. Each
fit has one thread: on small matrices more threads of a linear algebra library only wait for each other
(measured: five times slower).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import joblib
from threadpoolctl import threadpool_limits

from LWCTRLogic.progress import Progress

_Result = TypeVar("_Result")


def run_all(
    function: Callable[..., _Result],
    tasks: Sequence[tuple[Any, ...]],
    jobs: int,
    progress: Progress,
    step: str,
) -> list[_Result]:
    """Return ``function(*task)`` of every task, in order.

    Parameters
    ----------
    function : callable
        A module's own function, so that a worker process can find it.
    jobs : int
        Processes; 1 stays in this one.

    Raises
    ------
    Cancelled
        If the user asked to stop; running tasks end first.
    """
    progress.update(step, 0, len(tasks))
    results: list[_Result | None] = [None] * len(tasks)
    pool = joblib.Parallel(n_jobs=min(jobs, max(1, len(tasks))), return_as="generator_unordered")
    finished = pool(joblib.delayed(_numbered)(number, function, task) for number, task in enumerate(tasks))
    try:
        for done, (number, result) in enumerate(finished, start=1):
            results[number] = result
            progress.update(step, done, len(tasks))
    finally:
        finished.close()
    return results  # type: ignore[return-value]


def _numbered(number: int, function: Callable[..., _Result], task: tuple[Any, ...]) -> tuple[int, _Result]:
    with threadpool_limits(1):
        return number, function(*task)
