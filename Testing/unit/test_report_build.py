import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from LWCTRLogic.errors import Cancelled
from LWCTRLogic.findings import Finding
from LWCTRLogic.progress import Progress
from LWCTRLogic.report.build import write_report
from Testing.report_cases import full_case, full_prediction, save_prediction, venous_case
from Testing.unit.test_report_html import HOSTILE, Page


def test_both_files_are_written_and_nothing_else(case_folder):
    case = venous_case(case_folder)
    before = set(case.folder.rglob("*"))
    html, pdf = write_report(case)
    assert set(case.folder.rglob("*")) - before == {html, pdf}
    assert html.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert pdf.read_bytes().startswith(b"%PDF-")


def test_the_same_case_elsewhere_gives_the_same_bytes_without_date_time_or_path(case_folder, tmp_path):
    first = write_report(full_case(case_folder))
    second = write_report(full_case(tmp_path / "b"))
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    text = first[0].read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    told = re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    assert not re.search(r"\b20\d\d-\d\d-\d\d|\b\d\d:\d\d\b", told)


def test_another_process_with_other_hash_seeds_gives_the_same_bytes(tmp_path):
    case = venous_case(tmp_path / "case")
    html, pdf = write_report(case)
    expected = html.read_bytes(), pdf.read_bytes()
    program = (
        "import sys; from pathlib import Path; from LWCTRLogic.case import Case; "
        "from LWCTRLogic.report.build import write_report; write_report(Case(Path(sys.argv[1])))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1"}
    subprocess.run([sys.executable, "-c", program, str(case.folder)], check=True, env=environment)
    assert (html.read_bytes(), pdf.read_bytes()) == expected


def hostile_case(folder, word):
    """A case with ``word`` in every free text that a person or a bundle can fill."""
    case = full_case(folder)
    info = replace(case.load_info(), centre=word)
    case.save_info(info)
    case.update_scan("pre_A", reason=word, accepted={"code": word})
    case.add_reading({"volume": "pre_A", "reader": word, "reading": word, "start": word, "version": 1})
    plain = full_prediction()
    explanation = plain.explanations[0]
    nomogram = plain.nomograms[0]
    prediction = replace(
        plain,
        bundle=replace(plain.bundle, name=word, version=word, sha256=word, notice=word, settings_hash=word),
        scores=tuple(replace(score, label=word, missing=(word,)) for score in plain.scores),
        explanations=(
            replace(
                explanation,
                contributions=tuple(
                    replace(part, feature=word, label=word, volume=word, value=word)
                    for part in explanation.contributions
                ),
            ),
        ),
        survival=tuple(replace(curve, label=word, origin=word) for curve in plain.survival),
        nomograms=(
            replace(
                nomogram,
                axes=tuple(replace(axis, label=word, patient=word) for axis in nomogram.axes),
                outcomes=tuple((word, ((word, 1.0),), chance) for _, _, chance in nomogram.outcomes),
            ),
        ),
        risk_group=word,
        mrecist=word,
        warnings=(Finding(word, word, word), Finding("code", word, "pre_A")),
    )
    return save_prediction(case, prediction)


def test_hostile_text_in_any_field_of_a_case_stays_text(case_folder):
    html, _ = write_report(hostile_case(case_folder, "".join(HOSTILE[:5])))
    page = Page(html.read_text(encoding="utf-8"))
    assert not {"script", "img", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert "49" not in {text.strip() for text in page.texts}
    assert page.text.count(HOSTILE[0]) >= 20


def test_a_cancel_leaves_the_old_report(case_folder):
    case = venous_case(case_folder)
    html, _ = write_report(case)
    html.write_text("old", encoding="utf-8")
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        write_report(case, progress)
    assert html.read_text(encoding="utf-8") == "old"


def test_findings_given_are_on_the_report(case_folder):
    found = [Finding("window-baseline", "baseline 70 days before the first dose; expected at most 56")]
    html, _ = write_report(venous_case(case_folder), None, found)
    assert "Baseline 70 days before the first dose" in html.read_text(encoding="utf-8")
