"""DICOM SEG and SR for an archive: with the patient's identity, or under the pseudonym with generated UIDs."""

import qt
from slicer.i18n import tr as _

from LWCTRWidgets.Forms import button, check, form, group, label, lineEdit, path, row


class ExportBox:
    """Runs ``lwctr export``; an identified export is confirmed by typing the pseudonym, each time anew."""

    def __init__(self, panel):
        self.panel = panel
        self.widget, layout = group(
            _("Identified export for a PACS (DICOM SEG and SR)"), "identifiedGroup", collapsed=True
        )
        self.note = label("", "identifiedNote")
        self.generated = check(
            "generatedBox",
            _("The scans are not from DICOM: generate UIDs"),
            _(
                "For NIfTI files and simulated patients: CT images with made-up UIDs are written beside the masks, "
                "under the pseudonym. An archive will not join them to the patient's scans"
            ),
            lambda checked: self.refresh(),
        )
        self.dicom = path("sourceDicom", _("The folder with the patient's original DICOM series"))
        self.creator = lineEdit(
            "creatorEdit",
            _("Who made the masks, as the archive is to show it; several readers with ';' between them"),
            _("reader-1=Doe^Jane; reader-2=Roe^Max"),
        )
        self.confirm = lineEdit(
            "confirmEdit",
            _("Type the case's pseudonym to confirm that named files are wanted"),
            _("pseudonym, to confirm"),
        )
        self.score = check("scoreBox", _("The score, too"), "")
        self.button = button(
            "identifiedButton",
            _("Write DICOM SEG and SR…"),
            _("Write the masks as DICOM SEG, and the volumes and main features as DICOM SR"),
            self.export,
        )
        for widget in (self.note, self.generated):
            layout.addWidget(widget)
        layout.addLayout(
            form((_("Series"), self.dicom), (_("Readers"), self.creator), (_("Confirm"), self.confirm))
        )
        layout.addWidget(self.score)
        layout.addLayout(row(self.button))

    # ---- showing -----------------------------------------------------------------------------------------
    def refresh(self):
        """Show what the chosen kind of export needs."""
        generated = bool(self.generated.checked)
        self.dicom.enabled = self.confirm.enabled = not generated
        self.note.text = self._noteWords(generated)
        refused = self._whyNoScore()
        self.score.enabled = not refused
        self.score.checked = bool(self.score.checked) and not refused
        self.score.setToolTip(refused or _("Write the score into the SR of the last examination"))
        self.button.enabled = (
            self.panel.case is not None and not self.panel.blinded and not self.panel.runner.running
        )

    def _noteWords(self, generated):
        if generated:
            return _(
                "These files carry the pseudonym and made-up UIDs, over CT images that are written with them. "
                "No folder and no confirmation is needed: they name nobody."
            )
        return _(
            "These files carry the patient's name and number, taken from the original DICOM series, so that they "
            "can return to the archive. A demonstration model's score is never among them."
        )

    def _whyNoScore(self):
        """Return why no score can be written, or nothing."""
        prediction = self.panel.steps["result"].prediction
        if prediction is None or prediction.headline() is None:
            return _("There is no score: compute the result first (step 6)")
        if prediction.bundle.demonstration:
            return _("The score of a demonstration model never enters an archive")
        return ""

    # ---- the command -------------------------------------------------------------------------------------
    def export(self):
        """Write DICOM SEG and SR, once the user has confirmed that named files are wanted."""
        if self.panel.case is None:
            self.panel.say(_("Open a case first (step 1)."), warn=True)
            return
        refused = "" if self.generated.checked else self._whyNot()
        if refused:
            self.panel.say(refused, warn=True)
            return
        folder = qt.QFileDialog.getExistingDirectory(None, _("Folder for the DICOM files"), "")
        if not folder:
            return
        arguments = self._arguments(folder)
        self.confirm.text = ""  # each export is confirmed anew
        self.panel.run(arguments, _("Writing DICOM SEG and SR"))

    def _whyNot(self):
        name = self.panel.parameters.caseId
        if not self.dicom.currentPath.strip():
            return _("Choose the folder with the original DICOM series.")
        if self.confirm.text.strip() != name:
            return _("Type the pseudonym {name} to confirm: these files will name the patient.").format(
                name=name
            )
        return ""

    def _arguments(self, folder):
        arguments = ["export", self.panel.case.folder, "-o", folder]
        if self.generated.checked:
            arguments.append("--generated-uids")
        else:
            source = self.dicom.currentPath.strip()
            arguments += ["--identified", source, "--confirm", self.confirm.text.strip()]
        for creator in filter(None, map(str.strip, self.creator.text.split(";"))):
            arguments += ["--creator", creator]
        return [*arguments, "--score"] if self.score.checked else arguments
