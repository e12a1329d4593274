"""The 2 × 2 table of the scans: which is which, why, and a selector to change it."""

import qt
from slicer.i18n import tr as _

from LWCTRLogic.case import VOLUMES
from LWCTRWidgets.Forms import chosen, combo, fill, label, volumeLabel


class ScanTable:
    """Baseline above follow-up, arterial beside portal venous; ``onChoice()`` is called after a change."""

    def __init__(self, onChoice):
        self.onChoice = onChoice
        self.records = []
        self.widget = qt.QWidget()
        self.widget.setObjectName("scanTable")
        grid = qt.QGridLayout(self.widget)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        self.selectors, self.reasons = {}, {}
        for place, volume in enumerate(VOLUMES):
            cell = qt.QFrame()
            cell.setFrameShape(qt.QFrame.StyledPanel)
            column = qt.QVBoxLayout(cell)
            column.setContentsMargins(6, 4, 6, 4)
            column.setSpacing(2)
            heading = label(f"<b>{volumeLabel(volume)}</b>")
            tip = _(
                "Which scan is this volume? The proposal is a guess from what the files and the image say."
            )
            self.selectors[volume] = combo(f"scan_{volume}", tip, [], lambda value: self._changed())
            self.reasons[volume] = label("", f"reason_{volume}")
            self.reasons[volume].setAlignment(qt.Qt.AlignTop)
            for widget in (heading, self.selectors[volume], self.reasons[volume]):
                column.addWidget(widget)
            column.addStretch(1)
            grid.addWidget(cell, place // 2, place % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    def showRecords(self, records):
        """Show a proposal that is not in the case yet."""
        self.records = records
        items = [(self._words(record), record["number"]) for record in records if not record["problem"]]
        for volume, box in self.selectors.items():
            proposed = next((one["number"] for one in records if one["use_as"] == volume), 0)
            fill(box, [(_("none"), 0), *items], proposed)
            box.enabled = True
            box.visible = True
        self.widget.visible = bool(records)
        self._explain()

    def showCase(self, case, info):
        """Show what the case holds."""
        self.records = []
        for volume, text in self.reasons.items():
            self.selectors[volume].visible = False
            scan = info.scans.get(volume)
            if scan is None:
                text.text = _("no scan")
                continue
            when = self._when(scan.day, info.first_dose_day)
            there = "" if case.image_path(volume).is_file() else _("not imported yet")
            text.text = "; ".join(filter(None, (when, there, scan.reason)))
        self.widget.visible = True

    def _when(self, day, firstDose):
        if day is None:
            return ""
        if firstDose is None:
            return _("day {day}").format(day=day)
        return _("day {day:+d} from the first dose").format(day=day - firstDose)

    def choices(self):
        """Return the number chosen for each volume, 0 for none."""
        return {volume: int(chosen(box) or 0) for volume, box in self.selectors.items()}

    def givenTwice(self):
        """Return the number of a scan that is chosen for two volumes, or 0."""
        numbers = [number for number in self.choices().values() if number]
        return next((number for number in numbers if numbers.count(number) > 1), 0)

    def _changed(self):
        self._explain()
        self.onChoice()

    def _explain(self):
        by = {record["number"]: record for record in self.records}
        for volume, number in self.choices().items():
            record = by.get(number)
            self.reasons[volume].text = self._reason(record, volume) if record else ""

    def _reason(self, record, volume):
        proposed = record["use_as"] == volume
        start = (
            _("proposed: ")
            if proposed
            else _("your choice; the proposal was {phase}: ").format(phase=record["phase"])
        )
        return start + record["reason"]

    def _words(self, record):
        day = _("day {day}").format(day=record["day"]) if record["day"] is not None else _("no date")
        what = _("{slices} slices of {mm:.1f} mm").format(slices=record["slices"], mm=record["spacing_mm"])
        return _("Scan {number}: {label}, {what}, {day}").format(
            number=record["number"], label=record["what"], what=what, day=day
        )
