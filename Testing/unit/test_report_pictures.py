"""Drawings and pages as PNG files."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.image import imread

from LWCTRLogic.cli import main
from LWCTRLogic.report.pictures import prediction_pictures, write_pictures
from Testing.report_cases import full_prediction, make_case, save_prediction

DRAWN = ["gauge", "survival-OS", "survival-PFS"]


@pytest.fixture
def case(case_folder):
    return save_prediction(make_case(case_folder), full_prediction())


def test_each_drawing_of_the_report_is_a_picture_on_white(case, tmp_path, capsys):
    assert main(["report", str(case.folder), "--pictures", str(tmp_path), "--progress", "json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])["pictures"]
    names = [path.rpartition("/")[2].removesuffix(".png") for path in told]
    assert names[:3] == DRAWN and names[-1] == "force"
    for name in names:
        pixels = imread(tmp_path / f"{name}.png")
        assert np.all(pixels[0, 0] == 1.0), name  # white and opaque
        assert pixels[..., :3].min() < 0.5, name
    assert not (case.folder / "report.html").exists()


def test_a_prediction_without_survival_has_no_curves():
    shown = [
        picture.name for picture in prediction_pictures(replace(full_prediction(), survival=(), nomograms=()))
    ]
    assert shown == ["gauge", "force"]


def test_a_prediction_in_which_no_model_ran_has_no_picture(tmp_path):
    empty = replace(full_prediction(), model="", survival=(), nomograms=())
    assert write_pictures(empty, tmp_path) == []


def test_the_pages_of_the_report_come_as_pictures_too(case, tmp_path, capsys):
    assert main(["report", str(case.folder), "--pages", str(tmp_path)]) == 0
    pages = sorted(tmp_path.glob("page-*.png"))
    assert len(pages) >= 2
    height, width = imread(pages[0]).shape[:2]
    assert height / width == pytest.approx(297 / 210, rel=0.01)
    assert (case.folder / "report.pdf").exists()
