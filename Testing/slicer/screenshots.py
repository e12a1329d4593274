"""Pictures of every step of the panel at 1280 × 800, light and dark: ``python Testing/slicer/screenshots.py [OUT]``.

They show the Qt stand-in of Testing/slicer, not Slicer: widgets, words and pictures are real, the style is not. The
case is that of ``make demo`` unless ``--case`` names another finished one; a copy of it is used.

``python Testing/slicer/screenshots.py --docs`` makes the pictures of README and docs anew (docs/images/slicer-*.png),
the one of a segmentation at work included, which takes a minute or two.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from Testing.slicer import stand_in  # noqa: E402
from Testing.slicer.tools import picture  # noqa: E402

MODULE = ROOT / "LWCTR" / "LWCTR.py"
IMAGES = ROOT / "docs" / "images"
# What the documents show: the whole window, or the panel alone.
DOCUMENTS = {
    "slicer-patient": ("1-patient", False),
    "slicer-change": ("1-patient-change", True),
    "slicer-running": ("2-segment-running", True),
    "slicer-correct": ("3-correct-reading", False),
    "slicer-features": ("4-features", True),
    "slicer-clinical": ("5-clinical", True),
    "slicer-result": ("6-result", False),
}
PANEL_WIDTH = 522
COMPUTED = ("masks", "features.parquet", "features.csv", "findings.json", "prediction.json", "manifest.json")


def letters_missing(text: str) -> str:
    """Return the characters of ``text`` that no font here can draw, which would show as boxes."""
    from PySide6.QtGui import QFont, QFontDatabase, QRawFont
    from PySide6.QtWidgets import QApplication

    families = [QApplication.font().family(), *QFontDatabase.families()]
    system = QFontDatabase.WritingSystem.Any
    fonts = [QRawFont.fromFont(QFont(one, 10), system) for one in dict.fromkeys(families)]
    return "".join(
        sorted(
            {one for one in text if ord(one) > 32 and not any(f.supportsCharacter(ord(one)) for f in fonts)}
        )
    )


def words_of(widget: Any) -> str:
    """Return every text that a widget and its children show."""
    from PySide6.QtWidgets import QAbstractButton, QGroupBox, QLabel

    found = [one.text for one in widget.findChildren(QLabel) + widget.findChildren(QAbstractButton)]
    return "".join(found + [one.title for one in widget.findChildren(QGroupBox)])


class Photographer:
    """Opens the panel on a case and takes its pictures in one theme."""

    def __init__(self, case: Path, out: Path, theme: str) -> None:
        import slicer

        from Testing.slicer.stand_in import rendering, window
        from Testing.slicer.stand_in.modules import load_module

        self.out, self.theme, self.made = out, theme, []
        window.set_theme(theme)
        slicer.mrmlScene.Clear()
        load_module(MODULE)
        slicer.qMRMLSliceWidget.drawnByEngine = not rendering.lacking()
        shell = slicer.modules.lwctr.widgetRepresentation()
        self.panel = shell.self().panel
        self.window = window.SlicerWindow(shell)
        self.window.show()
        shell.enter()
        self.settle()
        self.take("0-empty")
        assert self.panel.openCase(case), f"{case} is no case"
        self.panel.steps["patient"].folder.setCurrentPath("/data/cases/demo")  # not the folder of the copy

    def settle(self) -> None:
        """Let layouts, timers of no delay and background questions come to rest."""
        from Testing.slicer.tools import until

        until(lambda: not self.panel.query.running and not self.panel.runner.running, seconds=900)
        for _ in range(5):
            sys.modules["slicer"].app.processEvents()

    def take(self, name: str, settle: bool = True) -> None:
        """Save the window, once nothing moves; refuse text that would be boxes."""
        if settle:
            self.settle()
        boxes = letters_missing(words_of(self.window))
        assert not boxes, f"no font has {boxes!r}: install fonts-dejavu"
        self.made.append(picture(self.window, self.out / f"{name}-{self.theme}.png"))

    def walk(self) -> None:
        """Take every step, and the set-up page."""
        self.panel.views.showFour()
        for number, step in enumerate(self.panel.steps, start=1):
            self.panel.goTo(step)
            self.take(f"{number}-{step}")
            if step == "patient":
                self._change()
            if step == "correct":
                self._read()
            if step == "result":
                self._unfold("nomogramGroup", "6-result-nomogram")
                self._unfold("forceGroup", "6-result-force")
        self.panel.steps["report"].export.widget.collapsed = False
        self.panel.steps["report"].previewBox.collapsed = True
        self.panel.steps["report"].export.export()  # refused in words: no folder is chosen
        self.take("7-report-export")
        self.panel.steps["report"].export.widget.collapsed = True
        self._unfold("batchGroup", "7-report-list")
        self.panel.ui.setupButton.checked = True
        self.take("8-setup")

    def _change(self) -> None:
        """The choice of other scans, two of them exchanged."""
        step = self.panel.steps["patient"]
        step.change.toggle()
        for volume, other in (("pre_A", "pre_V"), ("pre_V", "pre_A")):
            box = step.table.selectors[volume]
            box.setCurrentIndex(box.findData(other))
        step.table._changed()
        self.panel.advise()
        self.take("1-patient-change")
        step.change.toggle()

    def segment(self) -> None:
        """A segmentation at work, from a copy of the case in which nothing is computed yet."""
        from Testing.slicer.tools import until

        panel = self.panel
        folder = panel.case.folder
        for name in COMPUTED:
            place = folder / name
            shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
        for report in folder.glob("report.*"):
            report.unlink()
        panel.openCase(folder, silent=True)
        panel.goTo("segment")
        self.settle()
        panel.steps["segment"].segment()
        until(lambda: panel.box.fraction > 0.3, seconds=900)
        self.take("2-segment-running", settle=False)
        panel.cancel()
        self.settle()

    def _unfold(self, group: str, name: str) -> None:
        """A folded part of a step, scrolled to."""
        import qt

        found = self.window.findChild(qt.QWidget, group)
        found.collapsed = False
        self.settle()
        area = self.panel.ui.stepArea
        area.verticalScrollBar().setValue(found.mapTo(area.widget(), qt.QPoint(0, 0)).y() - 30)
        self.take(name)

    def _read(self) -> None:
        """An open reading of the second reader, with the segment editor."""
        step = self.panel.steps["correct"]
        self.panel.parameters.reader = "reader-2"
        step.refresh()
        step.openReading()
        self.take("3-correct-reading")
        step.closeReading()

    def close(self) -> None:
        from Testing.slicer.stand_in.modules import unload_module

        unload_module("LWCTR")
        sys.modules["slicer"].app.layoutManager().viewport().setParent(None)
        self.window.close()


def main() -> int:
    """Take the pictures; prints their paths."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, nargs="?", default=ROOT / "build" / "screenshots")
    parser.add_argument(
        "--case", type=Path, default=ROOT / "build" / "demo", help="a case with every step done"
    )
    parser.add_argument("--theme", choices=("light", "dark"), action="append", help="both unless given")
    parser.add_argument("--docs", action="store_true", help="make the pictures of README and docs anew")
    arguments = parser.parse_args()
    if stand_in.missing():
        sys.exit(f"needs {', '.join(stand_in.missing())}")
    if not (arguments.case / "case.json").exists():
        sys.exit(f"{arguments.case} is no case: run 'make demo' first, or name one with --case")
    stand_in.start()
    if arguments.docs:
        with tempfile.TemporaryDirectory() as folder:
            photograph(arguments.case, Path(folder), "light", running=True)
            made = documents(Path(folder))
        sys.stdout.writelines(f"{path}\n" for path in made)
        return 0
    for theme in arguments.theme or ("light", "dark"):
        sys.stdout.writelines(f"{path}\n" for path in photograph(arguments.case, arguments.out, theme))
    return 0


def photograph(case: Path, out: Path, theme: str, *, running: bool = False) -> list[Path]:
    """Take every picture of a copy of the case in one theme; ``running``: also of a segmentation at work."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(case, Path(folder) / case.name))
        photographer = Photographer(copy, out, theme)
        photographer.walk()
        if running:
            photographer.segment()
        photographer.close()
    return list(photographer.made)


def documents(taken: Path) -> list[Path]:
    """Write the documents' pictures from those of a walk, in 256 colours."""
    from PIL import Image

    made = []
    for name, (source, alone) in DOCUMENTS.items():
        with Image.open(taken / f"{source}-light.png") as whole:
            shown = whole.crop((0, 0, PANEL_WIDTH, whole.height)) if alone else whole
            made.append(IMAGES / f"{name}.png")
            shown.convert("RGB").quantize(256).save(made[-1], optimize=True)
    return made


if __name__ == "__main__":
    raise SystemExit(main())
