"""The panel: the steps, the open case, the running command, and the line that says what to do next."""

import json
from contextlib import suppress
from pathlib import Path

import slicer
from slicer.i18n import tr as _

from LWCTRLogic.case import Case
from LWCTRLogic.case_state import step_states
from LWCTRLogic.errors import LWCTRError
from LWCTRLogic.processes import shown_command
from LWCTRWidgets.CaseFinder import findCase
from LWCTRWidgets.ClinicalStep import ClinicalStep
from LWCTRWidgets.CorrectStep import CorrectStep
from LWCTRWidgets.Dependencies import SetupPage
from LWCTRWidgets.FeaturesStep import FeaturesStep
from LWCTRWidgets.Forms import guarded, warningColour
from LWCTRWidgets.PatientStep import PatientStep
from LWCTRWidgets.ProcessRunner import ProcessRunner
from LWCTRWidgets.ReportStep import ReportStep
from LWCTRWidgets.ResultStep import ResultStep
from LWCTRWidgets.RunBox import RunBox
from LWCTRWidgets.SceneTables import removeShown
from LWCTRWidgets.SegmentStep import SegmentStep
from LWCTRWidgets.StepList import StepList
from LWCTRWidgets.Views import Views
from LWCTRWidgets.Words import inWords

STEPS = (PatientStep, SegmentStep, CorrectStep, FeaturesStep, ClinicalStep, ResultStep, ReportStep)
BLINDED = ("features", "clinical", "result", "report")
MISSING, SOME_FAILED = 4, 5  # exit codes: something to install is missing; some patients of a list failed


class Panel:
    """Holds the steps together. ``ui`` are the widgets of ``LWCTR.ui``; ``scene`` is the bridge to the scene."""

    def __init__(self, ui, parameters, scene, runner=None, query=None):
        self.ui = ui
        self.parameters = parameters
        self.scene = scene
        self.runner = runner or ProcessRunner()
        self.query = query or ProcessRunner()  # small questions that need no progress
        self.case = None
        self.changes = []  # what the scene held otherwise than the folder, in words
        self.states = {}
        self._questions = []
        self._statusTip = ui.statusLabel.toolTip
        self.views = Views(self)
        self.box = RunBox(ui)
        self.steps = {step.name: step for step in (made(self) for made in STEPS)}
        self.setup = SetupPage(self)
        titles = {name: step.shortTitle() for name, step in self.steps.items()}
        self.list = StepList(titles, lambda name: guarded(self.goTo, name))
        ui.stepListLayout.addWidget(self.list.widget)
        for page in (*self.steps.values(), self.setup):
            ui.stepLayout.addWidget(page.section)
        ui.stepLayout.addStretch(1)
        ui.backButton.connect("clicked(bool)", lambda checked=False: guarded(self.move, -1))
        ui.nextButton.connect("clicked(bool)", lambda checked=False: guarded(self.move, 1))
        ui.cancelButton.connect("clicked(bool)", lambda checked=False: self.cancel())
        ui.copyCommandButton.connect("clicked(bool)", lambda checked=False: self.copyCommand())
        ui.setupButton.connect("toggled(bool)", self.showSetup)
        self.restore()

    # ---- the case ----------------------------------------------------------------------------------------
    def restore(self):
        """Open the case that the scene names, wherever its folder is now."""
        self.case, words = None, ""
        if self.parameters.caseFolder:
            found = findCase(self.parameters.caseFolder, self.parameters.caseId)
            if found is None:
                words = _(
                    "The case folder {folder} is not there any more. Choose where it is now: nothing of the case "
                    "is kept in the scene."
                ).format(folder=self.parameters.caseFolder)
            else:
                moved = str(found) != self.parameters.caseFolder
                self.openCase(found, silent=True)
                words = " ".join(self.changes)
                if moved:
                    words += _(" The case folder has moved; the panel follows it to {folder}.").format(
                        folder=found
                    )
        if self.case is None:
            self.refresh()
        self.goTo(self.parameters.step)
        if words:
            self.say(words.strip(), warn=True)

    def openCase(self, folder, silent=False):
        """Open a case folder; a folder that is none is refused in words."""
        case = Case(Path(folder))
        try:
            info = case.load_info()
        except LWCTRError as error:
            self.say(error.one_line(), warn=True)
            return False
        other = self.case is None or (self.case.folder, self.parameters.caseId) != (case.folder, info.case_id)
        if other and not self.steps["correct"].letGo():
            return False
        if other:
            self.steps["patient"].change.stop()
            self.views.forget()
        self.case = case
        self.parameters.caseFolder = str(case.folder)
        self.parameters.caseId = info.case_id
        self.changes = self.loadScene() if other or silent else []
        self.refresh()
        if self.case is None:  # a file of it is damaged, and it was said which
            return False
        if self.changes:
            self.say(" ".join(self.changes), warn=True)
        elif not silent:
            self.sayDone(_("Opened case {name}.").format(name=info.case_id))
        return True

    def loadScene(self):
        """Bring the case's volumes and masks into the scene; return what differed from it, in words.

        While a reading is open its drawing stays as it is, and no other mask is shown.
        """
        if self.case is None or self.steps["correct"].reading is not None:
            return []
        self.say(_("Reading the scans and masks…"))
        try:
            changes = self.scene.show(self.case, masks=not self.blinded)
        except LWCTRError as error:
            return [error.one_line()]
        self.views.masksChanged()
        return changes

    def refresh(self):
        """Show the case as its folder is now; a case that cannot be read is closed, and why is said."""
        self.states, trouble = {}, ""
        if self.case is not None:
            try:
                states = step_states(self.case)
                self.states = {name: (state.state, inWords(state.why)) for name, state in states.items()}
            except LWCTRError as error:
                self.case, trouble = None, error.one_line()
        if self.blinded:
            self.states.update(dict.fromkeys(BLINDED, ("locked", "")))
            self.states["correct"] = ("todo", _("a reading is open"))
        for step in self.steps.values():
            step.refresh()
        if self.blinded:
            removeShown()
        self.list.show(self.states, self.current)
        self._showNotice()
        self.showButtons()
        self.advise()
        if trouble:
            self.say(trouble, warn=True)

    @property
    def blinded(self):
        """Whether a reading of the case is open, here or in another program: no score and no outcome is shown."""
        if self.case is None:
            return False
        if self.steps["correct"].reading is not None:
            return True
        try:
            from LWCTRLogic.reading.blinding import is_blinded
        except ImportError:  # what a reading needs is not installed, so that none can be open
            return False
        return is_blinded(self.case)

    # ---- moving through the steps ------------------------------------------------------------------------
    @property
    def current(self):
        """Name of the open step."""
        return self.parameters.step if self.parameters.step in self.steps else "patient"

    def goTo(self, name):
        """Open a step, unless it is closed while a reading is open."""
        blind = self.blinded and name in BLINDED
        if blind:
            name = self.current if self.current not in BLINDED else "correct"
        if name not in self.steps:
            name = "patient"
        kept = name == self.current or self.steps[self.current].leave()
        self.parameters.step = name
        self.ui.setupButton.checked = False
        for other, step in self.steps.items():
            step.section.visible = other == name
        self.setup.section.visible = False
        self.steps[name].enter()
        self.list.show(self.states, name)
        self.showButtons()
        if kept:
            self.advise()
        if blind:
            self.say(self.steps["correct"].whyBlind(), warn=True)

    def move(self, by):
        """Open the next (1) or the previous (-1) step."""
        names = list(self.steps)
        place = names.index(self.current) + by
        if 0 <= place < len(names):
            self.goTo(names[place])

    def showSetup(self, shown):
        """Show or leave the set-up page."""
        self.setup.section.visible = shown
        self.steps[self.current].section.visible = not shown
        if shown:
            self.setup.enter()
            tell = self.say if self.setup.neededMissing() else self.sayDone
            tell(self.setup.summary.text)
        else:
            self.advise()

    def showButtons(self):
        """Open and close Back, Next and Copy command."""
        names = list(self.steps)
        place = names.index(self.current)
        self.ui.backButton.enabled = place > 0
        following = names[place + 1] if place + 1 < len(names) else ""
        self.ui.nextButton.enabled = bool(following) and self.states.get(following, ("",))[0] != "locked"
        self.ui.copyCommandButton.enabled = bool(self.steps[self.current].command())

    def _showNotice(self):
        notice = self.steps["result"].notice()
        self.ui.noticeLabel.text = notice
        self.ui.noticeLabel.visible = bool(notice)

    def pictureWidth(self):
        """Return how wide a picture in a group of a step may be, in pixels."""
        return max(300, self.ui.stepArea.width - 70)

    # ---- the status line ---------------------------------------------------------------------------------
    def say(self, text, warn=False):
        """Put a sentence into the status line; a warning gets a sign and a colour."""
        colour = warningColour() if warn else "palette(window-text)"
        sign = "\u26a0 " if warn else ""
        self.ui.statusLabel.setStyleSheet(f"QLabel {{ color: {colour}; }}")
        self.ui.statusLabel.text = sign + text
        self.ui.statusLabel.toolTip = self._statusTip

    def sayDone(self, text):
        """Put what was done into the status line, and what to do next behind it."""
        self.say(f"{text} {self.steps[self.current].advice()}")

    def advise(self):
        """Say what to do next."""
        if not self.runner.running:
            self.say(self.steps[self.current].advice())

    # ---- commands ----------------------------------------------------------------------------------------
    def run(self, arguments, title, onDone=None, onEvent=None, expected=()):
        """Run a command with progress; ``onDone()`` is called when it ended well. Returns whether it started."""
        if self.runner.running:
            self.say(_("A command is running: wait for it or cancel it."), warn=True)
            return False
        arguments = [*map(str, arguments), "--progress", "json"]
        warnings = []

        def hear(event):
            kind = event.get("event")
            if kind == "progress":
                self._progress(event)
            elif kind == "warning":
                warnings.append(str(event.get("text", "")))
            elif onEvent is not None:
                onEvent(event)

        def ended(code, error):
            self._setBusy(False)
            self.box.end()
            if self.case is not None:
                self.refresh()
            self._tell(code, error, title, warnings)
            if code == 0 and onDone is not None:
                onDone()

        self._setBusy(True)
        self.box.begin(title, arguments, expected)
        self.say(title)
        self.runner.start(arguments, hear, ended)
        return True

    def _progress(self, event):
        before = self.box.volume
        self.say(self.box.progress(event))
        if before != self.box.volume:  # the scan before may have got its mask
            self.steps["segment"].showMasks()

    def _tell(self, code, error, title, warnings):
        if code == 0:
            done = _("{title}: done.").format(title=title)
            if warnings and not self.blinded:  # they may tell of another reader's mask
                self._sayWarned(done, list(dict.fromkeys(warnings)))
            else:
                self.sayDone(done)
        elif code == SOME_FAILED and warnings:
            done = _("{title}: done, but not for every patient.").format(title=title)
            self._sayWarned(done, list(dict.fromkeys(warnings)))
        elif code == 130:
            self.say(_("{title}: cancelled. What was finished is kept.").format(title=title), warn=True)
        else:
            self.say(_("{title}: {error}").format(title=title, error=error), warn=True)
            if code == MISSING or "No module named" in error:
                self.ui.setupButton.checked = True

    def _sayWarned(self, done, warnings):
        """Tell the first warning of a command that ended well; the tool tip has them all."""
        more = len(warnings) - 1
        words = _("Warning: {text}").format(text=warnings[0])
        if more:
            words += " " + _("And {count} more: rest the mouse on this line.").format(count=more)
        self.say(f"{done} {words}", warn=True)
        if more:
            self.ui.statusLabel.toolTip = "\n".join(f"\u26a0 {text}" for text in warnings)

    def cancel(self):
        """Stop the running command."""
        if self.runner.running:
            self.box.cancelling()
            self.runner.cancel()

    def ask(self, arguments, onEvent, onFailed=None):
        """Ask a command a small question in the background, one question after the other."""
        self._questions.append((list(map(str, arguments)), onEvent, onFailed))
        self._nextQuestion()

    def _nextQuestion(self):
        if self.query.running or not self._questions:
            return
        arguments, onEvent, onFailed = self._questions.pop(0)

        def ended(code, error):
            if code and onFailed is not None:
                onFailed(error)
            self._nextQuestion()

        self.query.start(arguments, onEvent, ended)

    def copyCommand(self):
        """Copy the command of the open step."""
        if command := self.steps[self.current].command():
            self.copyText(command)

    def copyText(self, arguments):
        """Copy a command as a user would type it."""
        text = shown_command(*arguments)
        slicer.app.clipboard().setText(text)
        self.say(_("Copied: {command}").format(command=text))

    def _setBusy(self, busy):
        for page in (*self.steps.values(), self.setup):
            with suppress(LWCTRError):  # refresh() tells of a case that cannot be read any more
                page.setBusy(busy)

    # ---- the scene ---------------------------------------------------------------------------------------
    def sceneAboutToClose(self):
        """Stop what runs and keep what was drawn, before the scene's nodes go."""
        self.runner.stop()
        self.box.end()
        for step in self.steps.values():
            step.sceneClosed()
        self.query.stop()
        self._questions.clear()
        self.views.forget()
        self._setBusy(False)
        self.case = None

    def enter(self):
        """Show the case again when the module is opened: its folder may have changed meanwhile."""
        if self.case is not None:
            self.openCase(self.case.folder, silent=True)
            self.steps[self.current].enter()
        elif self.setup.neededMissing():
            self.ui.setupButton.checked = True

    def leave(self):
        """Keep what was drawn when another module is opened."""
        self.steps[self.current].leave()

    def cleanup(self):
        """Stop what runs and let go of everything, before the module goes."""
        self.runner.stop()
        for step in (*self.steps.values(), self.setup):
            step.cleanup()
        self.query.stop()
        self._questions.clear()
        self.views.cleanup()

    def alignment(self):
        """Return the heights that show the same place of the liver, by volume."""
        try:
            found = json.loads(self.parameters.alignment or "{}")
        except ValueError:
            return {}
        return {name: float(value) for name, value in found.items()}

    def setAlignment(self, heights):
        """Keep the heights that show the same place of the liver."""
        self.parameters.alignment = json.dumps(heights)
