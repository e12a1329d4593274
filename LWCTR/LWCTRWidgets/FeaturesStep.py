"""Step 4: the radiomic features, in a table that can be searched, copied and written out."""

import csv

import qt
import slicer
from slicer.i18n import tr as _

from LWCTRWidgets.FeatureCells import shownName, shownNumber
from LWCTRWidgets.Forms import (
    button,
    chosen,
    combo,
    form,
    group,
    label,
    lineEdit,
    path,
    row,
    select,
)
from LWCTRWidgets.SceneTables import showTable
from LWCTRWidgets.Step import Step

TABLE = "LWCTR features"
WIDEST_NUMBER = "-1.23e-10"
MARGIN = 8  # pixels around the text of a cell


class FeaturesStep(Step):
    """Run the extraction and look at its table."""

    name = "features"

    def title(self):
        """Return the heading."""
        return _("4  Features: 1,316 numbers a scan")

    def shortTitle(self):
        """Return the word in the step list."""
        return _("Features")

    def build(self):
        """Make the widgets."""
        self.node = None
        self._shown = None
        self._rows = []
        self._trouble = ""
        self.preset = combo(
            "presetSelector",
            _("How features are computed: only with the model's own settings do they fit its score"),
            [(_("as the prediction model was trained"), "bundle"), (_("a settings file"), "file")],
            self._onPreset,
        )
        self.settings = path(
            "settingsFile",
            _("A PyRadiomics parameter file (YAML or JSON)"),
            folder=False,
            slot=self._onSettings,
        )
        self.backend = combo(
            "backendSelector",
            _(
                "What computes the features: the built-in engine, or PyRadiomics where SlicerRadiomics is installed"
            ),
            [(_("built-in engine"), "native"), (_("PyRadiomics"), "pyradiomics")],
            self._onBackend,
        )
        self.runButton = button(
            "extractButton",
            _("Compute features"),
            _("Compute the features of every scan with a mask; what is up to date is kept"),
            self.extract,
            "Ctrl+R",
        )
        self.layout.addLayout(
            form((_("Settings"), self.preset), (_("File"), self.settings), (_("Engine"), self.backend))
        )
        self.layout.addLayout(row(self.runButton))
        self._buildTable()

    def _buildTable(self):
        self.tableBox, layout = group(_("Features"), "featureGroup")
        self.search = lineEdit(
            "featureSearch",
            _("Show only features whose name holds all these words"),
            _("Search, such as: wavelet glcm contrast"),
        )
        self.search.connect("textChanged(QString)", lambda text: self._filter())
        self.countLabel = label("", "featureCount", wrap=False)
        # Not qMRMLTableView: what a cell shows would need a delegate in Python, and those have crashed Slicer.
        self.table = qt.QTableWidget()
        self.table.setObjectName("featureTable")
        self.table.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)
        self.table.setMinimumHeight(340)  # what is free at 1280 × 800
        self.table.setStyleSheet("QTableView { font-size: 8pt; }")
        self.table.setToolTip(_("Click a row to read its values with every digit in the line above"))
        self.table.connect("cellClicked(int,int)", lambda line, column: self.panel.say(self._told(line)))
        self.table.verticalHeader().setVisible(False)
        self.table.setTextElideMode(qt.Qt.ElideMiddle)  # names differ at the end, and exponents stand there
        self.table.setSelectionBehavior(qt.QAbstractItemView.SelectRows)
        self.copyButton = button(
            "copyFeaturesButton",
            _("Copy"),
            _("Copy the rows shown, with their heading, to paste into a spreadsheet"),
            self.copyRows,
        )
        self.exportButton = button(
            "exportTablesButton",
            _("Export CSV and Excel…"),
            _("Write features.csv, features.xlsx and the scores into a folder"),
            self.exportTables,
        )
        layout.addLayout(row(self.search, self.countLabel, stretch=0))
        layout.addWidget(self.table)
        layout.addLayout(row(self.copyButton, self.exportButton))
        self.layout.addWidget(self.tableBox)

    # ---- showing -----------------------------------------------------------------------------------------
    def refresh(self):
        """Show the case."""
        parameters = self.panel.parameters
        select(self.preset, "file" if parameters.settings else "bundle")
        select(self.backend, parameters.backend)
        self.settings.enabled = chosen(self.preset) == "file"
        if parameters.settings and self.settings.currentPath != parameters.settings:
            self.settings.setCurrentPath(parameters.settings)
        blind = self.panel.blinded
        if blind or (self.node is not None and self.node.GetScene() is None):
            self._forget()
        case = self.panel.case
        file = case.folder / "features.csv" if case is not None and not blind else None
        stamp = (str(file), file.stat().st_mtime_ns) if file is not None and file.is_file() else None
        if stamp is None or stamp != self._shown:
            self._trouble = ""
        if stamp is not None and stamp != self._shown:
            try:
                self._show(file)
            except (OSError, ValueError, csv.Error) as error:
                self._forget()
                self._trouble = _(
                    "features.csv is damaged ({error}): press Compute features to make it anew."
                ).format(error=error)
            self._shown = stamp
        self.tableBox.visible = self.node is not None

    def _show(self, file):
        """Fill the scene's table from ``features.csv``: a row a feature, a column a volume."""
        with file.open(encoding="utf-8", newline="") as stream:
            header, *volumes = list(csv.reader(stream))
        rows = [[name, *values] for name, *values in zip(header, *volumes, strict=True)][1:]
        if not rows or not volumes:
            raise ValueError(_("it holds no features"))
        columns = {_("Feature"): header[1:]}
        columns.update({name: [float(value or "nan") for value in values] for name, *values in volumes})
        self._rows = rows
        self.node = showTable(TABLE, columns)
        self._fill(list(columns))
        self._fitColumns()
        self._filter()

    def _fill(self, titles):
        """Write what the cells show; the tool tip of a row is the whole row."""
        self.table.setRowCount(len(self._rows))
        self.table.setColumnCount(len(titles))
        self.table.setHorizontalHeaderLabels(titles)
        for line, (name, *values) in enumerate(self._rows):
            tip = self._told(line)
            for column, text in enumerate([shownName(name), *map(shownNumber, values)]):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(tip)
                self.table.setItem(line, column, item)

    def _forget(self):
        self.node, self._shown, self._rows = None, None, []
        self.table.setRowCount(0)

    def _fitColumns(self):
        """Let every scan's column be seen; names get what is left, in as many lines as they need."""
        count = len(self._rows[0]) - 1
        measure = self.table.fontMetrics()
        number, line = measure.horizontalAdvance(WIDEST_NUMBER) + MARGIN, measure.lineSpacing()
        self.table.horizontalHeader().setSectionResizeMode(0, qt.QHeaderView.Stretch)
        for column in range(1, count + 1):
            self.table.setColumnWidth(column, number)
        room = max(120, self.panel.pictureWidth() - number * count)
        self.table.verticalHeader().setDefaultSectionSize(2 * line + MARGIN)
        for index, values in enumerate(self._rows):
            lines = sum(1 + measure.horizontalAdvance(one) // room for one in values[0].rsplit("_", 1))
            if lines > 2:
                self.table.setRowHeight(index, lines * line + MARGIN)

    def _told(self, row):
        """Return a feature's whole name and its values, as they were computed."""
        name, *values = self._rows[row]
        return f"{name}: " + ", ".join(values)

    def _filter(self):
        words = self.search.text.lower().split()
        count = 0
        for index, values in enumerate(self._rows):
            fits = all(word in values[0].lower() for word in words)
            self.table.setRowHidden(index, not fits)
            count += fits
        self.countLabel.text = _("{count} of {total}").format(
            count=f"{count:,}", total=f"{len(self._rows):,}"
        )

    def busyWidgets(self):
        """Return what is closed while a command runs."""
        return [self.runButton, self.exportButton, self.preset, self.backend, self.settings]

    def setBusy(self, busy):
        """Close what must not be used while a command runs."""
        Step.setBusy(self, busy)
        self.settings.enabled = not busy and chosen(self.preset) == "file"

    def advice(self):
        """Return what to do now."""
        if self.panel.case is None:
            return _("Open a case first (step 1).")
        if self._trouble:
            return self._trouble
        state, why = self.panel.states.get(self.name, ("todo", ""))
        if state == "done":
            return _("The features are those of the masks in use. Go on with Next.")
        if self.panel.states.get("segment", ("todo",))[0] == "todo":
            return _("Find the liver first (step 2).")
        return _("Press Compute features ({why}).").format(why=why)

    def command(self):
        """Return the command of this step."""
        if self.panel.case is None:
            return []
        return ["run", self.panel.case.folder, "--until", "extract", *self.runOptions()]

    def runOptions(self):
        """Return the options that every later command needs, too, so that no step is done anew."""
        parameters = self.panel.parameters
        options = [
            "--model",
            parameters.model,
            "--device",
            parameters.device,
            "--backend",
            parameters.backend,
        ]
        options += ["--settings", parameters.settings] if parameters.settings else []
        return options + (["--bundle", parameters.bundle] if parameters.bundle else [])

    # ---- actions -----------------------------------------------------------------------------------------
    def _onPreset(self, value):
        if value == "bundle":
            self.panel.parameters.settings = ""
        self.settings.enabled = value == "file"

    def _onSettings(self, chosenFile):
        if chosen(self.preset) == "file":
            self.panel.parameters.settings = chosenFile.strip()

    def _onBackend(self, value):
        self.panel.parameters.backend = value

    def extract(self):
        """Compute the features."""
        if self.panel.case is None or not self.panel.case.volumes():
            self.panel.say(_("Open a case with scans first (step 1)."), warn=True)
            return
        if chosen(self.preset) == "file" and not self.panel.parameters.settings:
            self.panel.say(
                _("Choose a settings file, or take the settings of the prediction model."), warn=True
            )
            return
        self.panel.run(self.command(), _("Computing features"), expected=self.panel.case.volumes())

    def copyRows(self):
        """Copy the rows shown."""
        if self.node is None:
            self.panel.say(_("There are no features to copy yet."), warn=True)
            return
        titles = [self.node.GetColumnName(index) for index in range(self.node.GetNumberOfColumns())]
        shown = [values for index, values in enumerate(self._rows) if not self.table.isRowHidden(index)]
        slicer.app.clipboard().setText("\n".join("\t".join(values) for values in [titles, *shown]))
        self.panel.say(_("Copied {count} features.").format(count=f"{len(shown):,}"))

    def exportTables(self):
        """Write the tables into a folder that the user chooses."""
        if self.panel.case is None or not (self.panel.case.folder / "features.csv").is_file():
            self.panel.say(_("There are no features to write yet."), warn=True)
            return
        folder = qt.QFileDialog.getExistingDirectory(
            None, _("Folder for the tables"), str(self.panel.case.folder.parent)
        )
        if folder:
            self.panel.run(["export", self.panel.case.folder, "-o", folder], _("Writing the tables"))

    def sceneClosed(self):
        """Forget the table of the closed scene."""
        self._forget()
