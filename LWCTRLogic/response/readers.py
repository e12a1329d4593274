"""A response category by two readers, with an adjudicator where they differ.

Each answer is kept in ``response.json``; what they come to goes into ``clinical.mrecist`` of ``case.json``,
in words (``CR``, ``PR``, ``SD``, ``PD``). The method counts CR, PR and SD as response and PD as none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.case import Case
from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.errors import InputError
from LWCTRLogic.provenance import log
from LWCTRLogic.reading.state import check_reader

SCHEMA_VERSION = 1
READERS = 2
RESPONDER = {"CR": True, "PR": True, "SD": True, "PD": False}


@dataclass(frozen=True)
class ResponseRecord:
    """The answers for one case.

    Attributes
    ----------
    readers : dict of str to str
        Reader → category, two at most.
    adjudicator : str
        A third reader's pseudonym, or empty.
    ruling : str
        The adjudicator's category, or empty.
    """

    readers: Mapping[str, str] = field(default_factory=dict)
    adjudicator: str = ""
    ruling: str = ""

    @property
    def differs(self) -> bool:
        """Whether two readers gave different categories."""
        return len(set(self.readers.values())) > 1

    @property
    def needs_adjudicator(self) -> bool:
        """Whether two readers differ and nobody has ruled yet."""
        return self.differs and not self.ruling

    @property
    def result(self) -> str | None:
        """The category that counts: agreed by both readers or ruled; ``None`` while it is open."""
        if len(self.readers) < READERS or self.needs_adjudicator:
            return None
        return self.ruling if self.differs else next(iter(self.readers.values()))

    @property
    def responder(self) -> bool | None:
        """Whether the result counts as response; ``None`` while it is open."""
        return None if self.result is None else RESPONDER[self.result]

    @property
    def state(self) -> str:
        """What is there, or what is still to be done, in words."""
        if len(self.readers) < READERS:
            return f"{len(self.readers)} of {READERS} readers"
        if self.needs_adjudicator:
            return "the readers differ: an adjudicator is needed"
        return f"ruled by {self.adjudicator}" if self.differs else "the readers agree"


def read_response(case: Case) -> ResponseRecord:
    """Return the answers so far; a case without any has an empty record.

    Raises
    ------
    InputError
        When ``response.json`` is damaged.
    """
    path = case.folder / "response.json"
    if not path.exists():
        return ResponseRecord()
    content = files.read_json(path)
    if content.get("schema_version") != SCHEMA_VERSION:
        raise InputError(f"{path} is of another kind or version", f"schema_version {SCHEMA_VERSION}")
    value: dict[str, Any] = content["mrecist"]
    return ResponseRecord(dict(value["readers"]), value["adjudicator"], value["ruling"])


def record_response(case: Case, reader: str, category: str, *, adjudicator: bool = False) -> ResponseRecord:
    """Note one answer, and the result in ``case.json`` (unknown while it is open).

    A reader may correct an answer; a ruling on answers that then changed is dropped.

    Raises
    ------
    InputError
        For a category that is none, a third reader, an adjudicator who is not needed or was one of the readers.
    """
    check_reader(reader)
    category = str(VARIABLES["mrecist"].check(category) or "")
    if not category:
        raise InputError("no category given", "one of " + ", ".join(VARIABLES["mrecist"].choices))
    before = read_response(case)
    record = _ruled(before, reader, category) if adjudicator else _answered(before, reader, category)
    value = {
        "readers": dict(record.readers),
        "adjudicator": record.adjudicator,
        "ruling": record.ruling,
        "result": record.result,
    }
    files.write_json(case.folder / "response.json", {"schema_version": SCHEMA_VERSION, "mrecist": value})
    info = case.load_info()
    case.save_info(replace(info, clinical={**info.clinical, "mrecist": record.result}))
    log(case, "mrecist", reader=reader, category=category, adjudicator=adjudicator)
    return record


def _answered(record: ResponseRecord, reader: str, category: str) -> ResponseRecord:
    if reader == record.adjudicator:
        raise InputError(f"{reader} is the adjudicator", "another reader")
    if reader not in record.readers and len(record.readers) == READERS:
        raise InputError(
            f"{' and '.join(record.readers)} have answered",
            f"{READERS} readers",
            "Where they differ, a third one rules as adjudicator",
        )
    if record.readers.get(reader) == category:
        return record
    return ResponseRecord({**record.readers, reader: category})


def _ruled(record: ResponseRecord, reader: str, category: str) -> ResponseRecord:
    if reader in record.readers:
        raise InputError(f"{reader} is one of the two readers", "a third person as adjudicator")
    if not record.differs:
        raise InputError(f"no ruling is needed ({record.state})", "two readers who differ")
    return replace(record, adjudicator=reader, ruling=category)
