"""What every step of the panel has: a section, its state, advice for the status line, and a command."""

import ctk
import qt


class Step:
    """One step. Subclasses name it, build its widgets, and show the case.

    ``panel`` gives the case, the parameter node, the scene and the runner; a step knows no other step.
    """

    name = ""

    def __init__(self, panel):
        self.panel = panel
        self.section = ctk.ctkCollapsibleButton()
        self.section.setObjectName(f"section_{self.name}")
        self.section.text = self.title()
        self.layout = qt.QVBoxLayout(self.section)
        self.layout.setSpacing(4)
        self.build()

    def title(self):
        """Return the heading of the section."""
        raise NotImplementedError

    def shortTitle(self):
        """Return the word in the step list."""
        raise NotImplementedError

    def build(self):
        """Make the widgets in ``self.layout``."""

    def refresh(self):
        """Show the case as it is now."""

    def enter(self):
        """Prepare what only an open step needs."""
        self.refresh()

    def leave(self):
        """Keep what the user did before the step is left; returns whether it was kept, and says why not."""
        return True

    def setBusy(self, busy):
        """Close what must not be used while a command runs."""
        for widget in self.busyWidgets():
            widget.enabled = not busy

    def busyWidgets(self):
        """Return the widgets that are closed while a command runs."""
        return []

    def advice(self):
        """Return what to do now, for the status line."""
        return ""

    def command(self):
        """Return the arguments of the command of this step, or an empty list."""
        return []

    def sceneClosed(self):
        """Forget the nodes of a scene that was closed."""

    def cleanup(self):
        """Let go of observers before the module ends."""
