"""Who reads, from what start, and what was kept: the box around an open reading."""

import qt
from slicer.i18n import tr as _

from LWCTRWidgets.Forms import button, combo, fill, form, group, label, lineEdit, row


def startWords(start):
    """Return what a reading starts from in words."""
    return {
        "auto": _("the mask that the model found"),
        "empty": _("an empty mask"),
        "propagated": _("the mask carried over from another scan"),
        "existing": _("the mask taken from a file"),
    }[start]


class ReadingBox:
    """The widgets of a reading; what they do is the step's."""

    def __init__(self, step):
        self.step = step
        self.panel = step.panel
        self.widget, layout = group(_("Reading"), "readingGroup")
        self._buildReader(layout)
        self._buildButtons(layout)
        self._buildUse(layout)
        self.readingLabel = label("", "readingLabel")
        self.liveLabel = label("", "liveLabel")
        layout.addWidget(self.readingLabel)
        layout.addWidget(self.liveLabel)

    def _buildReader(self, layout):
        self.reader = lineEdit(
            "readerEdit",
            _("Who reads: a pseudonym of letters, digits and '-', never a name"),
            "reader-1",
            self._onReader,
        )
        self.start = combo("startSelector", _("What the reader sees first"), [], self._onStart)
        layout.addLayout(form((_("Reader"), self.reader), (_("Start from"), self.start)))

    def _buildButtons(self, layout):
        step = self.step
        self.openButton = button(
            "openReadingButton",
            _("Open reading"),
            _(
                "Begin to read this scan: scores, outcomes and other readers' masks are hidden until it is closed"
            ),
            step.openReading,
        )
        self.saveButton = button(
            "saveVersionButton",
            _("Save version"),
            _("Save what is drawn as a new version; earlier versions stay as they are"),
            step.saveVersion,
            "Ctrl+Shift+S",
        )
        self.discardButton = button(
            "discardButton",
            _("Undo all"),
            _("Go back to the last saved version, or to what the reading started from"),
            step.discard,
        )
        self.closeButton = button(
            "closeReadingButton",
            _("Close reading"),
            _("End this reading; what was hidden can be seen again"),
            step.closeReading,
        )
        layout.addLayout(row(self.openButton, self.saveButton, self.discardButton, self.closeButton))

    def _buildUse(self, layout):
        self.checkButton = button(
            "checkMaskButton",
            _("Check now"),
            _("Check what is drawn: size, pieces, holes, borders, HU. This also happens every minute"),
            self.step.checkNow,
        )
        self.inUse = qt.QCheckBox(_("Use this version for the features"))
        self.inUse.setObjectName("inUseBox")
        self.inUse.setToolTip(
            _(
                "Ticked for the first reader's mask; a second reader's and a repeat reading's are kept for "
                "comparison, unless you tick this"
            )
        )
        layout.addLayout(row(self.inUse, self.checkButton, stretch=0))

    def _onReader(self):
        self.panel.parameters.reader = self.reader.text.strip() or "reader-1"

    def _onStart(self, start):
        self.panel.parameters.startedFrom = start

    # ---- showing -----------------------------------------------------------------------------------------
    def refresh(self, starts):
        """Show who reads, and the starts that are possible now."""
        if not self.reader.hasFocus():
            self.reader.text = self.panel.parameters.reader
        wanted = self.panel.parameters.startedFrom
        if wanted not in starts:  # rather any mask than an empty one
            wanted = next((name for name in starts if name != "empty"), "empty")
        fill(self.start, [(startWords(name), name) for name in starts], wanted)
        self.show()

    def begin(self, session):
        """Propose what becomes of the versions of a reading that was opened: only a first one is used unasked."""
        self.inUse.checked = session.takes_over()

    def show(self):
        """Show the open reading, or that there is none."""
        reading, ready = self.step.reading, self.step.scanIsThere()
        self.openButton.enabled = ready and reading is None and self.start.count > 0
        self.reader.enabled = self.start.enabled = reading is None
        for widget in (self.saveButton, self.discardButton, self.closeButton, self.checkButton, self.inUse):
            widget.enabled = reading is not None
        self.readingLabel.text = self._words(ready) if reading is None else self._openWords(reading.state)
        self._tell(self.liveLabel.text)

    def _words(self, ready):
        if not ready:
            return _("This scan is not there.")
        if self.step.sessions() is None:
            return _("Something that a reading needs is not installed: see Set-up.")
        return _("No reading is open: open one to draw.")

    def _openWords(self, state):
        minutes, seconds = divmod(int(state.active_seconds), 60)
        return _(
            "Open: {reader}, reading {number}, started from {start}; {minutes}:{seconds:02d} min of work. "
            "Kept each minute."
        ).format(
            reader=state.reader,
            number=state.reading,
            start=startWords(state.start),
            minutes=minutes,
            seconds=seconds,
        )

    # ---- checks ------------------------------------------------------------------------------------------
    def check(self, reading):
        """Check the mask as it was kept last, in the background."""
        path = reading.keptAt()
        if path is not None and self.panel.case is not None:
            arguments = ["check", self.panel.case.folder, "--volume", reading.volume, "--mask", path]
            self.panel.ask([*arguments, "--progress", "json"], self._onChecked, self._tell)

    def _onChecked(self, event):
        if event.get("event") == "result":
            lines = ["\u26a0 " + one["text"] for one in event["findings"]]
            self._tell("\n".join(lines) or "\u2713 " + _("Nothing to be noticed about what is drawn."))

    def _tell(self, text):
        self.liveLabel.text = text if self.step.reading is not None else ""
        self.liveLabel.visible = bool(self.liveLabel.text)
