"""Step 7: the report, the exports, and the same for a list of patients."""

from pathlib import Path

import qt
import slicer
from slicer.i18n import tr as _

from LWCTRLogic.errors import LWCTRError
from LWCTRWidgets.BatchBox import BatchBox
from LWCTRWidgets.ExportBox import ExportBox
from LWCTRWidgets.Forms import button, group, label, row
from LWCTRWidgets.Step import Step


class ReportStep(Step):
    """Write, look at and hand on the report."""

    name = "report"

    def title(self):
        """Return the heading."""
        return _("7  Report and export")

    def shortTitle(self):
        """Return the word in the step list."""
        return _("Report")

    def build(self):
        """Make the widgets."""
        self.pages, self.page = [], 0
        self._previewed = None
        self.runButton = button(
            "reportButton",
            _("Write the report"),
            _("Write report.html and report.pdf; what is out of date before it is done anew"),
            self.write,
            "Ctrl+R",
        )
        self.openButton = button(
            "openReportButton",
            _("Open in browser"),
            _("Show report.html in the web browser"),
            self.openReport,
        )
        self.saveButton = button(
            "saveReportButton",
            _("Save a copy…"),
            _("Copy report.html and report.pdf into a folder; they carry the pseudonym only"),
            self.saveCopy,
        )
        self.layout.addLayout(row(self.runButton, self.openButton, self.saveButton))
        self._buildPreview()
        self.export = ExportBox(self.panel)
        self.batch = BatchBox(self.panel)
        for part in (self.export, self.batch):
            self.layout.addWidget(part.widget)

    def _buildPreview(self):
        self.previewBox, layout = group(_("Preview"), "previewGroup")
        self.previewLabel = qt.QLabel()
        self.previewLabel.setObjectName("previewLabel")
        self.previewLabel.setAlignment(qt.Qt.AlignHCenter)
        self.pageLabel = label("", "pageLabel", wrap=False)
        self.earlierButton = button(
            "earlierPageButton", "\u25c0", _("The page before"), lambda: self.turn(-1)
        )
        self.laterButton = button("laterPageButton", "\u25b6", _("The next page"), lambda: self.turn(1))
        layout.addWidget(self.previewLabel)
        layout.addLayout(row(self.earlierButton, self.pageLabel, self.laterButton))
        self.layout.addWidget(self.previewBox)

    # ---- showing -----------------------------------------------------------------------------------------
    @property
    def html(self):
        """Path of the case's report, or ``None``."""
        case = self.panel.case
        found = case.folder / "report.html" if case is not None else None
        return found if found is not None and found.is_file() and not self.panel.blinded else None

    def refresh(self):
        """Show the case's report."""
        html = self.html
        for widget in (self.openButton, self.saveButton):
            widget.enabled = html is not None and not self.panel.runner.running
        stamp = (str(html), html.stat().st_mtime_ns) if html is not None else None
        if stamp is None or stamp != self._previewed:
            self.pages = []
        self._showPage()
        for part in (self.export, self.batch):
            part.refresh()

    def enter(self):
        """Make the preview of the case's report."""
        self.refresh()
        html = self.html
        if html is not None and not self.pages and self.panel.states.get(self.name, ("",))[0] == "done":
            self.preview()

    def preview(self):
        """Draw the pages in the background."""
        folder = Path(slicer.app.temporaryPath) / "lwctr-pages"
        for old in folder.glob("page-*.png"):
            old.unlink()
        arguments = ["report", self.panel.case.folder, "--pages", folder, "--progress", "json"]
        self.panel.ask(arguments, lambda event: self._onPages(event, folder))

    def _onPages(self, event, folder):
        html = self.html
        if event.get("event") == "result" and html is not None:
            self.pages = sorted(folder.glob("page-*.png"))
            self._previewed = (str(html), html.stat().st_mtime_ns)
            self.page = 0
            self._showPage()

    def turn(self, by):
        """Show another page."""
        self.page = min(max(0, self.page + by), max(0, len(self.pages) - 1))
        self._showPage()

    def _showPage(self):
        self.previewBox.visible = bool(self.pages)
        if not self.pages:
            return
        picture = qt.QPixmap(str(self.pages[self.page])).scaledToWidth(
            self.panel.pictureWidth(), qt.Qt.SmoothTransformation
        )
        self.previewLabel.setPixmap(picture)
        self.previewLabel.setFixedHeight(picture.height())
        self.pageLabel.text = _("Page {page} of {count}").format(page=self.page + 1, count=len(self.pages))
        self.earlierButton.enabled = self.page > 0
        self.laterButton.enabled = self.page + 1 < len(self.pages)

    def busyWidgets(self):
        """Return what is closed while a command runs."""
        return [self.runButton, self.export.button, *self.batch.busyWidgets()]

    def advice(self):
        """Return what to do now."""
        if self.panel.case is None:
            return _("Open a case first (step 1), or choose a list of patients below.")
        state, why = self.panel.states.get(self.name, ("todo", ""))
        if state == "done":
            return _("The report is up to date: save a copy, or run the next patient.")
        return _("Press Write the report ({why}).").format(why=why)

    def command(self):
        """Return the command of this step."""
        if self.panel.case is None:
            return []
        return ["run", self.panel.case.folder, *self.panel.steps["features"].runOptions()]

    # ---- actions -----------------------------------------------------------------------------------------
    def write(self):
        """Write the report."""
        if self.panel.case is None:
            self.panel.say(_("Open a case first (step 1)."), warn=True)
            return
        self.panel.run(
            self.command(), _("Writing the report"), self._written, expected=self.panel.case.volumes()
        )

    def _written(self):
        self.refresh()
        self.preview()

    def openReport(self):
        """Show the report in the browser."""
        if self.html is not None:
            qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(self.html)))

    def saveCopy(self):
        """Copy the report into a folder."""
        from LWCTRLogic import files

        folder = qt.QFileDialog.getExistingDirectory(
            None, _("Folder for the report"), str(self.panel.case.folder.parent)
        )
        if not folder:
            return
        name = self.panel.parameters.caseId
        try:
            for suffix in ("html", "pdf"):
                source = self.panel.case.folder / f"report.{suffix}"
                files.write_bytes(Path(folder) / f"{name}-report.{suffix}", source.read_bytes())
        except (LWCTRError, OSError) as error:
            self.panel.say(str(error), warn=True)
            return
        self.panel.say(_("Saved {name}-report.html and .pdf in {folder}.").format(name=name, folder=folder))

    def sceneClosed(self):
        """Forget the preview of the closed scene."""
        self.pages, self._previewed = [], None
