"""The 2 × 2 table of the scans: which is which, why, and a selector to change it, before the import and after it."""

import qt
from slicer.i18n import tr as _

from LWCTRLogic.case import VOLUMES
from LWCTRWidgets.Forms import chosen, combo, fill, label, volumeLabel

NONE = "none"


class ScanTable:
    """Baseline above follow-up, arterial beside portal venous; ``onChoice()`` is called after a change.

    A scan is chosen by the word that the command takes for it: a number of the folder's list, a volume of the case,
    the name of a scan that was put aside, or ``none``.
    """

    def __init__(self, onChoice):
        self.onChoice = onChoice
        self._reasons = {}  # word → function of the volume → text
        self.widget = qt.QWidget()
        self.widget.setObjectName("scanTable")
        grid = qt.QGridLayout(self.widget)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        self.selectors, self.reasons = {}, {}
        for place, volume in enumerate(VOLUMES):
            grid.addWidget(self._cell(volume), place // 2, place % 2)
        self.unusable = label("", "unusableScans")
        grid.addWidget(self.unusable, 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    def _cell(self, volume):
        cell = qt.QFrame()
        cell.setFrameShape(qt.QFrame.StyledPanel)
        column = qt.QVBoxLayout(cell)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(2)
        heading = label(f"<b>{volumeLabel(volume)}</b>")
        tip = _("Which scan is this volume? The proposal is a guess from what the files and the image say.")
        self.selectors[volume] = combo(f"scan_{volume}", tip, [], lambda value: self._changed())
        self.reasons[volume] = label("", f"reason_{volume}")
        self.reasons[volume].setAlignment(qt.Qt.AlignTop)
        for widget in (heading, self.selectors[volume], self.reasons[volume]):
            column.addWidget(widget)
        column.addStretch(1)
        return cell

    # ---- showing -----------------------------------------------------------------------------------------
    def showRecords(self, records):
        """Show a proposal that is not in the case yet."""
        self._offer(self._found(records))
        for volume, box in self.selectors.items():
            proposed = next((str(one["number"]) for one in records if one["use_as"] == volume), NONE)
            box.setCurrentIndex(box.findData(proposed))
        self.widget.visible = bool(records)
        self._explain()
        self._tellUnusable(records)

    def showChoices(self, info, asides, records):
        """Show the scans of a case, those put aside, and those of a folder, to choose anew from."""
        offered = [
            (volume, volumeLabel(volume), self._stored(info, scan, volume))
            for volume, scan in info.scans.items()
        ]
        offered += [
            (
                one.name,
                _("Put aside {number}: {volume}").format(
                    number=int(one.name[:4]), volume=volumeLabel(one.volume)
                ),
                self._stored(info, one.scan),
            )
            for one in asides
        ]
        before = {volume: chosen(box) for volume, box in self.selectors.items()}
        self._offer([*offered, *self._found(records)])
        for volume, box in self.selectors.items():
            wanted = before[volume] if before[volume] in self._reasons else ""
            box.setCurrentIndex(box.findData(wanted or (volume if volume in info.scans else NONE)))
        self.widget.visible = True
        self._explain()
        self._tellUnusable(records)

    def showCase(self, case, info):
        """Show what the case holds."""
        for volume, text in self.reasons.items():
            self.selectors[volume].visible = False
            self.selectors[volume].clear()
            scan = info.scans.get(volume)
            if scan is None:
                text.text = _("no scan")
                continue
            there = "" if case.image_path(volume).is_file() else _("not imported yet")
            text.text = "; ".join(filter(None, (self._when(scan.day, info), there, scan.reason)))
        self.widget.visible = True
        self._tellUnusable([])

    def _tellUnusable(self, records):
        """Tell under the table which scans of the folder cannot be chosen, and why."""
        words = _("Scan {number} ({label}) cannot be used: {problem}")
        self.unusable.text = "\n".join(
            "\u26a0 " + words.format(number=one["number"], label=one["what"], problem=one["problem"])
            for one in records
            if one["problem"]
        )
        self.unusable.visible = bool(self.unusable.text)

    def _offer(self, entries):
        """Fill the selectors with (word, what is shown, function that explains)."""
        self._reasons = {word: explain for word, _shown, explain in entries}
        items = [(shown, word) for word, shown, _explain in entries]
        for box in self.selectors.values():
            fill(box, [(_("none"), NONE), *items])
            box.enabled = box.visible = True

    def _found(self, records):
        usable = (record for record in records if not record["problem"])
        return [(str(one["number"]), self._words(one), self._proposal(one)) for one in usable]

    def _stored(self, info, scan, now=""):
        """Return what explains a scan of the case; ``now`` is the volume that it is until the change."""
        text = "; ".join(filter(None, (self._when(scan.day, info), scan.reason)))
        moved = _("until now {volume}; ").format(volume=volumeLabel(now)) if now else ""
        return lambda volume: text if volume == now else moved + text

    def _when(self, day, info):
        if day is None:
            return _("day unknown") if any(scan.day is not None for scan in info.scans.values()) else ""
        if info.first_dose_day is None:
            return _("day {day}").format(day=day)
        return _("day {day:+d} from the first dose").format(day=day - info.first_dose_day)

    # ---- choosing ----------------------------------------------------------------------------------------
    def choices(self):
        """Return the word of the scan chosen for each volume."""
        return {volume: chosen(box) or NONE for volume, box in self.selectors.items()}

    def givenTwice(self):
        """Return how a scan is shown that is chosen for two volumes, or nothing."""
        words = [word for word in self.choices().values() if word != NONE]
        twice = next((word for word in words if words.count(word) > 1), None)
        box = next(iter(self.selectors.values()))
        return "" if twice is None else box.itemText(box.findData(twice)).partition(": ")[0]

    def _changed(self):
        self._explain()
        self.onChoice()

    def _explain(self):
        for volume, word in self.choices().items():
            explain = self._reasons.get(word)
            self.reasons[volume].text = explain(volume) if explain is not None else ""

    def _proposal(self, record):
        def explain(volume):
            if record["use_as"] == volume:
                return _("proposed: ") + record["reason"]
            start = _("your choice; the proposal was {phase}: ").format(phase=record["phase"])
            return start + record["reason"]

        return explain

    def _words(self, record):
        day = _("day {day}").format(day=record["day"]) if record["day"] is not None else _("no date")
        what = _("{slices} slices of {mm:.1f} mm").format(slices=record["slices"], mm=record["spacing_mm"])
        return _("Scan {number}: {label}, {what}, {day}").format(
            number=record["number"], label=record["what"], what=what, day=day
        )
