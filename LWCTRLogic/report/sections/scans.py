"""The patient, the scans, the warnings, the slices and the liver volumes."""

from __future__ import annotations

from itertools import zip_longest

from LWCTRLogic.case import PHASES, VOLUMES, volume_label
from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.findings import Finding
from LWCTRLogic.report.document import (
    Block,
    Callout,
    Cell,
    Column,
    Paragraph,
    Picture,
    PictureGrid,
    Section,
    Table,
)
from LWCTRLogic.report.figures.slices import draw_slice, window_words
from LWCTRLogic.report.gather import ReportData, VolumeFacts
from LWCTRLogic.report.slices import SlicePicture, framed
from LWCTRLogic.report.text import NOTHING, clean, day_from_dose, number, sentence, significant

CELL_WIDTH, CELL_HEIGHT = 86.0, 53.0  # mm: two to a row and four rows to a page of A4


def warnings_section(data: ReportData) -> Section:
    """Return the warnings, open ones first, each with its reason where a reader accepted it."""
    if not data.findings:
        return Section("warnings", "Warnings", (Callout("fine", "No warnings"),))
    still_open = [finding for finding in data.findings if not finding.accepted]
    accepted = [finding for finding in data.findings if finding.accepted]
    blocks: list[Block] = []
    if still_open:
        lines = tuple(_warning(finding) for finding in still_open)
        blocks.append(Callout("warning", f"Not yet looked at by a reader: {len(lines)}", lines))
    if accepted:
        rows = tuple(
            (Cell(_where(finding), "strong"), Cell(sentence(finding.text)), Cell(sentence(finding.accepted)))
            for finding in accepted
        )
        columns = (Column("Scan", 1.6), Column("Warning", 4), Column("Accepted because", 3))
        blocks.append(Table("Accepted by a reader", columns, rows))
    return Section("warnings", "Warnings", tuple(blocks))


def _where(finding: Finding) -> str:
    if not finding.volume:
        return "Whole case"
    return _volume_words(finding.volume)


def _volume_words(volume: str) -> str:
    words = volume_label(volume) if volume in VOLUMES else clean(volume)
    return words[:1].upper() + words[1:]


def _warning(finding: Finding) -> str:
    return f"{_where(finding)}: {sentence(finding.text)}"


def patient_section(data: ReportData) -> Section:
    """Return the table of scans and the clinical values."""
    columns: tuple[Column, ...] = (
        Column("Scan", 2.3),
        Column("Day from first dose", 1.3, "right"),
        Column("Spacing x × y × z, mm", 2),
        Column("Slices", 0.9, "right"),
        Column("Mask", 1),
        Column("By whom", 2.6),
    )
    rows = tuple(_scan_row(data, name) for name in VOLUMES)
    blocks: list[Block] = [Table("Scans and masks", columns, rows)]
    reasons = [
        f"{_volume_words(name)}: {clean(scan.reason)}"
        for name, scan in data.info.scans.items()
        if scan.reason
    ]
    if reasons:
        blocks.append(Paragraph(f"Why these timepoints and phases: {'; '.join(reasons)}.", "note"))
    if data.info.first_dose_day is None:
        blocks.append(Paragraph("The day of the first dose is not given.", "note"))
    clinical = _clinical_rows(data)
    if clinical:
        pair = (Column("Variable", 3), Column("Value", 2))
        blocks.append(Table("Clinical values", (*pair, *pair), clinical))
    else:
        blocks.append(Paragraph("No clinical values are given.", "note"))
    return Section("patient", "Patient and scans", tuple(blocks))


def _scan_row(data: ReportData, name: str) -> tuple[Cell, ...]:
    title = Cell(_volume_words(name), "strong")
    scan, facts = data.info.scans.get(name), data.volumes.get(name)
    if scan is None or facts is None:
        return (title, *(Cell(text, "muted") for text in (NOTHING, "not given", NOTHING, NOTHING, NOTHING)))
    return (
        title,
        Cell(day_from_dose(scan.day, data.info.first_dose_day)),
        Cell(" × ".join(number(step) for step in facts.spacing)),
        Cell(str(facts.slices)),
        Cell(f"v{facts.mask.number:04d}" if facts.mask else "none", "" if facts.mask else "warning"),
        Cell(_maker(facts)),
    )


def _maker(facts: VolumeFacts) -> str:
    """Return who made the mask in use, and what they started from."""
    if facts.mask is None:
        return NOTHING
    if facts.mask.maker == "auto":
        return "automatic, not reviewed"
    words = clean(facts.reading.get("reader") or facts.mask.maker)
    reading, start = clean(facts.reading.get("reading", "")), clean(facts.reading.get("start", ""))
    if reading:
        words += f", reading {reading}"
    return f"{words}, started from {start}" if start else words


def _clinical_rows(data: ReportData) -> tuple[tuple[Cell, ...], ...]:
    """Return the known values, two variables to a row."""
    pairs = []
    for name, variable in VARIABLES.items():
        value = data.info.clinical.get(name)
        if value is not None:
            text = f"{significant(value, 6)} {variable.unit}".strip()
            pairs.append((Cell(variable.label, "strong"), Cell(text)))
    half = (len(pairs) + 1) // 2
    empty = (Cell(""), Cell(""))
    return tuple((*left, *right) for left, right in zip_longest(pairs[:half], pairs[half:], fillvalue=empty))


def slices_section(data: ReportData) -> Section | None:
    """Return the slices of every volume, or ``None`` when there is no image."""
    if not data.volumes:
        return None
    names = [name for name in VOLUMES if name in data.volumes]
    drawn = framed([picture for name in names for picture in _planes(data.volumes[name])])
    scale = min(
        CELL_WIDTH / max(picture.size[0] for picture in drawn),
        CELL_HEIGHT / max(picture.size[1] for picture in drawn),
    )
    owners = [name for name in names for _ in ("axial", "coronal")]
    pictures = tuple(
        _slice(name, data.volumes[name], picture, scale) for name, picture in zip(owners, drawn, strict=True)
    )
    note = (
        f"Each scan where its liver cross-section is largest, all at one scale; {window_words()}; the mask "
        "in use outlined in orange. R and L are the patient's right and left; the bar is 5 cm."
    )
    blocks = (Paragraph(note, "note"), PictureGrid(pictures))
    return Section("slices", "Slices with the liver outline", blocks, len(names) > 2)


def _planes(facts: VolumeFacts) -> tuple[SlicePicture, SlicePicture]:
    return facts.axial, facts.coronal


def _slice(name: str, facts: VolumeFacts, picture: SlicePicture, scale: float) -> Picture:
    width, height = picture.size
    outline = "liver outlined in orange" if facts.mask else "no mask yet"
    caption = f"{_volume_words(name)}: {picture.plane}, slice {picture.position}"
    return Picture(
        f"{name}-{picture.plane}",
        lambda canvas: draw_slice(canvas, picture),
        width * scale,
        height * scale,
        caption,
        f"CT slice, {volume_label(name)}, {picture.plane}, {outline}, patient's right at the left.",
        caption if facts.mask else f"{caption} (no mask yet)",
    )


def volumes_section(data: ReportData) -> Section | None:
    """Return the liver volumes and their change, or ``None`` without a mask."""
    millilitres = {name: facts.liver_ml for name, facts in data.volumes.items() if facts.liver_ml is not None}
    if not millilitres:
        return None
    columns = (
        Column("Phase", 2),
        Column("Baseline, mL", 1.4, "right"),
        Column("Follow-up, mL", 1.4, "right"),
        Column("Change, mL", 1.4, "right"),
        Column("Change, %", 1.4, "right"),
    )
    phases = {
        phase: title for phase, title in PHASES.items() if any(name.endswith(phase) for name in millilitres)
    }
    rows = tuple(_volume_row(phase, title.capitalize(), millilitres) for phase, title in phases.items())
    note = "Whole liver with tumours: number of mask voxels × voxel size."
    return Section("volumes", "Liver volumes", (Table("", columns, rows), Paragraph(note, "note")))


def _volume_row(phase: str, title: str, millilitres: dict[str, float]) -> tuple[Cell, ...]:
    before, after = millilitres.get(f"pre_{phase}"), millilitres.get(f"post_{phase}")
    change = None if before is None or after is None else after - before
    relative = None if change is None or not before else change / before
    share = NOTHING if relative is None else f"{number(100 * relative, 1, signed=True)} %"
    return (
        Cell(title, "strong"),
        Cell(number(before, 0)),
        Cell(number(after, 0)),
        Cell(number(change, 0, signed=True)),
        Cell(share),
    )
