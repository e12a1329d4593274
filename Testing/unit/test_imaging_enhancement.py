"""Aorta and liver are found and measured without a mask, or said not to be found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.dicom.find import find_series
from LWCTRLogic.dicom.read import read_series
from LWCTRLogic.imaging.enhancement import Enhancement, measure_enhancement
from LWCTRLogic.imaging.geometry import reorient
from LWCTRLogic.imaging.io import read_image
from Testing.dicom_phantoms import PHASE_HU, SPACING, torso


def scan(phase: str) -> sitk.Image:
    image = sitk.GetImageFromArray(torso(phase))
    image.SetSpacing(SPACING)
    return image


@pytest.mark.parametrize("phase", list(PHASE_HU))
def test_aorta_liver_and_muscle_are_measured_within_noise(phase: str) -> None:
    found = measure_enhancement(scan(phase))
    assert found.aorta == pytest.approx(PHASE_HU[phase]["aorta"], abs=12)
    assert found.liver == pytest.approx(PHASE_HU[phase]["liver"], abs=4)
    assert found.muscle == pytest.approx(55, abs=4)


def test_the_orientation_in_the_file_does_not_matter() -> None:
    turned = measure_enhancement(reorient(scan("portal"), "RAI"))
    assert turned.aorta == pytest.approx(PHASE_HU["portal"]["aorta"], abs=12)
    assert turned.liver == pytest.approx(PHASE_HU["portal"]["liver"], abs=4)


def test_what_is_not_there_is_not_found() -> None:
    air = sitk.GetImageFromArray(np.full((12, 40, 40), -1000, np.int16))
    air.SetSpacing(SPACING)
    assert measure_enhancement(air) == Enhancement()
    voxels = torso()
    water = sitk.GetImageFromArray(np.where(voxels > -500, 20, voxels))
    water.SetSpacing(SPACING)
    assert measure_enhancement(water) == Enhancement()


def test_the_numbers_are_told_in_words() -> None:
    assert Enhancement(228.4, None, 55, 12).in_words() == (
        "aorta 228 HU, liver not found, muscle 55 HU, vessels in the liver +12 HU against it"
    )


@pytest.mark.shared
def test_the_real_venous_scan_is_measured(shared_data: Path) -> None:
    (series,) = find_series(shared_data / "hcc_tace_seg_048_portal_venous").series
    found = measure_enhancement(read_series(series))
    assert found.aorta == pytest.approx(228, abs=15)
    assert found.liver == pytest.approx(106, abs=10)
    assert found.vessels is not None and found.vessels > 15


@pytest.mark.shared
def test_the_real_scan_without_contrast_is_measured(shared_data: Path) -> None:
    found = measure_enhancement(read_image(shared_data / "totalsegmentator" / "example_ct_sm.nii.gz"))
    assert found.aorta is not None and 20 < found.aorta < 60
    assert found.liver is not None and 35 < found.liver < 65
