"""A series becomes the volume that was scanned, voxel by voxel and place by place, or it is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.dicom.find import Series, find_series
from LWCTRLogic.dicom.read import read_series, straighten
from LWCTRLogic.errors import Cancelled, InputError
from LWCTRLogic.progress import Progress
from Testing.dicom_phantoms import torso, write_enhanced, write_series


def only(folder: Path) -> Series:
    (series,) = find_series(folder).series
    return series


def voxels(image: sitk.Image) -> np.ndarray:
    return np.asarray(sitk.GetArrayFromImage(image))


def test_a_shuffled_series_becomes_the_volume_in_its_place(tmp_path: Path) -> None:
    write_series(tmp_path, names=lambda i: f"IM{(i * 7) % 17}", spacing=(6.0, 7.0, 5.0))
    image = read_series(only(tmp_path))
    assert image.GetPixelID() == sitk.sitkInt16
    assert np.array_equal(voxels(image), torso())
    assert image.GetOrigin() == (-180.0, -160.0, -300.0)
    assert image.GetSpacing() == (6.0, 7.0, 5.0)
    assert image.GetDirection() == (1, 0, 0, 0, 1, 0, 0, 0, 1)


def test_slices_sent_from_head_to_feet_are_turned_around(tmp_path: Path) -> None:
    write_series(tmp_path, torso()[::-1], spacing=(8.0, 8.0, -5.0), origin=(0, 0, 75))
    image = read_series(only(tmp_path))
    assert np.array_equal(voxels(image), torso())
    assert image.GetOrigin() == (0.0, 0.0, 0.0)


def test_an_oblique_series_equals_what_itk_reads(tmp_path: Path) -> None:
    angle = np.radians(15)
    orientation = (np.cos(angle), 0.0, np.sin(angle), 0.0, 1.0, 0.0)
    paths = write_series(tmp_path, orientation=orientation)
    image = read_series(only(tmp_path))
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames([str(path) for path in paths])
    itk = reader.Execute()
    assert np.array_equal(voxels(image), voxels(itk))
    assert np.allclose(image.GetDirection(), itk.GetDirection(), atol=1e-7)
    assert np.allclose(image.GetSpacing(), itk.GetSpacing(), atol=1e-5)
    assert np.allclose(image.GetOrigin(), itk.GetOrigin())


def test_an_enhanced_file_gives_each_phase(tmp_path: Path) -> None:
    write_enhanced(tmp_path / "e", [torso("arterial"), torso("portal")])
    first, second = find_series(tmp_path).series
    assert np.array_equal(voxels(read_series(first)), torso("arterial"))
    assert np.array_equal(voxels(read_series(second)), torso("portal"))


def test_a_tilted_gantry_is_refused_with_its_angle(tmp_path: Path) -> None:
    write_series(tmp_path, shear=(0, float(5 * np.tan(np.radians(10))), 0))
    with pytest.raises(InputError, match="tilted by 10.0°"):
        read_series(only(tmp_path))


def test_a_corrected_tilt_puts_a_sheared_cylinder_upright(tmp_path: Path) -> None:
    # A cylinder along z, seen by slices that move 3 mm each: in their pixels it wanders the other way.
    z, y, x = np.meshgrid(np.arange(16), np.arange(48), np.arange(48), indexing="ij")
    wandering = np.where(np.hypot((y - 24) * 8 + 3.0 * z - 20, (x - 24) * 8) < 60, 100, -1000)
    wandering[:, :3, :3] = 500  # something like bone, so that the values pass as CT
    write_series(tmp_path, wandering.astype(np.int16), shear=(0, 3.0, 0))
    image = read_series(only(tmp_path), correct_tilt=True)
    corrected = voxels(image)
    bright = corrected[:, 8:-4] + 1000.0
    rows = np.arange(8, corrected.shape[1] - 4)
    middles = [np.average(rows, weights=plane.clip(0).sum(axis=1)) for plane in bright]
    assert np.ptp(middles) < 0.4  # of a voxel, from drawing it in voxels; 5.6 before
    place = image.TransformContinuousIndexToPhysicalPoint((24.0, float(np.mean(middles)), 8.0))
    assert place[1] == pytest.approx(-160 + 24 * 8 + 20, abs=2.0)


def test_straightening_without_shear_changes_nothing() -> None:
    image = sitk.GetImageFromArray(torso())
    assert np.array_equal(voxels(straighten(image, np.zeros(3))), torso().astype(np.float32))


def test_missing_and_doubled_slices_are_refused(tmp_path: Path) -> None:
    write_series(tmp_path / "missing", skip=[7])
    with pytest.raises(
        InputError, match=r"1 slice is missing: between z = -270 mm and z = -260 mm \(images 7 and 9\)"
    ):
        read_series(only(tmp_path / "missing"))
    write_series(tmp_path / "twice")
    shutil.copy(tmp_path / "twice" / "0004.dcm", tmp_path / "twice" / "copy.dcm")
    with pytest.raises(InputError, match="1 of 17 images are copies"):
        read_series(only(tmp_path / "twice"))


def test_values_that_are_no_hounsfield_units_are_refused(tmp_path: Path) -> None:
    write_series(tmp_path, change=lambda ds, i: setattr(ds, "RescaleIntercept", 0))
    with pytest.raises(InputError, match="the series has values from 24 to .* rescale intercept"):
        read_series(only(tmp_path))


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    write_series(tmp_path)
    progress = Progress()
    series = only(tmp_path)
    progress.cancel()
    with pytest.raises(Cancelled):
        read_series(series, progress)


@pytest.mark.shared
def test_the_real_series_equals_what_itk_reads(shared_data: Path) -> None:
    folder = shared_data / "hcc_tace_seg_048_portal_venous"
    image = read_series(only(folder))
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    itk = reader.Execute()
    assert np.array_equal(voxels(image), voxels(itk))
    assert image.GetOrigin() == itk.GetOrigin()
    assert image.GetSpacing() == itk.GetSpacing()
    assert image.GetDirection() == itk.GetDirection()
