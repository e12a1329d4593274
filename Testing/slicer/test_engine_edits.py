"""Layer 3: edits through Slicer's own segment editor logic, and slice views drawn by its displayable managers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

SHAPE = (10, 40, 50)  # z, y, x


@pytest.fixture
def a_volume(bridge: Any, a_scene: Any) -> Any:
    """Fat (-80 HU) with a bright half (100 HU), turned and shifted as a scanner may."""
    from LWCTRWidgets import SceneImages

    voxels = np.full(SHAPE, -80, np.int16)
    voxels[:, :, 25:] = 100
    image = sitk.GetImageFromArray(voxels)
    image.SetSpacing((1.5, 1.5, 3.0))
    image.SetOrigin((20.0, -30.0, 100.0))
    image.SetDirection((0.8, -0.6, 0.0, 0.6, 0.8, 0.0, 0.0, 0.0, 1.0))
    node = a_scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "pre_A")
    SceneImages.fillVolume(node, image)
    node.CreateDefaultDisplayNodes()
    bridge.applyWindow(node)
    return node


def a_box(z: slice, y: slice, x: slice) -> np.ndarray:
    voxels = np.zeros(SHAPE, np.uint8)
    voxels[z, y, x] = 1
    return voxels


@pytest.fixture
def a_liver(bridge: Any, a_volume: Any) -> Any:
    from LWCTRWidgets import SceneImages

    mask = SceneImages.onGrid(a_box(slice(2, 8), slice(10, 30), slice(10, 40)), a_volume)
    return bridge._newMask(mask, a_volume)


class Hand:
    """A reader's hand on the embedded editor: what each effect does at the end of a stroke."""

    def __init__(self, slicer: Any, segmentation: Any, volume: Any) -> None:
        self.editor = slicer.qMRMLSegmentEditorWidget()
        self.editor.setMRMLScene(slicer.mrmlScene)
        self.node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentEditorNode")
        self.editor.setMRMLSegmentEditorNode(self.node)
        self.editor.setSegmentationNode(segmentation)
        self.editor.setSourceVolumeNode(volume)
        self.editor.setCurrentSegmentID("Liver")
        self.slicer, self.segmentation, self.volume = slicer, segmentation, volume

    def stroke(self, voxels: np.ndarray, mode: str = "Add") -> None:
        """Add, remove or set voxels, within the mask settings of the editor."""
        import vtk
        from vtkmodules.util.numpy_support import numpy_to_vtk

        brush, matrix = self.slicer.vtkOrientedImageData(), vtk.vtkMatrix4x4()
        self.volume.GetIJKToRASMatrix(matrix)
        brush.SetDimensions(*SHAPE[::-1])
        brush.SetGeometryFromImageToWorldMatrix(matrix)
        brush.GetPointData().SetScalars(numpy_to_vtk(voxels.ravel(), deep=True))
        logic = self.editor.logic()
        logic.SaveStateForUndo()
        how = getattr(self.slicer.vtkSlicerSegmentEditorLogic, f"ModificationMode{mode}")
        logic.ModifySegmentByLabelmap(self.segmentation, "Liver", brush, how, False, False)

    def voxels(self) -> np.ndarray:
        from LWCTRWidgets import SceneImages

        return sitk.GetArrayFromImage(SceneImages.maskImage(self.segmentation, self.volume))


@pytest.fixture
def a_hand(a_slicer: Any, a_liver: Any, a_volume: Any) -> Hand:
    return Hand(a_slicer, a_liver, a_volume)


def test_paint_adds_exactly_the_voxels_under_the_brush(a_hand):
    before, brush = a_hand.voxels(), a_box(slice(0, 3), slice(0, 12), slice(5, 12))
    a_hand.stroke(brush)
    assert np.array_equal(a_hand.voxels(), before | brush)


def test_erase_removes_exactly_the_voxels_under_the_brush(a_hand):
    before, brush = a_hand.voxels(), a_box(slice(0, 5), slice(8, 20), slice(0, 50))
    a_hand.stroke(brush, "Remove")
    assert np.array_equal(a_hand.voxels(), before & ~brush)


def test_undo_and_redo_go_through_the_strokes_one_by_one(a_hand):
    states = [a_hand.voxels()]
    for x in (2, 44, 47):
        a_hand.stroke(a_box(slice(4, 6), slice(15, 18), slice(x, x + 2)))
        states.append(a_hand.voxels())
    for state in states[-2::-1]:
        a_hand.editor.undo()
        assert np.array_equal(a_hand.voxels(), state)
    for state in states[1:]:
        a_hand.editor.redo()
        assert np.array_equal(a_hand.voxels(), state)


def test_only_as_many_strokes_are_kept_as_the_panel_asks_for(a_hand):
    a_hand.editor.maximumNumberOfUndoStates = 2
    for x in (2, 44, 47):
        a_hand.stroke(a_box(slice(4, 6), slice(15, 18), slice(x, x + 2)))
    for _ in range(5):
        a_hand.editor.undo()
    assert a_hand.voxels()[4, 15, 2] == 1  # the oldest stroke can no longer be undone


def test_a_masked_intensity_range_keeps_fat_out(a_hand, a_volume, a_slicer):
    a_hand.node.SetSourceVolumeIntensityMask(True)
    a_hand.node.SetSourceVolumeIntensityMaskRange(0, 200)
    before, brush = a_hand.voxels(), a_box(slice(0, 10), slice(0, 10), slice(20, 30))
    a_hand.stroke(brush)
    bright = a_slicer.util.arrayFromVolume(a_volume) >= 0
    assert np.array_equal(a_hand.voxels(), before | (brush & bright))


def test_edits_on_an_oblique_scan_are_saved_where_they_were_drawn(a_hand, a_volume, bridge, tmp_path):
    from LWCTRLogic.imaging.io import read_mask

    a_hand.stroke(a_box(slice(9, 10), slice(39, 40), slice(49, 50)))
    bridge.saveMask(a_hand.segmentation, a_volume, tmp_path / "v0002_reader-1.seg.nrrd")
    saved = read_mask(tmp_path / "v0002_reader-1.seg.nrrd")
    assert np.array_equal(sitk.GetArrayFromImage(saved), a_hand.voxels())
    corner = np.array(saved.TransformIndexToPhysicalPoint((49, 39, 9)))
    assert corner == pytest.approx([20 + 0.8 * 73.5 - 0.6 * 58.5, -30 + 0.6 * 73.5 + 0.8 * 58.5, 127.0])


@pytest.fixture
def a_view(a_slicer: Any, a_scene: Any, a_volume: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An axial slice view of the volume's middle, 200 × 160 pixels."""
    from Testing.slicer.stand_in import rendering

    if rendering.lacking():
        pytest.skip(f"drawing without a screen needs {rendering.lacking()}")
    node = a_scene.AddNewNodeByClass("vtkMRMLSliceNode")
    node.SetLayoutName("Engine")
    node.SetOrientationToAxial()
    widget = a_slicer.qMRMLSliceWidget()
    widget.setMRMLSliceNode(node)
    widget.resize(200, 160)
    widget.mrmlSliceCompositeNode().SetBackgroundVolumeID(a_volume.GetID())
    widget.fitSliceToBackground()
    node.SetSliceOffset(115.0)
    monkeypatch.setattr(a_slicer.qMRMLSliceWidget, "drawnByEngine", True)
    yield widget
    if widget._renderer is not None:
        widget._renderer.close()
    a_slicer.app.applicationLogic().GetSliceLogics().RemoveItem(widget.sliceLogic())


def colours(view: Any) -> np.ndarray:
    picture = view.picture().convertToFormat(view.picture().Format.Format_RGB888)
    rows = np.frombuffer(bytes(picture.constBits()), np.uint8).reshape(160, -1)
    return rows[:, : 3 * 200].reshape(160, 200, 3).astype(int)


def test_a_slice_view_shows_the_window_of_the_liver(a_view):
    pixels = colours(a_view)
    assert np.ptp(pixels, axis=2).max() == 0  # grey
    values, counts = np.unique(pixels, return_counts=True)
    black, bright = sorted(values[np.argsort(counts)[-2:]])
    assert black == 0  # -80 HU lies below the window
    assert bright == pytest.approx(255 * (100 - (45 - 200 / 2)) / 200, abs=1)


def test_a_mask_is_drawn_as_an_outline_where_it_lies(a_view, a_liver):
    pixels = colours(a_view)
    coloured = np.argwhere(np.ptp(pixels, axis=2) > 20)
    import vtk

    to_pixel, to_ras = vtk.vtkMatrix4x4(), vtk.vtkMatrix4x4()
    vtk.vtkMatrix4x4.Invert(a_view.mrmlSliceNode().GetXYToRAS(), to_pixel)
    a_liver_volume = a_view.sliceLogic().GetBackgroundLayer().GetVolumeNode()
    a_liver_volume.GetIJKToRASMatrix(to_ras)
    edges = []
    for x, y in ((9.5, 9.5), (9.5, 29.5), (39.5, 9.5), (39.5, 29.5)):
        ras = to_ras.MultiplyPoint((x, y, 5, 1))
        across, up, _, _ = to_pixel.MultiplyPoint(ras)
        edges.append((159 - up, across))
    found = np.concatenate([coloured.min(axis=0), coloured.max(axis=0)])
    expected = np.concatenate([np.min(edges, axis=0), np.max(edges, axis=0)])
    assert found == pytest.approx(expected, abs=3.0)
    inside = tuple(np.mean(edges, axis=0).round().astype(int))
    assert np.ptp(pixels[inside]) == 0  # not filled


def test_a_mask_limited_to_another_view_is_not_drawn(a_view, a_liver, a_scene):
    other = a_scene.AddNewNodeByClass("vtkMRMLSliceNode")
    a_liver.GetDisplayNode().AddViewNodeID(other.GetID())
    assert np.ptp(colours(a_view), axis=2).max() == 0
