import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from LWCTRLogic import processes
from LWCTRLogic.processes import child_environment, cpu_count, run_json_child, shown_command


@pytest.fixture
def a_child(monkeypatch):
    """Makes run_json_child start ``python -c CODE`` in place of the lwctr command."""

    def use(code: str) -> None:
        real = subprocess.Popen

        def start(command, **options):
            return real([sys.executable, "-c", code], **options)

        monkeypatch.setattr(processes.subprocess, "Popen", start)

    return use


def never() -> bool:
    return False


def test_each_json_line_becomes_an_event_and_other_lines_are_passed_over(a_child):
    a_child("print('{\"event\": \"progress\"}'); print('noise'); print('[1]'); print('{\"event\": \"é\"}')")
    events: list = []
    finished = run_json_child([], events.append, never)
    assert [event["event"] for event in events] == ["progress", "é"]
    assert finished.code == 0


def test_the_exit_code_and_the_last_error_lines_come_back(a_child):
    a_child("import sys; [print('line', i, file=sys.stderr) for i in range(60)]; sys.exit(3)")
    finished = run_json_child([], print, never)
    assert finished.code == 3
    assert finished.errors[-1] == "line 59"
    assert len(finished.errors) == 50


def test_a_cancelled_child_that_ignores_the_request_is_killed(a_child):
    ignore = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    a_child(f"import signal, time; {ignore}; print('{{}}', flush=True); time.sleep(600)")
    started: list = []
    finished = run_json_child([], started.append, lambda: bool(started))
    assert started == [{}]
    assert finished.code == (-9 if os.name == "posix" else 1)


def test_a_cancelled_child_that_listens_ends_in_its_own_way(a_child):
    a_child(
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(130));"
        "print('{}', flush=True); time.sleep(600)"
    )
    started: list = []
    assert run_json_child([], started.append, lambda: bool(started)).code in (130, 1)


def test_a_child_ends_when_its_parent_is_killed(tmp_path):
    marker = tmp_path / "pid"
    child = (
        "import os, time, pathlib; from LWCTRLogic.processes import exit_with_parent; exit_with_parent();"
        f"pathlib.Path({str(marker)!r}).write_text(str(os.getpid())); time.sleep(120)"
    )
    parent = (
        "import subprocess, sys, time; from LWCTRLogic.processes import child_environment;"
        f"p = subprocess.Popen([sys.executable, '-c', {child!r}], stdin=subprocess.PIPE,"
        " env=child_environment()); time.sleep(120)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent], env=child_environment(), stdin=subprocess.DEVNULL
    )
    wait_until(lambda: marker.exists() and marker.read_text() != "")
    pid = int(marker.read_text())
    assert alive(pid)
    process.kill()
    process.wait()
    wait_until(lambda: not alive(pid))


def wait_until(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(pid: int) -> bool:
    if os.name != "posix":
        pytest.skip("asks the process table the POSIX way")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "Z" not in state.stdout


def test_a_child_without_a_parent_pipe_does_not_watch_its_input(monkeypatch):
    monkeypatch.delenv(processes.PARENT_PIPE, raising=False)
    processes.exit_with_parent()


def test_the_child_finds_the_package_when_the_environment_was_stripped(monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert str(processes.PACKAGE_ROOT) in child_environment()["PYTHONPATH"].split(os.pathsep)


def test_the_cores_are_counted():
    assert 1 <= cpu_count() <= (os.cpu_count() or 1)


@pytest.mark.skipif(os.name != "posix", reason="Windows quotes otherwise")
def test_a_command_is_shown_as_a_shell_takes_it():
    assert shown_command("run", Path("a case/é")) == "lwctr run 'a case/é'"
    assert shown_command("run", Path("case")) == "lwctr run case"


def test_a_command_can_be_pasted_into_the_shell_of_each_system(monkeypatch):
    arguments = ["run", "/data/case é 1", "--accept", "mask-pieces=left lobe"]
    monkeypatch.setattr(processes.sys, "platform", "linux")
    assert shlex.split(shown_command(*arguments)) == ["lwctr", *arguments]
    monkeypatch.setattr(processes.sys, "platform", "win32")
    assert shown_command("run", r"C:\a b") == r'lwctr run "C:\a b"'
