"""Pictures of reports to look at: ``python Testing/screenshots.py OUT [CASE ...]``.

Without a case, three made-up ones are used: a full one, one with a single scan, one with many warnings.
The drawings need matplotlib alone; the pages of the PDF are added where ``pdftoppm`` is installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from LWCTRLogic.case import Case
from LWCTRLogic.findings import Finding, read_findings
from LWCTRLogic.progress import Progress
from LWCTRLogic.report.build import write_report
from LWCTRLogic.report.content import build_document
from LWCTRLogic.report.document import Document, Picture, PictureGrid
from LWCTRLogic.report.figures.style import drawing_rules
from LWCTRLogic.report.gather import gather
from LWCTRLogic.report.svg import draw_picture
from Testing.report_cases import full_case, venous_case, warned_case

DPI = 110


def pictures_of(document: Document) -> list[Picture]:
    """Return every drawing of a report."""
    found: list[Picture] = []
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Picture):
                found.append(block)
            elif isinstance(block, PictureGrid):
                found += block.pictures
    return found


def shoot(case: Case, out: Path, findings: Iterable[Finding]) -> list[Path]:
    """Write the drawings and, where possible, the pages of one case's report as PNG."""
    out.mkdir(parents=True, exist_ok=True)
    findings = list(findings)
    made = []
    with drawing_rules():
        for picture in pictures_of(build_document(gather(case, findings, Progress()))):
            made.append(out / f"{picture.name}.png")
            draw_picture(picture).savefig(made[-1], dpi=DPI, facecolor="white")
    _, pdf = write_report(case, None, findings)
    if shutil.which("pdftoppm"):
        subprocess.run(["pdftoppm", "-r", str(DPI), "-png", str(pdf), str(out / "page")], check=True)
        made += sorted(out.glob("page-*.png"))
    return made


def main(words: list[str]) -> int:
    """Make the pictures of the cases named, or of the made-up ones."""
    if not words:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    out, folders = Path(words[0]), [Path(word) for word in words[1:]]
    with tempfile.TemporaryDirectory() as place:
        cases = {folder.resolve().name: (Case(folder), read_findings(Case(folder))) for folder in folders}
        if not folders:
            cases = {
                "full": (full_case(Path(place, "full")), []),
                "venous": (venous_case(Path(place, "venous")), []),
                "warned": warned_case(Path(place, "warned")),
            }
        for name, (case, findings) in cases.items():
            made = shoot(case, out / f"report-{name}", findings)
            sys.stdout.write(f"{len(made)} pictures in {out / f'report-{name}'}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
