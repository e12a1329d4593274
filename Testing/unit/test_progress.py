import io
import json

import pytest

from LWCTRLogic.errors import Cancelled
from LWCTRLogic.progress import JsonProgress, NamedProgress, Progress, SharedProgress, TerminalProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "make", [Progress, lambda: JsonProgress(io.StringIO()), lambda: TerminalProgress(io.StringIO())]
)
def test_every_progress_stops_the_run_at_the_next_update_after_a_cancel(make):
    progress = make()
    progress.update("segment", 1, 4)
    progress.cancel()
    with pytest.raises(Cancelled):
        progress.update("segment", 2, 4)


def test_json_progress_writes_one_object_a_line():
    stream = io.StringIO()
    progress = JsonProgress(stream)
    progress.update("segment", 1, 4, "tile 1 of 4\nσ")
    progress.warning("thick slices")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (first["event"], first["step"], first["done"], first["total"]) == ("progress", "segment", 1, 4)
    assert first["message"] == "tile 1 of 4\nσ"
    assert (second["event"], second["text"]) == ("warning", "thick slices")


def test_without_a_terminal_a_step_is_announced_once_as_a_plain_line():
    stream = io.StringIO()
    progress = TerminalProgress(stream)
    for done in range(3):
        progress.update("features", done, 3)
    progress.close()
    assert stream.getvalue() == "features …\n"


def test_on_a_terminal_a_new_step_finishes_the_bar_of_the_step_before():
    stream = Terminal()
    progress = TerminalProgress(stream)
    progress.update("first", 1, 2)
    progress.update("second", 1, 2)
    progress.warning("look here")
    progress.close()
    shown = stream.getvalue()
    assert "first: 100%" in shown
    assert "second: 100%" in shown
    assert "warning: look here" in shown


def test_a_finished_bar_ends_its_line_and_keeps_its_last_word():
    stream = Terminal()
    progress = TerminalProgress(stream)
    progress.update("cases", 3, 4)
    progress.update("cases", 4, 4, "1 failed")
    shown = stream.getvalue()
    progress.close()
    assert shown.endswith("\n") and "1 failed" in shown.split("\r")[-1]
    assert stream.getvalue() == shown


def test_progress_of_a_volume_is_told_under_its_name_and_cancelled_with_the_whole_run():
    stream = io.StringIO()
    whole = JsonProgress(stream)
    named = NamedProgress(whole, "pre_V")
    named.update("segment", 1, 3)
    named.warning("dark")
    step, warning = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (step["step"], warning["text"]) == ("segment pre_V", "pre_V: dark")
    named.cancel()
    assert whole.cancelled and named.cancelled
    with pytest.raises(Cancelled):
        named.check_cancelled()


def test_each_step_is_told_with_the_share_of_the_whole_and_a_warning_as_it_is():
    stream = io.StringIO()
    shared = SharedProgress(JsonProgress(stream), 8)
    shared.update("fit", 0, 4)
    shared.update("fit", 4, 4, "model 2")
    shared.warning("few patients")
    shared.update("judge", 1, 4)
    shared.update("judge", 4, 4)
    shared.update("more than planned", 4, 4)
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [one.get("message", one.get("text")) for one in told] == [
        "0% of all",
        "model 2, 50% of all",
        "few patients",
        "62% of all",
        "100% of all",
        "100% of all",
    ]
    shared.cancel()
    with pytest.raises(Cancelled):
        shared.update("fit", 1, 4)
