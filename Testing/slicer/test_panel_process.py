"""Commands in a process of their own: what comes back, cancel, kill, and a stripped environment."""

from __future__ import annotations

import os
import signal

import pytest

TALKER = """
import json, sys, time
print(json.dumps({"event": "progress", "step": "segment pre_A", "done": 1, "total": 4}), flush=True)
print("no JSON", flush=True)
print(json.dumps({"event": "result", "given": sys.argv[1:]}), flush=True)
"""
DEAF = """
import json, signal, sys, time
from LWCTRLogic.processes import exit_with_parent
exit_with_parent()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(json.dumps({"event": "progress", "step": "deaf", "done": 0, "total": 1}), flush=True)
time.sleep(60)
"""
REFUSING = """
import json, sys
print(json.dumps({"event": "error", "text": "the scan is tilted. Export it again.", "exit_code": 3}), flush=True)
sys.exit(3)
"""
CRASHING = "raise RuntimeError('no such thing')"


@pytest.fixture
def a_runner(a_module, tmp_path, monkeypatch):
    """Starts a program given as text; its events, its end."""
    from LWCTRWidgets.ProcessRunner import ProcessRunner

    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    class Started:
        def __init__(self):
            self.events, self.end, self.lines = [], None, []

        def start(self, text, *arguments):
            (tmp_path / "program.py").write_text(text, encoding="utf-8")
            self.runner = ProcessRunner(module="program")
            self.runner.start(arguments, self.events.append, self.finished, self.lines.append)
            return self

        def finished(self, code, error):
            self.end = (code, error)

    started = Started()
    yield started
    started.runner.stop()


def test_json_lines_come_as_events_and_the_rest_is_left_alone(a_runner, wait_until):
    a_runner.start(TALKER, "a b", "é")
    assert a_runner.runner.running
    wait_until(lambda: a_runner.end)
    assert a_runner.end == (0, "")
    assert a_runner.events[0]["step"] == "segment pre_A"
    assert a_runner.events[1]["given"] == ["a b", "é"]
    assert "no JSON" in a_runner.lines
    assert not a_runner.runner.running


def test_a_refusal_is_told_in_the_words_of_the_command(a_runner, wait_until):
    a_runner.start(REFUSING)
    wait_until(lambda: a_runner.end)
    assert a_runner.end == (3, "the scan is tilted. Export it again.")


def test_a_crash_is_told_by_its_last_line_not_by_a_traceback(a_runner, wait_until):
    a_runner.start(CRASHING)
    wait_until(lambda: a_runner.end)
    assert a_runner.end == (1, "RuntimeError: no such thing")


def test_a_command_that_does_not_listen_is_stopped_all_the_same(a_runner, wait_until):
    a_runner.start(DEAF)
    wait_until(lambda: a_runner.events)
    a_runner.runner.cancel()
    wait_until(lambda: a_runner.end)  # fails after 30 s; by itself the program would sleep for 60
    assert a_runner.end == (130, "")


def test_the_time_until_a_cancelled_command_is_killed_is_under_two_seconds(a_module):
    from LWCTRWidgets.ProcessRunner import STOP_AFTER_MS

    assert STOP_AFTER_MS <= 1500


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_killed_child_is_told_with_the_likely_cause(a_runner, wait_until):
    a_runner.start(DEAF)
    wait_until(lambda: a_runner.events)
    os.kill(a_runner.runner.processId, signal.SIGKILL)
    wait_until(lambda: a_runner.end)
    code, error = a_runner.end
    assert code == 137 and "memory" in error and "run again" in error


def test_stopping_tells_nobody_and_leaves_no_process(a_runner, wait_until):
    a_runner.start(DEAF)
    wait_until(lambda: a_runner.events)
    process = a_runner.runner.processId
    a_runner.runner.stop()
    assert a_runner.end is None and not a_runner.runner.running
    if os.name == "posix":
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_second_command_at_the_same_time_is_refused(a_runner, wait_until):
    a_runner.start(DEAF)
    with pytest.raises(RuntimeError, match="a command is running"):
        a_runner.runner.start(["x"], None, None)


def test_the_child_finds_the_package_in_a_stripped_environment(a_module, wait_until, monkeypatch, tmp_path):
    from LWCTRWidgets.ProcessRunner import ProcessRunner

    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.chdir(tmp_path)
    runner, events, end = ProcessRunner(), [], []
    runner.start(["models", "--progress", "json", "list"], events.append, lambda *how: end.append(how))
    wait_until(lambda: end, 60)
    assert end == [(0, "")]
    assert any(one.get("name") == "liver-phantom-nnunet" for one in events)


def test_a_program_that_is_not_there_is_told(a_module, monkeypatch, wait_until):
    from LWCTRWidgets import ProcessRunner as module

    monkeypatch.setattr(module, "pythonExecutable", lambda: "/no/such/python")
    runner, end = module.ProcessRunner(), []
    runner.start(["models"], None, lambda *how: end.append(how))
    wait_until(lambda: end)
    assert end == [(1, "/no/such/python could not be started")]


def test_the_python_of_a_command_is_slicers_own_also_where_the_application_is_the_executable(
    a_module, monkeypatch, tmp_path
):
    from LWCTRWidgets import ProcessRunner as module

    monkeypatch.setattr(module.sys, "executable", str(tmp_path / "PythonSlicer"))
    assert module.pythonExecutable() == str(tmp_path / "PythonSlicer")
    monkeypatch.setattr(module.sys, "executable", str(tmp_path / "SlicerApp-real"))
    (tmp_path / "PythonSlicer").write_text("")
    assert module.pythonExecutable() == str(tmp_path / "PythonSlicer")
