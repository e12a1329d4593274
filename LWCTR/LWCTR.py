"""LWCTR: whole-liver CT radiomics before and after the start of immunotherapy, in seven steps.

The panel only shows and asks: every computation is a command of the package ``LWCTRLogic``, run in a process of
its own. Nothing heavy is imported and nothing is installed when this module is loaded.
"""

import sys
from pathlib import Path

import qt
import slicer
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)
from slicer.util import VTKObservationMixin

# In the source tree the package lies one folder up; installed, it lies beside this file.
_UP = Path(__file__).resolve().parents[1]
if (_UP / "LWCTRLogic" / "__init__.py").is_file() and str(_UP) not in sys.path:
    sys.path.append(str(_UP))

from LWCTRWidgets.Resources import resource  # noqa: E402


class LWCTR(ScriptedLoadableModule):
    """What Slicer shows of the module before it is opened."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        from LWCTRWidgets.Help import acknowledgement, helpText

        parent.title = "LWCTR"
        parent.categories = [translate("qSlicerAbstractCoreModule", "Quantification")]
        parent.dependencies = []
        parent.contributors = ["LWCTR contributors"]
        parent.helpText = helpText()
        parent.acknowledgementText = acknowledgement()
        slicer.app.connect("startupCompleted()", registerSampleData)


def registerSampleData():
    """Offer two simulated patients in the Sample Data module; they are made on the spot."""
    from LWCTRWidgets.DemoPatients import register

    register()


class LWCTRWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The shell around the panel: follows the scene and the module's life."""

    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.panel = None
        self.logic = None
        self.ui = None
        self.later = qt.QTimer()
        self.later.setSingleShot(True)

    def resourcePath(self, filename):
        """Return the path of a file of ``Resources/``, in the source tree too."""
        return str(resource(filename))

    def setup(self):
        """Make the panel."""
        ScriptedLoadableModuleWidget.setup(self)
        widget = slicer.util.loadUI(self.resourcePath("UI/LWCTR.ui"))
        widget.setMRMLScene(slicer.mrmlScene)
        self.layout.addWidget(widget)
        self.ui = slicer.util.childWidgetVariables(widget)
        self.logic = LWCTRLogic()
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEnd)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndImportEvent, self.onSceneEnd)
        self._makePanel()

    def _makePanel(self):
        from LWCTRWidgets.Forms import tellTroubleBy
        from LWCTRWidgets.Panel import Panel
        from LWCTRWidgets.SceneBridge import SceneBridge

        self.panel = Panel(self.ui, self.logic.getParameterNode(), SceneBridge())
        self.later.connect("timeout()", self.panel.restore)
        tellTroubleBy(self.onTrouble)

    def onTrouble(self, error):
        """Say what could not be done; a case that cannot be read any more is closed."""
        if self.panel is not None:
            self.panel.refresh()
            self.panel.say(error.one_line(), warn=True)

    def enter(self):
        """Show the case as its folder is now: it may have changed meanwhile."""
        if self.panel is not None:
            self.panel.enter()

    def exit(self):
        """Keep what was drawn; a running command goes on."""
        if self.panel is not None:
            self.panel.leave()

    def onSceneStartClose(self, caller, event):
        """Keep what was drawn and stop what runs, before the scene's nodes go."""
        self.panel.sceneAboutToClose()

    def onSceneEnd(self, caller, event):
        """Follow the new scene."""
        self.panel.parameters = self.logic.getParameterNode()
        self.later.start()  # only then does a loaded scene know where its file lies

    def cleanup(self):
        """Let go of everything before the module is unloaded."""
        self.removeObservers()
        self.later.stop()
        if self.panel is not None:
            self.panel.cleanup()
            self.panel = None


class LWCTRLogic(ScriptedLoadableModuleLogic):
    """A thin façade for scripts: ``slicer.modules.lwctr``'s way to the package and the parameter node."""

    def getParameterNode(self):
        """Return the panel's state in the scene."""
        from LWCTRWidgets.ParameterNode import LWCTRParameterNode

        return LWCTRParameterNode(super().getParameterNode())

    def run(self, arguments):
        """Run a command and wait for it; returns its exit code. For scripts: the panel never waits.

        Parameters
        ----------
        arguments : list of str
            The command line after ``lwctr``.
        """
        from LWCTRLogic.processes import run_json_child

        command, *options = map(str, arguments)
        ended = run_json_child([command, "--progress", "json", *options], lambda event: None, lambda: False)
        return ended.code

    def showCase(self, folder):
        """Bring a case's scans and masks in use into the scene; returns what differed from it, in words."""
        from LWCTRWidgets.SceneBridge import SceneBridge

        from LWCTRLogic.case import Case

        return SceneBridge().show(Case(Path(folder)))


class LWCTRTest(ScriptedLoadableModuleTest):
    """The whole demonstration, from an empty scene to a report: Slicer's Reload and Test."""

    def setUp(self):
        """Begin with an empty scene."""
        slicer.mrmlScene.Clear()

    def runTest(self):
        """Run the test."""
        self.setUp()
        self.test_a_simulated_patient_gets_a_report()

    def test_a_simulated_patient_gets_a_report(self):
        """Make a patient, run every step, and look at what came out."""
        from LWCTRWidgets.SelfTest import walkThrough

        self.delayDisplay("LWCTR: a simulated patient, from four scans to a report")
        walkThrough(LWCTRLogic(), self)
        self.delayDisplay("LWCTR: the test has passed")
