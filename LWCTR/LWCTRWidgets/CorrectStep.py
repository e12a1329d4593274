"""Step 3: a reader looks at every mask and corrects it; each save is a new version that nothing replaces."""

import importlib
import sys

import slicer
from slicer.i18n import tr as _

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.errors import LWCTRError
from LWCTRWidgets.EditorBox import EditorBox
from LWCTRWidgets.FindingsBox import FindingsBox
from LWCTRWidgets.Forms import button, chosen, combo, row, select, volumeLabel
from LWCTRWidgets.MaskConvention import showConvention
from LWCTRWidgets.PropagateBox import PropagateBox
from LWCTRWidgets.ReadingBox import ReadingBox
from LWCTRWidgets.RecoveryBox import RecoveryBox
from LWCTRWidgets.Responsive import inBackground
from LWCTRWidgets.SceneReading import SceneReading
from LWCTRWidgets.Step import Step
from LWCTRWidgets.WorklistBox import WorklistBox


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
        self.box = ReadingBox(self)
        self.recovery = RecoveryBox(self)
        self.editor = EditorBox()
        self.findings = FindingsBox(self.panel, "correct", masks=True)
        self.propagation = PropagateBox(self.panel)
        self.worklist = WorklistBox(self)
        for part in (
            self.box, self.recovery, self.editor, self.findings, self.propagation, self.worklist,
        ):  # fmt: skip
            self.layout.addWidget(part.widget)

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

    # ---- showing -----------------------------------------------------------------------------------------
    def refresh(self):
        """Show the case."""
        select(self.volume, self.panel.parameters.volume)
        self.box.refresh(self._starts())
        for part in (self.recovery, self.propagation, self.findings, self.worklist):
            part.refresh()
        self._showReading()

    def scanIsThere(self):
        """Return whether the case has the scan that is chosen."""
        return self.panel.case is not None and self.panel.parameters.volume in self.panel.case.volumes()

    def _starts(self):
        if not self.scanIsThere() or self.sessions() is None:
            return []
        return self.sessions().starts_for(self.panel.case, self.panel.parameters.volume)

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
        self.box.show()
        self.editor.widget.visible = self.editor.widget.enabled = self.reading is not None
        self.propagation.widget.enabled = self.reading is None

    def enter(self):
        """Show the case; the editor of an open reading works again."""
        self.refresh()
        if self.reading is not None:
            self.editor.work()

    def busyWidgets(self):
        """Return what is closed while a command runs."""
        buttons = [self.propagation.button, self.worklist.button, self.box.openButton, *self.recovery.buttons]
        return [*buttons, self.volume]

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
            if not self.reading.dirty and self.reading.session.last_version() is not None:
                return _("Close the reading, or draw on and save another version.")
            return _(
                "Draw, then save a version and close the reading. Scores and other masks are hidden meanwhile."
            )
        if self.panel.blinded:
            return self.whyBlind()
        state, why = self.panel.states.get(self.name, ("todo", ""))
        if state == "done":
            return _("Every mask was saved by a reader. Go on with Next.")
        return _("Open a reading of each scan and look at every slice ({why}).").format(why=why)

    def whyBlind(self):
        """Return why nothing but the open scan may be seen, and what ends that."""
        if self.reading is not None:
            return _("Close the reading first: a reader sees no score and no outcome.")
        if self.recovery.offered() is not None:
            return _(
                "A reading was left open: resume it or give it up (step 3). Until then no score is shown."
            )
        return _("Another program has a reading of this case open. Until it is closed no score is shown.")

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
        if not self.letGo():
            select(self.volume, self.panel.parameters.volume)
            return
        self.panel.parameters.volume = volume
        left, reader = self.recovery.offered(), self.panel.parameters.reader
        if left is not None and (left.state.volume, left.state.reader) == (volume, reader):
            self.resumeReading()
        self.panel.refresh()

    def letGo(self, force=False):
        """Keep what is drawn and let go; the reading stays open on disk. Returns whether it was let go.

        What cannot be kept, such as on a full disk, is not let go unless ``force`` says that its nodes go anyhow.
        """
        if self.reading is not None:
            try:
                self.reading.leave()
            except LWCTRError as error:
                self._notKept(error)
                if not force:
                    return False
                self.reading.drop()
            self.reading = None
        self.editor.forget()
        return True

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
        volume, reader = self.panel.parameters.volume, self.box.reader.text.strip()
        start = chosen(self.box.start) or "empty"
        session = self.withErrors(
            lambda: self.sessions().open_reading(self.panel.case, volume, reader, start=start)
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

    def openItem(self, folder, volume, reader, start):
        """Open a reading of a worklist: first the reading, then the case, so that no mask and no score is seen."""
        case, sessions = Case(folder), self.sessions()

        def begun():
            left = [(one.state.volume, one.state.reader) for one in sessions.unfinished(case)]
            if (volume, reader) in left:
                return sessions.resume_reading(case, volume, reader)
            return sessions.open_reading(case, volume, reader, start=start)

        session = self.withErrors(begun)
        if session is None:
            return
        if not self.panel.openCase(folder):
            session.leave()
            return
        parameters = self.panel.parameters
        parameters.volume, parameters.reader, parameters.startedFrom = volume, reader, start
        self._begin(session)

    def _begin(self, session):
        try:
            self.box.begin(session)
            self.reading = SceneReading(self.panel.scene, session, self._kept, self._notKept)
        except LWCTRError as error:  # a mask that cannot be read
            session.leave()
            self.panel.refresh()
            self.panel.say(error.one_line(), warn=True)
            return
        self.editor.show(self.reading.node, self.panel.scene.volumeNode(self.reading.volume))
        self.panel.refresh()

    def _kept(self):
        self._showReading()
        self.panel.say(_("Kept what is drawn."))
        self.box.check(self.reading)

    def _notKept(self, error):
        self.panel.say(
            _("What is drawn could not be kept: {error}").format(error=error.one_line()), warn=True
        )

    def touch(self):
        """Note a sign of work on the open reading, such as scrolling."""
        if self.reading is not None:
            self.reading.touch()

    def checkNow(self):
        """Check what is drawn."""
        if self.reading.dirty:
            self.withErrors(self.reading.autosave)
        else:
            self.box.check(self.reading)

    def saveVersion(self):
        """Save what is drawn as the next version."""
        saved = self.withErrors(lambda: self.reading.save(bool(self.box.inUse.checked)))
        if saved is None:
            return
        self.panel.refresh()
        self.panel.sayDone(_("Saved {name}. It is being checked.").format(name=saved.path.name))
        self.box.check(self.reading)

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
        self.editor.forget()
        self.panel.loadScene()
        self.panel.refresh()
        if self.panel.case is not None:
            self.panel.run(["check", self.panel.case.folder], _("Checking the masks"))

    # ---- the scene ---------------------------------------------------------------------------------------
    def leave(self):
        """Keep what is drawn when another step or module is opened; no effect draws on there."""
        self.editor.rest()
        try:
            if self.reading is not None:
                self.reading.autosave()
        except LWCTRError as error:
            self._notKept(error)
            return False
        return True

    def sceneClosed(self):
        """Keep what is drawn before the scene goes."""
        self.letGo(force=True)

    def cleanup(self):
        """Keep what is drawn before the module goes."""
        self.sceneClosed()
