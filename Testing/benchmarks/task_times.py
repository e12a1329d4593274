"""CPU seconds of each task of one extraction, and how much faster more threads could make it at best.

    python Testing/benchmarks/task_times.py [--spacing 1] [--threads 2]

The seconds are those of the thread that does a task, so other programs on the machine lengthen them little. Tasks of
one stage run at once, in their order, each on the thread that is free first; stages and what lies between them follow
each other. Waiting for memory that both cores share, and for Python's lock, is not in this figure: it is a bound.
"""

from __future__ import annotations

import argparse
import heapq
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

Stage = list[float]


@contextmanager
def recorded() -> Iterator[list[Stage]]:
    """Record the CPU seconds of each task of each stage while an extraction runs on one thread."""
    from LWCTRLogic.radiomics import extract, resampling

    stages: list[Stage] = []
    finished = extract.finished

    def recording(jobs: Sequence[Callable[[], Any]], *rest: Any) -> Iterator[tuple[int, Any]]:
        stage = [0.0] * len(jobs)
        stages.append(stage)

        def timed(place: int) -> Any:
            start = time.thread_time()
            result = jobs[place]()
            stage[place] = time.thread_time() - start
            return result

        yield from finished([lambda place=place: timed(place) for place in range(len(jobs))], *rest)

    extract.finished = resampling.finished = recording
    try:
        yield stages
    finally:
        extract.finished = resampling.finished = finished


def span(stages: Sequence[Stage], alone: float, threads: int) -> float:
    """Return the seconds that threads need at least: each stage's tasks in order on the thread that is free first."""
    return alone + sum(_span(stage, threads) for stage in stages)


def _span(stage: Stage, threads: int) -> float:
    ends = [0.0] * threads
    for seconds in stage:
        heapq.heappush(ends, heapq.heappop(ends) + seconds)
    return max(ends)


def speedup_bound(stages: Sequence[Stage], total: float, threads: int) -> float:
    """Return by how much threads could shorten an extraction of ``total`` CPU seconds on one thread."""
    alone = total - sum(map(sum, stages))
    return total / span(stages, alone, threads)


def main() -> None:
    """Measure and print."""
    from LWCTRLogic.radiomics.extract import extract
    from LWCTRLogic.radiomics.settings import ExtractionSettings
    from Testing.benchmarks.abdomen import make_abdomen

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spacing", type=float, help="mm (default: native)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="a small volume: a check that this works")
    options = parser.parse_args()
    image, mask = make_abdomen(quick=options.quick)
    settings = ExtractionSettings(resampled_spacing=(options.spacing,) * 3 if options.spacing else None)
    small, inside = make_abdomen(quick=True)
    extract(small, inside, settings)
    with recorded() as stages:
        start = time.thread_time()
        extract(image, mask, settings)
        total = time.thread_time() - start
    for stage in stages:
        print(f"{len(stage):3} tasks, {sum(stage):.3f} CPU s, the longest {max(stage):.3f}")
    print(f"outside of tasks {total - sum(map(sum, stages)):.3f} CPU s, together {total:.3f}")
    print(
        f"{options.threads} threads: at best {speedup_bound(stages, total, options.threads):.2f} times faster"
    )


if __name__ == "__main__":
    main()
