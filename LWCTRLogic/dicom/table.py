"""A proposal as a table for people and as records for programs: no name, no date, no free text of a file."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from LWCTRLogic.case import TIMEPOINTS, volume_label
from LWCTRLogic.dicom.propose import Proposal

_HEADINGS = ("scan", "what", "slices", "mm", "day", "timepoint", "phase", "use as")
_WIDTH = 100


def as_records(proposal: Proposal) -> dict[str, Any]:
    """Return the JSON form of a proposal."""
    days = proposal.days()
    uses = {number: volume for volume, number in proposal.chosen.items()}
    return {
        "scans": [
            {
                "number": c.number,
                "what": c.label,
                "slices": c.images,
                "spacing_mm": round(c.spacing_mm, 4),
                "day": days[c.number],
                "timepoint": c.timepoint,
                "phase": c.phase,
                "use_as": uses.get(c.number, ""),
                "reason": c.reason,
                "problem": c.problem,
            }
            for c in proposal.candidates
        ],
        "skipped": [
            {"images": item.images, "series": _digits(item.series_number), "reason": item.reason}
            for item in proposal.skipped
        ],
        "first_dose_day": proposal.first_dose_day(),
        "remarks": list(proposal.remarks),
    }


def as_text(proposal: Proposal) -> str:
    """Return the table that ``lwctr scan`` prints."""
    records = as_records(proposal)
    lines = _table(records["scans"])
    if records["skipped"]:
        lines += ["", "Not used:", *_skipped(records["skipped"])]
    summary = _summary(proposal, records)
    if summary:
        lines += ["", *summary]
    return "".join(line + "\n" for line in lines).removeprefix("\n")


def _skipped(items: Sequence[dict[str, Any]]) -> list[str]:
    """Return one line a reason, with the images and the series that it concerns."""
    images: dict[str, int] = {}
    series: dict[str, list[str]] = {}
    for item in items:
        images[item["reason"]] = images.get(item["reason"], 0) + item["images"]
        series.setdefault(item["reason"], []).extend([item["series"]] if item["series"] else [])
    return [
        f"  {count} × {reason}" + (f" (series {', '.join(series[reason])})" if series[reason] else "")
        for reason, count in images.items()
    ]


def _digits(text: str) -> str:
    return text if text.isdigit() else ""


def _table(scans: Sequence[dict[str, Any]]) -> list[str]:
    rows = [
        (
            str(scan["number"]),
            scan["what"],
            str(scan["slices"] or ""),
            f"{scan['spacing_mm']:.2f}" if scan["spacing_mm"] else "",
            "?" if scan["day"] is None else str(scan["day"]),
            TIMEPOINTS.get(scan["timepoint"], scan["timepoint"]),
            "" if scan["problem"] else scan["phase"],
            scan["use_as"] or "–",
        )
        for scan in scans
    ]
    widths = [max(len(row[column]) for row in [_HEADINGS, *rows]) for column in range(len(_HEADINGS))]
    lines = [_line(_HEADINGS, widths)] if rows else []
    for scan, row in zip(scans, rows, strict=True):
        lines.append(_line(row, widths))
        text = f"cannot be used: {scan['problem']}" if scan["problem"] else scan["reason"]
        lines += textwrap.wrap(text, _WIDTH, initial_indent="      ", subsequent_indent="      ")
    return lines


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _summary(proposal: Proposal, records: dict[str, Any]) -> list[str]:
    lines = [f"note: {remark}" for remark in proposal.remarks]
    if proposal.chosen:
        used = ", ".join(f"{volume} = scan {number}" for volume, number in proposal.chosen.items())
        lines.append(f"Proposed: {used}")
    missing = [volume for volume in ("pre_A", "pre_V", "post_A", "post_V") if volume not in proposal.chosen]
    if missing and proposal.candidates:
        named = "; ".join(f"{volume} ({volume_label(volume)})" for volume in missing)
        taken = proposal.chosen.values()
        choice = any(not one.problem and one.number not in taken for one in proposal.candidates)
        option = f"--{missing[0].replace('_', '-')} NUMBER"
        advice = f". Choose one by its number, for example {option}" if choice else ""
        lines.append(f"Without a scan: {named}{advice}")
    if records["first_dose_day"] is None and proposal.candidates:
        lines.append("The day of the first dose is unknown: give --first-dose YYYY-MM-DD or edit case.json")
    return lines
