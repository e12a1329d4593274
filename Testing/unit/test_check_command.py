"""``lwctr check``: what it notices and writes."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.cli import main
from LWCTRLogic.findings import read_findings
from LWCTRLogic.imaging.masks import write_mask
from LWCTRLogic.imaging.volumes import write_image
from LWCTRLogic.pipeline import accept


def ball(radius_mm: float) -> tuple[sitk.Image, sitk.Image]:
    """A CT of air with a ball of 100 HU, and the ball's mask."""
    z, y, x = np.indices((36, 40, 40))
    inside = ((x - 20) * 6.0) ** 2 + ((y - 20) * 6.0) ** 2 + ((z - 18) * 6.0) ** 2 <= radius_mm**2
    images = [
        sitk.GetImageFromArray(array)
        for array in (np.where(inside, 100, -1000).astype(np.int16), inside.astype(np.uint8))
    ]
    for image in images:
        image.SetSpacing((6.0, 6.0, 6.0))
    return images[0], images[1]


@pytest.fixture
def case(case_folder):
    """A baseline scan 100 days before the first dose, with a mask of 268 mL."""
    case = Case.create(case_folder, CaseInfo("p01", {"pre_A": Scan(day=0)}, first_dose_day=100))
    image, mask = ball(40.0)
    write_image(image, case.image_path("pre_A"))
    path = case.new_mask_path("pre_A", "auto")
    write_mask(mask, path)
    case.set_current_mask("pre_A", path)
    return case


def test_scans_and_masks_are_checked_without_any_other_step(case, capsys):
    assert main(["check", str(case.folder)]) == 0
    codes = {finding.code for finding in read_findings(case)}
    assert {"window-baseline", "mask-volume"} <= codes
    assert "100 days before the first dose; expected at most 56" in capsys.readouterr().out
    assert not case.manifest_path.exists()


def test_a_program_gets_the_findings_as_one_json_line(case, capsys):
    accept(case, {"pre_A:window-baseline": "no earlier scan"})
    assert main(["check", str(case.folder), "--progress", "json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    found = {one["code"]: one for one in result["findings"]}
    assert found["window-baseline"]["accepted"] == "no earlier scan"
    assert found["mask-volume"]["accepted"] == ""


def test_a_folder_that_is_no_case_is_refused(tmp_path, capsys):
    assert main(["check", str(tmp_path)]) == 3
    assert "holds no case.json" in capsys.readouterr().err


def test_a_mask_that_the_case_does_not_hold_is_checked_and_nothing_is_written(case, tmp_path, capsys):
    drawn = tmp_path / "drawn.seg.nrrd"
    write_mask(ball(70.0)[1], drawn)
    assert main(["check", str(case.folder), "--volume", "pre_A", "--mask", str(drawn)]) == 0
    told = capsys.readouterr().out
    assert "mask-hu" in told or "mask-air" in told  # the larger ball holds air
    assert not case.findings_path.exists()
    assert main(["check", str(case.folder), "--mask", str(drawn)]) == 2
