"""Choosing the scans of a case anew, after the import: exchanged, put aside, brought back, or another series."""

from slicer.i18n import tr as _

from LWCTRWidgets.Forms import button
from LWCTRWidgets.ScanTable import NONE


class ScanChange:
    """Turns step 1's table into a choice, and runs ``lwctr assign`` with it.

    ``step`` is the step of the patient: its table, its list of scans found in a folder, its loaded volumes.
    """

    def __init__(self, step):
        self.step = step
        self.panel = step.panel
        self.active = False
        self._found = ""  # the folder of the list, as it was when the list was made
        self.button = button(
            "changeScansButton",
            _("Choose other scans"),
            _("Exchange scans of the case, put one aside, bring one back, or take another series"),
            self.toggle,
        )

    def toggle(self):
        """Begin to choose, or leave the scans as they are."""
        if not self.active and self.panel.blinded:
            self.panel.say(_("Close the reading first: its scan must stay."), warn=True)
            return
        self.active = not self.active
        self.step.records = []
        self.step.refresh()
        self.panel.advise()

    def stop(self):
        """Leave the scans as they are."""
        self.active = False

    def refresh(self, info):
        """Show the choice, or the button that begins it; ``info`` is that of the open case with scans, or ``None``."""
        self.active = self.active and info is not None
        self.button.visible = info is not None
        self.button.text = _("Keep these scans") if self.active else _("Choose other scans")
        if self.active:
            self.step.table.showChoices(info, self._aside(), self.step.records)

    def _aside(self):
        try:
            from LWCTRLogic.scan_change import put_aside
        except ImportError:  # until what it needs is installed, the command says what is missing
            return []
        return put_aside(self.panel.case)

    def changes(self):
        """Return the word of the new scan, by volume, for every volume that is to change."""
        scans = self.panel.case.load_info().scans
        return {
            volume: word
            for volume, word in self.step.table.choices().items()
            if word != (volume if volume in scans else NONE)
        }

    def command(self):
        """Return the command, or an empty list while nothing is to change."""
        changes = self.changes()
        if not changes:
            return []
        arguments = ["assign", self.panel.case.folder]
        for volume, word in changes.items():
            arguments += [f"--{volume.replace('_', '-')}", word]
        if any(word.isdigit() for word in changes.values()):
            arguments += ["--from", self.step.source.currentPath.strip()]
            self.step.addFirstDose(arguments)
        return arguments

    def apply(self):
        """Change the scans."""
        command = self.command()
        if not command:
            self.panel.say(_("Nothing was changed: choose another scan for a volume first."), warn=True)
            return
        self._run(command, list(self.changes()))

    def takeLoaded(self, files):
        """Take loaded volumes, written to ``files`` by volume, in place of the scans that the case has."""
        arguments = ["assign", self.panel.case.folder]
        for volume, file in files.items():
            arguments += [f"--{volume.replace('_', '-')}", file]
        self._run(arguments, list(files))

    def _run(self, arguments, volumes):
        self.panel.run(arguments, _("Changing the scans"), lambda: self._changed(volumes))

    def _changed(self, volumes):
        """Show the case with its new scans, and check them."""
        self.active, self.step.records = False, []
        known = self.panel.alignment()
        self.panel.setAlignment({name: height for name, height in known.items() if name not in volumes})
        self.panel.views.forget()
        self.panel.loadScene()
        self.step.check()
