"""Runs one ``lwctr`` command at a time in a process of its own, and hands on what it says.

The child is Slicer's own Python with an explicit search path. Its standard input is held by this process: the
child ends when this process does, however that happens.
"""

import json
import shutil
import sys
from pathlib import Path

import qt
from slicer.i18n import tr as _

from LWCTRLogic.processes import child_environment

STOP_AFTER_MS = 1500  # a cancelled command may put its things in order for so long


def pythonExecutable():
    """Return the Python that runs a command: Slicer's own, also inside the application."""
    own = Path(sys.executable or "")
    if "python" in own.name.lower():
        return str(own)
    beside = [own.parent / name for name in ("PythonSlicer", "PythonSlicer.exe")]
    found = next((path for path in beside if path.is_file()), None)
    return str(found or shutil.which("PythonSlicer") or own)


class ProcessRunner:
    """A command in a process: JSON lines in, callbacks out.

    ``onEvent(event)`` gets each line as a dict, ``onFinished(code, error)`` the exit code and one sentence (empty
    when all went well). A killed process has the code 137, a cancelled one 130.
    """

    def __init__(self, module="LWCTRLogic"):
        self.module = module
        self.process = None
        self._ended = None  # kept until the next one has ended: it may be in the middle of its own signal
        self.arguments = []
        self._onEvent = self._onFinished = self._onLine = None
        self._rest = b""
        self._errors = b""
        self._told = ""
        self._cancelled = False
        self._timer = qt.QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(STOP_AFTER_MS)
        self._timer.connect("timeout()", self._kill)

    @property
    def running(self):
        """Whether a command is at work."""
        return self.process is not None

    @property
    def processId(self):
        """The child's process id, 0 when there is none."""
        return int(self.process.processId()) if self.process is not None else 0

    def start(self, arguments, onEvent, onFinished, onLine=None):
        """Start ``python -m MODULE ARGUMENTS``; a second one at the same time is refused.

        ``onLine(text)`` gets every line of both outputs, for programs that write no JSON.
        """
        if self.running:
            raise RuntimeError("a command is running")
        self.arguments = [str(argument) for argument in arguments]
        self._onEvent, self._onFinished, self._onLine = onEvent, onFinished, onLine
        self._rest = self._errors = b""
        self._told, self._cancelled = "", False
        process = qt.QProcess()
        environment = qt.QProcessEnvironment()
        for name, value in child_environment().items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        process.connect("readyReadStandardOutput()", self._read)
        process.connect("readyReadStandardError()", self._readErrors)
        process.connect("finished(int,QProcess::ExitStatus)", self._finished)
        process.connect("errorOccurred(QProcess::ProcessError)", self._failed)
        self.process = process
        process.start(pythonExecutable(), ["-m", self.module, *self.arguments])

    def cancel(self):
        """Ask the command to stop; it is killed when it has not done so 1.5 s later."""
        if self.running and not self._cancelled:
            self._cancelled = True
            self.process.terminate()
            self._timer.start()

    def stop(self):
        """End the command now, without telling anybody: the scene or the module is being closed."""
        self._timer.stop()
        process, self.process = self.process, None
        if process is not None:
            self._ended = process
            process.kill()
            process.waitForFinished(2000)

    def _kill(self):
        if self.running:
            self.process.kill()

    def _read(self):
        if self.process is None:
            return
        self._rest += bytes(self.process.readAllStandardOutput().data())
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            self._line(line)

    def _readErrors(self):
        if self.process is None:
            return
        new = bytes(self.process.readAllStandardError().data())
        self._errors = (self._errors + new)[-20_000:]
        if self._onLine is not None and new.strip():
            self._onLine(new.decode("utf-8", "replace").rstrip())

    def _line(self, line):
        if self._onLine is not None:
            self._onLine(line.decode("utf-8", "replace").rstrip())
        try:
            event = json.loads(line.decode("utf-8", "replace"))
        except ValueError:
            return
        if not isinstance(event, dict):
            return
        if event.get("event") == "error":
            self._told = str(event.get("text", ""))
        if self._onEvent is not None:
            self._onEvent(event)

    def _failed(self, error):
        """Tell of a program that could not be started; every other failure also ends in ``finished``."""
        if self.process is not None and error == qt.QProcess.FailedToStart:
            self._end(1, _("{program} could not be started").format(program=pythonExecutable()))

    def _finished(self, code, status):
        if self.process is None:
            return
        self._read()
        self._readErrors()
        killed = status == qt.QProcess.CrashExit
        if self._cancelled:
            self._end(130, "")
        else:
            self._end(137 if killed else int(code), self._why(int(code), killed))

    def _why(self, code, killed):
        if self._told or (code == 0 and not killed):
            return self._told
        if killed or code == 137:
            return _(
                "The process was ended from outside, most often because memory ran out. "
                "What was finished is kept: run again to go on."
            )
        lines = self._errors.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else _("The process ended with code {code}.").format(code=code)

    def _end(self, code, error):
        self._timer.stop()
        self._ended, self.process = self.process, None
        if self._onFinished is not None:
            self._onFinished(code, error)
