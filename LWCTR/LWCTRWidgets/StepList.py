"""The row of the seven steps on top: which is done, which is current, which needs attention."""

import qt
from slicer.i18n import tr as _

from LWCTRWidgets.Forms import BLUE, GREEN, GREY, ORANGE

SIZE = 24
# The sign and the tool tip say what the colour says, for those who do not see it.
MARKS = {
    "todo": ("", GREY),
    "done": ("\u2713", GREEN),
    "attention": ("!", ORANGE),
    "locked": ("\u2013", GREY),
}


def stateWords(state):
    """Return a state of a step in words."""
    return {
        "todo": _("not done yet"),
        "done": _("done"),
        "attention": _("needs attention"),
        "locked": _("closed while a reading is open"),
    }[state]


def stateIcon(number, state, current):
    """Draw a step's circle: its number or its sign, filled while it is the current one."""
    sign, colour = MARKS[state]
    if current:
        colour = BLUE
    picture = qt.QPixmap(SIZE, SIZE)
    picture.fill(qt.QColor(0, 0, 0, 0))
    painter = qt.QPainter(picture)
    painter.setRenderHint(qt.QPainter.Antialiasing)
    painter.setPen(qt.QPen(qt.QColor(colour), 2))
    filled = current or state in ("done", "attention")
    painter.setBrush(qt.QBrush(qt.QColor(colour) if filled else qt.QColor(0, 0, 0, 0)))
    painter.drawEllipse(2, 2, SIZE - 4, SIZE - 4)
    painter.setPen(qt.QPen(qt.QColor("white" if filled else colour)))
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    painter.drawText(qt.QRect(0, 0, SIZE, SIZE), int(qt.Qt.AlignCenter), sign or str(number))
    painter.end()
    return qt.QIcon(picture)


class StepList:
    """Seven buttons; ``onChosen(name)`` is called with the step that the user wants."""

    def __init__(self, titles, onChosen):
        self.widget = qt.QWidget()
        self.widget.setObjectName("stepList")
        layout = qt.QHBoxLayout(self.widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.buttons = {}
        self.states = {}
        for number, (name, title) in enumerate(titles.items(), 1):
            made = qt.QToolButton()
            made.setObjectName(f"go_{name}")
            made.setText(title)
            made.setToolButtonStyle(qt.Qt.ToolButtonTextUnderIcon)
            made.setIconSize(qt.QSize(SIZE, SIZE))
            made.setAutoRaise(True)
            made.setCheckable(True)
            made.setSizePolicy(qt.QSizePolicy.Expanding, qt.QSizePolicy.Fixed)
            made.setShortcut(qt.QKeySequence(f"Alt+{number}"))
            made.connect("clicked(bool)", lambda checked=False, chosen=name: onChosen(chosen))
            layout.addWidget(made)
            self.buttons[name] = made

    def show(self, states, current):
        """Show each step's (state, words); ``current`` is the open one."""
        self.states = dict(states)
        for number, (name, made) in enumerate(self.buttons.items(), 1):
            state, words = states.get(name, ("todo", ""))
            made.setIcon(stateIcon(number, state, name == current))
            made.setChecked(name == current)
            made.setEnabled(state != "locked")
            made.setToolTip(
                "\n".join(filter(None, (f"{number} {made.text}: {stateWords(state)} (Alt+{number})", words)))
            )
