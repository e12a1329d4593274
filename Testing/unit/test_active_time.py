"""Time on task against hand-counted clocks."""

from __future__ import annotations

import pytest

from LWCTRLogic.reading.active_time import ActiveTime


class HandClock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return HandClock()


def test_work_without_pauses_counts_in_full(clock):
    watch = ActiveTime(idle_after=60, clock=clock)
    for _ in range(5):
        clock.now += 10
        watch.touch()
    assert watch.seconds == 50


def test_a_pause_counts_up_to_the_cut_off_only(clock):
    watch = ActiveTime(idle_after=60, clock=clock)
    clock.now += 20
    watch.touch()
    clock.now += 3600
    assert watch.idle
    assert watch.seconds == 80
    watch.touch()
    assert not watch.idle
    clock.now += 5
    assert watch.seconds == 85


def test_a_reading_that_goes_on_begins_with_its_seconds(clock):
    watch = ActiveTime(12.5, clock=clock)
    clock.now += 2
    assert watch.seconds == 14.5


def test_a_restart_begins_at_zero(clock):
    watch = ActiveTime(100.0, clock=clock)
    clock.now += 7
    watch.restart()
    assert watch.seconds == 0
