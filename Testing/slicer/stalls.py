"""How long the window hears nothing: ``python Testing/slicer/stalls.py CASE`` walks the panel and watches its events.

CASE is a finished case; a copy of it is used. Every action runs as a user starts it, commands in processes of their
own. A stretch is the time between two turns of the event loop; its share of processor time tells a busy panel from a
busy machine. Times are those of the stand-in: Slicer's drawing is another.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from Testing.slicer import stand_in  # noqa: E402
from Testing.slicer.tools import until  # noqa: E402

TOLD_S = 0.1  # shorter stretches are not told
LIMIT_S = 0.2


class Watch:
    """Notes each stretch in which the event loop does not turn, and what ran in the middle of it."""

    def __init__(self) -> None:
        import qt

        self.stretches: list[tuple[float, float, str]] = []
        self._main = threading.get_ident()
        self._at, self._cpu, self._where = time.monotonic(), time.thread_time(), ""
        self._timer = qt.QTimer()
        self._timer.setInterval(0)
        self._timer.connect("timeout()", self._beat)
        self._timer.start()
        threading.Thread(target=self._look, daemon=True).start()

    def _beat(self) -> None:
        now, cpu = time.monotonic(), time.thread_time()
        if now - self._at > TOLD_S:
            self.stretches.append((now - self._at, cpu - self._cpu, self._where))
        self._at, self._cpu, self._where = now, cpu, ""

    def _look(self) -> None:
        while True:
            time.sleep(0.02)
            if time.monotonic() - self._at > TOLD_S / 2 and not self._where:
                self._where = self._stack()

    def _stack(self) -> str:
        # A frame that is held keeps its painter alive after the paint event, which ends the process: look, and let go.
        calls = []
        frame = sys._current_frames().get(self._main)
        while frame is not None:
            calls.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
            frame = frame.f_back
        ours = [f"{Path(file).name}:{line} {name}" for file, line, name in calls[::-1] if "LWCTR" in file]
        return " > ".join(ours[-4:])

    def taken(self) -> list[tuple[float, float, str]]:
        """Return the stretches since the last call, the longest first."""
        found, self.stretches = sorted(self.stretches, reverse=True), []
        return found


class Walk:
    """Opens the panel and does one action after the other."""

    def __init__(self, case: Path, commands: bool) -> None:
        from Testing.slicer.stand_in import window
        from Testing.slicer.stand_in.modules import load_module

        window.set_theme("light")
        load_module(ROOT / "LWCTR" / "LWCTR.py")
        self.case, self.commands = case, commands
        self.shell = sys.modules["slicer"].modules.lwctr.widgetRepresentation()
        self.panel = self.shell.self().panel
        self.window = window.SlicerWindow(self.shell)
        self.window.show()
        self.watch = Watch()
        self._rest()
        self.watch.taken()

    def _rest(self) -> None:
        until(lambda: not self.panel.query.running and not self.panel.runner.running, seconds=600)
        for _ in range(5):
            sys.modules["slicer"].app.processEvents()

    def do(self, name: str, action: Callable[[], Any]) -> tuple[float, float]:
        """Do something, wait until it has ended, tell its longest stretches; seconds and seconds at work."""
        action()
        self._rest()
        found = self.watch.taken()
        longest = found[0][0] if found else 0.0
        sys.stdout.write(f"{'!' if longest > LIMIT_S else ' '} {name:34} {longest:6.2f} s\n")
        sys.stdout.flush()
        for wall, cpu, where in found[:3]:
            sys.stdout.write(f"      {wall:.2f} s, {cpu:.2f} s of them at work: {where}\n")
        return longest, max((cpu for _, cpu, _ in found), default=0.0)

    def actions(self) -> list[tuple[str, Callable[[], Any]]]:
        """Return what a user does, in order."""
        panel, correct = self.panel, self.panel.steps["correct"]
        begin = [
            ("enter", self.shell.enter),
            ("open the case", lambda: panel.openCase(self.case)),
            ("four views", panel.views.showFour),
            ("scroll", self._scroll),
        ]
        steps = [(f"step {name}", lambda name=name: panel.goTo(name)) for name in panel.steps]
        reading = [
            ("step correct again", lambda: panel.goTo("correct")),
            ("open a reading", correct.openReading),
            ("draw and keep", self._draw),
            ("next scan", lambda: correct._step(1)),
            ("back, resumed", lambda: correct._step(-1)),
            ("save a version", correct.saveVersion),
            ("close the reading", correct.closeReading),
        ]
        commands = [
            ("compute the result", panel.steps["result"].predict),
            ("write the report", panel.steps["report"].write),
            ("plot view", panel.steps["result"].showPlot),
            ("set-up", lambda: setattr(panel.ui.setupButton, "checked", True)),
            ("leave and enter the module", lambda: (self.shell.exit(), self.shell.enter())),
            ("close the scene", sys.modules["slicer"].mrmlScene.Clear),
        ]
        return [*begin, *steps, *reading, *(commands if self.commands else [])]

    def _scroll(self) -> None:
        node = self.panel.views.sliceNode("pre_A")
        for _ in range(20):
            node.SetSliceOffset(node.GetSliceOffset() + 5)
            sys.modules["slicer"].app.processEvents()

    def _draw(self) -> None:
        reading = self.panel.steps["correct"].reading
        reading.dirty = True
        self.panel.steps["correct"].checkNow()


def main() -> int:
    """Walk and tell; the exit code is 1 when a stretch was over the limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("case", type=Path, nargs="?", default=ROOT / "build" / "demo", help="a finished case")
    parser.add_argument("--no-commands", action="store_true", help="leave result and report as they are")
    arguments = parser.parse_args()
    if stand_in.missing():
        sys.exit(f"needs {', '.join(stand_in.missing())}")
    stand_in.start()
    with tempfile.TemporaryDirectory() as folder:
        case = Path(shutil.copytree(arguments.case, Path(folder) / arguments.case.name))
        walk = Walk(case, commands=not arguments.no_commands)
        walls, works = zip(*(walk.do(name, action) for name, action in walk.actions()), strict=True)
    sys.stdout.write(f"longest: {max(walls):.2f} s; most at work in one: {max(works):.2f} s\n")
    return int(max(walls) > LIMIT_S)


if __name__ == "__main__":
    raise SystemExit(main())
