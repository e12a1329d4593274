"""Step 6: the score with its cut-off, the seven models, the curves, the nomogram, and why this score."""

import hashlib
from html import escape
from pathlib import Path

import qt
import slicer
from slicer.i18n import tr as _

from LWCTRLogic import files
from LWCTRLogic.errors import LWCTRError
from LWCTRLogic.models.prediction import Prediction
from LWCTRWidgets.Forms import button, group, label, row, volumeLabel
from LWCTRWidgets.SceneTables import showCurves, steps
from LWCTRWidgets.Step import Step

PARTS = 8  # of the explanation: all that the drawing has room to number, and some more
PICTURES = ("gauge", "survival-OS", "survival-PFS", "nomogram-OS", "nomogram-PFS", "force")


class ResultStep(Step):
    """Run the prediction and show it."""

    name = "result"

    def title(self):
        """Return the heading."""
        return _("6  Result")

    def shortTitle(self):
        """Return the word in the step list."""
        return _("Result")

    def build(self):
        """Make the widgets."""
        self.prediction = None
        self._stamp = self._drawn = self._asked = ""
        self.runButton = button(
            "predictButton",
            _("Compute the result"),
            _("Apply the prediction model; what is out of date before it is done anew"),
            self.predict,
            "Ctrl+R",
        )
        self.layout.addLayout(row(self.runButton))
        self.headline = label("", "headline")
        self.layout.addWidget(self.headline)
        self.body = qt.QWidget()
        layout = qt.QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        self.pictures = {name: self._picture(name) for name in PICTURES}
        layout.addWidget(self.pictures["gauge"])
        layout.addWidget(self._buildModels())
        layout.addWidget(self._buildWarnings())
        layout.addWidget(self._buildCurves())
        for name, title in (("nomogram", _("Nomogram")), ("force", _("Why this score"))):
            box, inside = group(title, f"{name}Group", collapsed=name == "nomogram")
            for key, picture in self.pictures.items():
                if key.startswith(name):
                    inside.addWidget(picture)
            layout.addWidget(box)
        self.partsLabel = label("", "forceParts")
        inside.addWidget(self.partsLabel)
        self.layout.addWidget(self.body)

    def _picture(self, name):
        made = qt.QLabel()
        made.setObjectName(f"picture_{name}")
        made.setAlignment(qt.Qt.AlignHCenter)
        made.visible = False
        return made

    def _buildModels(self):
        box, layout = group(_("The seven models"), "modelsGroup")
        self.models = qt.QTableWidget()
        self.models.setObjectName("modelTable")
        self.models.setColumnCount(4)
        self.models.setHorizontalHeaderLabels([_("Model"), _("Score"), _("Cut-off"), _("Answer")])
        self.models.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)
        self.models.setToolTip(_("Probability of living longer than 12 months, by each model that could run"))
        self.models.verticalHeader().setVisible(False)
        self.models.verticalHeader().setDefaultSectionSize(22)
        self.models.horizontalHeader().setStretchLastSection(True)
        layout.addWidget(self.models)
        return box

    def _buildWarnings(self):
        self.warningBox, layout = group(_("To know before trusting this"), "resultWarnings")
        self.warningLabel = label("", "resultWarningText")
        layout.addWidget(self.warningLabel)
        return self.warningBox

    def _buildCurves(self):
        box, layout = group(_("Survival"), "curvesGroup")
        self.plotButton = button(
            "plotButton",
            _("Show in a plot view"),
            _("Show the survival curves in Slicer's plot view, where they can be measured"),
            self.showPlot,
        )
        for name in ("survival-OS", "survival-PFS"):
            layout.addWidget(self.pictures[name])
        layout.addLayout(row(self.plotButton))
        self.curvesBox = box
        return box

    # ---- showing -----------------------------------------------------------------------------------------
    def refresh(self):
        """Show the prediction of the case; nothing of it while a reading is open."""
        self.prediction = None if self.panel.blinded else self._read()
        self.body.visible = self.prediction is not None
        if self.prediction is None:
            self.headline.text = ""
            return
        self._showHeadline()
        self._showModels()
        self._showWarnings()
        self._showParts()
        self.curvesBox.visible = bool(self.prediction.survival)
        self._draw()

    def _read(self):
        case = self.panel.case
        if case is None or not case.prediction_path.is_file():
            return None
        try:
            data = case.prediction_path.read_bytes()
            self._stamp = hashlib.sha256(data).hexdigest()[:16]
            return Prediction.from_dict(files.read_json(case.prediction_path))
        except (LWCTRError, KeyError, TypeError, ValueError, OSError) as error:
            self.panel.say(
                _("prediction.json cannot be read ({error}): compute the result again.").format(error=error),
                warn=True,
            )
            return None

    def notice(self):
        """Return the demonstration notice, which stands above every step while a score is there."""
        prediction = self.prediction
        if prediction is None or not prediction.bundle.demonstration:
            return ""
        return prediction.bundle.notice or _("Demonstration model, simulated patients, not for clinical use")

    def _showHeadline(self):
        score = self.prediction.headline()
        if score is None or score.score is None:
            self.headline.text = _("<b>No score</b>: no model could run on what was given.")
            return
        answer = self._answer(score.responder)
        agree = ""
        if self.prediction.mrecist:
            agree = _("mRECIST: {category}. ").format(category=self.prediction.mrecist)
        self.headline.text = _(
            "<span style='font-size:16pt'><b>{score:.2f}</b></span> <b>{answer}</b> "
            "(cut-off {cutoff:.2f}, {model}). {mrecist}"
            "The score is the probability, by this model, of living longer than 12 months."
        ).format(
            score=score.score, answer=answer, cutoff=score.cutoff or 0.0, model=score.model, mrecist=agree
        )

    def _answer(self, responder):
        if responder is None:
            return _("no cut-off")
        return _("responder") if responder else _("non-responder")

    def _showModels(self):
        scores = self.prediction.scores
        self.models.setRowCount(len(scores))
        for line, score in enumerate(scores):
            ran = score.score is not None
            cells = [
                score.model,
                f"{score.score:.3f}" if ran else "\u2013",
                f"{score.cutoff:.3f}" if score.cutoff is not None else "\u2013",
                self._answer(score.responder)
                if ran
                else _("missing: {what}").format(what=", ".join(score.missing)),
            ]
            for column, text in enumerate(cells):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(f"{score.label}. {text}")
                self.models.setItem(line, column, item)
        self.models.resizeColumnsToContents()
        self.models.setFixedHeight(22 * len(scores) + 32)

    def _showWarnings(self):
        warnings = self.prediction.warnings
        lines = []
        for warning in warnings:
            place = volumeLabel(warning.volume) + ": " if warning.volume else ""
            lines.append(f"\u26a0 {place}{warning.text}")
        self.warningLabel.text = "\n".join(lines)
        self.warningBox.visible = bool(warnings)

    def _showParts(self):
        """Name the parts that the drawing numbers."""
        prediction = self.prediction
        found = next((one for one in prediction.explanations if one.model == prediction.model), None)
        parts = found.ranked() if found is not None else ()
        lines = []
        for rank, part in enumerate(parts[:PARTS], start=1):
            name = part.feature.replace(":", " ", 1) if part.volume else f"{part.label}: {part.value}"
            size = f"{part.contribution:+.3f}".replace("-", "\u2212")
            lines.append(
                f"<tr><td align='right'>{rank}</td><td>{escape(name)}</td><td align='right'>{size}</td></tr>"
            )
        more = _("and {count} smaller parts (all are in the report)").format(count=len(parts) - PARTS)
        if len(parts) > PARTS:
            lines.append(f"<tr><td></td><td>{more}</td><td></td></tr>")
        self.partsLabel.text = f"<table cellpadding='2'>{''.join(lines)}</table>" if lines else ""

    # ---- pictures ----------------------------------------------------------------------------------------
    def _folder(self):
        return Path(slicer.app.temporaryPath) / f"lwctr-pictures-{self._stamp}"

    def _draw(self):
        """Show the drawings of this prediction; they are drawn in the background the first time."""
        if self._stamp in (self._drawn, self._asked):
            return
        folder = self._folder()
        if (folder / "gauge.png").is_file() or (folder / "force.png").is_file():
            self._showPictures()
            return
        for picture in self.pictures.values():
            picture.visible = False
        self._asked = self._stamp
        arguments = ["report", self.panel.case.folder, "--pictures", folder, "--progress", "json"]
        self.panel.ask(arguments, self._onPictures)

    def _onPictures(self, event):
        if event.get("event") == "result":
            self._showPictures()

    def _showPictures(self):
        if self.prediction is None:
            return
        for name, picture in self.pictures.items():
            file = self._folder() / f"{name}.png"
            if file.is_file():
                shown = qt.QPixmap(str(file)).scaledToWidth(
                    self.panel.pictureWidth(), qt.Qt.SmoothTransformation
                )
                picture.setPixmap(shown)
                picture.setFixedHeight(shown.height())
                picture.setToolTip(_("The full drawing is in the report (step 7)."))
            picture.visible = file.is_file()
        self._drawn = self._stamp

    def showPlot(self):
        """Show the curves in a plot view of Slicer."""
        if self.prediction is None or not self.prediction.survival:
            self.panel.say(_("There is no survival curve to show."), warn=True)
            return
        charts = [
            self._chart(name) for name in dict.fromkeys(one.endpoint for one in self.prediction.survival)
        ]
        manager = slicer.app.layoutManager()
        if manager is not None:
            manager.setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutConventionalPlotView)
        for view in slicer.util.getNodesByClass("vtkMRMLPlotViewNode"):
            view.SetPlotChartNodeID(charts[0].GetID())
        self.panel.say(_("The curves are in Slicer's plot view. {notice}").format(notice=self.notice()))

    def _chart(self, endpoint):
        """Make the chart of one endpoint; the notice stands in its title."""
        curves = {
            one.label: steps(one.times, one.survival)
            for one in self.prediction.survival
            if one.endpoint == endpoint
        }
        name = {"OS": _("Overall survival"), "PFS": _("Progression-free survival")}.get(endpoint, endpoint)
        chart = showCurves(name, curves, _("Months"), _("Probability"))
        if self.notice():
            chart.SetTitle(f"{name} ({self.notice()})")
        return chart

    # ---- the command -------------------------------------------------------------------------------------
    def busyWidgets(self):
        """Return what is closed while a command runs."""
        return [self.runButton]

    def advice(self):
        """Return what to do now."""
        if self.panel.case is None:
            return _("Open a case first (step 1).")
        if self.panel.blinded:
            return _("Close the reading first: a reader sees no score.")
        state, why = self.panel.states.get(self.name, ("todo", ""))
        if state == "done":
            return _("Read the warnings before the score. Go on with Next for the report.")
        return _("Press Compute the result ({why}).").format(why=why)

    def command(self):
        """Return the command of this step."""
        if self.panel.case is None:
            return []
        return [
            "run",
            self.panel.case.folder,
            "--until",
            "predict",
            *self.panel.steps["features"].runOptions(),
        ]

    def predict(self):
        """Compute the result."""
        if self.panel.case is None:
            self.panel.say(_("Open a case first (step 1)."), warn=True)
            return
        self.panel.run(self.command(), _("Computing the result"), expected=self.panel.case.volumes())

    def sceneClosed(self):
        """Forget the prediction of the closed scene."""
        self.prediction = None
        self._stamp = self._drawn = self._asked = ""
