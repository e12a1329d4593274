"""What panel tests share: a small phantom case, and runners that stand in for processes."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import SimpleITK as sitk

from LWCTRLogic import demonstration
from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.cli import main
from LWCTRLogic.phantom.patient import PhantomPatient, make_patient
from LWCTRLogic.segment import backend as backends

SEED = 12


def small_patient(seed: int = SEED) -> PhantomPatient:
    """A phantom patient of a third of the size at 5 mm: its features take a second."""
    return make_patient(seed, spacing=(5.0, 5.0, 5.0), body_scale=0.35, crop_mm=5.0)


class TruthBackend:
    """Segments a phantom's scan by the mask that it was made with."""

    name = "nnunet"

    def __init__(self, patient: PhantomPatient) -> None:
        self._masks = {_voxels(patient.volumes[name]): patient.liver[name] for name in VOLUMES}

    def describe(self) -> dict[str, Any]:
        return {"backend": self.name, "model": "truth"}

    def segment(self, image: sitk.Image, progress: Any) -> sitk.Image:
        progress.update("segment", 1, 2, "tile 1 of 2")
        progress.update("segment", 2, 2, "tile 2 of 2")
        mask = sitk.Cast(self._masks[_voxels(image)], sitk.sitkUInt8)
        mask.CopyInformation(image)
        return mask


def _voxels(image: sitk.Image) -> str:
    return hashlib.sha256(sitk.GetArrayFromImage(sitk.Cast(image, sitk.sitkInt16)).tobytes()).hexdigest()


def use_small_patients(monkeypatch: Any) -> None:
    """Let ``lwctr demo`` make small patients, and segmentation find exactly their livers."""
    monkeypatch.setattr(demonstration, "make_patient", lambda seed, **options: small_patient(seed))
    monkeypatch.setattr(backends, "make_backend", lambda model, **options: TruthBackend(small_patient()))
    # A liver of a third of the size has a twenty-seventh of the volume, which the checks refuse.
    from LWCTRLogic.segment import quality

    small = quality.QualitySettings(least_ml=5.0, low_ml=10.0)
    monkeypatch.setattr(quality, "QualitySettings", lambda: small)


class Runner:
    """What the panel asks of a runner; each start is written down."""

    def __init__(self) -> None:
        self.started: list[list[str]] = []
        self.running = False
        self.stopped = 0
        self.processId = 0

    def start(self, arguments: Any, onEvent: Any, onFinished: Any, onLine: Any = None) -> None:
        assert not self.running, "a second command at the same time"
        self.running = True
        self.started.append([str(one) for one in arguments])
        self.onEvent, self.onFinished, self.onLine = onEvent, onFinished, onLine

    def cancel(self) -> None:
        self.finish(130)

    def stop(self) -> None:
        self.stopped += 1
        self.running = False

    def finish(self, code: int = 0, error: str = "") -> None:
        """The command ends."""
        self.running = False
        self.onFinished(code, error)

    @property
    def last(self) -> list[str]:
        """The newest command."""
        return self.started[-1]


class InProcessRunner(Runner):
    """Runs the real command in this process, from the event loop: as a child would, without its start.

    Without ``draw`` the pictures of a result and of a report are blank ones: drawing them takes seconds.
    """

    def __init__(self, draw: bool = True) -> None:
        super().__init__()
        self.draw = draw

    def start(self, arguments: Any, onEvent: Any, onFinished: Any, onLine: Any = None) -> None:
        super().start(arguments, onEvent, onFinished, onLine)
        import qt

        qt.QTimer.singleShot(0, self._run)

    def _run(self) -> None:
        if not self.running:
            return
        run = run_command if self.draw or self.last[0] != "report" else blank_pictures
        code, events, error = run(self.last)
        for event in events:
            self.onEvent(event)
        self.finish(code, error)


def blank_pictures(arguments: list[str]) -> tuple[int, list[dict[str, Any]], str]:
    """Write what ``lwctr report --pictures`` or ``--pages`` would, without drawing anything."""
    from PIL import Image

    pages = "--pages" in arguments
    folder = Path(arguments[arguments.index("--pages" if pages else "--pictures") + 1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("page-01", "page-02") if pages else ("gauge", "survival-OS", "force"):
        Image.new("RGB", (200, 100), "white").save(folder / f"{name}.png")
    return 0, [{"event": "result"}], ""


def run_command(arguments: list[str]) -> tuple[int, list[dict[str, Any]], str]:
    """Run a command here; returns its exit code, its JSON lines, and its error in words."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    lines = (line for line in out.getvalue().splitlines() if line.startswith("{"))
    events = [json.loads(line) for line in lines]
    told = next((one["text"] for one in events if one["event"] == "error"), "")
    return code, events, told


def make_small_case(folder: Path) -> Case:
    """Write the small patient as a case, without any mask."""
    return demonstration.make_demonstration(folder, demonstration.Progress(), SEED).case


def said(panel: Any) -> str:
    """Return what the status line says."""
    return str(panel.ui.statusLabel.text)


def click(panel: Any, name: str) -> None:
    """Click a button of the panel by its object name; a closed or hidden one fails the test."""
    found = widget(panel, name)
    assert found.enabled, f"{name} is closed"
    found.click()


def widget(panel: Any, name: str) -> Any:
    """Return a widget of the panel by its object name."""
    import qt

    found = panel.ui.stepArea.window().findChild(qt.QWidget, name)
    assert found is not None, f"there is no widget {name}"
    return found


Wait = Callable[..., None]
