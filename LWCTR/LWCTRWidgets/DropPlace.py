"""A place on which a folder or a case.json can be dropped."""

import qt

from LWCTRWidgets.Forms import GREY


class DropPlace(qt.QLabel):
    """Hands on the first file that is dropped on it."""

    def __init__(self, text, onDropped):
        qt.QLabel.__init__(self, text)
        self.onDropped = onDropped
        self.setObjectName("dropPlace")
        self.setAcceptDrops(True)
        self.setAlignment(qt.Qt.AlignCenter)
        self.setStyleSheet(f"QLabel {{ border: 1px dashed {GREY}; padding: 6px; }}")

    def dragEnterEvent(self, event):
        """Accept files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event):
        """Hand on the first file."""
        urls = event.mimeData().urls()
        if urls:
            self.onDropped(urls[0].toLocalFile())
