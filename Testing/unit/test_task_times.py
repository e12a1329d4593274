"""The bound of the speed-up by threads, by hand."""

import pytest

from Testing.benchmarks.task_times import span, speedup_bound


def test_tasks_go_to_the_thread_that_is_free_first_and_stages_follow_each_other():
    assert span([[3.0, 2.0, 2.0], [1.0]], alone=1.0, threads=2) == 1 + 4 + 1
    assert (
        span([[2.0, 2.0, 3.0], [1.0]], alone=1.0, threads=2) == 1 + 5 + 1
    )  # the longest last costs a second
    assert span([[3.0, 2.0, 2.0], [1.0]], alone=1.0, threads=1) == 9


def test_the_bound_is_the_whole_by_the_span():
    assert speedup_bound([[3.0, 2.0, 2.0], [1.0]], total=9.0, threads=2) == pytest.approx(9 / 6)
