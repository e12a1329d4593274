"""Saying anew which scan of a case is which volume, long after the import, with nothing lost on the way.

A scan takes its masks, readings and acceptances along to its new place. One that leaves the case is put aside whole,
and can be brought back::

    CASE/aside/0001_pre_A/scan.json  image.nii.gz  masks/

The files are renamed, never copied, by a journal that is written first: after a kill, :func:`finish_change` goes on
where it stopped. What was computed with the former scans stays where it is and is out of date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES, Case, CaseInfo, Scan, scan_from_dict
from LWCTRLogic.dicom.validate import check_days
from LWCTRLogic.errors import InputError
from LWCTRLogic.provenance import Manifest, log, record_moved
from LWCTRLogic.reading.state import read_states

_FOLDER = "aside"
_JOURNAL = "change.json"
_NAME = re.compile(r"(\d{4})_(pre_A|pre_V|post_A|post_V)")
# Warnings about two scans together: another partner makes another warning.
_PAIRS = ("phase-volume", "phase-overlap", "phase-days", "phase-exchanged", "timepoint-volume")


@dataclass(frozen=True)
class Aside:
    """A scan that was put aside: its name, the volume that it was, and what the case's small files said of it."""

    name: str
    volume: str
    scan: Scan
    readings: tuple[Mapping[str, str], ...] = ()
    steps: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NewScan:
    """A scan that comes from outside: an image in the case's folder of new scans, and what is known of it."""

    image: Path
    scan: Scan


def put_aside(case: Case) -> list[Aside]:
    """Return the scans that were put aside, oldest first."""
    found = []
    for path in sorted((case.folder / _FOLDER).glob("*/scan.json")):
        if _NAME.fullmatch(path.parent.name):
            value = files.read_json(path)
            scan = scan_from_dict(value["volume"], value["scan"], str(path))
            readings, steps = tuple(value["readings"]), value["steps"]
            found.append(Aside(path.parent.name, value["volume"], scan, readings, steps))
    return found


def new_image_path(case: Case, volume: str) -> Path:
    """Return where the image of a new scan is written before it takes its place."""
    return case.folder / _FOLDER / "new" / f"{volume}.nii.gz"


def aside_image_path(case: Case, name: str) -> Path:
    """Return where the image of a scan lies that was put aside."""
    return case.folder / _FOLDER / name / "image.nii.gz"


def discard_new(case: Case) -> None:
    """Remove images of new scans that took no place; a change that was interrupted still needs them."""
    if not _journal(case).is_file():
        for path in new_image_path(case, "x").parent.glob("*.nii.gz"):
            path.unlink()
        _drop_empty(case.folder / _FOLDER)


def refuse_open_readings(case: Case) -> None:
    """Refuse a change of scans while a reader draws on one of them.

    Raises
    ------
    InputError
        Naming the reading.
    """
    for _, state in read_states(case):
        raise InputError(
            f"reading {state.reading} of {state.volume} by {state.reader} is open",
            "a case without an open reading",
            "Close the reading, or give it up",
        )


def change_scans(
    case: Case, places: Mapping[str, str | None], new: Mapping[str, NewScan] | None = None
) -> list[str]:
    """Put scans of a case into other places; call it inside :func:`LWCTRLogic.pipeline.locked`.

    Parameters
    ----------
    case : Case
        The case.
    places : dict of str to str or None
        Volume → where its scan is now: a volume (``pre_V``), the name of one put aside (``0001_pre_A``), or ``None``
        to leave the volume without a scan.
    new : dict of str to NewScan, optional
        Volume → a scan that comes from outside.

    Returns
    -------
    list of str
        The volumes that hold another scan now.

    Raises
    ------
    InputError
        When a place is unknown or given twice, a volume loses its scan without a word, no scan would be left, the
        follow-up would not be later than the baseline, or a reading is open; nothing has changed then.
    """
    refuse_open_readings(case)
    plan = _Plan(case, places, new or {})
    if not plan.changed:
        return []
    check_days(plan.info)
    files.write_json(_journal(case), plan.to_dict())
    finish_change(case)
    return plan.changed


def finish_change(case: Case) -> bool:
    """Go on with a change of scans that was interrupted; returns whether there was one."""
    path = _journal(case)
    if not path.is_file():
        return False
    plan = files.read_json(path)
    for name, value in plan["aside"].items():
        files.write_json(case.folder / _FOLDER / name / "scan.json", value)
    while plan["moves"]:
        source, target = (case.folder / place for place in plan["moves"][0])
        if source.exists():  # else it was moved, and the kill came before the journal was written
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
        plan["moves"].pop(0)
        files.write_json(path, plan)
    case.save_readings(plan["readings"])
    Manifest(case).replace(plan["steps"])
    case.findings_path.unlink(missing_ok=True)  # what readers accepted stands in case.json
    case.save_info(CaseInfo.from_dict(plan["case"]))
    for name in plan["returned"]:
        (case.folder / _FOLDER / name / "scan.json").unlink(missing_ok=True)
    log(case, "scans changed", **plan["log"])
    path.unlink()
    _drop_empty(case.folder / _FOLDER)
    return True


def _journal(case: Case) -> Path:
    return case.folder / _FOLDER / _JOURNAL


def _drop_empty(folder: Path) -> None:
    for place in sorted([*folder.rglob("*"), folder], reverse=True):
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()


class _Plan:
    """What a change does: where each scan goes, and what the small files say afterwards."""

    def __init__(self, case: Case, places: Mapping[str, str | None], new: Mapping[str, NewScan]) -> None:
        self.case, self.before = case, case.load_info()
        self.asides = {one.name: one for one in put_aside(case)}
        self.new = new
        self._check(places)
        self._refuse_gaps(places)
        self.origin = self._origins(places)  # volume → volume, name of one put aside, or "new"
        self.changed = [
            name for name in VOLUMES if self.origin.get(name) != (name if name in self.before.scans else None)
        ]
        stay = set(self.origin.values())
        number = max((int(name[:4]) for name in self.asides), default=0)
        leaving = [name for name in self.before.scans if name not in stay]
        self.leaving = {name: f"{number + place:04d}_{name}" for place, name in enumerate(leaving, 1)}
        self.info = replace(
            self.before, scans={name: self._scan(name) for name in VOLUMES if name in self.origin}
        )

    def _check(self, places: Mapping[str, str | None]) -> None:
        given = [place for place in places.values() if place is not None]
        for place in given:
            if place not in self.before.scans and place not in self.asides:
                raise InputError(
                    f"the case has no scan {place!r}",
                    "one of " + ", ".join([*self.before.scans, *self.asides]),
                )
            if given.count(place) > 1:
                raise InputError(
                    f"the scan {place} is given to two volumes", "a scan of its own for each volume"
                )

    def _refuse_gaps(self, places: Mapping[str, str | None]) -> None:
        """Refuse to take a volume's scan away without a word on what the volume is then."""
        for volume, place in places.items():
            if place in self.before.scans and place not in places and place not in self.new:
                raise InputError(
                    f"the scan of {place} goes to {volume}, and {place} is given no other",
                    f"a scan for {place}, or 'none'",
                )

    def _origins(self, places: Mapping[str, str | None]) -> dict[str, str]:
        taken = set(places.values())
        found = {name: name for name in self.before.scans if name not in taken}
        found.update({volume: place for volume, place in places.items() if place is not None})
        found.update(dict.fromkeys(self.new, "new"))
        for volume, place in places.items():
            if place is None:
                found.pop(volume, None)
        if not found:
            raise InputError("the case would be left without any scan", "at least one scan")
        return found

    def _scan(self, volume: str) -> Scan:
        origin = self.origin[volume]
        if origin == "new":
            return self.new[volume].scan
        scan = self.asides[origin].scan if origin in self.asides else self.before.scans[origin]
        same = origin == volume
        kept = {
            code: why
            for code, why in scan.accepted.items()
            if (code not in _PAIRS if same else code.startswith("mask-"))
        }
        return replace(scan, accepted=kept)

    # ---- what is written ---------------------------------------------------------------------------------
    def to_dict(self) -> dict[str, Any]:
        """Return the journal."""
        moved = {origin: volume for volume, origin in self.origin.items() if origin != "new"}
        return {
            "moves": self._moves(),
            "case": self.info.to_dict(),
            "readings": self._readings(moved),
            "steps": self._steps(moved),
            "aside": {name: self._record(volume) for volume, name in self.leaving.items()},
            "returned": [name for name in self.asides if name in moved],
            "log": {
                "places": self.origin,
                "put_aside": self.leaving,
                "accepted_before": {name: dict(scan.accepted) for name, scan in self.before.scans.items()},
            },
        }

    def _record(self, volume: str) -> dict[str, Any]:
        rows = [row for row in self.case.readings() if row["volume"] == volume]
        steps = Manifest(self.case).moved_steps({volume: volume})
        return {"volume": volume, "scan": asdict(self.before.scans[volume]), "readings": rows, "steps": steps}

    def _steps(self, moved: Mapping[str, str]) -> dict[str, Any]:
        """Return the records of steps that still hold: those of one scan alone."""
        found = Manifest(self.case).moved_steps(moved)
        for name, aside in self.asides.items():
            if name in moved:
                for step, record in aside.steps.items():
                    key = step.replace(aside.volume, moved[name])
                    found[key] = record_moved(record, aside.volume, moved[name])
        return found

    def _readings(self, moved: Mapping[str, str]) -> list[dict[str, str]]:
        rows = [
            {**row, "volume": moved[row["volume"]]} for row in self.case.readings() if row["volume"] in moved
        ]
        for name, aside in self.asides.items():
            if name in moved:
                rows += [{**row, "volume": moved[name]} for row in aside.readings]
        return rows

    def _moves(self) -> list[tuple[str, str]]:
        """Return what is renamed to what, in order: first everything out of its place, then in."""
        out, into = [], []
        for volume, name in self.leaving.items():
            out += _package(self._place(volume), self._place(name))
        for volume, origin in self.origin.items():
            if origin == "new":
                into.append((self._relative(self.new[volume].image), self._place(volume)[0]))
            elif origin in self.asides:
                into += _package(self._place(origin), self._place(volume))
            elif origin != volume:
                between = (f"{_FOLDER}/moving/{origin}.nii.gz", f"{_FOLDER}/moving/{origin}")
                out += _package(self._place(origin), between)
                into += _package(between, self._place(volume))
        return [*out, *into]

    def _place(self, name: str) -> tuple[str, str]:
        """Return image and folder of masks of a scan, below the case folder."""
        if name in VOLUMES:
            return self._relative(self.case.image_path(name)), self._relative(self.case.mask_folder(name))
        return f"{_FOLDER}/{name}/image.nii.gz", f"{_FOLDER}/{name}/masks"

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.case.folder).as_posix()


def _package(source: tuple[str, str], target: tuple[str, str]) -> list[tuple[str, str]]:
    return list(zip(source, target, strict=True))
