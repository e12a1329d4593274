import shutil

import pytest

from Testing import screenshots
from Testing.report_cases import venous_case


@pytest.fixture
def no_pdftoppm(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)


def test_every_drawing_of_a_case_becomes_a_picture(case_folder, tmp_path, no_pdftoppm):
    case = venous_case(case_folder)
    assert screenshots.main([str(tmp_path / "out"), str(case.folder)]) == 0
    made = sorted(path.name for path in (tmp_path / "out" / "report-case").iterdir())
    assert made == ["gauge.png", "pre_V-axial.png", "pre_V-coronal.png"]


def test_without_a_folder_to_write_to_it_says_how_it_is_called(capsys):
    assert screenshots.main([]) == 2
    assert "Testing/screenshots.py OUT" in capsys.readouterr().err
