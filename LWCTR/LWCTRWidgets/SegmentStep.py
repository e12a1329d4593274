"""Step 2: find the liver in every scan, by a model or from a mask made elsewhere."""

from slicer.i18n import tr as _

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.case_state import mask_maker
from LWCTRWidgets.FindingsBox import FindingsBox
from LWCTRWidgets.Forms import button, chosen, combo, fill, form, group, label, path, row, select, volumeLabel
from LWCTRWidgets.Step import Step

DEFAULT_MODEL = "liver-phantom-nnunet"
TOTALSEGMENTATOR = "totalsegmentator"


class SegmentStep(Step):
    """Choose a model and run it."""

    name = "segment"

    def title(self):
        """Return the heading."""
        return _("2  Segment: find the liver")

    def shortTitle(self):
        """Return the word in the step list."""
        return _("Segment")

    def build(self):
        """Make the widgets."""
        self._models = []
        self.model = combo(
            "modelSelector",
            _("What finds the liver: the bundled model, one that you installed, or TotalSegmentator"),
            [(DEFAULT_MODEL, DEFAULT_MODEL)],
            self._onModel,
        )
        self.device = combo(
            "deviceSelector",
            _("Where the network runs; automatic takes a graphics card where there is one"),
            [(_("automatic"), "auto"), (_("processor"), "cpu"), (_("graphics card (CUDA)"), "cuda")],
            self._onDevice,
        )
        self.modelNote = label("", "modelNote")
        self.estimateLabel = label("", "estimateLabel")
        self.estimateButton = button(
            "estimateButton",
            _("Estimate"),
            _("Tell time and memory that the run will need, before it starts"),
            self.estimate,
        )
        self.runButton = button(
            "segmentButton",
            _("Find the liver"),
            _("Segment every scan that has no mask yet; a mask that a reader made is never replaced"),
            self.segment,
            "Ctrl+R",
        )
        self.layout.addLayout(form((_("Model"), self.model), (_("Device"), self.device)))
        self.layout.addWidget(self.modelNote)
        self.layout.addLayout(row(self.runButton, self.estimateButton))
        self.layout.addWidget(self.estimateLabel)
        self._tellEstimate("")
        self._buildExisting()
        self.masksLabel = label("", "masksLabel")
        self.layout.addWidget(self.masksLabel)
        self.findings = FindingsBox(self.panel, "segment", masks=True)
        self.layout.addWidget(self.findings.widget)

    def _buildExisting(self):
        box, layout = group(_("Or take a mask made elsewhere"), "existingGroup", collapsed=True)
        self.existingVolume = combo(
            "existingVolume",
            _("The scan that the mask belongs to"),
            [(volumeLabel(name), name) for name in VOLUMES],
        )
        self.existingFile = path(
            "existingFile",
            _("A liver mask: .seg.nrrd, a label map (.nii.gz, .nrrd, .mha) or DICOM SEG"),
            folder=False,
        )
        self.existingButton = button(
            "existingButton",
            _("Take this mask"),
            _(
                "Bring the mask onto the scan's grid and use it; a mask that cannot fit is refused with numbers"
            ),
            self.takeExisting,
        )
        layout.addLayout(form((_("Scan"), self.existingVolume), (_("Mask"), self.existingFile)))
        layout.addLayout(row(self.existingButton))
        self.layout.addWidget(box)

    # ---- showing -----------------------------------------------------------------------------------------
    def enter(self):
        """Ask once which models there are."""
        if not self._models:
            self.panel.ask(["models", "--progress", "json", "list"], self._onEntry)
        self.refresh()

    def _onEntry(self, event):
        if event.get("event") == "model" and event.get("kind") == "nnunet":
            self._models = [one for one in self._models if one["name"] != event["name"]] + [event]
            self._fillModels()

    def _fillModels(self):
        items = [(self._modelWords(entry), entry["name"]) for entry in self._models]
        items = items or [(DEFAULT_MODEL, DEFAULT_MODEL)]
        fill(self.model, [*items, (_("TotalSegmentator, where installed"), TOTALSEGMENTATOR)])
        select(self.model, self.panel.parameters.model)

    def _modelWords(self, entry):
        return (
            _("{name} (comes with the extension)").format(name=entry["name"])
            if entry["source"] == "bundled"
            else entry["name"]
        )

    def refresh(self):
        """Show the case."""
        if self.model.findData(TOTALSEGMENTATOR) < 0:
            self._fillModels()
        select(self.model, self.panel.parameters.model)
        select(self.device, self.panel.parameters.device)
        self._showNote()
        self.showMasks()
        self.findings.refresh()

    def showMasks(self):
        """Tell of each scan whether it has a mask, and who made it."""
        case = None if self.panel.blinded else self.panel.case
        lines = []
        if case is not None:
            for name in case.volumes():
                maker = mask_maker(case, name)
                mark = "\u2713" if maker else "\u2013"
                lines.append(f"{mark} {volumeLabel(name)}: " + self._makerWords(maker))
        self.masksLabel.text = "\n".join(lines)

    def _makerWords(self, maker):
        words = {
            "": _("no mask yet"),
            "auto": _("found by a model, not looked at by a reader"),
            "existing": _("taken from a file, not looked at by a reader"),
            "propagated": _("propagated, to be reviewed"),
        }
        return words.get(maker) or _("saved by {reader}").format(reader=maker)

    def _showNote(self):
        notes = {
            DEFAULT_MODEL: _(
                "Trained on simulated scans only. On real patients a reader must look at every mask and correct it."
            ),
            TOTALSEGMENTATOR: _(
                "Needs the package TotalSegmentator with its weights; its outline leaves large tumours out, "
                "so look at every mask."
            ),
        }
        self.modelNote.text = notes.get(
            chosen(self.model), _("Look at every mask: no model is always right.")
        )

    def busyWidgets(self):
        """Return what is closed while a command runs."""
        return [self.runButton, self.estimateButton, self.existingButton, self.model, self.device]

    def advice(self):
        """Return what to do now."""
        if self.panel.case is None:
            return _("Open a case first (step 1).")
        state, why = self.panel.states.get(self.name, ("todo", ""))
        if state == "done":
            return _("Every scan has a mask. Go on with Next to look at each one.")
        return _("Choose a model and press Find the liver ({why}).").format(why=why)

    def command(self):
        """Return the command of this step."""
        if self.panel.case is None:
            return []
        options = ["--model", chosen(self.model), "--device", chosen(self.device)]
        return ["run", self.panel.case.folder, "--until", "check", *options]

    # ---- actions -----------------------------------------------------------------------------------------
    def _onModel(self, value):
        self.panel.parameters.model = value
        self._tellEstimate("")
        self._showNote()

    def _onDevice(self, value):
        self.panel.parameters.device = value

    def _withCase(self):
        if self.panel.case is None or not self.panel.case.volumes():
            self.panel.say(_("Open a case with scans first (step 1)."), warn=True)
            return False
        return True

    def estimate(self):
        """Ask what the run will need."""
        if not self._withCase():
            return
        if chosen(self.model) == TOTALSEGMENTATOR:
            self._tellEstimate(_("No estimate for TotalSegmentator: minutes a scan with a graphics card."))
            return
        self._needs = {}
        self._tellEstimate(_("Estimating…"))
        arguments = ["segment", self.panel.case.folder, "--model", chosen(self.model), "--estimate"]
        arguments += ["--device", chosen(self.device), "--progress", "json"]
        self.panel.ask(arguments, self._onEstimate, self._estimateFailed)

    def _onEstimate(self, event):
        if event.get("event") != "estimate":
            return
        self._needs[event["volume"]] = event
        minutes = sum(one["seconds"] for one in self._needs.values()) / 60
        memory = max(one["peak_bytes"] for one in self._needs.values()) / 1e9
        self._tellEstimate(
            _("{count} scans: about {minutes:.0f} min on the processor, {memory:.1f} GB memory").format(
                count=len(self._needs), minutes=max(1, minutes), memory=memory
            )
        )

    def _tellEstimate(self, text):
        self.estimateLabel.text = text
        self.estimateLabel.visible = bool(text)

    def _estimateFailed(self, error):
        self._tellEstimate(error)

    def segment(self):
        """Run the model on every scan without a mask."""
        if not self._withCase():
            return
        case = self.panel.case
        waiting = [name for name in case.volumes() if not mask_maker(case, name)]
        self.panel.run(
            self.command(), _("Finding the liver"), self._segmented, expected=waiting or case.volumes()
        )

    def _segmented(self):
        changed = self.panel.loadScene()
        self.panel.refresh()
        if changed:
            self.panel.say(" ".join(changed))

    def takeExisting(self):
        """Take a mask from a file."""
        chosenFile = self.existingFile.currentPath.strip()
        if not self._withCase() or not chosenFile:
            self.panel.say(_("Choose a mask file first."), warn=True)
            return
        volume = chosen(self.existingVolume)
        arguments = [
            "segment",
            self.panel.case.folder,
            "--volume",
            volume,
            "--mask",
            chosenFile,
            "--resample",
        ]
        self.panel.run(arguments, _("Taking the mask"), self._segmented, expected=[volume])
