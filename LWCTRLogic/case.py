"""The case folder: one patient, up to four CT volumes, and everything made from them.

The folder is the truth; every step reads its inputs from it and writes its outputs into it::

    CASE/case.json                     who, when, which scans, clinical values (edited by people)
         images/pre_A.nii.gz …         the volumes as read
         masks/pre_A/v0001_auto.seg.nrrd …   immutable versions; current.json names the one in use
         readings.csv                  one row a saved mask
         features.parquet (+ .csv)     one row a volume
         findings.json                 what the checks noticed, and what a reader accepted
         aside/                        scans that were put aside, with their masks
         prediction.json  report.html  report.pdf
         manifest.json  log.jsonl      versions, settings, hashes, times

Days in ``case.json`` are whole days on an axis whose day 0 is the earliest scan; no date is kept. The day of
the first immunotherapy dose lies on the same axis, so changing that one number moves both time windows.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.clinical import ClinicalValue, check_clinical
from LWCTRLogic.errors import InputError

SCHEMA_VERSION = 1
VOLUMES = ("pre_A", "pre_V", "post_A", "post_V")
TIMEPOINTS = {"pre": "baseline", "post": "follow-up"}
PHASES = {"A": "arterial", "V": "portal venous"}
MASK_SUFFIX = ".seg.nrrd"
MADE_BY_A_STEP = ("auto", "existing")  # made again from their inputs at any time
_CASE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MASK_NAME = re.compile(r"v(\d{4})_([A-Za-z0-9-]+)\.seg\.nrrd")
READING_COLUMNS = ("volume", "reader", "reading", "start", "version", "active_seconds")


def volume_label(volume: str) -> str:
    """Return ``"baseline, arterial"`` for ``"pre_A"``."""
    timepoint, phase = volume.split("_")
    return f"{TIMEPOINTS[timepoint]}, {PHASES[phase]}"


@dataclass(frozen=True)
class Scan:
    """One of the four volumes.

    Attributes
    ----------
    source : str
        Where to read it from: a file or a DICOM folder, absolute or relative to the case folder. Empty once
        the volume lies in ``images/`` (a folder name may hold a patient's name, so it is not kept).
    day : int or None
        Whole days after the earliest scan that was brought in; ``None`` if unknown.
    mask : str
        A mask made elsewhere, to be used instead of segmentation; empty for none.
    reason : str
        Why this timepoint and phase were proposed.
    accepted : dict of str to str
        Warnings that a reader accepted: warning code → reason.
    """

    source: str = ""
    day: int | None = None
    mask: str = ""
    reason: str = ""
    accepted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseInfo:
    """The content of ``case.json``.

    Attributes
    ----------
    case_id : str
        The pseudonym: letters, digits, ``.``, ``_``, ``-``; at most 64.
    scans : dict of str to Scan
        By volume name (``pre_A`` …).
    first_dose_day : int or None
        Day of the first immunotherapy dose on the scans' axis; ``None`` if unknown.
    clinical : dict
        Values by variable name, in words or numbers (see :mod:`LWCTRLogic.clinical`).
    centre : str
        Where the scans were made; free text, may be empty.
    accepted : dict of str to str
        Warnings about the whole case that a reader accepted: warning code → reason.
    """

    case_id: str
    scans: Mapping[str, Scan] = field(default_factory=dict)
    first_dose_day: int | None = None
    clinical: Mapping[str, ClinicalValue] = field(default_factory=dict)
    centre: str = ""
    accepted: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "schema_version": SCHEMA_VERSION,
            "case_id": self.case_id,
            "first_dose_day": self.first_dose_day,
            "centre": self.centre,
            "scans": {
                name: {
                    "source": scan.source,
                    "day": scan.day,
                    "mask": scan.mask,
                    "reason": scan.reason,
                    "accepted": dict(scan.accepted),
                }
                for name, scan in self.scans.items()
            },
            "clinical": dict(self.clinical),
            "accepted": dict(self.accepted),
        }

    @classmethod
    def from_dict(cls, value: Any, where: str = "case.json") -> CaseInfo:
        """Check and read the JSON form.

        Raises
        ------
        InputError
            For a wrong schema version, unknown or misspelt keys, a volume name that is none of the four, a
            day that is no whole number, or a clinical value out of range.
        """
        if not isinstance(value, dict):
            raise InputError(f"{where} holds {type(value).__name__}", "a JSON object")
        if value.get("schema_version") != SCHEMA_VERSION:
            raise InputError(
                f"{where} has schema_version {value.get('schema_version')!r}", str(SCHEMA_VERSION)
            )
        _refuse_unknown(value, cls("x").to_dict(), where)
        scans = value.get("scans", {})
        if not isinstance(scans, dict):
            raise InputError(f"scans in {where} is {type(scans).__name__}", "an object by volume name")
        return cls(
            case_id=check_case_id(value.get("case_id")),
            scans={name: scan_from_dict(name, scan, where) for name, scan in scans.items()},
            first_dose_day=_whole_day(value.get("first_dose_day"), "first_dose_day"),
            clinical=check_clinical(value.get("clinical", {})),
            centre=str(value.get("centre", "")),
            accepted=_texts(value.get("accepted", {}), f"accepted in {where}"),
        )


def scan_from_dict(name: str, value: Any, where: str) -> Scan:
    """Check and read the JSON form of one scan; ``where`` is named in an InputError."""
    if name not in VOLUMES:
        raise InputError(f"{where} names a scan {name!r}", "one of " + ", ".join(VOLUMES))
    if not isinstance(value, dict):
        raise InputError(f"scan {name} in {where} is {type(value).__name__}", "an object")
    _refuse_unknown(value, dict.fromkeys(Scan.__dataclass_fields__), f"{where}, scan {name}")
    return Scan(
        source=str(value.get("source", "")),
        day=_whole_day(value.get("day"), f"day of {name}"),
        mask=str(value.get("mask", "")),
        reason=str(value.get("reason", "")),
        accepted=_texts(value.get("accepted", {}), f"accepted of {name} in {where}"),
    )


def _texts(value: Any, name: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise InputError(f"{name} is {type(value).__name__}", "an object of texts")
    return {str(key): str(item) for key, item in value.items()}


def _refuse_unknown(value: Mapping[str, Any], known: Mapping[str, Any], where: str) -> None:
    unknown = sorted(set(value) - set(known))
    if unknown:
        raise InputError(f"{where} has unknown keys {', '.join(unknown)}", "only " + ", ".join(known))


def _whole_day(value: Any, name: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{name} is {value!r}", "a whole number of days, or null if unknown")
    return value


def check_case_id(value: Any) -> str:
    """Return a pseudonym that is safe as a folder name and in a table.

    Raises
    ------
    InputError
        When it is empty, too long or holds other characters.
    """
    if not isinstance(value, str) or not _CASE_ID.fullmatch(value):
        raise InputError(
            f"case_id is {value!r}",
            "1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit",
            "Use a pseudonym, never a patient's name",
        )
    return value


@dataclass(frozen=True)
class MaskVersion:
    """One immutable mask of one volume."""

    volume: str
    number: int
    maker: str
    path: Path


class Case:
    """A case folder: paths, ``case.json``, mask versions and readings. Holds no pixels."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    @classmethod
    def create(cls, folder: Path, info: CaseInfo) -> Case:
        """Make the folder with a ``case.json``; an existing ``case.json`` is refused.

        Raises
        ------
        InputError
            When ``folder`` already is a case.
        """
        case = cls(folder)
        if case.info_path.exists():
            raise InputError(f"{folder} already holds a case.json", "a new folder", "Choose another folder")
        case.save_info(info)
        return case

    @property
    def info_path(self) -> Path:
        """Path of ``case.json``."""
        return self.folder / "case.json"

    @property
    def features_path(self) -> Path:
        """Path of ``features.parquet``."""
        return self.folder / "features.parquet"

    @property
    def prediction_path(self) -> Path:
        """Path of ``prediction.json``."""
        return self.folder / "prediction.json"

    @property
    def findings_path(self) -> Path:
        """Path of ``findings.json``."""
        return self.folder / "findings.json"

    @property
    def manifest_path(self) -> Path:
        """Path of ``manifest.json``."""
        return self.folder / "manifest.json"

    @property
    def log_path(self) -> Path:
        """Path of ``log.jsonl``."""
        return self.folder / "log.jsonl"

    def image_path(self, volume: str) -> Path:
        """Path of a volume's image."""
        return self.folder / "images" / f"{volume}.nii.gz"

    def load_info(self) -> CaseInfo:
        """Read and check ``case.json``.

        Raises
        ------
        InputError
            When it is missing or wrong.
        """
        if not self.info_path.exists():
            raise InputError(
                f"{self.folder} {'is a file' if self.folder.is_file() else 'holds no case.json'}",
                "a case folder",
                "Make one with 'lwctr scan FOLDER --case CASE'",
            )
        return CaseInfo.from_dict(files.read_json(self.info_path), str(self.info_path))

    def save_info(self, info: CaseInfo) -> None:
        """Write ``case.json``."""
        files.write_json(self.info_path, info.to_dict())

    def update_scan(self, volume: str, **changes: Any) -> CaseInfo:
        """Change fields of one scan and save; returns the new content."""
        info = self.load_info()
        scan = replace(info.scans.get(volume, Scan()), **changes)
        self.save_info(info := replace(info, scans={**info.scans, volume: scan}))
        return info

    def volumes(self) -> list[str]:
        """Names of the volumes of the case, in the fixed order."""
        scans = self.load_info().scans
        return [name for name in VOLUMES if name in scans]

    def mask_folder(self, volume: str) -> Path:
        """Folder of a volume's mask versions."""
        return self.folder / "masks" / volume

    def mask_versions(self, volume: str) -> list[MaskVersion]:
        """All mask versions of a volume, oldest first."""
        found = []
        for path in self.mask_folder(volume).glob("v*" + MASK_SUFFIX):
            match = _MASK_NAME.fullmatch(path.name)
            if match:
                found.append(MaskVersion(volume, int(match[1]), match[2], path))
        return sorted(found, key=lambda version: version.number)

    @contextmanager
    def changing_masks(self) -> Iterator[None]:
        """Keep other programs from adding masks and readings meanwhile, so that no number and no row is lost."""
        import filelock  # here, since the panel opens cases before anything is installed

        (self.folder / "masks").mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(self.folder / "masks" / ".lock"):
            yield

    def new_mask_path(self, volume: str, maker: str) -> Path:
        """Path for the next version of a mask made by ``maker`` (``auto``, ``reader-1`` …)."""
        maker = re.sub(r"[^A-Za-z0-9]+", "-", maker).strip("-") or "unknown"
        number = max((version.number for version in self.mask_versions(volume)), default=0) + 1
        return self.mask_folder(volume) / f"v{number:04d}_{maker}{MASK_SUFFIX}"

    def set_current_mask(self, volume: str, path: Path) -> None:
        """Make an existing version the one in use."""
        if path.parent != self.mask_folder(volume) or not path.exists():
            raise InputError(
                f"{path} is no mask version of {volume}", f"a file in {self.mask_folder(volume)}"
            )
        files.write_json(self.mask_folder(volume) / "current.json", {"version": path.name})

    def current_mask(self, volume: str) -> Path | None:
        """Path of the mask in use, or ``None`` when there is none yet.

        Raises
        ------
        InputError
            When ``current.json`` names a version that is not there.
        """
        pointer = self.mask_folder(volume) / "current.json"
        if not pointer.exists():
            return None
        path = self.mask_folder(volume) / str(files.read_json(pointer).get("version", ""))
        if not path.is_file():
            raise InputError(f"{pointer} names {path.name}, which does not exist", "an existing mask version")
        return path

    def drop_mask(self, version: MaskVersion) -> None:
        """Remove the mask of an unfinished step: its file, its reading, and its place in use.

        Raises
        ------
        InputError
            When a person made the mask: such a version is never removed.
        """
        if version.maker not in MADE_BY_A_STEP:
            raise InputError(
                f"{version.path.name} was made by {version.maker}", "a mask that a step can remake"
            )
        before = [one.path for one in self.mask_versions(version.volume) if one.number < version.number]
        if self.current_mask(version.volume) == version.path:
            if before:
                self.set_current_mask(version.volume, before[-1])
            else:
                (version.path.parent / "current.json").unlink()
        gone = (version.volume, version.path.name)
        with self.changing_masks():
            rows = self.readings()
            kept = [row for row in rows if (row["volume"], row["version"]) != gone]
            if kept != rows:
                self.save_readings(kept)
            version.path.unlink()

    def readings(self) -> list[dict[str, str]]:
        """Rows of ``readings.csv``."""
        path = self.folder / "readings.csv"
        if not path.exists():
            return []
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))

    def add_reading(self, row: Mapping[str, object]) -> None:
        """Append one row (see ``READING_COLUMNS``) to ``readings.csv``."""
        self.save_readings([*self.readings(), row])

    def save_readings(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Write ``readings.csv`` anew."""
        text = io.StringIO()
        writer = csv.DictWriter(text, READING_COLUMNS, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows({column: row.get(column, "") for column in READING_COLUMNS} for row in rows)
        files.write_text(self.folder / "readings.csv", text.getvalue())
