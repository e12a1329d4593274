"""What ``lwctr predict`` prints."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

from LWCTRLogic.case import VOLUMES, Case, CaseInfo
from LWCTRLogic.commands.predict import add_arguments, run, summary
from LWCTRLogic.models.bundle_files import save_bundle
from LWCTRLogic.models.predict import predict
from LWCTRLogic.progress import JsonProgress, Progress
from Testing.unit import sample_bundle as sample


def test_the_notice_comes_first_and_every_score_is_there() -> None:
    lines = summary(predict(sample.make_bundle(), sample.make_features(*VOLUMES), sample.CLINICAL, "p1"))
    assert lines[0] == "demonstration model, simulated patients, not for clinical use"
    assert lines[1].startswith("p1: LWCTR score 0.") and "responder, low risk" in lines[1]
    assert sum(line.startswith("  Radiomic-") for line in lines) == 5
    assert any(line.startswith("  OS by Rad-Nomo (Rad-score and mRECIST), from the") for line in lines)
    assert any("PFS by Rad-Nomo" in line and "6 months" in line for line in lines)


def test_a_small_probability_is_not_called_nothing() -> None:
    prediction = predict(sample.make_bundle(), sample.make_features(*VOLUMES), sample.CLINICAL, "p1")
    hopeless = replace(prediction.survival[0], at={"12": 0.001})
    lines = summary(replace(prediction, survival=(hopeless,)))
    assert any(line.endswith("12 months < 1 %") for line in lines)


def test_the_command_writes_the_file_and_tells_people_or_programs(
    case_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = Case.create(case_folder, CaseInfo("p1", clinical=sample.CLINICAL))
    save_bundle(sample.make_bundle(), tmp_path / "b.zip")
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    args = parser.parse_args([str(case.folder), "--bundle", str(tmp_path / "b.zip")])
    assert run(args, Progress()) == 0
    out = capsys.readouterr().out
    assert out.startswith("demonstration model") and f"written: {case.prediction_path}" in out
    assert run(args, JsonProgress()) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["event"] == "result" and lines[-1]["prediction"] == str(case.prediction_path)


def test_what_is_missing_is_named_when_nothing_can_run() -> None:
    lines = summary(predict(sample.make_bundle(), sample.make_features("pre_V"), {}, "p1"))
    assert lines[1] == "p1: no model could run"
    assert any("Radiomic-Pre" in line and "missing: baseline arterial scan" in line for line in lines)
    assert any(line.startswith("warning: not estimated") for line in lines)
