"""Masks are written as 3D Slicer writes segmentations, and read back whoever made them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.geometry import check_same_grid
from LWCTRLogic.imaging.io import read_mask, write_mask


@pytest.fixture
def mask() -> sitk.Image:
    voxels = np.zeros((12, 20, 24), np.uint8)
    voxels[3:9, 4:15, 5:20] = 1
    made = sitk.GetImageFromArray(voxels)
    turn = sitk.Euler3DTransform()
    turn.SetRotation(0.02, 0.03, -0.1)
    made.SetDirection(turn.GetMatrix())
    made.SetSpacing((0.7031250123456789, 0.7031250123456789, 2.5))
    made.SetOrigin((-180.123456789012, 1 / 3, -333.5))
    return made


def header(path: Path) -> dict[str, str]:
    text = path.read_bytes().split(b"\n\n", 1)[0].decode()
    return dict(line.split(":=", 1) for line in text.splitlines() if ":=" in line)


def test_a_mask_comes_back_with_its_exact_grid(mask: sitk.Image, tmp_path: Path) -> None:
    write_mask(mask, tmp_path / "m.seg.nrrd")
    again = read_mask(tmp_path / "m.seg.nrrd")
    assert again.GetPixelID() == sitk.sitkUInt8
    assert np.array_equal(sitk.GetArrayFromImage(again), sitk.GetArrayFromImage(mask))
    check_same_grid(mask, again, tolerance_mm=1e-10)


def test_the_file_describes_one_segment_liver(mask: sitk.Image, tmp_path: Path) -> None:
    write_mask(mask, tmp_path / "m.seg.nrrd")
    fields = header(tmp_path / "m.seg.nrrd")
    assert fields["Segment0_Name"] == "Liver"
    assert fields["Segment0_LabelValue"] == "1"
    assert fields["Segment0_Layer"] == "0"
    assert fields["Segment0_Extent"] == "0 23 0 19 0 11"
    assert "SCT^10200004^Liver" in fields["Segment0_Tags"]
    assert fields["Segmentation_MasterRepresentation"] == "Binary labelmap"
    assert b"encoding: gzip" in (tmp_path / "m.seg.nrrd").read_bytes()


def test_the_same_mask_gives_the_same_bytes_whatever_its_label(mask: sitk.Image, tmp_path: Path) -> None:
    write_mask(mask, tmp_path / "a.seg.nrrd")
    write_mask(sitk.Cast(mask, sitk.sitkInt32) * 7, tmp_path / "b.seg.nrrd")
    assert (tmp_path / "a.seg.nrrd").read_bytes() == (tmp_path / "b.seg.nrrd").read_bytes()


def slicer_file(path: Path, mask: sitk.Image, names: dict[str, tuple[int, int]]) -> Path:
    for number, (name, (value, layer)) in enumerate(names.items()):
        for key, text in (
            ("ID", f"Segment_{number}"),
            ("Name", name),
            ("LabelValue", value),
            ("Layer", layer),
        ):
            mask.SetMetaData(f"Segment{number}_{key}", str(text))
    sitk.WriteImage(mask, path, useCompression=True)
    return path


def test_the_liver_is_found_by_name_among_segments(mask: sitk.Image, tmp_path: Path) -> None:
    both = mask + sitk.Cast(sitk.BinaryErode(mask, (1, 1, 1)), sitk.sitkUInt8)  # 2 inside, 1 around
    path = slicer_file(tmp_path / "m.seg.nrrd", both, {"Spleen": (1, 0), "liver": (2, 0)})
    assert np.array_equal(sitk.GetArrayFromImage(read_mask(path)), sitk.GetArrayFromImage(both) == 2)
    assert np.array_equal(sitk.GetArrayFromImage(read_mask(path, 1)), sitk.GetArrayFromImage(both) == 1)


def test_overlapping_segments_in_layers_are_read(mask: sitk.Image, tmp_path: Path) -> None:
    inner = sitk.Cast(sitk.BinaryErode(mask, (1, 1, 1)), sitk.sitkUInt8)
    path = slicer_file(
        tmp_path / "m.seg.nrrd", sitk.Compose(inner, mask), {"Tumour": (1, 0), "Liver": (1, 1)}
    )
    assert np.array_equal(sitk.GetArrayFromImage(read_mask(path)), sitk.GetArrayFromImage(mask))


def test_several_segments_without_a_liver_are_listed(mask: sitk.Image, tmp_path: Path) -> None:
    path = slicer_file(tmp_path / "m.seg.nrrd", mask, {"A<b>": (1, 0), "B": (2, 0)})
    with pytest.raises(InputError, match=r"several segments \(1 = A\?b\?, 2 = B\)"):
        read_mask(path)


def test_a_label_map_needs_one_label_or_a_choice(mask: sitk.Image, tmp_path: Path) -> None:
    path = tmp_path / "labels.nii.gz"
    voxels = sitk.GetArrayFromImage(mask) * 5
    voxels[0, 0, 0] = 3
    sitk.WriteImage(sitk.GetImageFromArray(voxels), path)
    with pytest.raises(InputError, match=r"2 labels \(3, 5\)"):
        read_mask(path)
    assert np.array_equal(sitk.GetArrayFromImage(read_mask(path, 5)), voxels == 5)
    with pytest.raises(InputError, match="no label 4; it holds 3, 5"):
        read_mask(path, 4)


def test_a_probability_map_is_refused(mask: sitk.Image, tmp_path: Path) -> None:
    sitk.WriteImage(sitk.Cast(mask, sitk.sitkFloat32) * 0.5, tmp_path / "p.nii.gz")
    with pytest.raises(InputError, match=r"no whole numbers \(such as 0.5\)"):
        read_mask(tmp_path / "p.nii.gz")


def test_an_empty_mask_stays_empty(mask: sitk.Image, tmp_path: Path) -> None:
    write_mask(mask * 0, tmp_path / "m.seg.nrrd")
    assert sitk.GetArrayFromImage(read_mask(tmp_path / "m.seg.nrrd")).max() == 0


@pytest.mark.shared
def test_the_real_label_map_gives_the_liver(shared_data: Path) -> None:
    mask = read_mask(shared_data / "totalsegmentator" / "example_seg.nii.gz", 5)
    millilitres = sitk.GetArrayFromImage(mask).sum() * np.prod(mask.GetSpacing()) / 1000
    assert 200 < millilitres < 1500  # a part of a liver
