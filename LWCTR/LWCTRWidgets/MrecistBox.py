"""mRECIST at the follow-up scan: two readers, and an adjudicator where they differ."""

from slicer.i18n import tr as _

from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.errors import LWCTRError
from LWCTRWidgets.Forms import button, chosen, combo, form, group, label, lineEdit, row

CATEGORIES = VARIABLES["mrecist"].choices


def categoryWords(category):
    """Return a category in words."""
    return {
        "CR": _("CR: no enhancing tumour left"),
        "PR": _("PR: enhancing diameters shrank by 30 % or more"),
        "SD": _("SD: neither PR nor PD"),
        "PD": _("PD: grew by 20 % or more, or new tumours"),
    }[category]


class MrecistBox:
    """Takes one answer at a time; what the readers agree on, or the ruling, becomes the case's mRECIST."""

    def __init__(self, panel):
        self.panel = panel
        self.widget, layout = group(_("mRECIST at the follow-up scan"), "mrecistGroup")
        self.reader = lineEdit("mrecistReader", _("Who answers: a pseudonym, never a name"), "reader-1")
        self.category = combo(
            "mrecistCategory",
            _("The response by enhancing tumour; CR, PR and SD count as response, PD as none"),
            [(_("choose the response"), ""), *((categoryWords(word), word) for word in CATEGORIES)],
        )
        self.saveButton = button(
            "saveMrecistButton",
            _("Note this answer"),
            _("Note the answer; a second reader answers without seeing the first"),
            lambda: self.note(adjudicator=False),
        )
        self.ruleButton = button(
            "ruleMrecistButton",
            _("Rule as adjudicator"),
            _("Where the two readers differ, a third one decides"),
            lambda: self.note(adjudicator=True),
        )
        self.state = label("", "mrecistState")
        layout.addLayout(form((_("Reader"), self.reader), (_("Response"), self.category)))
        layout.addLayout(row(self.saveButton, self.ruleButton))
        layout.addWidget(self.state)

    def refresh(self):
        """Show who answered; what was answered only once both have."""
        case = self.panel.case
        self.widget.enabled = case is not None
        self.ruleButton.enabled = False
        if case is None:
            self.state.text = ""
            return
        try:
            from LWCTRLogic.response.readers import read_response

            record = read_response(case)
        except (LWCTRError, ImportError) as error:
            self.state.text = str(error)
            return
        self.ruleButton.enabled = record.needs_adjudicator
        self.state.text = self._words(record, case.load_info().clinical.get("mrecist"))

    def _words(self, record, given):
        if not record.readers:
            return (
                _("In the case: {category}.").format(category=given)
                if given
                else _("No reader has answered yet.")
            )
        if record.result is None and not record.differs:
            return _("{reader} has answered; the second reader is to come.").format(
                reader=", ".join(record.readers)
            )
        answers = ", ".join(f"{reader}: {category}" for reader, category in record.readers.items())
        if record.needs_adjudicator:
            return _("{answers}. They differ: an adjudicator is needed.").format(answers=answers)
        ruled = _(" Ruled by {reader}.").format(reader=record.adjudicator) if record.differs else ""
        return _("{answers}. Result: {result}.").format(answers=answers, result=record.result) + ruled

    def note(self, adjudicator):
        """Note an answer or a ruling."""
        if self.panel.case is None:
            self.panel.say(_("Open a case first (step 1)."), warn=True)
            return
        if not chosen(self.category):
            self.panel.say(_("Choose the response first."), warn=True)
            return
        from LWCTRLogic.response.readers import record_response

        try:
            record_response(
                self.panel.case, self.reader.text.strip(), chosen(self.category), adjudicator=adjudicator
            )
        except LWCTRError as error:
            self.panel.say(error.one_line(), warn=True)
            return
        self.reader.text = ""  # the next reader types their own, and does not see this answer
        self.category.setCurrentIndex(0)
        self.panel.refresh()
        self.panel.sayDone(_("Noted. {state}").format(state=self.state.text))
