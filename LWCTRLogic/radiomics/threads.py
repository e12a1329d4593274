"""Many small jobs on one or more threads; the kernels that they call release the interpreter lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

Result = TypeVar("Result")


def finished(
    jobs: Sequence[Callable[[], Result]], threads: int, check: Callable[[], None]
) -> Iterator[tuple[int, Result]]:
    """Run the jobs and give each one's place and result as it comes.

    Parameters
    ----------
    jobs : sequence of callable
        Started in this order.
    threads : int
        Jobs at work at once; with 1 they run in the caller's own thread.
    check : callable
        Called before each job, or several times a second; what it raises ends the work after the jobs that are
        running.
    """
    if threads == 1:
        for place, job in enumerate(jobs):
            check()
            yield place, job()
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: dict[Future[Result], int] = {pool.submit(job): place for place, job in enumerate(jobs)}
        try:
            while waiting:
                done, _ = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                check()
                for future in done:
                    yield waiting.pop(future), future.result()
        finally:
            for future in waiting:
                future.cancel()
