"""An open reading in the scene: what the reader draws is kept each minute, at each switch, and as versions."""

from contextlib import suppress

import qt
import slicer

from LWCTRLogic.errors import LWCTRError
from LWCTRWidgets.Responsive import inBackground

AUTOSAVE_MS = 60_000


class SceneReading:
    """Ties a reading of the case folder to the segmentation that the reader draws on.

    ``onChange()`` is called after each autosave, so that the panel can say so; ``onTrouble(error)`` when that of
    the minute failed.
    """

    def __init__(self, scene, session, onChange, onTrouble):
        self.scene = scene
        self.session = session
        self.onChange, self.onTrouble = onChange, onTrouble
        self.volume = session.state.volume
        self.dirty = session.autosave_path is not None
        self.node = scene.showOnly(self.volume, inBackground(session.mask))
        self._segmentation = self.node.GetSegmentation()
        self._tag = self._segmentation.AddObserver(
            slicer.vtkSegmentation.SourceRepresentationModified, self._drawn
        )
        self._timer = qt.QTimer()
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.connect("timeout()", self._eachMinute)
        self._timer.start()

    @property
    def state(self):
        """Who reads what, from which start, for how long."""
        return self.session.state

    def _drawn(self, caller=None, event=None):
        self.dirty = True
        self.session.touch()

    def touch(self):
        """Note a sign of work, such as scrolling."""
        self.session.touch()

    def mask(self):
        """Return what is drawn now, on the image's grid."""
        return self.scene.maskImage(self.volume)

    def autosave(self):
        """Keep what was drawn since the last time; nothing was drawn, nothing is written."""
        if self.dirty:
            inBackground(self.session.autosave, self.mask())
            self.dirty = False
            self.onChange()

    def _eachMinute(self):
        try:
            self.autosave()
        except LWCTRError as error:  # such as a full disk
            self.onTrouble(error)

    def keptAt(self):
        """Return the file of what is drawn, once it is kept: autosave, last version or start; ``None`` without one."""
        state, case = self.session.state, self.session.case
        start = case.mask_folder(self.volume) / state.start_version if state.start_version else None
        return self.session.autosave_path or self.session.last_version() or start

    def save(self, inUse=None):
        """Save what is drawn as the next version; refused when it is empty or tiny.

        The checks that take seconds are those of ``lwctr check``, in a process of its own.
        """
        saved = inBackground(self.session.save_version, self.mask(), in_use=inUse, thorough=False)
        self.dirty = False
        return saved

    def undoAll(self):
        """Go back to the last saved version, or to the start."""
        self.session.discard_autosave()
        self.scene.showOnly(self.volume, inBackground(self.session.mask))
        self.dirty = False

    def close(self):
        """Close the reading; refused while something is drawn that no version holds."""
        self.autosave()
        self.session.close()
        self._release()

    def leave(self):
        """Keep everything and let go: the reading stays open on disk, to be resumed.

        Where it cannot be kept the error is raised and nothing is let go.
        """
        self.autosave()
        self.drop()

    def drop(self):
        """Let go without keeping what is drawn; the last autosave stays."""
        with suppress(LWCTRError):  # on a full disk: only the working time since the last autosave is lost
            self.session.leave()
        self._release()

    def _release(self):
        self._timer.stop()
        self._segmentation.RemoveObserver(self._tag)
