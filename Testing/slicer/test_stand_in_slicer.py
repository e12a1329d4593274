"""The parts of the application that the layer adds around the real scene."""

import enum
import sys
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest


@pytest.fixture
def a_volume(a_scene: Any, a_slicer: Any) -> Any:
    node = a_scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    a_slicer.util.updateVolumeFromArray(node, np.arange(60, dtype=np.int16).reshape(3, 4, 5))
    node.CreateDefaultDisplayNodes()
    return node


@pytest.fixture
def a_selector(a_scene: Any, a_slicer: Any) -> Any:
    selector = a_slicer.qMRMLNodeComboBox()
    selector.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    selector.setMRMLScene(a_scene)
    return selector


def test_a_node_selector_follows_the_scene(a_scene, a_selector):
    heard: list[Any] = []
    a_selector.connect("currentNodeChanged(vtkMRMLNode*)", lambda node: heard.append(node and node.GetName()))
    assert a_selector.currentNode() is None
    first = a_scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "first")
    second = a_scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "second")
    a_scene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "labels").SetHideFromEditors(True)
    assert a_selector.currentNode() is first
    a_selector.setCurrentNode(second)
    a_scene.RemoveNode(second)
    assert a_selector.currentNode() is first
    a_scene.Clear()
    assert (a_selector.currentNode(), a_selector.nodeCount()) == (None, 0)
    assert heard == ["first", "second", "first", None]


def test_a_node_selector_may_stand_on_none(a_scene, a_selector):
    a_selector.noneEnabled = True
    a_scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    assert (a_selector.currentNodeID, a_selector.nodeCount()) == ("", 1)


def test_a_selector_that_is_gone_no_longer_hears_the_scene(a_scene, a_selector, a_slicer):
    a_selector.delete()
    a_scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    a_slicer.app.processEvents()


def test_checked_nodes_are_remembered_by_node(a_scene, a_slicer):
    box = a_slicer.qMRMLCheckableNodeComboBox()
    box.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    box.setMRMLScene(a_scene)
    nodes = [a_scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name) for name in "abc"]
    box.setCheckState(nodes[0], 2)
    box.setCheckState(nodes[2], 2)
    a_scene.RemoveNode(nodes[0])
    assert [node.GetName() for node in box.checkedNodes()] == ["c"]


def test_files_are_read_and_written_by_the_real_storage_nodes(a_slicer, a_scene, a_volume, tmp_path):
    path = tmp_path / "dossier é" / "ct.nii.gz"
    path.parent.mkdir()
    assert a_slicer.util.saveNode(a_volume, str(path))
    back = a_slicer.util.loadVolume(str(path))
    assert back.GetName() == "ct"
    assert np.array_equal(a_slicer.util.arrayFromVolume(back), a_slicer.util.arrayFromVolume(a_volume))
    with pytest.raises(RuntimeError, match="File not found"):
        a_slicer.util.loadVolume(str(tmp_path / "nothing.nrrd"))


def test_a_layout_shows_the_volume_of_each_view(a_slicer, a_scene, a_volume):
    views = "".join(
        f'<item><view class="vtkMRMLSliceNode" singletontag="{tag}"><property name="orientation" action="default">'
        f"Axial</property></view></item>"
        for tag in ("One", "Two")
    )
    manager = a_slicer.app.layoutManager()
    node = manager.layoutLogic().GetLayoutNode()
    node.AddLayoutDescription(7001, f'<layout type="horizontal">{views}</layout>')
    manager.setLayout(7001)
    assert manager.sliceViewNames() == ["One", "Two"]
    one, two = (manager.sliceWidget(name) for name in ("One", "Two"))
    one.resize(80, 60)
    one.mrmlSliceCompositeNode().SetBackgroundVolumeID(a_volume.GetID())
    one.fitSliceToBackground()
    assert len({one.picture().pixel(x, 30) for x in range(80)}) > 2
    assert two.picture() is None
    with pytest.raises(ValueError, match="7002"):
        manager.setLayout(7002)


class Coding(enum.Enum):
    ABSENT = "a"
    PRESENT = "p"


@pytest.fixture
def a_wrapper(a_slicer: Any, a_scene: Any) -> Any:
    wrapping = sys.modules["slicer.parameterNodeWrapper"]

    @wrapping.parameterPack
    class Options:
        device: Annotated[str, wrapping.Choice(["cpu", "cuda"])] = "cpu"
        tiles: int = 4

    @wrapping.parameterNodeWrapper
    class State:
        volume: a_slicer.vtkMRMLScalarVolumeNode
        folder: Path
        level: Annotated[float, wrapping.WithinRange(0, 100)] = 45
        coding: Coding
        readers: list[str]
        options: Options
        note: str = "é"

    node = a_scene.AddNewNodeByClass("vtkMRMLScriptedModuleNode", "State")
    return lambda: State(node)


def test_parameters_live_in_the_node(a_wrapper, a_volume, tmp_path):
    state = a_wrapper()
    assert (state.volume, state.level, state.coding, state.readers) == (None, 45, Coding.ABSENT, [])
    state.volume, state.folder, state.coding, state.readers = a_volume, tmp_path, Coding.PRESENT, ["R1"]
    state.options.device = "cuda"
    again = a_wrapper()
    assert (again.volume, again.folder, again.coding) == (a_volume, tmp_path, Coding.PRESENT)
    assert (again.readers, again.options.device, again.options.tiles, again.note) == (["R1"], "cuda", 4, "é")


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("level", 101, ValueError),
        ("note", 3, TypeError),
        ("levle", 4, AttributeError),
        ("options.device", "x", ValueError),
    ],
)
def test_a_parameter_refuses_what_does_not_fit(a_wrapper, name, value, error):
    with pytest.raises(error):
        a_wrapper().setValue(name, value) if "." in name else setattr(a_wrapper(), name, value)


def test_a_parameter_and_its_widget_follow_each_other(a_slicer, a_wrapper):
    ctk, qt = sys.modules["ctk"], sys.modules["qt"]
    state, slider, device = a_wrapper(), ctk.ctkSliderWidget(), qt.QComboBox()
    tag = state.connectParametersToGui({"level": slider, "options.device": device})
    slider.value = 7
    device.currentIndex = 1
    assert (state.level, state.options.device) == (7, "cuda")
    state.level = 12
    assert slider.value == 12
    state.disconnectGui(tag)
    slider.value = 50
    assert state.level == 12
    with pytest.raises(RuntimeError, match="connects no QLabel"):
        state.connectParametersToGui({"note": qt.QLabel()})


def test_parameters_come_back_with_a_saved_scene(a_slicer, a_scene, a_wrapper, a_volume, tmp_path):
    state = a_wrapper()
    state.volume, state.note = a_volume, "kept"
    assert a_slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    a_scene.Clear()
    a_slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    restored = type(state)(a_scene.GetFirstNodeByName("State"))
    assert (restored.note, restored.volume.GetName()) == ("kept", "CT")


MODULE = """
import qt, slicer
from slicer.ScriptedLoadableModule import *
from slicer.i18n import tr as _

class Hello(ScriptedLoadableModule):
    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Hello")
        self.parent.categories = ["Examples"]

class HelloWidget(ScriptedLoadableModuleWidget):
    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        self.logic, self.log = HelloLogic(), ["setup"]
        self.layout.addWidget(qt.QPushButton("Go"))
    def enter(self): self.log.append("enter")
    def exit(self): self.log.append("exit")
    def cleanup(self): self.log.append("cleanup")

class HelloLogic(ScriptedLoadableModuleLogic):
    pass
"""


def test_a_scripted_module_is_loaded_opened_left_and_unloaded(a_slicer, a_scene, tmp_path):
    from Testing.slicer.stand_in.modules import load_module, unload_module

    path = tmp_path / "Hello" / "Hello.py"
    path.parent.mkdir()
    path.write_text(MODULE)
    load_module(path)
    assert a_slicer.modules.hello.title == "Hello"
    panel = a_slicer.util.getModuleWidget("Hello")
    assert panel.resourcePath("UI/Hello.ui") == str(path.parent / "Resources" / "UI" / "Hello.ui")
    shell = a_slicer.modules.hello.widgetRepresentation()
    shell.enter()
    shell.exit()
    node = panel.logic.getParameterNode()
    assert panel.logic.getParameterNode() is node
    assert a_slicer.util.getModuleLogic("Hello") is panel.logic
    unload_module("Hello")
    assert panel.log == ["setup", "enter", "exit", "cleanup"]
    assert not hasattr(a_slicer.modules, "hello")


def test_only_real_metadata_may_be_written_on_a_module(a_slicer):
    from Testing.slicer.stand_in.modules import qSlicerScriptedLoadableModule

    with pytest.raises(AttributeError, match="did you mean 'title'"):
        qSlicerScriptedLoadableModule("X", "/x/X.py", sys).titel = "X"


def test_packages_are_asked_for_and_not_installed(a_slicer, pip_wishes):
    a_slicer.packaging.pip_ensure(["no-such-package>=3"], requester="LWCTR")
    assert pip_wishes == [("pip_ensure", ["no-such-package>=3"], {"constraints": None, "requester": "LWCTR"})]
    assert a_slicer.packaging.pip_check("numpy")
    assert not a_slicer.packaging.pip_check(["numpy<1"])


def test_the_segment_editor_needs_its_node_first(a_slicer, a_scene, a_volume):
    editor = a_slicer.qMRMLSegmentEditorWidget()
    editor.setMRMLScene(a_scene)
    with pytest.raises(RuntimeError, match="comes first"):
        editor.setSourceVolumeNode(a_volume)
    editor.setMRMLSegmentEditorNode(a_scene.AddNewNodeByClass("vtkMRMLSegmentEditorNode"))
    editor.setActiveEffectByName("Paint")
    assert editor.activeEffect().name == "Paint"


def test_a_table_view_shows_the_table_node(a_slicer, a_scene):
    node = a_scene.AddNewNodeByClass("vtkMRMLTableNode")
    a_slicer.util.updateTableFromArray(node, np.array([[1.5, 2.0], [3.0, 4.0]]), ["one", "two"])
    view = a_slicer.qMRMLTableView()
    view.setMRMLTableNode(node)
    model = view.model()
    assert (model.rowCount(), model.columnCount()) == (2, 2)
    assert float(model.data(model.index(1, 0))) == 3.0
    assert model.headerData(1, 1) == "two"
