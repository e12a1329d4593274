import json
import webbrowser

import pytest

from LWCTRLogic.case import Case
from LWCTRLogic.commands import report
from LWCTRLogic.errors import InputError
from LWCTRLogic.findings import Finding, write_findings
from LWCTRLogic.progress import JsonProgress, Progress
from Testing.report_cases import venous_case


def arguments(*words):
    import argparse

    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    return parser.parse_args([str(word) for word in words])


def test_the_command_says_where_the_report_is(case_folder, capsys):
    case = venous_case(case_folder)
    assert report.run(arguments(case.folder), Progress()) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(case.folder / "report.html"),
        str(case.folder / "report.pdf"),
    ]


def test_programs_get_the_paths_as_json(case_folder, capsys):
    case = venous_case(case_folder)
    report.run(arguments(case.folder), JsonProgress())
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["event"], last["html"]) == ("result", str(case.folder / "report.html"))


def test_the_findings_of_the_case_are_on_the_report(case_folder):
    case = venous_case(case_folder)
    write_findings(case, [Finding("mask-pieces", "the mask has 4 pieces", "pre_V")])
    report.run(arguments(case.folder), Progress())
    assert "The mask has 4 pieces" in (case.folder / "report.html").read_text(encoding="utf-8")


def test_the_report_is_opened_only_when_asked(case_folder, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    case = venous_case(case_folder)
    report.run(arguments(case.folder), Progress())
    assert opened == []
    report.run(arguments(case.folder, "--open"), Progress())
    assert opened == [(case.folder / "report.html").resolve().as_uri()]


def test_a_folder_that_is_no_case_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"holds no case\.json"):
        report.run(arguments(tmp_path), Progress())
    assert Case(tmp_path).folder == tmp_path
