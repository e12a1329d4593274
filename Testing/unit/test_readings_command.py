"""``lwctr readings`` from the command line."""

from __future__ import annotations

import csv
import json

import pytest
import SimpleITK as sitk

from LWCTRLogic.cli import main
from LWCTRLogic.imaging.masks import write_mask
from LWCTRLogic.reading.session import open_reading, unfinished
from Testing.unit.reading_case import ball, make_reading_case


@pytest.fixture
def case(case_folder):
    return make_reading_case(case_folder)


@pytest.fixture
def drawn(tmp_path):
    write_mask(ball(80.0), tmp_path / "drawn.seg.nrrd")
    return tmp_path / "drawn.seg.nrrd"


def add(case, mask, *more):
    return main(["readings", "add", str(case.folder), "pre_A", str(mask), *more])


def test_a_mask_drawn_elsewhere_becomes_a_reading(case, drawn, capsys):
    assert add(case, drawn, "--reader", "reader-1", "--start", "auto") == 0
    assert "v0002_reader-1.seg.nrrd: in use" in capsys.readouterr().out
    assert case.readings()[-1]["start"] == "auto"
    assert unfinished(case) == []


def test_a_refused_mask_leaves_no_open_reading(case, tmp_path, capsys):
    write_mask(ball(10.0), tmp_path / "tiny.seg.nrrd")
    assert add(case, tmp_path / "tiny.seg.nrrd", "--reader", "reader-1") == 3
    assert "mL" in capsys.readouterr().err
    assert unfinished(case) == []
    assert len(case.readings()) == 1


def test_the_list_names_readings_the_mask_in_use_and_what_is_open(case, drawn, capsys):
    add(case, drawn, "--reader", "reader-1")
    open_reading(case, "pre_A", "reader-2").leave()
    capsys.readouterr()
    assert main(["readings", "list", str(case.folder)]) == 0
    auto, first, still = capsys.readouterr().out.splitlines()
    assert "v0001_auto" in auto
    assert "in use" not in auto
    assert "reader-1/1" in first
    assert first.endswith("in use")
    assert "reader-2/1" in still
    assert still.endswith("left open")


def test_the_list_as_json(case, capsys):
    open_reading(case, "pre_A", "reader-2").leave()
    assert main(["readings", "--progress", "json", "list", str(case.folder)]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["reading", "open"]
    assert events[0]["in_use"] is True
    assert events[1]["reader"] == "reader-2"


def test_agreement_is_told_and_written(case, drawn, tmp_path, capsys):
    add(case, drawn, "--reader", "reader-1")
    add(case, drawn, "--reader", "reader-2")
    capsys.readouterr()
    assert main(["readings", "agreement", str(case.folder), "-o", str(tmp_path / "out")]) == 0
    assert "reader-1/1 – reader-2/1: Dice 1.000, HD95 0.0 mm, +0 mL (+0.0 %)" in capsys.readouterr().out
    with (tmp_path / "out" / "agreement.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 3
    wanted = int(sitk.GetArrayFromImage(ball(80.0)).sum()) * 0.216
    with (tmp_path / "out" / "volumes.csv").open(encoding="utf-8") as stream:
        volumes = {row["reader"]: float(row["volume_ml"]) for row in csv.DictReader(stream)}
    assert volumes["reader-2"] == pytest.approx(wanted)
    assert (tmp_path / "out" / "icc.csv").read_text(encoding="utf-8").startswith("volume,what")


def test_a_case_being_read_is_left_out_of_the_agreement(case, capsys):
    open_reading(case, "pre_A", "reader-2").leave()
    assert main(["readings", "agreement", str(case.folder)]) == 0
    captured = capsys.readouterr()
    assert "is being read and was left out" in captured.err
    assert "Dice" not in captured.out


def test_icc_over_two_cases_is_told(tmp_path, drawn, capsys):
    cases = [make_reading_case(tmp_path / name) for name in "ab"]
    for case, name in zip(cases, "ab", strict=True):
        case.save_info(type(case.load_info())(name, case.load_info().scans))
        for reader in ("reader-1", "reader-2"):
            add(case, drawn, "--reader", reader)
    write_mask(ball(70.0), tmp_path / "other.seg.nrrd")
    for reader in ("reader-1", "reader-2"):
        add(cases[1], tmp_path / "other.seg.nrrd", "--reader", reader, "--reading", "1")
    capsys.readouterr()
    folders = [str(case.folder) for case in cases]
    assert main(["readings", "agreement", *folders]) == 0
    assert "ICC(2,1) of the pre_A volume between readers: 1.000" in capsys.readouterr().out
    assert main(["readings", "--progress", "json", "agreement", *folders]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"agreement", "icc"} <= {event["event"] for event in events}


def test_another_version_can_be_chosen_by_name_or_number(case, drawn, capsys):
    add(case, drawn, "--reader", "reader-1")
    assert main(["readings", "use", str(case.folder), "pre_A", "1"]) == 0
    assert case.current_mask("pre_A").name == "v0001_auto.seg.nrrd"
    assert main(["readings", "use", str(case.folder), "pre_A", "v0002_reader-1.seg.nrrd"]) == 0
    assert case.current_mask("pre_A").name == "v0002_reader-1.seg.nrrd"
    assert main(["readings", "use", str(case.folder), "pre_A", "7"]) == 3
    assert "one of v0001_auto" in capsys.readouterr().err


def test_mrecist_answers_are_noted_and_shown(case, capsys):
    command = ["readings", "mrecist", str(case.folder)]
    assert main(command) == 0
    assert "no answers: no result yet" in capsys.readouterr().out
    assert main([*command, "--reader", "reader-1", "--category", "SD"]) == 0
    assert main([*command, "--reader", "reader-2", "--category", "PD"]) == 0
    assert "an adjudicator is needed" in capsys.readouterr().out
    assert main([*command, "--reader", "reader-3", "--category", "PD", "--adjudicator"]) == 0
    assert "reader-3 rules PD: mRECIST PD" in capsys.readouterr().out
    assert case.load_info().clinical["mrecist"] == "PD"


def test_a_reader_without_a_category_is_a_usage_error(case):
    assert main(["readings", "mrecist", str(case.folder), "--reader", "reader-1"]) == 2


def test_features_of_readings_are_written(case, drawn, tmp_path, capsys):
    settings = tmp_path / "shape.yaml"
    settings.write_text("imageType:\n  Original: {}\nfeatureClass:\n  shape:\n", encoding="utf-8")
    add(case, drawn, "--reader", "reader-1")
    out = tmp_path / "readings.parquet"
    command = ["readings", "features", str(case.folder), "-o", str(out), "--settings", str(settings)]
    assert main(command) == 0
    assert "1 readings, 14 features" in capsys.readouterr().out
