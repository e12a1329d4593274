"""A file that ITK would read as zeros, or with an invented spacing, is refused before."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.integrity import check_whole
from Testing.dicom_phantoms import torso


def nifti(path: Path) -> bytearray:
    sitk.WriteImage(sitk.GetImageFromArray(torso()), path)
    return bytearray(path.read_bytes())


@pytest.mark.parametrize("spacing", [0.0, -2.5, float("nan"), float("inf")])
def test_a_spacing_that_is_no_positive_number_is_refused(tmp_path: Path, spacing: float) -> None:
    data = nifti(tmp_path / "scan.nii")
    struct.pack_into("<f", data, 76 + 4 * 3, spacing)
    (tmp_path / "scan.nii").write_bytes(data)
    with pytest.raises(InputError, match="voxel spacing of 1, 1, "):
        check_whole(tmp_path / "scan.nii")


def test_missing_bytes_are_counted(tmp_path: Path) -> None:
    data = nifti(tmp_path / "scan.nii")
    (tmp_path / "scan.nii").write_bytes(data[:-100])
    expected = 352 + 16 * 48 * 48 * 2
    with pytest.raises(InputError, match=f"holds {expected - 100} bytes; expected {expected} by its header"):
        check_whole(tmp_path / "scan.nii")


@pytest.mark.parametrize("name", ["scan.nii", "scan.nii.gz"])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_nan_and_infinite_voxels_are_counted_although_itk_reads_them_as_zeros(
    tmp_path: Path, name: str, kind: type
) -> None:
    voxels = torso().astype(kind)
    sitk.WriteImage(sitk.GetImageFromArray(voxels), tmp_path / name)
    check_whole(tmp_path / name)
    data = (tmp_path / name).read_bytes()
    data = gzip.decompress(data) if name.endswith("gz") else data
    wrong = np.frombuffer(data, kind, voxels.size, 352).copy()
    wrong[[0, 5, -1]] = np.nan, np.inf, -np.inf
    data = data[:352] + wrong.tobytes()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    with pytest.raises(InputError, match=f"3 voxels of {name} are NaN or infinite"):
        check_whole(tmp_path / name)


def test_a_flipped_bit_in_compressed_voxels_is_refused(tmp_path: Path) -> None:
    for name in ("scan.nii.gz", "scan.mha"):
        sitk.WriteImage(sitk.GetImageFromArray(torso()), tmp_path / name, useCompression=True)
        data = bytearray((tmp_path / name).read_bytes())
        data[len(data) // 2] ^= 0xFF
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match="truncated or damaged"):
            check_whole(tmp_path / name)


def test_both_byte_orders_and_nifti_2_are_understood(tmp_path: Path) -> None:
    big = bytearray(400)
    struct.pack_into(">i", big, 0, 348)
    struct.pack_into(">8h", big, 40, 3, 2, 3, 4, 1, 1, 1, 1)
    struct.pack_into(">h", big, 72, 16)
    struct.pack_into(">8f", big, 76, 1, 1, 1, 1, 1, 1, 1, 1)
    struct.pack_into(">f", big, 108, 352)
    (tmp_path / "big.nii").write_bytes(big)
    check_whole(tmp_path / "big.nii")
    (tmp_path / "big.nii").write_bytes(big[:399])
    with pytest.raises(InputError, match="holds 399 bytes; expected 400"):
        check_whole(tmp_path / "big.nii")
    two = bytearray(544 + 48)
    struct.pack_into("<i", two, 0, 540)
    struct.pack_into("<h", two, 14, 16)
    struct.pack_into("<8q", two, 16, 3, 2, 3, 4, 1, 1, 1, 1)
    struct.pack_into("<8d", two, 104, 1, 1, 1, 1, 1, 1, 1, 1)
    struct.pack_into("<q", two, 168, 544)
    (tmp_path / "two.nii").write_bytes(two)
    check_whole(tmp_path / "two.nii")
    (tmp_path / "two.nii").write_bytes(two[:-1])
    with pytest.raises(InputError, match="holds 591 bytes; expected 592"):
        check_whole(tmp_path / "two.nii")


def test_an_uncompressed_metaimage_with_missing_voxels_is_refused(tmp_path: Path) -> None:
    sitk.WriteImage(sitk.GetImageFromArray(np.zeros((2, 3, 4), np.int16)), tmp_path / "a.mha")
    check_whole(tmp_path / "a.mha")
    (tmp_path / "a.mha").write_bytes((tmp_path / "a.mha").read_bytes()[:-1])
    with pytest.raises(InputError, match="holds 47 bytes of voxels; expected 48"):
        check_whole(tmp_path / "a.mha")


def test_a_compressed_metaimage_is_counted_unpacked_and_refused_without_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.mha"
    values = np.random.default_rng(0).integers(0, 99, (50, 60, 70), np.int16)
    sitk.WriteImage(sitk.GetImageFromArray(values), path, useCompression=True)
    check_whole(path)
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(InputError, match="truncated or damaged .*its end is missing"):
        check_whole(path)
    path.write_bytes(content.replace(b"DimSize = 70", b"DimSize = 71"))
    with pytest.raises(InputError, match="holds 420000 bytes of voxels; expected 426000"):
        check_whole(path)


def test_a_file_that_only_ends_like_a_metaimage_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mha").write_bytes(bytes(range(256)) * 10)
    with pytest.raises(InputError, match="no whole MetaImage header"):
        check_whole(tmp_path / "a.mha")
