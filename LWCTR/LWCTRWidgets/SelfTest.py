"""The module's own test: the whole demonstration, in the desktop application and without it."""

import tempfile
from pathlib import Path

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.case_state import step_states


def walkThrough(logic, test, folder=None):
    """Make a simulated patient, run every step as the panel does, and check each result.

    ``test`` is the unittest case that makes the assertions.
    """
    with tempfile.TemporaryDirectory() as temporary:
        case = Case(Path(folder or temporary) / "demo")
        test.assertEqual(logic.run(["demo", case.folder, "--make-only"]), 0, "the patient could not be made")
        test.assertEqual(logic.run(["run", case.folder]), 0, "a step failed: see Set-up for missing packages")
        states = {name: state.state for name, state in step_states(case).items()}
        for name in ("patient", "segment", "features", "result", "report"):
            test.assertIn(states[name], ("done", "attention"), name)
        logic.showCase(case.folder)
        import slicer

        shown = [
            node.GetAttribute("LWCTR.volume")
            for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
        ]
        test.assertEqual(sorted(shown), sorted(VOLUMES))
        test.assertGreater((case.folder / "report.html").stat().st_size, 10_000)
