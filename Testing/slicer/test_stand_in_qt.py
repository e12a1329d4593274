"""The Qt of the layer behaves as PythonQt does, or is stricter."""

from __future__ import annotations

import sys
from typing import Any

import pytest


@pytest.fixture
def qt(a_slicer: Any) -> Any:
    return sys.modules["qt"]


@pytest.fixture
def ctk(a_slicer: Any) -> Any:
    return sys.modules["ctk"]


def test_properties_are_attributes_and_setters_still_work(qt):
    button = qt.QPushButton("one")
    button.text = "two"
    assert (button.text, button.enabled, button.isEnabled()) == ("two", True, True)
    button.setText("three")
    assert button.text == "three"


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("txet", "x", AttributeError, "did you mean 'text'"),
        ("setText", "x", AttributeError, "is a method"),
        ("text", 3, TypeError, "QString"),
        ("enabled", "yes", TypeError, "bool"),
        ("modal", True, TypeError, "cannot be written"),
    ],
)
def test_a_misspelt_or_mistyped_attribute_is_refused(qt, name, value, error, words):
    with pytest.raises(error, match=words):
        setattr(qt.QPushButton(), name, value)


def test_a_misspelt_attribute_of_a_ctk_widget_is_refused(ctk):
    with pytest.raises(AttributeError, match="did you mean 'value'"):
        ctk.ctkSliderWidget().valeu = 3


def test_a_python_subclass_may_have_attributes_of_its_own(qt):
    class Panel(qt.QWidget):
        def __init__(self):
            super().__init__()
            self.logic = "mine"
            self.windowTitle = "title"

    assert (Panel().logic, Panel().windowTitle) == ("mine", "title")


def test_connect_hands_a_slot_as_many_values_as_it_takes(qt):
    heard: list[Any] = []
    box = qt.QCheckBox()
    box.connect("toggled(bool)", lambda: heard.append("nothing"))
    box.connect("toggled(bool)", heard.append)
    box.connect("toggled(bool)", lambda *values: heard.append(values))
    box.toggled.connect(lambda value: heard.append(("new style", value)))
    box.checked = True
    assert heard == ["nothing", True, (True,), ("new style", True)]


def test_a_disconnected_slot_hears_nothing(qt):
    heard: list[bool] = []
    box = qt.QCheckBox()
    box.connect("toggled(bool)", heard.append)
    assert box.disconnect("toggled(bool)", heard.append)
    box.checked = True
    assert heard == []


@pytest.mark.parametrize("signal", ["cliked(bool)", "clicked(int)", "clicked", "setText(QString)"])
def test_a_signal_that_does_not_exist_is_refused(qt, signal):
    with pytest.raises(ValueError, match=r"signal|clicked"):
        qt.QPushButton().connect(signal, print)


def test_enums_are_numbers(qt):
    assert qt.Qt.Checked == 2
    assert qt.QProcess.NotRunning == 0
    assert int(qt.Qt.AlignLeft | qt.Qt.AlignTop) == 0x21


def test_file_dialogs_answer_with_the_path_alone(qt, monkeypatch, tmp_path):
    assert isinstance(qt.QFileDialog.getOpenFileName.__name__, str)
    seen = {}

    def answer(*args):
        seen["args"] = args
        return ("/a/b.nii.gz", "filter")

    from Testing.slicer.stand_in.qt import _first

    assert _first(answer).__func__(None, "Open") == "/a/b.nii.gz"
    assert seen["args"] == (None, "Open")


def test_a_process_runs_and_reports(qt, wait_until):
    ended: list[tuple[int, int]] = []
    process = qt.QProcess()
    process.connect("finished(int,QProcess::ExitStatus)", lambda code, status: ended.append((code, status)))
    process.start(sys.executable, ["-c", "print('hello'); raise SystemExit(3)"])
    wait_until(lambda: ended)
    assert ended == [(3, qt.QProcess.NormalExit)]
    assert bytes(process.readAllStandardOutput().data()).split() == [b"hello"]


def test_a_killed_process_says_so(qt, wait_until):
    ended: list[int] = []
    process = qt.QProcess()
    process.connect("finished(int,QProcess::ExitStatus)", lambda code, status: ended.append(int(status)))
    process.start(sys.executable, ["-c", "import time; time.sleep(60)"])
    assert process.waitForStarted(10000)
    process.kill()
    wait_until(lambda: ended)
    assert ended == [int(qt.QProcess.CrashExit)]


def test_a_collapsible_button_hides_what_it_holds(qt, ctk):
    section = ctk.ctkCollapsibleButton("Section")
    form = qt.QFormLayout(section)
    shown, hidden = qt.QLineEdit(), qt.QLineEdit()
    form.addRow("a", shown)
    form.addRow("b", hidden)
    hidden.hide()
    heard: list[bool] = []
    section.connect("contentsCollapsed(bool)", heard.append)
    section.collapsed = True
    assert (shown.isHidden(), hidden.isHidden()) == (True, True)
    section.collapsed = False
    assert (shown.isHidden(), hidden.isHidden(), heard) == (False, True, [True, False])


@pytest.mark.parametrize("widget", ["ctkCollapsibleButton", "ctkCollapsibleGroupBox"])
def test_what_is_put_into_a_folded_section_is_hidden_until_it_is_unfolded(qt, ctk, widget):
    section = getattr(ctk, widget)()
    column = qt.QVBoxLayout(section)
    section.collapsed = True
    section.show()
    line = qt.QLineEdit()
    column.addWidget(line)
    qt.QApplication.processEvents()
    assert line.isHidden()
    section.collapsed = False
    assert not line.isHidden()


def test_a_slider_holds_its_value_in_its_range(ctk):
    slider = ctk.ctkSliderWidget()
    slider.minimum, slider.maximum = -100, 500
    heard: list[float] = []
    slider.connect("valueChanged(double)", heard.append)
    slider.value = 7.5
    slider.value = 900
    assert heard == [7.5, 500.0]


def test_an_error_in_a_slot_is_not_lost(qt):
    caught: list[type] = []
    before, sys.excepthook = sys.excepthook, lambda kind, *_: caught.append(kind)
    try:
        button = qt.QPushButton()
        button.connect("clicked()", lambda: {}["missing"])
        button.click()
    finally:
        sys.excepthook = before
    assert caught == [KeyError]


FORM = """<ui version="4.0"><class>Form</class><widget class="qMRMLWidget" name="Form">
<layout class="QVBoxLayout" name="column">
<item><widget class="{widget}" name="selector"><property name="nodeTypes"><stringlist>
<string>vtkMRMLScalarVolumeNode</string></stringlist></property></widget></item>
<item><widget class="ctkPathLineEdit" name="path"><property name="filters">
<set>ctkPathLineEdit::Dirs|ctkPathLineEdit::Readable</set></property></widget></item>
</layout></widget><connections><connection><sender>Form</sender>
<signal>mrmlSceneChanged(vtkMRMLScene*)</signal><receiver>{receiver}</receiver>
<slot>setMRMLScene(vtkMRMLScene*)</slot></connection></connections></ui>"""


def test_a_form_is_loaded_with_its_connections_made(a_scene, a_slicer, ctk, tmp_path):
    path = tmp_path / "form.ui"
    path.write_text(FORM.format(widget="qMRMLNodeComboBox", receiver="selector"))
    node = a_scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    form = a_slicer.util.loadUI(str(path))
    form.setMRMLScene(a_scene)
    ui = a_slicer.util.childWidgetVariables(form)
    assert ui.selector.currentNode() is node
    assert ui.path.filters == ctk.ctkPathLineEdit.Dirs | ctk.ctkPathLineEdit.Readable


def test_a_form_with_an_unknown_widget_is_refused(a_slicer, tmp_path):
    path = tmp_path / "form.ui"
    path.write_text(FORM.format(widget="qMRMLUnheardOf", receiver="selector"))
    with pytest.raises(RuntimeError, match="no stand-in for qMRMLUnheardOf"):
        a_slicer.util.loadUI(str(path))


def test_a_form_that_connects_a_widget_it_does_not_hold_is_refused(a_slicer, tmp_path):
    path = tmp_path / "form.ui"
    path.write_text(FORM.format(widget="qMRMLNodeComboBox", receiver="selektor"))
    with pytest.raises(RuntimeError, match="selektor"):
        a_slicer.util.loadUI(str(path))
