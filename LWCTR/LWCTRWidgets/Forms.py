"""Small helpers that make widgets alike: every one gets a name, a tool tip and its connection."""

import ctk
import qt
import slicer
from slicer.i18n import tr as _

from LWCTRLogic.errors import LWCTRError

# Okabe and Ito's colours, which readers with any common colour vision tell apart; each has a sign beside it.
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#8a959e"


_tellers = []  # what tells of trouble, set by the module's widget


def tellTroubleBy(tell):
    """Let ``tell(error)`` say what a button could not do, such as when the case folder was moved away meanwhile."""
    _tellers[:] = [tell]


def guarded(slot, *arguments):
    """Call a slot; a refusal of the package that it did not expect is told instead of raised."""
    try:
        slot(*arguments)
    except LWCTRError as error:
        if not _tellers:
            raise
        _tellers[0](error)


def warningColour():
    """Return the colour of a warning's words: dark on a light window, light on a dark one."""
    return "#ffb066" if slicer.app.palette().window().color().lightness() < 128 else "#b34700"


def button(name, text, tip, slot, shortcut=""):
    """Return a push button; its shortcut is told in the tool tip."""
    made = qt.QPushButton(text)
    made.setObjectName(name)
    made.setToolTip(f"{tip} ({shortcut})" if shortcut else tip)
    if shortcut:
        made.setShortcut(qt.QKeySequence(shortcut))
    made.connect("clicked(bool)", lambda checked=False: guarded(slot))
    return made


def label(text="", name="", wrap=True, small=False):
    """Return a label that wraps and can be copied from."""
    made = qt.QLabel(text)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    made.setTextInteractionFlags(qt.Qt.TextSelectableByMouse)
    if small:
        made.setStyleSheet("QLabel { font-size: 8pt; }")
    return made


def combo(name, tip, items, slot=None):
    """Return a combo box of (text, value) pairs; ``slot`` gets the value that the user chose."""
    made = qt.QComboBox()
    made.setObjectName(name)
    made.setToolTip(tip)
    made.setSizeAdjustPolicy(qt.QComboBox.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(8)
    fill(made, items)
    if slot is not None:
        made.connect("activated(int)", lambda index: guarded(slot, made.itemData(index)))
    return made


def fill(box, items, chosen=None):
    """Replace the entries of a combo box by (text, value) pairs and select ``chosen``."""
    box.clear()
    for text, value in items:
        box.addItem(text, value)
    select(box, chosen)


def select(box, value):
    """Select an entry of a combo box by its value; an unknown value changes nothing."""
    index = box.findData(value) if value is not None else -1
    if index >= 0:
        box.setCurrentIndex(index)


def chosen(box):
    """Return the value of the selected entry."""
    return box.itemData(box.currentIndex)


def check(name, text, tip, slot=None):
    """Return a check box."""
    made = qt.QCheckBox(text)
    made.setObjectName(name)
    made.setToolTip(tip)
    if slot is not None:
        made.connect("toggled(bool)", slot)
    return made


def lineEdit(name, tip, placeholder="", slot=None):
    """Return a line edit; ``slot`` is called when the user has finished editing."""
    made = qt.QLineEdit()
    made.setObjectName(name)
    made.setToolTip(tip)
    made.setPlaceholderText(placeholder)
    if slot is not None:
        made.connect("editingFinished()", slot)
    return made


def path(name, tip, folder=True, slot=None):
    """Return an entry for a folder or a file with a button to look for it."""
    made = ctk.ctkPathLineEdit()
    made.setObjectName(name)
    made.setToolTip(tip)
    made.filters = ctk.ctkPathLineEdit.Dirs if folder else ctk.ctkPathLineEdit.Files
    if slot is not None:
        made.connect("currentPathChanged(QString)", slot)
    return made


def group(title, name="", collapsed=False):
    """Return a collapsible part of a step and its layout."""
    made = ctk.ctkCollapsibleGroupBox()
    made.setObjectName(name)
    made.title = title
    layout = qt.QVBoxLayout(made)
    layout.setContentsMargins(6, 6, 6, 6)
    layout.setSpacing(4)
    made.collapsed = collapsed
    return made, layout


def row(*widgets, stretch=None):
    """Return widgets side by side; the one at index ``stretch`` takes what is left over."""
    made = qt.QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(4)
    for index, widget in enumerate(widgets):
        made.addWidget(widget, 1 if index == stretch else 0)
    if stretch is None:
        made.addStretch(1)
    return made


def form(*pairs):
    """Return labelled widgets under each other."""
    made = qt.QFormLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(4)
    made.setFieldGrowthPolicy(qt.QFormLayout.AllNonFixedFieldsGrow)
    for text, widget in pairs:
        made.addRow(text, widget)
    return made


def volumeLabel(volume):
    """Return "Baseline, arterial" for ``pre_A`` in the user's language."""
    return {
        "pre_A": _("Baseline, arterial"),
        "pre_V": _("Baseline, portal venous"),
        "post_A": _("Follow-up, arterial"),
        "post_V": _("Follow-up, portal venous"),
    }[volume]
