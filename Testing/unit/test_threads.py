"""Jobs on threads: every result once, in order on one thread, and an early end."""

import threading
import time
from functools import partial

import pytest

from LWCTRLogic.errors import Cancelled
from LWCTRLogic.radiomics.threads import finished


def nothing():
    pass


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_every_job_gives_its_result_under_its_place(threads):
    jobs = [partial(pow, number, 2) for number in range(20)]
    results = list(finished(jobs, threads, nothing))
    assert sorted(results) == [(number, number**2) for number in range(20)]
    if threads == 1:
        assert results == sorted(results)


def test_two_threads_work_at_once():
    meeting = threading.Barrier(2, timeout=20)
    places = [place for place, _ in finished([meeting.wait, meeting.wait], 2, nothing)]
    assert sorted(places) == [0, 1]


def test_one_thread_is_the_callers_own():
    names = [name for _, name in finished([threading.get_ident], 1, nothing)]
    assert names == [threading.get_ident()]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_cancel_leaves_the_jobs_that_have_not_begun(threads):
    begun = []
    stop = threading.Event()

    def job(place):
        begun.append(place)
        stop.set()
        time.sleep(0.01)  # all of them would take five seconds

    def check():
        if stop.is_set():
            raise Cancelled()

    with pytest.raises(Cancelled):
        list(finished([partial(job, place) for place in range(1000)], threads, check))
    assert 0 < len(begun) < 1000
    if threads == 1:
        assert begun == [0]


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_in_a_job_comes_out(threads):
    with pytest.raises(ZeroDivisionError):
        list(finished([nothing, partial(divmod, 1, 0)], threads, nothing))
