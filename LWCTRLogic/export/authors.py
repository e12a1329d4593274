"""Who made a mask: the reader or the algorithm that a DICOM object names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from LWCTRLogic import __version__
from LWCTRLogic.case import MADE_BY_A_STEP, Case
from LWCTRLogic.errors import InputError
from LWCTRLogic.export.generated import person_name
from LWCTRLogic.provenance import Manifest
from LWCTRLogic.reading.state import EMPTY
from LWCTRLogic.segment.propagate import MAKER as PROPAGATED


@dataclass(frozen=True)
class Author:
    """Who made one mask.

    Attributes
    ----------
    reader : str
        The reader's pseudonym; empty for a mask that a step made.
    name : str
        The reader's name for the DICOM object, ``Family^Given``; the pseudonym where none was given.
    kind : str
        ``MANUAL``, ``SEMIAUTOMATIC`` or ``AUTOMATIC``, as DICOM calls them.
    algorithm, version : str
        What proposed the mask; empty for a mask drawn by hand.
    parameters : dict of str to str
        What decided the proposal.
    """

    reader: str
    name: str
    kind: str
    algorithm: str = ""
    version: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def author_of(case: Case, volume: str, version: str, names: Mapping[str, str]) -> Author:
    """Return who made a mask version.

    Parameters
    ----------
    case : Case
        The case.
    volume, version : str
        Volume name, and file name of the mask version.
    names : dict of str to str
        Reader's pseudonym → name.

    Raises
    ------
    InputError
        When ``readings.csv`` has no row of the version.
    """
    rows = [row for row in case.readings() if (row["volume"], row["version"]) == (volume, version)]
    if not rows:
        raise InputError(f"readings.csv has no row of {volume} {version}", "one row a mask")
    reader, start = rows[0]["reader"], rows[0]["start"]
    by_step = reader in (*MADE_BY_A_STEP, PROPAGATED)
    kind = "AUTOMATIC" if by_step else "MANUAL" if start == EMPTY else "SEMIAUTOMATIC"
    name = "" if by_step else person_name(names.get(reader, reader))
    own = "" if by_step else reader
    if kind == "MANUAL":
        return Author(own, name, kind)
    return Author(own, name, kind, *_algorithm(case, volume, start or reader))


def _algorithm(case: Case, volume: str, start: str) -> tuple[str, str, dict[str, str]]:
    if start == PROPAGATED:
        return "LWCTR propagation by rigid registration", __version__, {}
    record = Manifest(case).record(f"segment:{volume}") or {}
    settings: dict[str, Any] = record.get("settings", {})
    versions: dict[str, str] = record.get("versions", {})
    backend = str(settings.get("backend", start))
    model = str(settings.get("model", ""))
    told = {key: str(settings[key]) for key in ("model", "sha256") if settings.get(key)}
    return f"{backend} {model}".strip(), versions.get("lwctr", __version__), told
