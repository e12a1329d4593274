"""A reader's worklist: the next reading of a session, opened before anything of the case can be seen."""

from pathlib import Path

from slicer.i18n import tr as _

from LWCTRWidgets.Forms import button, group, label, path, row, volumeLabel


class WorklistBox:
    """Asks ``lwctr readings next`` what the reader reads next, and opens it."""

    def __init__(self, step):
        self.step = step
        self.panel = step.panel
        self.widget, layout = group(_("Worklist of a reading session"), "worklistGroup", collapsed=True)
        self.file = path(
            "worklistFile",
            _("A table made by 'lwctr readings plan': who reads what, in a random order, and again"),
            folder=False,
            slot=self._onFile,
        )
        self.button = button(
            "nextReadingButton",
            _("Open my next reading"),
            _("Open what the reader named above reads next; nothing of the case is shown before it is open"),
            self.next,
        )
        self.state = label("", "worklistState")
        layout.addWidget(self.file)
        layout.addLayout(row(self.button))
        layout.addWidget(self.state)

    def refresh(self):
        """Show the worklist that the scene names."""
        stored = self.panel.parameters.worklist
        if stored and self.file.currentPath != stored:
            self.file.setCurrentPath(stored)

    def _onFile(self, text):
        self.panel.parameters.worklist = text.strip()
        self.state.text = ""

    def next(self):
        """Ask for the reader's next reading."""
        if self.step.reading is not None:
            self.panel.say(_("Save and close the open reading first."), warn=True)
            return
        file = self.file.currentPath.strip()
        if not file:
            self.panel.say(_("Choose a worklist first."), warn=True)
            return
        arguments = ["readings", "--progress", "json", "next", file, "--reader", self.panel.parameters.reader]
        self.panel.ask(arguments, self._onNext, lambda error: self.panel.say(error, warn=True))

    def _onNext(self, event):
        if event.get("event") != "next" or self.step.reading is not None:
            return
        self.state.text = _("{done} of {total} readings done.").format(
            done=event["done"], total=event["total"]
        )
        item = event["item"]
        if item is not None:
            self.step.openItem(Path(item["case"]), item["volume"], item["reader"], item["start"])
            if self.step.reading is None:  # refused, and it was said why
                return
            self.panel.say(
                _("{scan}, reading {number}. {state}").format(
                    scan=volumeLabel(item["volume"]), number=item["reading"], state=self.state.text
                )
            )
        elif event["due"]:
            self.panel.say(_("Nothing is due before {day}.").format(day=event["due"]))
        else:
            self.panel.say(_("Nothing is left to read on this list."))
