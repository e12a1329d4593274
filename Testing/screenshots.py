"""Pictures of reports to look at: ``python Testing/screenshots.py OUT [CASE ...]``.

Without a case, three made-up ones are used: a full one, one with a single scan, one with many warnings.
The drawings need matplotlib alone; the pages of the PDF are added where ``pdftoppm`` is installed.

``python Testing/screenshots.py --cover docs/images/report.png CASE`` makes the README's picture; it needs
``pdftoppm``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PIL import Image

from LWCTRLogic.case import Case
from LWCTRLogic.findings import Finding, read_findings
from LWCTRLogic.progress import Progress
from LWCTRLogic.report.build import write_report
from LWCTRLogic.report.content import build_document
from LWCTRLogic.report.document import pictures_of
from LWCTRLogic.report.figures.style import drawing_rules
from LWCTRLogic.report.gather import gather
from LWCTRLogic.report.pdf import layout
from LWCTRLogic.report.svg import draw_picture
from Testing.report_cases import full_case, venous_case, warned_case

DPI = 110


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


def cover(case: Case, target: Path) -> None:
    """Write the first page, the slices and the nomogram of a report side by side, at most 400 kB."""
    document = build_document(gather(case, read_findings(case), Progress()))
    with drawing_rules():
        pages = layout(document).figures
    texts = [" ".join(text.get_text() for text in page.texts) for page in pages]
    chosen = [0] + [
        next(index for index, text in enumerate(texts) if title in text)
        for title in ("Slices with the liver outline", "Rad-Nomo, overall survival")
    ]
    _, pdf = write_report(case, None, read_findings(case))
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["pdftoppm", "-r", "64", "-png", str(pdf), str(Path(place, "page"))], check=True)
        files = sorted(Path(place).iterdir())
        images = [Image.open(files[index]).convert("RGB") for index in chosen]
        width, height = images[0].size
        sheet = Image.new("RGB", (len(images) * (width + 16) + 16, height + 32), "#dfe4e8")
        for index, image in enumerate(images):
            sheet.paste(image, (16 + index * (width + 16), 16))
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.quantize(192).save(target, optimize=True)


def main(words: list[str]) -> int:
    """Make the pictures of the cases named, or of the made-up ones."""
    if not words:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    if words[0] == "--cover":
        cover(Case(Path(words[2])), Path(words[1]))
        return 0
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
