"""Layer 1: one scan or mask file and the real MRML scene, both ways, bit by bit."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import GeometryError, InputError
from LWCTRLogic.imaging.geometry import check_same_grid
from LWCTRLogic.imaging.io import read_image, write_image, write_mask
from Testing.slicer.scene_cases import a_mask, a_scan_file, an_image, digest, voxels_of


@pytest.mark.parametrize("ending", [".nii.gz", ".nrrd", ".mha"])
def test_a_scan_in_the_scene_has_the_voxels_and_the_geometry_of_its_file(bridge, a_slicer, tmp_path, ending):
    path = tmp_path / f"scan{ending}"
    write_image(an_image(), path)
    node, image = bridge.loadScan(path, "pre_A"), read_image(path)
    assert np.array_equal(a_slicer.util.arrayFromVolume(node), voxels_of(image))
    for index in ((0, 0, 0), (29, 23, 11), (7, 3, 5)):
        x, y, z = image.TransformIndexToPhysicalPoint(index)
        matrix = a_slicer.vtkMRMLScalarVolumeNode.GetIJKToRASMatrix
        ijk_to_ras = np.zeros((4, 4))
        import vtk

        transform = vtk.vtkMatrix4x4()
        matrix(node, transform)
        ijk_to_ras = a_slicer.util.arrayFromVTKMatrix(transform)
        assert np.allclose(ijk_to_ras @ [*index, 1], [-x, -y, z, 1], atol=1e-9)


def test_slicers_own_reader_puts_the_scan_at_the_same_place(bridge, a_slicer, tmp_path):
    path = tmp_path / "scan.nrrd"
    write_image(an_image(), path)
    ours, theirs = bridge.loadScan(path, "ours"), a_slicer.util.loadVolume(str(path))
    assert np.array_equal(a_slicer.util.arrayFromVolume(ours), a_slicer.util.arrayFromVolume(theirs))
    assert np.allclose(ours.GetOrigin(), theirs.GetOrigin(), atol=1e-9)
    assert np.allclose(ours.GetSpacing(), theirs.GetSpacing(), atol=1e-9)
    ours_to_ras, theirs_to_ras = np.zeros((3, 3)), np.zeros((3, 3))
    ours.GetIJKToRASDirections(ours_to_ras)
    theirs.GetIJKToRASDirections(theirs_to_ras)
    assert np.allclose(ours_to_ras, theirs_to_ras, atol=1e-9)


def test_float_voxels_stay_float(bridge, a_slicer, tmp_path):
    image = sitk.Cast(an_image(), sitk.sitkFloat32) + 0.5
    write_image(image, tmp_path / "scan.nrrd")
    node = bridge.loadScan(tmp_path / "scan.nrrd", "pre_A")
    bridge.exportVolume(node, tmp_path / "back.nrrd")
    back = read_image(tmp_path / "back.nrrd")
    assert back.GetPixelID() == sitk.sitkFloat32
    assert np.array_equal(voxels_of(back), voxels_of(image))
    check_same_grid(image, back, tolerance_mm=1e-9)


def test_the_window_is_that_of_the_liver(bridge, tmp_path):
    write_image(an_image(), tmp_path / "scan.nrrd")
    display = bridge.loadScan(tmp_path / "scan.nrrd", "pre_A").GetDisplayNode()
    assert (display.GetWindow(), display.GetLevel(), display.GetAutoWindowLevel()) == (200, 45, 0)


def test_a_mask_goes_into_the_scene_and_back_to_the_same_bytes(bridge, a_slicer, tmp_path):
    path, image = a_scan_file(tmp_path)
    write_mask(a_mask(image), tmp_path / "mask.seg.nrrd")
    volume = bridge.loadScan(path, "pre_A")
    segmentation = bridge.loadMask(tmp_path / "mask.seg.nrrd", volume)
    bridge.saveMask(segmentation, volume, tmp_path / "back.seg.nrrd")
    assert digest(tmp_path / "back.seg.nrrd") == digest(tmp_path / "mask.seg.nrrd")


def test_our_mask_file_is_read_by_slicer_and_slicers_by_us(bridge, a_slicer, tmp_path):
    path, image = a_scan_file(tmp_path)
    write_mask(a_mask(image), tmp_path / "ours.seg.nrrd")
    volume = bridge.loadScan(path, "pre_A")
    theirs = a_slicer.util.loadSegmentation(str(tmp_path / "ours.seg.nrrd"))
    segment = theirs.GetSegmentation().GetNthSegment(0)
    read = a_slicer.util.arrayFromSegmentBinaryLabelmap(theirs, "Liver", volume)
    assert (segment.GetName(), theirs.GetSegmentation().GetNumberOfSegments()) == ("Liver", 1)
    assert np.array_equal(read, voxels_of(a_mask(image)))
    assert a_slicer.util.saveNode(theirs, str(tmp_path / "theirs.seg.nrrd"))
    back = bridge.loadMask(tmp_path / "theirs.seg.nrrd", volume)  # Slicer writes the cropped box only
    bridge.saveMask(back, volume, tmp_path / "back.seg.nrrd")
    assert digest(tmp_path / "back.seg.nrrd") == digest(tmp_path / "ours.seg.nrrd")


def test_a_mask_of_another_grid_is_refused_with_numbers(bridge, tmp_path):
    write_image(an_image(), tmp_path / "scan.nrrd")
    write_mask(a_mask(an_image(origin=(-31.25, 18.5, 241.75))), tmp_path / "mask.seg.nrrd")
    volume = bridge.loadScan(tmp_path / "scan.nrrd", "pre_A")
    with pytest.raises(GeometryError, match="1 mm"):
        bridge.loadMask(tmp_path / "mask.seg.nrrd", volume)


def test_an_empty_mask_comes_back_empty(bridge, tmp_path):
    path, image = a_scan_file(tmp_path)
    empty = sitk.Image(image.GetSize(), sitk.sitkUInt8)
    empty.CopyInformation(image)
    write_mask(empty, tmp_path / "mask.seg.nrrd")
    volume = bridge.loadScan(path, "pre_A")
    bridge.saveMask(bridge.loadMask(tmp_path / "mask.seg.nrrd", volume), volume, tmp_path / "back.seg.nrrd")
    assert digest(tmp_path / "back.seg.nrrd") == digest(tmp_path / "mask.seg.nrrd")


def test_a_volume_under_a_transform_is_not_exported(bridge, a_scene, tmp_path):
    write_image(an_image(), tmp_path / "scan.nrrd")
    node = bridge.loadScan(tmp_path / "scan.nrrd", "pre_A")
    transform = a_scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "shifted")
    node.SetAndObserveTransformNodeID(transform.GetID())
    with pytest.raises(GeometryError, match="moved by the transform shifted"):
        bridge.exportVolume(node, tmp_path / "out.nrrd")


def test_a_volume_without_voxels_is_not_exported(bridge, a_scene, tmp_path):
    node = a_scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty")
    with pytest.raises(InputError, match="0 values a voxel"):
        bridge.exportVolume(node, tmp_path / "out.nrrd")
