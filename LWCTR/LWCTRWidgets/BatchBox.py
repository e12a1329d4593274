"""The study list: the same steps for every patient of a table."""

import csv
from pathlib import Path

import qt
from slicer.i18n import tr as _

from LWCTRWidgets.Forms import button, form, group, label, path, row


class BatchBox:
    """Runs ``lwctr batch`` on a table and shows how each patient ended."""

    def __init__(self, panel):
        self.panel = panel
        self.widget, layout = group(_("All patients of a study list"), "batchGroup", collapsed=True)
        self._buildRun(layout)
        self._buildList(layout)

    def _buildRun(self, layout):
        self.table = path(
            "studyList",
            _("A cohort table (.csv, .xlsx or .parquet), one row a patient"),
            folder=False,
            slot=self._onTable,
        )
        self.output = path(
            "batchFolder", _("The folder for the patients' case folders and the tables"), slot=self._onOutput
        )
        self.workers = qt.QSpinBox()
        self.workers.setObjectName("workersBox")
        self.workers.setRange(1, 64)
        self.workers.setToolTip(_("Patients at a time; each needs the memory of one run"))
        self.runButton = button(
            "batchButton",
            _("Run the list"),
            _("Run every patient; a bad case stops no other, and a rerun does only what is missing"),
            self.run,
        )
        self.copyButton = button(
            "copyBatchButton",
            _("Copy command"),
            _("Copy the command line of this list, for a computer without Slicer"),
            self.copy,
        )
        self.resultLabel = label("", "batchResult")
        layout.addLayout(
            form((_("Table"), self.table), (_("Output"), self.output), (_("At a time"), self.workers))
        )
        layout.addLayout(row(self.runButton, self.copyButton))
        layout.addWidget(self.resultLabel)

    def _buildList(self, layout):
        self.openButton = button(
            "openBatchCaseButton",
            _("Open this case"),
            _("Open the chosen patient's case folder"),
            self.openChosen,
        )
        self.list = qt.QListWidget()
        self.list.setObjectName("batchList")
        self.list.setToolTip(_("The patients of the list that have a case folder; a double click opens one"))
        self.list.setMinimumHeight(90)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
        self.list.connect("itemDoubleClicked(QListWidgetItem*)", lambda item: self.openChosen())
        layout.addWidget(self.list)
        layout.addLayout(row(self.openButton))

    def refresh(self):
        """Show the list that the scene names."""
        parameters = self.panel.parameters
        for field, value in ((self.table, parameters.studyList), (self.output, parameters.batchFolder)):
            if value and field.currentPath != value:
                field.setCurrentPath(value)
        folders, failed = self._folders(), self._failures()
        self.list.clear()
        for folder in folders:
            if folder.name in failed:
                self.list.addItem(f"\u26a0 {folder.name}: {failed[folder.name]}")
            else:
                mark = "\u2713" if (folder / "report.html").is_file() else "\u2013"
                self.list.addItem(f"{mark} {folder.name}")
        if not folders:
            self.list.addItem(self._whatToDo())
        self.openButton.enabled = bool(folders) and not self.panel.runner.running

    def _whatToDo(self):
        """Return what to do while there is no patient to list."""
        if not self.panel.parameters.studyList:
            return _(
                "No study list is open. Choose a table with one row a patient: case_id, scans or a DICOM folder, "
                "clinical values."
            )
        if not self.panel.parameters.batchFolder:
            return _("Choose the folder in which each patient of the list gets a case folder.")
        return _("No patient is done yet. Press Run the list: each one appears here.")

    def _folders(self):
        place = self.panel.parameters.batchFolder
        found = Path(place).glob("*/case.json") if place else []
        return sorted(case.parent for case in found)

    def _failures(self):
        """Return why patients failed, by name, as the last run noted it."""
        file = Path(self.panel.parameters.batchFolder or ".") / "failures.csv"
        if not self.panel.parameters.batchFolder or not file.is_file():
            return {}
        with file.open(encoding="utf-8", errors="replace", newline="") as stream:
            return {row.get("case_id", ""): row.get("error", "") for row in csv.DictReader(stream)}

    def busyWidgets(self):
        """Return what is closed while a command runs."""
        return [self.runButton, self.openButton, self.table, self.output]

    def _onTable(self, text):
        self.panel.parameters.studyList = text.strip()
        self.refresh()

    def _onOutput(self, text):
        self.panel.parameters.batchFolder = text.strip()
        self.refresh()

    def arguments(self):
        """Return the command, or an empty list while something is missing."""
        table, output = self.table.currentPath.strip(), self.output.currentPath.strip()
        if not table or not output:
            return []
        options = self.panel.steps["features"].runOptions()
        return ["batch", table, "-o", output, "-j", str(self.workers.value), *options]

    def run(self):
        """Run the list."""
        arguments = self.arguments()
        if not arguments:
            self.panel.say(_("Choose a table and a folder for the output."), warn=True)
            return
        self.panel.run(arguments, _("Running the study list"), self.refresh, self._onResult)

    def _onResult(self, event):
        if event.get("event") == "result":
            failed = event.get("failed", 0)
            text = _("{done} of {count} patients done.").format(
                done=event["cases"] - failed, count=event["cases"]
            )
            if failed:
                text += " " + _("{failed} failed: see failures.csv in the output folder.").format(
                    failed=failed
                )
            self.resultLabel.text = text
            self.refresh()

    def copy(self):
        """Copy the command."""
        arguments = self.arguments()
        if not arguments:
            self.panel.say(_("Choose a table and a folder for the output."), warn=True)
            return
        self.panel.copyText(arguments)

    def openChosen(self):
        """Open the chosen patient."""
        folders, index = self._folders(), self.list.currentRow
        if 0 <= index < len(folders):
            self.panel.openCase(folders[index])
        else:
            self.panel.say(_("Choose a patient of the list first."), warn=True)
