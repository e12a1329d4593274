"""Step 5: the clinical values that the prediction model asks for, each coding in words, and mRECIST by two readers."""

from dataclasses import replace

import qt
from slicer.i18n import tr as _

from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.errors import LWCTRError
from LWCTRWidgets.Forms import button, chosen, combo, fill, form, group, label, lineEdit, path, row, select
from LWCTRWidgets.MrecistBox import MrecistBox
from LWCTRWidgets.Step import Step
from LWCTRWidgets.Words import inWords

MRECIST = "mrecist"


class ClinicalStep(Step):
    """A form made from the bundle's own description."""

    name = "clinical"

    def title(self):
        """Return the heading."""
        return _("5  Clinical values and response")

    def shortTitle(self):
        """Return the word in the step list."""
        return _("Clinical")

    def build(self):
        """Make the widgets."""
        self.fields, self.notes, self.described = {}, {}, None
        self._asked = None
        box, layout = group(_("Prediction model"), "bundleGroup")
        self.bundle = path(
            "bundlePath", _("A model bundle (zip); empty for the bundled demonstration model"), folder=False
        )
        self.bundle.connect("currentPathChanged(QString)", self._onBundle)
        self.bundleLabel = label("", "bundleLabel")
        self.centre = combo(
            "centreSelector",
            _("Where the scans were made: this model takes the effects of the scanners of these centres out"),
            [],
            lambda value: self._changed(),
        )
        self.centrePlace = qt.QWidget()
        self.centrePlace.setLayout(form((_("Centre of the scans"), self.centre)))
        for widget in (self.bundle, self.bundleLabel, self.centrePlace):
            layout.addWidget(widget)
        self.layout.addWidget(box)
        self.neededBox, self.neededLayout = group(_("Values that the model uses"), "neededGroup")
        self.otherBox, self.otherLayout = group(
            _("Other values, for the report"), "otherGroup", collapsed=True
        )
        self.layout.addWidget(self.neededBox)
        self.layout.addWidget(self.otherBox)
        self.saveButton = button(
            "saveClinicalButton",
            _("Save values"),
            _("Check the values and write them into the case; unknown values may stay empty"),
            self.save,
            "Ctrl+S",
        )
        self.layout.addLayout(row(self.saveButton))
        self.mrecist = MrecistBox(self.panel)
        self.layout.addWidget(self.mrecist.widget)
        self._buildFields()

    def _buildFields(self):
        """Make a field for every variable; the bundle's description decides where it stands."""
        self.rows = {}
        for name, variable in VARIABLES.items():
            if name == MRECIST:
                continue  # two readers give it, below
            place = qt.QWidget()
            column = qt.QGridLayout(place)
            column.setContentsMargins(0, 0, 0, 0)
            column.setHorizontalSpacing(6)
            column.setVerticalSpacing(0)
            title = label(", ".join(filter(None, (inWords(variable.label), inWords(variable.unit)))))
            title.setMinimumWidth(150)
            if variable.choices:
                items = [(_("unknown"), ""), *((inWords(word), word) for word in variable.choices)]
                field = combo(
                    f"clinical_{name}", inWords(variable.label), items, lambda value: self._changed()
                )
            else:
                field = lineEdit(
                    f"clinical_{name}", inWords(variable.label), self._rangeWords(variable), self._changed
                )
            note = label("", f"note_{name}", small=True)
            column.addWidget(title, 0, 0)
            column.addWidget(field, 0, 1)
            column.addWidget(note, 1, 1)
            column.setColumnStretch(1, 1)
            self.fields[name], self.notes[name], self.rows[name] = field, note, place
            self.otherLayout.addWidget(place)

    def _rangeWords(self, variable):
        return _("{low:g} to {high:g} {unit}, or empty if unknown").format(
            low=variable.low, high=variable.high, unit=inWords(variable.unit)
        )

    # ---- the bundle's description ------------------------------------------------------------------------
    def enter(self):
        """Ask the bundle which values it uses."""
        wanted = self.panel.parameters.bundle
        if self._asked != wanted:
            self._asked = wanted
            arguments = ["models", "--progress", "json", "show", *([wanted] if wanted else [])]
            self.panel.ask(arguments, self._onDescription, self._noDescription)
        self.refresh()

    def _onDescription(self, event):
        if event.get("event") == "bundle":
            self.described = event
            self._place()
            self.refresh()

    def _noDescription(self, error):
        self.described = None
        self.bundleLabel.text = error
        self._place()

    def _place(self):
        """Put each field under the values that the model uses, or under the others."""
        used = {one["name"]: one for one in (self.described or {}).get("clinical", [])}
        for name, place in self.rows.items():
            layout = self.neededLayout if name in used else self.otherLayout
            layout.addWidget(place)
            place.visible = name in used or not self.otherBox.collapsed
            self.notes[name].text = self._coding(used.get(name))
            self.notes[name].visible = name in used
        if self.described is not None:
            self.bundleLabel.text = "{title}. {use}".format(
                title=self.described["title"], use=self.described["intended_use"]
            )

    def _coding(self, used):
        if used is None:
            return ""
        words = [
            _("{word} counts as {code:g}").format(word=inWords(word), code=code)
            for word, code in used.get("choices", [])
            if code is not None
        ]
        models = _("used by: {models}").format(models=", ".join(used["models"]))
        return "; ".join([*words, models])

    def _onBundle(self, chosenFile):
        self.panel.parameters.bundle = chosenFile.strip()
        self.enter()

    # ---- showing -----------------------------------------------------------------------------------------
    def refresh(self):
        """Show the case's values."""
        if self.bundle.currentPath != self.panel.parameters.bundle:
            self.bundle.setCurrentPath(self.panel.parameters.bundle)
        values = self._stored()
        for name, field in self.fields.items():
            value = values.get(name)
            if VARIABLES[name].choices:
                select(field, value or "")
            else:
                field.text = "" if value is None else f"{value:g}"
        self._showCentre()
        self.neededBox.visible = self.described is not None
        self.saveButton.enabled = False
        self.mrecist.refresh()

    def _stored(self):
        info = self._info()
        return {} if info is None else info.clinical

    def _info(self):
        if self.panel.case is None:
            return None
        try:
            return self.panel.case.load_info()
        except LWCTRError as error:
            self.panel.say(error.one_line(), warn=True)
            return None

    def _showCentre(self):
        """Offer the centres that the bundle knows; nothing for a bundle that does not ask."""
        known = (self.described or {}).get("centres", [])
        self.centrePlace.visible = bool(known)
        info = self._info()
        stored = info.centre if info is not None else ""
        strange = stored and stored not in known
        none = _("not known to this model: {name}").format(name=stored) if strange else _("choose the centre")
        fill(self.centre, [(none, ""), *((name, name) for name in known)], stored if stored in known else "")

    def _centreWanted(self):
        """Return whether the bundle asks for a centre and the case names none of those that it knows."""
        return self.centrePlace.visible and not chosen(self.centre)

    def _changed(self):
        self.saveButton.enabled = self.panel.case is not None and not self.panel.runner.running

    def values(self):
        """Return what stands in the form, checked.

        Raises InputError for a value that cannot be.
        """
        found = {}
        for name, field in self.fields.items():
            text = chosen(field) if VARIABLES[name].choices else field.text.strip().replace(",", ".")
            found[name] = VARIABLES[name].check(text)
        return {name: value for name, value in found.items() if value is not None}

    def busyWidgets(self):
        """Return what is closed while a command runs."""
        return [*self.fields.values(), self.bundle, self.centre, self.mrecist.widget]

    def advice(self):
        """Return what to do now."""
        if self.panel.case is None:
            return _("Open a case first (step 1).")
        if self.panel.blinded:
            return _("Close the reading first: a reader sees no outcome.")
        if self.saveButton.enabled:
            return _("Save the values.")
        if self._centreWanted():
            return _(
                "Choose the centre of the scans: this model adjusts for it, and scores no other's patients."
            )
        state, why = self.panel.states.get(self.name, ("todo", ""))
        if state == "done":
            return _("The values are saved. Go on with Next.")
        return _("Fill in what is known; each missing value costs the models that need it ({why}).").format(
            why=why
        )

    def command(self):
        """Return the command that shows what the bundle asks for."""
        wanted = self.panel.parameters.bundle
        return ["models", "show", *([wanted] if wanted else [])]

    # ---- actions -----------------------------------------------------------------------------------------
    def leave(self):
        """Save what was typed, when it can be."""
        return self.save() if self.saveButton.enabled else True

    def save(self):
        """Write the values into the case; returns whether they could be, and says why not."""
        if self.panel.case is None:
            self.panel.say(_("Open a case first (step 1)."), warn=True)
            return False
        try:
            values = self.values()
            info = self.panel.case.load_info()
            kept = {name: value for name, value in info.clinical.items() if name == MRECIST}
            centre = chosen(self.centre) or info.centre
            self.panel.case.save_info(replace(info, clinical={**values, **kept}, centre=centre))
        except LWCTRError as error:
            self.panel.say(error.one_line(), warn=True)
            return False
        self.panel.refresh()
        self.panel.sayDone(_("Saved {count} values.").format(count=len(values)))
        return True
