"""A reading that was left open, by a crash or on purpose: resume it or give it up."""

import slicer
from slicer.i18n import tr as _

from LWCTRWidgets.Forms import button, group, label, row, volumeLabel


class RecoveryBox:
    """Offers one open reading of the case, that of the scan shown before others."""

    def __init__(self, step):
        self.step = step
        self.widget, layout = group(_("A reading was left open"), "recoveryGroup")
        self.words = label("", "recoveryLabel")
        resume = button(
            "resumeButton", _("Resume"), _("Go on with the last state that was kept"), step.resumeReading
        )
        abandon = button(
            "abandonButton",
            _("Give it up"),
            _("Close that reading; what no version holds is thrown away"),
            self.abandon,
        )
        self.buttons = [resume, abandon]
        layout.addWidget(self.words)
        layout.addLayout(row(resume, abandon))

    def offered(self):
        """Return the open reading to offer, or ``None``."""
        panel, sessions = self.step.panel, self.step.sessions()
        if panel.case is None or self.step.reading is not None or sessions is None:
            return None
        left = [one for one in sessions.unfinished(panel.case) if not one.held]
        here = [one for one in left if one.state.volume == panel.parameters.volume]
        return next(iter([*here, *left]), None)

    def refresh(self):
        """Show the reading, if there is one."""
        left = self.offered()
        self.widget.visible = left is not None
        if left is None:
            return
        kept = _("with work that no version holds") if left.autosave else _("with nothing unsaved")
        self.words.text = _(
            "{reader}, reading {number} of {volume}, {kept}. Scores stay hidden until it is closed."
        ).format(
            reader=left.state.reader,
            number=left.state.reading,
            volume=volumeLabel(left.state.volume),
            kept=kept,
        )

    def abandon(self):
        """Close the reading, without what no version holds, after asking."""
        left, panel = self.offered(), self.step.panel
        question = _("Close this reading and throw away what no version holds?")
        if left is None or not slicer.util.confirmOkCancelDisplay(question, _("Give it up")):
            return

        def giveUp():
            session = self.step.sessions().resume_reading(panel.case, left.state.volume, left.state.reader)
            session.discard_autosave()
            session.close()

        self.step.withErrors(giveUp)
        panel.loadScene()
        panel.refresh()
