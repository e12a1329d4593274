"""Turning a proposal into a case: overrides, pseudonym, ``case.json`` and images."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from LWCTRLogic.case import VOLUMES, Case, CaseInfo, Scan, check_case_id
from LWCTRLogic.dicom.propose import Proposal, propose
from LWCTRLogic.dicom.validate import check_days
from LWCTRLogic.errors import InputError, UsageError
from LWCTRLogic.imaging.io import write_image
from LWCTRLogic.progress import Progress


def parse_first_dose(text: str | None) -> dt.date | None:
    """Return the date that the user typed.

    Raises
    ------
    UsageError
        When it is none.
    """
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("--first-dose is no date", "YYYY-MM-DD") from error


def override(proposal: Proposal, chosen: Mapping[str, int | None]) -> Proposal:
    """Apply the user's choices, which go before every proposal; ``None`` leaves a volume out.

    Raises
    ------
    InputError
        When there is no such scan, it cannot be used, or one scan is given twice.
    """
    merged = dict(proposal.chosen)
    candidates = list(proposal.candidates)
    for volume, number in chosen.items():
        merged.pop(volume, None)
        if number is None:
            continue
        candidate = proposal.candidate(number)
        if candidate.problem:
            raise InputError(f"scan {number} cannot be {volume}: {candidate.problem}")
        if number in [other for other in chosen.values() if other is not None and other == number][1:]:
            raise InputError(f"scan {number} is given for two volumes", "a scan for each volume")
        merged = {name: other for name, other in merged.items() if other != number}
        merged[volume] = number
        candidates[number - 1] = replace(
            candidate, reason=f"chosen by the user; {candidate.reason}".rstrip("; ")
        )
    ordered = {volume: merged[volume] for volume in VOLUMES if volume in merged}
    return replace(proposal, candidates=tuple(candidates), chosen=ordered)


def save_case(
    folder: Path, proposal: Proposal, progress: Progress | None = None, *, case_id: str | None = None
) -> Case:
    """Write ``case.json`` and the images of the chosen scans.

    An existing case keeps its identity and clinical values; its scans are added to, never replaced.

    Parameters
    ----------
    folder : Path
        Case folder.
    proposal : Proposal
        What to write.
    progress : Progress, optional
        Told of every image.
    case_id : str, optional
        Pseudonym; random unless given, so that nothing of the patient can be derived from it.

    Raises
    ------
    InputError
        When nothing was chosen, the case already has scans, the follow-up lies before the baseline, or a scan
        is refused.
    """
    progress = progress or Progress()
    if not proposal.chosen:
        raise _nothing_chosen(proposal)
    case = Case(folder)
    info = _info(case, proposal, case_id)
    check_days(info)
    for done, (volume, number) in enumerate(proposal.chosen.items()):
        progress.update("writing images", done, len(proposal.chosen), volume)
        write_image(proposal.candidate(number).load(Progress()), case.image_path(volume))
    progress.update("writing images", len(proposal.chosen), len(proposal.chosen))
    # Last and at once: a run that was killed before has no scans yet, and is simply done again.
    case.save_info(info)
    return case


def _nothing_chosen(proposal: Proposal) -> InputError:
    """Say of each scan why it was not taken, and only offer a choice where there is one."""
    listed = "; ".join(
        f"scan {one.number}: {one.problem or f'phase {one.phase}, {one.reason}'}"
        for one in proposal.candidates
    )
    usable = any(not one.problem for one in proposal.candidates)
    return InputError(
        f"no scan of the folder could be assigned to a volume ({listed or 'no CT volume'})",
        "at least one arterial or portal venous scan without defects",
        "Choose by number: lwctr scan FOLDER --case CASE --pre-V NUMBER"
        if usable
        else "Export the series again",
    )


def _info(case: Case, proposal: Proposal, case_id: str | None) -> CaseInfo:
    days = proposal.days()
    scans = {
        volume: Scan(day=days[number], reason=proposal.candidate(number).reason)
        for volume, number in proposal.chosen.items()
    }
    if not case.info_path.exists():
        name = check_case_id(case_id) if case_id else f"case-{secrets.token_hex(4)}"
        return CaseInfo(name, scans, proposal.first_dose_day())
    before = case.load_info()
    if before.scans:
        raise InputError(
            f"{case.folder} already has scans ({', '.join(before.scans)})",
            "a case without scans",
            "Use a new folder",
        )
    dose = proposal.first_dose_day()
    return replace(before, scans=scans, first_dose_day=before.first_dose_day if dose is None else dose)


def scan_into(
    case: Case,
    folder: Path,
    progress: Progress | None = None,
    *,
    first_dose: dt.date | None = None,
    case_id: str | None = None,
) -> Proposal:
    """Sort a folder's scans into a case without asking: ``lwctr run --scan`` and ``lwctr batch``.

    Returns
    -------
    Proposal
        What was found and chosen.

    Raises
    ------
    InputError
        As :func:`save_case`; the message lists what was found.
    """
    progress = progress or Progress()
    proposal = propose(folder, progress, first_dose=first_dose)
    if not proposal.chosen:
        raise _nothing_chosen(proposal)
    for remark in proposal.remarks:
        progress.warning(remark)
    save_case(case.folder, proposal, progress, case_id=case_id)
    return proposal
