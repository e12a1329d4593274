"""Step 3: a reader looks at every mask and corrects it; each save is a new version that nothing replaces."""

import importlib
import sys

import qt
import slicer
from slicer.i18n import tr as _

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.errors import LWCTRError
from LWCTRWidgets.FindingsBox import FindingsBox
from LWCTRWidgets.Forms import (
    button,
    chosen,
    combo,
    fill,
    form,
    group,
    label,
    lineEdit,
    row,
    select,
    volumeLabel,
)
from LWCTRWidgets.MaskConvention import showConvention
from LWCTRWidgets.PropagateBox import PropagateBox
from LWCTRWidgets.RecoveryBox import RecoveryBox
from LWCTRWidgets.Responsive import inBackground
from LWCTRWidgets.SceneReading import SceneReading
from LWCTRWidgets.Step import Step

EFFECTS = ("Paint", "Erase", "Scissors", "Grow from seeds", "Smoothing", "Islands", "Margin", "Level tracing")


class CorrectStep(Step):
    """The Segment Editor on one scan, inside a reading."""

    name = "correct"

    def title(self):
        """Return the heading."""
        return _("3  Correct: look at every mask")

    def shortTitle(self):
        """Return the word in the step list."""
        return _("Correct")

    def build(self):
        """Make the widgets."""
        self.reading = None
        self._buildScan()
        self._buildReading()
        self.recovery = RecoveryBox(self)
        self.layout.addWidget(self.recovery.widget)
        self._buildEditor()
        self.findings = FindingsBox(self.panel, "correct", masks=True)
        self.layout.addWidget(self.findings.widget)
        buttons = [self.saveButton, self.discardButton, self.closeButton, self.checkButton]
        self.drawing = [*buttons, self.inUse, self.editor]  # of use only while a reading is open
        self.propagation = PropagateBox(self.panel)
        self.layout.addWidget(self.propagation.widget)

    def _buildScan(self):
        self.volume = combo(
            "volumeSelector",
            _("The scan to look at"),
            [(volumeLabel(name), name) for name in VOLUMES],
            self.goToVolume,
        )
        self.previousButton = button(
            "previousScanButton",
            _("Previous"),
            _("The scan before this one"),
            lambda: self._step(-1),
            "Ctrl+[",
        )
        self.nextButton = button(
            "nextScanButton", _("Next scan"), _("The scan after this one"), lambda: self._step(1), "Ctrl+]"
        )
        self.conventionButton = button(
            "conventionButton",
            _("What belongs to the mask?"),
            _("The convention, with a picture: what is inside the mask and what is not"),
            lambda: showConvention(self.panel.ui.statusLabel.window()),
            "F1",
        )
        self.layout.addLayout(row(self.previousButton, self.volume, self.nextButton, stretch=1))
        self.layout.addLayout(row(self.conventionButton))

    def _buildReading(self):
        box, layout = group(_("Reading"), "readingGroup")
        self.reader = lineEdit(
            "readerEdit",
            _("Who reads: a pseudonym of letters, digits and '-', never a name"),
            "reader-1",
            self._onReader,
        )
        self.start = combo("startSelector", _("What the reader sees first"), [])
        self.openButton = button(
            "openReadingButton",
            _("Open reading"),
            _(
                "Begin to read this scan: scores, outcomes and other readers' masks are hidden until it is closed"
            ),
            self.openReading,
        )
        self.saveButton = button(
            "saveVersionButton",
            _("Save version"),
            _("Save what is drawn as a new version; earlier versions stay as they are"),
            self.saveVersion,
            "Ctrl+Shift+S",
        )
        self.discardButton = button(
            "discardButton",
            _("Undo all"),
            _("Go back to the last saved version, or to what the reading started from"),
            self.discard,
        )
        self.closeButton = button(
            "closeReadingButton",
            _("Close reading"),
            _("End this reading; what was hidden can be seen again"),
            self.closeReading,
        )
        self.inUse = qt.QCheckBox(_("Use this version for the features"))
        self.inUse.setObjectName("inUseBox")
        self.inUse.setToolTip(_("Otherwise it is kept for comparison, as a repeat reading is"))
        self.inUse.checked = True
        self.readingLabel = label("", "readingLabel")
        layout.addLayout(form((_("Reader"), self.reader), (_("Start from"), self.start)))
        layout.addLayout(row(self.openButton, self.saveButton, self.discardButton, self.closeButton))
        self.checkButton = button(
            "checkMaskButton",
            _("Check now"),
            _("Check what is drawn: size, pieces, holes, borders, HU. This also happens every minute"),
            self.checkNow,
        )
        self.liveLabel = label("", "liveLabel")
        layout.addLayout(row(self.inUse, self.checkButton, stretch=0))
        layout.addWidget(self.readingLabel)
        layout.addWidget(self.liveLabel)
        self.layout.addWidget(box)

    def _buildEditor(self):
        self.editor = slicer.qMRMLSegmentEditorWidget()
        self.editor.setObjectName("segmentEditor")
        self.editor.maximumNumberOfUndoStates = 10
        self.editor.segmentationNodeSelectorVisible = False
        self.editor.sourceVolumeNodeSelectorVisible = False
        self.editor.switchToSegmentationsButtonVisible = False
        self.editor.unorderedEffectsVisible = False
        self.editor.setEffectNameOrder(list(EFFECTS))
        self.editor.setMRMLScene(slicer.mrmlScene)
        self.layout.addWidget(self.editor)

    # ---- showing -----------------------------------------------------------------------------------------
    def refresh(self):
        """Show the case."""
        case, parameters = self.panel.case, self.panel.parameters
        select(self.volume, parameters.volume)
        if not self.reader.hasFocus():
            self.reader.text = parameters.reader
        self._fillStarts(case)
        for box in (self.recovery, self.propagation, self.findings):
            box.refresh()
        self._showReading()

    def _fillStarts(self, case):
        words = {
            "auto": _("the mask that the model found"),
            "empty": _("an empty mask"),
            "propagated": _("the mask carried over from another scan"),
            "existing": _("the mask taken from a file"),
        }
        volume = self.panel.parameters.volume
        possible = []
        if case is not None and volume in case.volumes():
            possible = self.sessions().starts_for(case, volume) if self.sessions() is not None else []
        fill(self.start, [(words[name], name) for name in possible], self.panel.parameters.startedFrom)

    def sessions(self):
        """Return the module of the readings, or ``None`` while something that it needs is not installed."""
        name = "LWCTRLogic.reading.session"
        if name in sys.modules:
            return sys.modules[name]
        try:
            return inBackground(importlib.import_module, name)
        except ImportError:
            return None

    def _showReading(self):
        opened = self.reading is not None
        case = self.panel.case
        ready = case is not None and self.panel.parameters.volume in case.volumes()
        self.openButton.enabled = ready and not opened and self.start.count > 0
        self.reader.enabled = self.start.enabled = not opened
        for widget in self.drawing:
            widget.enabled = opened
        self.propagation.widget.enabled = not opened
        self.editor.visible = opened
        if opened:
            state = self.reading.state
            minutes, seconds = divmod(int(state.active_seconds), 60)
            self.readingLabel.text = _(
                "Open: {reader}, reading {number}, started from {start}; {minutes}:{seconds:02d} min of work. "
                "Kept each minute."
            ).format(
                reader=state.reader,
                number=state.reading,
                start=chosen(self.start) or state.start,
                minutes=minutes,
                seconds=seconds,
            )
        else:
            words = _("No reading is open: open one to draw.") if ready else _("This scan is not there.")
            if ready and self.sessions() is None:
                words = _("Something that a reading needs is not installed: see Set-up.")
            self.readingLabel.text = words

    def busyWidgets(self):
        """Return what is closed while a command runs."""
        return [self.propagation.button, self.openButton, *self.recovery.buttons, self.volume]

    def setBusy(self, busy):
        """Close what must not be used while a command runs; never the drawing itself."""
        Step.setBusy(self, busy)
        if not busy:
            self._showReading()

    def advice(self):
        """Return what to do now."""
        if self.panel.case is None:
            return _("Open a case first (step 1).")
        if self.reading is not None:
            return _(
                "Draw, then save a version and close the reading. Scores and other masks are hidden meanwhile."
            )
        if self.recovery.offered() is not None:
            return _("A reading was left open: resume it or give it up.")
        state, why = self.panel.states.get(self.name, ("todo", ""))
        if state == "done":
            return _("Every mask was saved by a reader. Go on with Next.")
        return _("Open a reading of each scan and look at every slice ({why}).").format(why=why)

    def command(self):
        """Return the command that shows the readings of the case."""
        return [] if self.panel.case is None else ["readings", "list", self.panel.case.folder]

    # ---- moving through the scans ------------------------------------------------------------------------
    def _step(self, by):
        volumes = self.panel.case.volumes() if self.panel.case is not None else list(VOLUMES)
        here = self.panel.parameters.volume
        place = volumes.index(here) + by if here in volumes else 0
        if 0 <= place < len(volumes):
            self.goToVolume(volumes[place])

    def goToVolume(self, volume):
        """Show another scan; what was drawn is kept, and the reader's open reading there is resumed."""
        if volume == self.panel.parameters.volume:
            return
        if self.reading is not None:
            self.withErrors(self.reading.leave)
            self.reading = None
        self.panel.parameters.volume = volume
        left, reader = self.recovery.offered(), self.panel.parameters.reader
        if left is not None and (left.state.volume, left.state.reader) == (volume, reader):
            self.resumeReading()
        self.panel.refresh()

    def _onReader(self):
        self.panel.parameters.reader = self.reader.text.strip() or "reader-1"

    # ---- the reading -------------------------------------------------------------------------------------
    def withErrors(self, action):
        """Do something; a refusal is told in words. Returns the result, or ``None``."""
        try:
            return action()
        except LWCTRError as error:
            self.panel.say(error.one_line(), warn=True)
            return None

    def openReading(self):
        """Open a reading of the scan."""
        parameters = self.panel.parameters
        parameters.startedFrom = chosen(self.start) or "empty"
        session = self.withErrors(
            lambda: self.sessions().open_reading(
                self.panel.case, parameters.volume, self.reader.text.strip(), start=parameters.startedFrom
            )
        )
        if session is not None:
            self._begin(session)

    def resumeReading(self):
        """Go on with a reading that was left open."""
        left = self.recovery.offered()
        if left is None:
            return
        state = left.state
        self.panel.parameters.volume, self.panel.parameters.reader = state.volume, state.reader
        session = self.withErrors(
            lambda: self.sessions().resume_reading(self.panel.case, state.volume, state.reader)
        )
        if session is not None:
            self._begin(session)

    def _begin(self, session):
        self.reading = SceneReading(self.panel.scene, session, self._kept)
        self._showEditor()
        self.panel.refresh()

    def _showEditor(self):
        scene, volume = self.panel.scene, self.reading.volume
        node = slicer.mrmlScene.GetSingletonNode("LWCTR", "vtkMRMLSegmentEditorNode")
        if node is None:
            node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLSegmentEditorNode")
            node.UnRegister(None)
            node.SetSingletonTag("LWCTR")
            node = slicer.mrmlScene.AddNode(node)
        self.editor.setMRMLSegmentEditorNode(node)
        self.editor.setSegmentationNode(self.reading.node)
        self.editor.setSourceVolumeNode(scene.volumeNode(volume))

    def _kept(self):
        self._showReading()
        self.panel.say(_("Kept what is drawn."))
        self._checkKept()

    def touch(self):
        """Note a sign of work on the open reading, such as scrolling."""
        if self.reading is not None:
            self.reading.touch()

    def checkNow(self):
        """Check what is drawn."""
        if self.reading.dirty:
            self.withErrors(self.reading.autosave)
        else:
            self._checkKept()

    def _checkKept(self):
        """Check the mask as it was kept last, in the background."""
        path = self.reading.keptAt()
        if path is not None:
            arguments = ["check", self.panel.case.folder, "--volume", self.reading.volume, "--mask", path]
            self.panel.ask([*arguments, "--progress", "json"], self._onChecked, self._showLive)

    def _onChecked(self, event):
        if event.get("event") == "result":
            lines = ["\u26a0 " + one["text"] for one in event["findings"]]
            self._showLive("\n".join(lines) or "\u2713 " + _("Nothing to be noticed about what is drawn."))

    def _showLive(self, text):
        self.liveLabel.text = text if self.reading is not None else ""

    def saveVersion(self):
        """Save what is drawn as the next version."""
        saved = self.withErrors(lambda: self.reading.save(bool(self.inUse.checked)))
        if saved is None:
            return
        self.panel.refresh()
        self.panel.say(_("Saved {name}. It is being checked.").format(name=saved.path.name))
        self._checkKept()

    def discard(self):
        """Go back to the last saved version."""
        if slicer.util.confirmOkCancelDisplay(
            _("Throw away what was drawn since the last saved version?"), _("Undo all")
        ):
            self.withErrors(self.reading.undoAll)
            self.panel.refresh()

    def closeReading(self):
        """Close the reading and show the case again."""
        if self.reading.dirty or self.reading.session.autosave_path is not None:
            self.panel.say(
                _("Save a version first, or undo all: something is drawn that no version holds."), warn=True
            )
            return
        try:
            self.reading.close()
        except LWCTRError as error:
            self.panel.say(error.one_line(), warn=True)
            return
        self.reading = None
        self.liveLabel.text = ""
        self.panel.loadScene()
        self.panel.refresh()
        self.panel.run(["check", self.panel.case.folder], _("Checking the masks"))

    # ---- the scene ---------------------------------------------------------------------------------------
    def leave(self):
        """Keep what is drawn when another step is opened."""
        if self.reading is not None:
            self.withErrors(self.reading.autosave)

    def sceneClosed(self):
        """Keep what is drawn before the scene goes."""
        if self.reading is not None:
            self.withErrors(self.reading.leave)
            self.reading = None
        if self.editor.mrmlSegmentEditorNode() is not None:
            self.editor.setActiveEffect(None)
            self.editor.setSegmentationNode(None)
            self.editor.setMRMLSegmentEditorNode(None)

    def cleanup(self):
        """Keep what is drawn before the module goes."""
        self.sceneClosed()
