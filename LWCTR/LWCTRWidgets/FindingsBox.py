"""What the checks noticed, in words; a reader accepts a warning with a reason, which the report keeps."""

import qt
from slicer.i18n import tr as _

from LWCTRLogic.case_state import all_findings
from LWCTRLogic.errors import LWCTRError
from LWCTRWidgets.Forms import button, group, lineEdit, row, volumeLabel


class FindingsBox:
    """A list of findings; ``masks`` shows those about masks only (True) or the others only (False)."""

    def __init__(self, panel, name, masks):
        self.panel = panel
        self.masks = masks
        self.found = []
        self.widget, layout = group(_("Warnings"), f"{name}Warnings")
        self.list = qt.QListWidget()
        self.list.setObjectName(f"{name}WarningList")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(84)
        self.list.setToolTip(
            _("What the checks of scans and masks noticed. Choose one to accept it with a reason.")
        )
        self.list.connect("currentRowChanged(int)", lambda index: self._showButtons())
        self.reason = lineEdit(
            f"{name}Reason",
            _("Why this warning can be accepted; the report prints it"),
            _("Reason, such as: left lobe resected in 2019"),
        )
        self.reason.connect("textChanged(QString)", lambda text: self._showButtons())
        self.acceptButton = button(
            f"{name}AcceptButton",
            _("Accept"),
            _("Accept the chosen warning for this reason; it stays in the report"),
            self.accept,
        )
        layout.addWidget(self.list)
        layout.addLayout(row(self.reason, self.acceptButton, stretch=0))

    def refresh(self):
        """Show the findings of the case; the box is hidden while there are none.

        While a reading is open those about masks are hidden, too: they are about other readers' masks.
        """
        case = None if self.masks and self.panel.blinded else self.panel.case
        try:
            self.found = all_findings(case, self.masks) if case is not None else []
        except LWCTRError as error:
            self.found = []
            self.panel.say(error.one_line(), warn=True)
        self.list.clear()
        for finding in self.found:
            self.list.addItem(self._words(finding))
        self.widget.visible = bool(self.found)
        self._showButtons()

    def _words(self, finding):
        place = f"{volumeLabel(finding.volume)}: " if finding.volume else ""
        if finding.accepted:
            return "\u2713 " + _("{finding} Accepted: {reason}").format(
                finding=place + finding.text, reason=finding.accepted
            )
        return "\u26a0 " + place + finding.text

    def _chosen(self):
        index = self.list.currentRow
        return self.found[index] if 0 <= index < len(self.found) else None

    def _showButtons(self):
        finding = self._chosen()
        self.reason.enabled = finding is not None and not finding.accepted
        self.acceptButton.enabled = self.reason.enabled and bool(self.reason.text.strip())

    def accept(self):
        """Write the acceptance of the chosen finding into the case."""
        finding, reason = self._chosen(), self.reason.text.strip()
        if finding is None or not reason:
            self.panel.say(_("Choose a warning and give a reason for accepting it."), warn=True)
            return
        key = f"{finding.volume}:{finding.code}" if finding.volume else finding.code
        try:
            from LWCTRLogic.pipeline import accept

            accept(self.panel.case, {key: reason})
        except (LWCTRError, ImportError) as error:
            self.panel.say(str(error), warn=True)
            return
        self.reason.text = ""
        self.panel.refresh()
        self.panel.say(_("Accepted: the report keeps the warning with its reason."))
