"""Layer 1: the case folder and the real MRML scene; the folder goes first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.errors import GeometryError
from LWCTRLogic.imaging.io import read_image, read_mask, write_image
from Testing.slicer.scene_cases import SHAPE, a_mask, an_image, digest, save_version, voxels_of


@pytest.fixture
def a_case(case_folder: Path) -> Case:
    """Two scans at different table heights; a mask of the first."""
    case = Case.create(case_folder, CaseInfo("P01", {"pre_A": Scan(), "post_A": Scan()}))
    for seed, (volume, height) in enumerate((("pre_A", 240.75), ("post_A", -80.0))):
        write_image(an_image(seed, (-31.25, 18.5, height)), case.image_path(volume))
    save_version(case, "pre_A", "auto")
    return case


def draw(a_slicer: Any, bridge: Any, volume: str, place: tuple[int, int, int]) -> None:
    node = bridge.maskNode(volume)
    voxels = voxels_of(bridge.maskImage(volume))
    voxels[place] = 1
    a_slicer.util.updateSegmentBinaryLabelmapFromArray(voxels, node, "Liver", bridge.volumeNode(volume))


def reopen(a_slicer: Any, a_scene: Any, path: Path) -> Any:
    """Save the scene, close it, open it, and take a new bridge as a new session does."""
    from LWCTRWidgets.SceneBridge import SceneBridge

    assert a_slicer.util.saveScene(str(path))
    a_scene.Clear()
    a_slicer.util.loadScene(str(path))
    return SceneBridge()


def test_a_segmentation_under_a_transform_is_not_saved(bridge, a_scene, a_case, tmp_path):
    bridge.show(a_case)
    transform = a_scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "shifted")
    bridge.maskNode("pre_A").SetAndObserveTransformNodeID(transform.GetID())
    with pytest.raises(GeometryError, match="pre_A liver is moved by the transform shifted"):
        bridge.saveMask(bridge.maskNode("pre_A"), bridge.volumeNode("pre_A"), tmp_path / "out.seg.nrrd")


def test_what_is_drawn_beyond_the_scan_is_cut_off(bridge, a_slicer, a_scene, a_case):
    """A segmentation may be larger than its scan: margins and imported segments grow over the edge."""
    import vtk
    from vtkmodules.util.numpy_support import numpy_to_vtk

    bridge.show(a_case)
    volume, node = bridge.volumeNode("pre_A"), bridge.maskNode("pre_A")
    matrix, labels = vtk.vtkMatrix4x4(), a_slicer.vtkOrientedImageData()
    volume.GetIJKToRASMatrix(matrix)
    labels.SetExtent(-3, 2, 20, 30, -1, 0)
    labels.SetGeometryFromImageToWorldMatrix(matrix)
    labels.GetPointData().SetScalars(numpy_to_vtk(np.ones(6 * 11 * 2, np.uint8), deep=True))
    logic = a_slicer.vtkSlicerSegmentationsModuleLogic
    logic.SetBinaryLabelmapToSegment(labels, node, "Liver", logic.MODE_REPLACE)
    expected = np.zeros(SHAPE, np.uint8)
    expected[0, 20:24, 0:3] = 1
    assert np.array_equal(voxels_of(bridge.maskImage("pre_A")), expected)


def test_a_segment_on_another_grid_is_resampled_by_slicer(bridge, a_slicer, a_scene, a_case):
    import vtk
    from vtkmodules.util.numpy_support import numpy_to_vtk

    bridge.show(a_case)
    volume, node = bridge.volumeNode("pre_A"), bridge.maskNode("pre_A")
    matrix, labels = vtk.vtkMatrix4x4(), a_slicer.vtkOrientedImageData()
    volume.GetIJKToRASMatrix(matrix)
    for row in range(3):  # twice as fine along x
        matrix.SetElement(row, 0, matrix.GetElement(row, 0) / 2)
    labels.SetExtent(10, 19, 5, 9, 2, 4)
    labels.SetGeometryFromImageToWorldMatrix(matrix)
    labels.GetPointData().SetScalars(numpy_to_vtk(np.ones(10 * 5 * 3, np.uint8), deep=True))
    logic = a_slicer.vtkSlicerSegmentationsModuleLogic
    logic.SetBinaryLabelmapToSegment(labels, node, "Liver", logic.MODE_REPLACE)
    expected = np.zeros(SHAPE, np.uint8)
    expected[2:5, 5:10, 5:10] = 1
    assert np.array_equal(voxels_of(bridge.maskImage("pre_A")), expected)


def test_a_case_is_shown_without_a_word_and_shown_again_without_work(bridge, a_slicer, a_case):
    assert bridge.show(a_case) == []
    nodes = [bridge.volumeNode(volume) for volume in ("pre_A", "post_A")]
    times = [node.GetImageData().GetMTime() for node in nodes]
    assert bridge.show(a_case) == []
    assert [bridge.volumeNode(volume) for volume in ("pre_A", "post_A")] == nodes
    assert [node.GetImageData().GetMTime() for node in nodes] == times
    assert bridge.maskNode("pre_A") is not None
    assert bridge.maskNode("post_A") is None


def test_a_case_that_is_being_shown_is_not_shown_twice(bridge, a_slicer, a_case, monkeypatch):
    from LWCTRWidgets import SceneBridge

    answers: list[list[str]] = []

    def read_and_ask_again(path: Path) -> sitk.Image:
        answers.append(bridge.show(a_case))
        return read_image(path)

    monkeypatch.setattr(SceneBridge, "read_image", read_and_ask_again)
    assert bridge.show(a_case) == []
    assert answers == [[], []]
    assert len(a_slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")) == 2


def test_what_the_user_has_in_the_scene_stays(bridge, a_scene, a_case):
    own = a_scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "mine")
    bridge.show(a_case)
    bridge.clear()
    assert a_scene.IsNodePresent(own)
    assert bridge.volumeNode("pre_A") is None


def test_another_case_takes_the_place_of_the_first(bridge, a_case, tmp_path):
    bridge.show(a_case)
    other = Case.create(tmp_path / "other", CaseInfo("P02", {"pre_V": Scan()}))
    write_image(an_image(5), other.image_path("pre_V"))
    assert bridge.show(other) == []
    assert (bridge.volumeNode("pre_A"), bridge.maskNode("pre_A")) == (None, None)
    assert bridge.volumeNode("pre_V") is not None


def test_a_reopened_scene_says_nothing_when_the_folder_is_as_it_was(
    bridge, a_slicer, a_scene, a_case, tmp_path
):
    bridge.show(a_case)
    again = reopen(a_slicer, a_scene, tmp_path / "scene.mrb")
    node = again.volumeNode("pre_A")
    assert again.show(a_case) == []
    assert again.volumeNode("pre_A") is node
    path = tmp_path / "back.seg.nrrd"
    again.saveMask(again.maskNode("pre_A"), node, path)
    assert digest(path) == digest(a_case.current_mask("pre_A"))
    assert len(a_slicer.util.getNodesByClass("vtkMRMLSegmentationNode")) == 1


def test_a_reopened_scene_follows_a_newer_mask_and_says_so(bridge, a_slicer, a_scene, a_case, tmp_path):
    bridge.show(a_case)
    again_path = save_version(a_case, "pre_A", "reader-1", shift=2)
    again = reopen(a_slicer, a_scene, tmp_path / "scene.mrb")
    (words,) = again.show(a_case)
    assert words == (
        "Baseline, arterial: the mask in use is v0002_reader-1.seg.nrrd; the scene had v0001_auto.seg.nrrd."
    )
    assert np.array_equal(voxels_of(again.maskImage("pre_A")), voxels_of(read_mask(again_path)))


def test_a_reopened_scene_follows_a_moved_folder(bridge, a_slicer, a_scene, a_case, tmp_path):
    bridge.show(a_case)
    moved = Case(a_case.folder.rename(tmp_path / "moved"))
    again = reopen(a_slicer, a_scene, tmp_path / "scene.mrb")
    assert again.show(moved) == []


def test_a_scan_that_changed_in_the_folder_is_told(bridge, a_case):
    bridge.show(a_case)
    write_image(an_image(9), a_case.image_path("post_A"))
    assert bridge.show(a_case) == [
        "Follow-up, arterial: the scan in the case folder is another one than in the scene."
    ]
    image = SceneImagesOf(bridge, "post_A")
    assert np.array_equal(voxels_of(image), voxels_of(an_image(9)))


def SceneImagesOf(bridge: Any, volume: str) -> sitk.Image:
    from LWCTRWidgets import SceneImages

    return SceneImages.volumeImage(bridge.volumeNode(volume))


@pytest.mark.parametrize("through_a_file", [False, True])
def test_what_was_drawn_and_never_saved_is_kept_aside(
    bridge, a_slicer, a_scene, a_case, tmp_path, through_a_file
):
    bridge.show(a_case)
    draw(a_slicer, bridge, "pre_A", (11, 2, 2))
    if through_a_file:
        bridge = reopen(a_slicer, a_scene, tmp_path / "scene.mrb")
    (words,) = bridge.show(a_case)
    assert "kept as “pre_A liver, drawn and in no version”" in words
    kept = a_slicer.util.getNode("pre_A liver, drawn and in no version")
    drawn = a_slicer.util.arrayFromSegmentBinaryLabelmap(kept, "Liver", bridge.volumeNode("pre_A"))
    assert drawn[11, 2, 2] == 1
    assert voxels_of(bridge.maskImage("pre_A"))[11, 2, 2] == 0
    assert bridge.show(a_case) == []


def test_what_was_drawn_on_a_scan_that_left_the_case_is_kept_aside_too(bridge, a_slicer, a_case):
    from LWCTRLogic.scan_change import change_scans

    bridge.show(a_case)
    draw(a_slicer, bridge, "pre_A", (11, 2, 2))
    change_scans(a_case, {"pre_A": None})
    (words,) = bridge.show(a_case)
    assert "kept as “pre_A liver, drawn and in no version”" in words
    assert a_slicer.util.getNode("pre_A liver, drawn and in no version") is not None
    assert bridge.maskNode("pre_A") is None
    assert bridge.show(a_case) == []


def test_a_reading_shows_one_mask_and_hides_the_others(bridge, a_slicer, a_case):
    save_version(a_case, "post_A", "auto")
    bridge.show(a_case)
    start = a_mask(read_image(a_case.image_path("pre_A")), shift=1)
    node = bridge.showOnly("pre_A", start)
    assert a_slicer.util.getNodesByClass("vtkMRMLSegmentationNode") == [node]
    assert np.array_equal(voxels_of(bridge.maskImage("pre_A")), voxels_of(start))
    draw(a_slicer, bridge, "pre_A", (11, 2, 2))
    assert bridge.showOnly("pre_A", start) is node
    assert voxels_of(bridge.maskImage("pre_A"))[11, 2, 2] == 0
    assert bridge.show(a_case) == []
    assert bridge.maskNode("post_A") is not None


def test_drawing_is_heard_and_lies_on_the_grid_of_the_scan(bridge, a_slicer, a_case):
    bridge.show(a_case)
    node = bridge.showOnly("pre_A", a_mask(read_image(a_case.image_path("pre_A"))))
    heard: list[str] = []
    node.GetSegmentation().AddObserver(
        a_slicer.vtkSegmentation.SourceRepresentationModified, lambda caller, event: heard.append(event)
    )
    draw(a_slicer, bridge, "pre_A", (11, 2, 2))
    mask, image = bridge.maskImage("pre_A"), read_image(a_case.image_path("pre_A"))
    assert heard
    assert (mask.GetOrigin(), mask.GetSpacing()) == (image.GetOrigin(), image.GetSpacing())
    assert mask.GetDirection() == image.GetDirection()


def test_the_height_of_the_liver_is_that_of_its_centre_of_mass(bridge, a_case):
    save_version(a_case, "post_A", "auto", shift=3)
    bridge.show(a_case)
    for volume in ("pre_A", "post_A"):
        mask = read_mask(a_case.current_mask(volume))
        points = [
            mask.TransformIndexToPhysicalPoint([int(i) for i in at[::-1]])
            for at in np.argwhere(voxels_of(mask))
        ]
        assert bridge.liverHeight(volume) == pytest.approx(np.mean(points, axis=0)[2], abs=1e-6)
    offset = bridge.liverHeight("post_A") - bridge.liverHeight("pre_A")
    assert offset == pytest.approx(-80.0 - 240.75 + 3 * 2.5 * np.cos(np.radians(8)) * 1224 / 1226, abs=1e-4)


def test_the_height_follows_what_is_drawn_and_is_unknown_without_a_mask(bridge, a_slicer, a_case):
    bridge.show(a_case)
    before = bridge.liverHeight("pre_A")
    bridge.showOnly("pre_A", a_mask(read_image(a_case.image_path("pre_A")), shift=2))
    assert bridge.liverHeight("pre_A") > before
    assert bridge.liverHeight("post_A") is None
    bridge.showOnly("pre_A", a_mask(read_image(a_case.image_path("pre_A"))) * 0)
    assert bridge.liverHeight("pre_A") is None


@pytest.fixture
def views(a_slicer: Any, a_scene: Any) -> Any:
    """Two of the four views and an ordinary one; singleton nodes outlive a closed scene, so they are removed."""
    made = {}
    for tag in ("LWCTR-pre_A", "LWCTR-post_A", "Ordinary"):
        node = a_slicer.vtkMRMLSliceNode()
        node.SetSingletonTag(tag)
        node.SetLayoutName(tag)
        made[tag] = a_scene.AddNode(node)
    yield made
    for node in made.values():
        a_scene.RemoveNode(node)


def seen_in(bridge: Any, volume: str, views: dict[str, Any]) -> set[str]:
    display = bridge.maskNode(volume).GetDisplayNode()
    return {tag for tag, view in views.items() if display.IsDisplayableInView(view.GetID())}


def test_each_mask_is_drawn_in_the_view_of_its_own_scan(bridge, a_scene, a_case, views):
    save_version(a_case, "post_A", "auto")
    bridge.show(a_case)
    assert seen_in(bridge, "pre_A", views) == {"LWCTR-pre_A", "Ordinary"}
    assert seen_in(bridge, "post_A", views) == {"LWCTR-post_A", "Ordinary"}
    bridge.showOnly("pre_A", a_mask(read_image(a_case.image_path("pre_A"))))
    assert seen_in(bridge, "pre_A", views) == {"LWCTR-pre_A", "Ordinary"}


def test_views_made_later_are_taken_in_by_name(bridge, a_scene, a_case, views):
    bridge.show(a_case)
    views["Later"] = a_scene.AddNewNodeByClass("vtkMRMLSliceNode")
    bridge.limitMasks()
    assert seen_in(bridge, "pre_A", views) == {"LWCTR-pre_A", "Ordinary", "Later"}


def test_without_the_four_views_a_mask_is_drawn_everywhere(bridge, a_case, monkeypatch):
    from LWCTRWidgets import SceneBridge

    monkeypatch.setattr(SceneBridge, "VIEW", "no view of the layer-")  # other tests may have made the four
    bridge.show(a_case)
    assert bridge.maskNode("pre_A").GetDisplayNode().GetNumberOfViewNodeIDs() == 0
