"""The box at the bottom while a command runs: what it does, how much is done, how long it will take."""

import time

from slicer.i18n import tr as _

from LWCTRLogic.processes import shown_command
from LWCTRWidgets.Forms import volumeLabel

VOLUMES = ("pre_A", "pre_V", "post_A", "post_V")


def timeWords(seconds):
    """Return a time left in words; rough, as it is."""
    if seconds < 60:
        return _("less than a minute left")
    if seconds < 5400:
        return _("about {minutes} min left").format(minutes=round(seconds / 60))
    return _("about {hours:.1f} h left").format(hours=seconds / 3600)


class RunBox:
    """Shows one command at a time from its JSON lines.

    A command that works on several volumes names the volume in its steps ("segment pre_V"); ``expected`` are the
    volumes it will work on, so that the bar covers all of them.
    """

    def __init__(self, ui, clock=time.monotonic):
        self.ui = ui
        self.clock = clock
        self.expected = ()
        self.title = ""
        self.fraction = 0.0
        self.volume = ""  # at work now
        self._part = ""
        self._begun = self._from = 0.0
        ui.runFrame.visible = False

    def begin(self, title, arguments, expected=()):
        """Show that a command starts."""
        self.title, self.expected = title, tuple(expected)
        self._part, self.fraction, self.volume = "", 0.0, ""
        self.ui.runLabel.text = title
        self.ui.runLabel.toolTip = shown_command(*arguments)
        self.ui.runBar.setRange(0, 0)  # busy, until the command tells how far it is
        self.ui.runTimeLabel.text = ""
        self.ui.cancelButton.enabled = True
        self.ui.runFrame.visible = True

    def cancelling(self):
        """Show that the command was asked to stop."""
        self.ui.cancelButton.enabled = False
        self.ui.runLabel.text = _("Stopping: {title}").format(title=self.title)

    def end(self):
        """Hide the box."""
        self.ui.runFrame.visible = False

    def progress(self, event):
        """Show a progress line and return it in words."""
        step, total = str(event.get("step", "")), float(event.get("total") or 1)
        part, _gap, volume = step.rpartition(" ")
        known = volume in VOLUMES
        share = min(1.0, max(0.0, float(event.get("done", 0)) / total))
        part = part if known else step
        words = self._words(part, volume if known else "", str(event.get("message", "")))
        self.ui.runLabel.text = words
        self.volume = volume if known else self.volume
        if self.expected and volume not in self.expected:  # a small step that tells nothing of the whole
            self.ui.runBar.setRange(0, 0)
            self.ui.runTimeLabel.text = ""
            return words
        if volume in self.expected:
            share = (self.expected.index(volume) + share) / len(self.expected)
        now = self.clock()
        if part != self._part:  # another kind of work has another speed
            self._part, self._begun, self._from = part, now, share
        self.fraction = share
        self.ui.runBar.setRange(0, 1000)
        self.ui.runBar.value = round(1000 * share)
        self.ui.runTimeLabel.text = self._left(share, now)
        return words

    def _words(self, part, volume, message):
        pieces = [
            self.title,
            volumeLabel(volume) if volume else "",
            part if part != "segment" else "",
            volumeLabel(message) if message in VOLUMES else message,
        ]
        return " \u2013 ".join(filter(None, pieces))

    def _left(self, share, now):
        passed, done = now - self._begun, share - self._from
        if passed < 1 or done < 0.02:
            return ""
        return timeWords(passed * (1 - share) / done)
