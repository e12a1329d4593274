"""Volumes are read as they are, or refused with numbers; what is written is read back the same."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import InputError, LWCTRError
from LWCTRLogic.imaging.io import read_image, write_image
from Testing.dicom_phantoms import torso


def oblique(voxels: np.ndarray) -> sitk.Image:
    image = sitk.GetImageFromArray(voxels)
    turn = sitk.Euler3DTransform()
    turn.SetRotation(0.11, -0.07, 0.31)
    image.SetDirection(turn.GetMatrix())
    image.SetSpacing((0.7031255, 0.7, 2.4999))
    image.SetOrigin((-173.23891, 211.77432, -1044.51234))
    return image


@pytest.mark.parametrize("suffix", [".nii.gz", ".nii", ".nrrd", ".mha"])
def test_an_oblique_volume_is_read_back_within_a_ten_thousandth_of_a_millimetre(
    tmp_path: Path, suffix: str
) -> None:
    image = oblique(torso())
    path = tmp_path / "é a" / f"scan{suffix}"
    write_image(image, path)
    again = read_image(path)
    assert again.GetPixelID() == sitk.sitkInt16
    assert np.array_equal(sitk.GetArrayFromImage(again), torso())
    corner = [size - 1 for size in image.GetSize()]
    for index in ([0, 0, 0], corner):
        expected = np.array(image.TransformIndexToPhysicalPoint(index))
        assert np.abs(expected - again.TransformIndexToPhysicalPoint(index)).max() < 1e-4


def test_the_same_volume_gives_the_same_bytes_and_no_metadata(tmp_path: Path) -> None:
    image = oblique(torso())
    write_image(image, tmp_path / "a.nii.gz")
    image.SetMetaData("0010|0010", "DOE^JANE")
    image.SetMetaData("descrip", "DOE^JANE")
    write_image(image, tmp_path / "b.nii.gz")
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()
    assert b"DOE" not in gzip.decompress((tmp_path / "b.nii.gz").read_bytes())


def test_a_resampled_volume_stays_float_and_whole_numbers_become_int16(tmp_path: Path) -> None:
    voxels = torso().astype(np.float32)
    sitk.WriteImage(sitk.GetImageFromArray(voxels), tmp_path / "whole.nii.gz")
    sitk.WriteImage(sitk.GetImageFromArray(voxels + np.float32(0.25)), tmp_path / "part.nii.gz")
    assert read_image(tmp_path / "whole.nii.gz").GetPixelID() == sitk.sitkInt16
    part = read_image(tmp_path / "part.nii.gz")
    assert part.GetPixelID() == sitk.sitkFloat32
    assert np.array_equal(sitk.GetArrayFromImage(part), voxels + np.float32(0.25))


@pytest.mark.parametrize("suffix", [".nii.gz", ".nii", ".nrrd", ".mha"])
@pytest.mark.parametrize("keep", [0.0, 0.01, 0.5, 0.999])
def test_a_truncated_file_is_refused(tmp_path: Path, suffix: str, keep: float) -> None:
    path = tmp_path / f"scan{suffix}"
    sitk.WriteImage(sitk.GetImageFromArray(torso()), path, useCompression=True)
    data = path.read_bytes()
    path.write_bytes(data[: int(keep * len(data))])
    with pytest.raises(InputError):
        read_image(path)


@pytest.mark.parametrize(
    ("voxels", "message"),
    [
        (torso().astype(np.float32).clip(-1, 1), "normalised"),
        (np.interp(torso(), [-160, 240], [0, 255]).astype(np.uint8), "normalised"),
        (torso() + 1024, "rescale intercept"),
        (torso().clip(-160, 240), "clipped"),
        (torso().astype(np.int32) * 1000, "slope"),
        (np.where(torso() > -500, -1000, torso()), "bone"),
        (np.where(torso() < 350, -1000, torso()), "Hounsfield"),
    ],
)
def test_values_that_are_no_hounsfield_units_are_refused(
    tmp_path: Path, voxels: np.ndarray, message: str
) -> None:
    sitk.WriteImage(sitk.GetImageFromArray(voxels), tmp_path / "scan.nii.gz")
    with pytest.raises(InputError, match=message):
        read_image(tmp_path / "scan.nii.gz")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_voxels_are_counted_and_refused(tmp_path: Path, bad: float) -> None:
    voxels = torso().astype(np.float32)
    voxels[3, 4, 5:8] = bad
    sitk.WriteImage(sitk.GetImageFromArray(voxels), tmp_path / "scan.nrrd")
    with pytest.raises(InputError, match="3 NaN or infinite voxels"):
        read_image(tmp_path / "scan.nrrd")


def test_a_volume_that_is_no_stack_of_slices_is_refused(tmp_path: Path) -> None:
    voxels = torso()
    sitk.WriteImage(sitk.GetImageFromArray(voxels[:1]), tmp_path / "slice.nii.gz")
    with pytest.raises(InputError, match="48 × 48 × 1 voxels, a single slice"):
        read_image(tmp_path / "slice.nii.gz")
    four = sitk.JoinSeries([sitk.GetImageFromArray(voxels)] * 2)
    sitk.WriteImage(four, tmp_path / "four.nii.gz")
    with pytest.raises(InputError, match="4 dimensions"):
        read_image(tmp_path / "four.nii.gz")
    colour = sitk.GetImageFromArray(np.stack([voxels] * 3, axis=-1), isVector=True)
    sitk.WriteImage(colour, tmp_path / "colour.nrrd")
    with pytest.raises(InputError, match="3 values a voxel"):
        read_image(tmp_path / "colour.nrrd")


def test_what_is_no_image_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read_image(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        read_image(tmp_path / "scan.nii.gz")
    (tmp_path / "scan.jpg").write_bytes(b"x")
    with pytest.raises(InputError, match="no image file by its name"):
        read_image(tmp_path / "scan.jpg")


@pytest.mark.shared
def test_a_real_scan_part_is_accepted(shared_data: Path) -> None:
    image = read_image(shared_data / "totalsegmentator" / "example_ct_sm.nii.gz")
    assert image.GetSize() == (122, 101, 30)


@pytest.mark.parametrize("suffix", [".nii.gz", ".nrrd"])
def test_an_image_that_came_out_incomplete_is_an_error_and_leaves_what_was_there(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / f"volume{suffix}"
    target.write_bytes(b"before")
    whole_write = sitk.WriteImage

    def write_half(image: sitk.Image, name: str, useCompression: bool) -> None:
        whole_write(image, name, useCompression=useCompression)
        data = Path(name).read_bytes()
        Path(name).write_bytes(data[: len(data) // 2])

    monkeypatch.setattr(sitk, "WriteImage", write_half)
    with pytest.raises(LWCTRError, match="disk may be full"):
        write_image(
            oblique(np.random.default_rng(1).integers(-1000, 1000, (8, 40, 40)).astype(np.int16)), target
        )
    assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
