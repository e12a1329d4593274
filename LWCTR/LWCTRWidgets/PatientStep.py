"""Step 1: the case folder, its four scans, and what they should be."""

import re
import secrets
from pathlib import Path

import qt
import slicer
from slicer.i18n import tr as _

from LWCTRLogic.case import VOLUMES, Case, CaseInfo, Scan, check_case_id
from LWCTRLogic.errors import LWCTRError
from LWCTRWidgets.DemoPatients import makePatient
from LWCTRWidgets.DropPlace import DropPlace
from LWCTRWidgets.FindingsBox import FindingsBox
from LWCTRWidgets.Forms import button, form, group, lineEdit, path, row, volumeLabel
from LWCTRWidgets.ScanChange import ScanChange
from LWCTRWidgets.ScanTable import NONE, ScanTable
from LWCTRWidgets.Step import Step


class PatientStep(Step):
    """Choose or create a case, and bring its scans in."""

    name = "patient"

    def title(self):
        """Return the heading."""
        return _("1  Patient: case folder and scans")

    def shortTitle(self):
        """Return the word in the step list."""
        return _("Patient")

    def build(self):
        """Make the widgets."""
        self.records, self.remarks = [], []
        self.change = ScanChange(self)
        self._buildCase()
        self._buildImport()
        self.table = ScanTable(self.onChoice)
        self.layout.addWidget(self.table.widget)
        self.createButton = button(
            "createCaseButton",
            _("Bring these scans into the case"),
            _("Write the chosen scans into the case folder, with the pseudonym and without any date"),
            self.createCase,
        )
        self.changeButton = button(
            "applyScansButton",
            _("Change the scans"),
            _(
                "Give the case the scans chosen above. Masks and readings stay with their scan; one that leaves the "
                "case is put aside with them, and can be brought back"
            ),
            self.change.apply,
        )
        self.layout.addWidget(self.createButton)
        self.layout.addWidget(self.changeButton)
        self.findings = FindingsBox(self.panel, "patient", masks=False)
        self.layout.addWidget(self.findings.widget)
        self._buildViews()

    def _buildCase(self):
        box, layout = group(_("Case folder"), "caseGroup")
        self.folder = path(
            "caseFolder", _("The folder of one patient: an existing case, or a new folder to make one in")
        )
        self.openButton = button(
            "openCaseButton", _("Open"), _("Open the case in this folder"), self.openCase, "Ctrl+O"
        )
        self.demoButton = button(
            "demoButton",
            _("Make a simulated patient"),
            _(
                "Make a patient with four simulated CT scans in this folder, to try the panel without any data"
            ),
            self.makeDemo,
        )
        self.checkButton = button(
            "checkButton",
            _("Check again"),
            _("Check dates, phases and geometry of the scans and every mask"),
            self.check,
        )
        layout.addLayout(row(self.folder, self.openButton, stretch=0))
        layout.addLayout(row(self.demoButton, self.checkButton, self.change.button))
        self.layout.addWidget(box)

    def _buildImport(self):
        self.importBox, layout = group(_("Scans to bring in"), "importGroup")
        self.drop = DropPlace(_("Drop a DICOM folder or a case.json here"), self.onDropped)
        self.source = path(
            "dicomFolder", _("A folder with DICOM or image files of one patient, in any mixture")
        )
        self.lookButton = button(
            "lookButton",
            _("Look"),
            _("Find every CT series in the folder and propose timepoint and phase of each, with the reason"),
            self.look,
        )
        self.pseudonym = lineEdit(
            "caseIdEdit",
            _("Letters, digits, '.', '_' and '-'. Never a name: this is what files and reports carry"),
            _("a random one"),
        )
        self.firstDose = lineEdit(
            "firstDoseEdit",
            _("Day of the first immunotherapy dose. Only the number of days to the scans is kept"),
            _("YYYY-MM-DD, or empty if unknown"),
        )
        layout.addWidget(self.drop)
        layout.addLayout(row(self.source, self.lookButton, stretch=0))
        layout.addLayout(form((_("Pseudonym"), self.pseudonym), (_("First dose"), self.firstDose)))
        self.loadedBox, loaded = group(_("Or take volumes that are loaded"), "loadedGroup", collapsed=True)
        self.loaded = {volume: self._selector(volume) for volume in VOLUMES}
        loaded.addLayout(form(*((volumeLabel(volume), box) for volume, box in self.loaded.items())))
        self.takeButton = button(
            "takeLoadedButton",
            _("Take these volumes"),
            _("Copy the chosen volumes into the case folder"),
            self.takeLoaded,
        )
        loaded.addLayout(row(self.takeButton))
        layout.addWidget(self.loadedBox)
        self.layout.addWidget(self.importBox)

    def _selector(self, volume):
        box = slicer.qMRMLNodeComboBox()
        box.setObjectName(f"loaded_{volume}")
        box.nodeTypes = ["vtkMRMLScalarVolumeNode"]
        box.addEnabled = box.removeEnabled = box.renameEnabled = False
        box.noneEnabled = True
        box.noneDisplay = _("none")
        box.setToolTip(_("A loaded volume to take as: {volume}").format(volume=volumeLabel(volume)))
        box.setMRMLScene(slicer.mrmlScene)
        return box

    def _buildViews(self):
        self.viewsBox, layout = group(_("Views"), "viewsGroup")
        views = self.panel.views
        self.layoutButton = button(
            "fourViewsButton",
            _("Four views"),
            _("Show baseline above follow-up, arterial beside portal venous, window 200 / level 45"),
            lambda: self.panel.say(views.showFour()),
            "Ctrl+4",
        )
        self.alignButton = button(
            "alignButton",
            _("Align here"),
            _("Take the slices shown now as the same place, and scroll on together from there"),
            lambda: self.panel.say(views.alignHere()),
        )
        self.linkBox = qt.QCheckBox(_("Scroll together"))
        self.linkBox.setObjectName("linkBox")
        self.linkBox.setToolTip(
            _("Scrolling one view moves the others to the same height of the liver, not of the table")
        )
        self.linkBox.connect("toggled(bool)", views.setLinked)
        layout.addLayout(row(self.layoutButton, self.alignButton, self.linkBox))
        self.layout.addWidget(self.viewsBox)

    # ---- showing -----------------------------------------------------------------------------------------
    def refresh(self):
        """Show the case."""
        case = self.panel.case
        stored = self.panel.parameters.caseFolder
        if stored and not self.folder.currentPath:
            self.folder.setCurrentPath(stored)
        info = case.load_info() if case is not None else None
        has = info is not None and bool(info.scans)
        self.change.refresh(info if has else None)
        changing = self.change.active
        self.importBox.visible = changing or not has
        self.importBox.title = _("Or scans from elsewhere") if changing else _("Scans to bring in")
        self.pseudonym.enabled = not has
        self.pseudonym.placeholderText = info.case_id if has else _("a random one")
        self.viewsBox.visible = self.checkButton.visible = has and not changing
        self.demoButton.visible = not changing
        if has and not changing:
            self.records = []
            self.table.showCase(case, info)
        elif not has:
            self.table.showRecords(self.records)
        self.createButton.visible = not has and bool(self.records)
        self.changeButton.visible = changing
        self._showChange()
        self.linkBox.checked = self.panel.parameters.linked
        self.findings.refresh()

    def busyWidgets(self):
        """Return what is closed while a command runs."""
        return [
            self.openButton, self.demoButton, self.lookButton, self.createButton, self.takeButton,
            self.checkButton, self.folder, self.change.button, self.changeButton,
        ]  # fmt: skip

    def advice(self):
        """Return what to do now."""
        if self.change.active:
            return _(
                "Choose the scan of each volume, or look into a folder for others; then press Change the scans."
            )
        if self.records:
            return _("Look through the proposal, change it where it is wrong, then bring the scans in.")
        if self.panel.case is None:
            return _("Choose a case folder and open it, or make a simulated patient in a new folder.")
        state, why = self.panel.states.get(self.name, ("todo", ""))
        if state == "attention":
            return _("Look through the warnings: {why}. Then go on with Next.").format(why=why)
        if state == "done":
            return _("Ready: {why}. Go on with Next.").format(why=why)
        return _("Choose a DICOM folder and press Look, or take loaded volumes.")

    def command(self):
        """Return the command of what the user is about to do."""
        if self.change.active:
            return self.change.command()
        if self.records and self.source.currentPath:
            return self._scanCommand()
        return ["check", self.panel.case.folder] if self.panel.case is not None else []

    # ---- actions -----------------------------------------------------------------------------------------
    def openCase(self):
        """Open the case in the chosen folder, or begin one there."""
        folder = self._caseFolder(_("Choose a folder first."))
        if not folder:
            return
        if (Path(folder) / "case.json").is_file():
            self.panel.openCase(folder)
        else:
            self.panel.say(
                _(
                    "There is no case in {folder} yet: choose the patient's scans below, and one is made."
                ).format(folder=folder),
                warn=True,
            )

    def _caseFolder(self, otherwise):
        """Return the folder that was typed; without one, or for a file, say so and return nothing."""
        folder = self.folder.currentPath.strip()
        if Path(folder).name == "case.json":
            folder = str(Path(folder).parent)
        if not folder:
            self.panel.say(otherwise, warn=True)
        elif Path(folder).is_file():
            self.panel.say(_("{name} is a file: choose a folder.").format(name=folder), warn=True)
            return ""
        elif not Path(folder).is_absolute():
            self.panel.say(_("{name} is no whole path: choose the folder.").format(name=folder), warn=True)
            return ""
        return folder

    def onDropped(self, dropped):
        """Take what was dropped: a case, or a folder with scans."""
        place = Path(dropped)
        if place.name == "case.json":
            place = place.parent
        if (place / "case.json").is_file():
            self.folder.setCurrentPath(str(place))
            self.openCase()
        else:
            self.source.setCurrentPath(str(place if place.is_dir() else place.parent))
            self.look()

    def makeDemo(self):
        """Make a simulated patient in the chosen folder."""
        folder = self._caseFolder(_("Choose a new folder for the simulated patient first."))
        if not folder:
            return
        makePatient(self.panel, folder, [], _("Making a simulated patient"))

    def look(self):
        """Look for scans in the chosen folder."""
        folder = self.source.currentPath.strip()
        if not folder:
            self.panel.say(_("Choose the folder with the patient's scans first."), warn=True)
            return
        arguments = ["scan", folder]
        if not self.addFirstDose(arguments):
            return
        self.panel.run(arguments, _("Looking for scans"), self._looked, self._onScans)

    def _onScans(self, event):
        if event.get("event") == "scan":
            self.records = event["scans"]
            self.remarks = event.get("remarks", [])

    def _looked(self):
        self.refresh()
        found = _("{count} scans found.").format(count=len(self.records))
        if unusable := [one for one in self.records if one["problem"]]:
            found += " " + _("{count} of them cannot be used (see below).").format(count=len(unusable))
        self.panel.say(" ".join([found, *(f"{one.rstrip('.')}." for one in self.remarks), self.advice()]))

    def onChoice(self):
        """Tell of a choice that cannot be."""
        twice = self.table.givenTwice()
        if twice:
            self.panel.say(
                _("{scan} is chosen twice: each volume needs a scan of its own.").format(scan=twice),
                warn=True,
            )
        self.createButton.enabled = not twice
        self._showChange()
        self.panel.showButtons()

    def _showChange(self):
        if self.change.active:
            idle = not self.panel.runner.running and not self.table.givenTwice()
            self.changeButton.enabled = idle and bool(self.change.changes())

    def addFirstDose(self, arguments):
        """Add the day of the first dose; one that is no date is told of."""
        day = self.firstDose.text.strip()
        if day and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
            self.panel.say(_("The first dose is no date: write YYYY-MM-DD, or leave it empty."), warn=True)
            return False
        arguments += ["--first-dose", day] if day else []
        return True

    def _scanCommand(self):
        folder = self.folder.currentPath.strip()
        arguments = ["scan", self.source.currentPath.strip(), "--case", folder or "CASE", "--yes"]
        arguments += ["--case-id", self.pseudonym.text.strip()] if self.pseudonym.text.strip() else []
        self.addFirstDose(arguments)
        for volume, word in self.table.choices().items():
            arguments += [f"--{volume.replace('_', '-')}", word]
        return arguments

    def createCase(self):
        """Write the chosen scans into the case folder."""
        folder = self._caseFolder(_("Choose a new folder for the case first."))
        if not folder:
            return
        if set(self.table.choices().values()) == {NONE}:
            self.panel.say(_("No scan is chosen: choose at least one."), warn=True)
            return
        self.panel.run(self._scanCommand(), _("Bringing the scans in"), lambda: self._created(folder))

    def _created(self, folder):
        self.records = []
        if self.panel.openCase(folder):
            self.check()

    def check(self):
        """Check scans and masks of the case."""
        if self.panel.case is None:
            self.panel.say(_("Open a case first."), warn=True)
            return
        self.panel.run(["check", self.panel.case.folder], _("Checking the scans"))

    def takeLoaded(self):
        """Copy loaded volumes into the case folder."""
        folder = self._caseFolder(_("Choose a new folder for the case first."))
        nodes = {
            volume: box.currentNode() for volume, box in self.loaded.items() if box.currentNode() is not None
        }
        if not folder:
            return
        if not nodes:
            self.panel.say(_("Choose at least one loaded volume."), warn=True)
            return
        if len({node.GetID() for node in nodes.values()}) < len(nodes):
            self.panel.say(
                _("A loaded volume is chosen twice: each needs to be a scan of its own."), warn=True
            )
            return
        try:
            if self.change.active:
                self.change.takeLoaded(self._written(nodes))
                return
            self._takeNodes(Case(Path(folder)), nodes)
        except LWCTRError as error:
            self.panel.say(error.one_line(), warn=True)
            return
        self.panel.run(
            ["run", folder, "--until", "import"], _("Bringing the scans in"), lambda: self._created(folder)
        )

    def _takeNodes(self, case, nodes):
        """Write the nodes beside the case and name them as sources, from which the command imports them."""
        name = check_case_id(self.pseudonym.text.strip() or f"case-{secrets.token_hex(4)}")
        scans = {
            volume: Scan(source=file, reason=_("chosen by the user"))
            for volume, file in self._written(nodes).items()
        }
        Case.create(case.folder, CaseInfo(name, scans))

    def _written(self, nodes):
        """Write loaded volumes beside the case; return the files by volume."""
        files = {volume: str(Path(slicer.app.temporaryPath) / f"lwctr-{volume}.nrrd") for volume in nodes}
        for volume, file in files.items():
            self.panel.scene.exportVolume(nodes[volume], file)
        return files

    def sceneClosed(self):
        """Forget the scans that were found: the next scene may be another patient's."""
        self.records, self.remarks = [], []
