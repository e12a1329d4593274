"""Fixtures of the tests that run the Slicer module: a real scene, Qt stand-ins around it."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from Testing.slicer import stand_in
from Testing.slicer.tools import until

MODULE = Path(__file__).resolve().parents[2] / "LWCTR" / "LWCTR.py"


def _layer() -> str:
    lacking = stand_in.missing()
    return f"Testing/slicer: {stand_in.LAYER_NAME}" + (
        f" (skipped, lacks {', '.join(lacking)})" if lacking else ""
    )


def pytest_report_header() -> str:
    """Say in the report what these tests are not."""
    return _layer()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say it at the end too: the header of a run of all tests is written before this file is read."""
    terminalreporter.write_line(_layer())


@pytest.fixture(scope="session")
def a_slicer() -> Any:
    """`slicer` with everything that the layer adds; the tests are skipped where the packages are missing."""
    if stand_in.missing():
        pytest.skip(
            f"{stand_in.LAYER_NAME}: needs {', '.join(stand_in.missing())} (pip install '.[slicer-tests]')"
        )
    return stand_in.start()


@pytest.fixture
def a_scene(a_slicer: Any) -> Iterator[Any]:
    """The scene, empty before and after the test."""
    a_slicer.mrmlScene.Clear()
    yield a_slicer.mrmlScene
    a_slicer.mrmlScene.Clear()
    a_slicer.app.processEvents()


@pytest.fixture(autouse=True)
def no_lost_errors(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test when a slot or an observer raised, or VTK reported an error: Slicer would only write it down."""
    lost: list[str] = []
    reported = _vtk_errors()
    reported.clear()
    before = sys.excepthook
    sys.excepthook = lambda kind, error, trace: lost.append(
        "".join(traceback.format_exception(kind, error, trace))
    )
    yield
    sys.excepthook = before
    if lost:
        pytest.fail("a slot or an observer raised:\n" + "\n".join(lost), pytrace=False)
    if _vtk_errors():
        pytest.fail("VTK reported:\n" + "\n".join(_vtk_errors()), pytrace=False)


def _vtk_errors() -> list[str]:
    return sys.modules["slicer"]._stand_in.errors if "qt" in sys.modules else []


@pytest.fixture
def widgets_on_path(a_slicer: Any) -> None:
    """LWCTR/ on sys.path, as Slicer puts it there when it loads the module."""
    if str(MODULE.parent) not in sys.path:
        sys.path.insert(0, str(MODULE.parent))


@pytest.fixture
def bridge(a_scene: Any, widgets_on_path: None) -> Any:
    """A SceneBridge over the empty scene."""
    from LWCTRWidgets.SceneBridge import SceneBridge

    return SceneBridge()


@pytest.fixture
def a_module(a_scene: Any) -> Iterator[Any]:
    """The Python module LWCTR, loaded as Slicer loads it; unloaded after the test."""
    if not MODULE.exists():
        pytest.skip("LWCTR/LWCTR.py is not there yet")
    from Testing.slicer.stand_in.modules import load_module, unload_module

    yield load_module(MODULE)
    unload_module("LWCTR")
    # Widgets of a panel that is gone would go on answering the scene: only an event loop deletes them.
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def a_panel(a_slicer: Any, a_module: Any) -> Iterator[Any]:
    """The panel (LWCTRWidget), set up, entered and shown at 1280 × 800."""
    shell = a_slicer.modules.lwctr.widgetRepresentation()
    shell.resize(1280, 800)
    shell.show()
    shell.enter()
    a_slicer.app.processEvents()
    yield shell.self()
    shell.exit()


@pytest.fixture
def wait_until(a_slicer: Any) -> Callable[..., None]:
    """`wait_until(condition, seconds=30)`: let events run until the condition holds; fails when it never does."""
    return until


@pytest.fixture
def pip_wishes(a_slicer: Any) -> list[Any]:
    """What was asked of slicer.packaging in this test."""
    from Testing.slicer.stand_in import packages

    packages.asked.clear()
    return packages.asked


@pytest.fixture
def a_quiet_panel(a_panel: Any) -> Any:
    """The panel itself, with runners that start nothing: `runner.last` is the command, `runner.finish()` ends it."""
    from Testing.slicer.panel_tools import Runner

    panel = a_panel.panel
    panel.runner.stop()
    panel.query.stop()
    panel._questions.clear()
    panel.runner, panel.query = Runner(), Runner()
    return panel


@pytest.fixture
def a_case(tmp_path: Path) -> Any:
    """A case with four small scans, masks by a model and by a reader, and clinical values."""
    from Testing.report_cases import make_case

    return make_case(tmp_path / "case é 1")


@pytest.fixture
def an_open_case(a_quiet_panel: Any, a_case: Any) -> Any:
    """The quiet panel with that case open."""
    assert a_quiet_panel.openCase(a_case.folder), a_quiet_panel.ui.statusLabel.text
    return a_quiet_panel
