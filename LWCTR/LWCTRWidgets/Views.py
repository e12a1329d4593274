"""Four slice views of the four scans, scrolled together by the height of the liver.

Two examinations lie at different heights of the table, so equal coordinates show different organs. Each view has
a reference height, the liver's centre until the reader aligns the views; scrolling keeps the distance to it.
"""

import slicer
from slicer.i18n import tr as _

from LWCTRLogic.case import VOLUMES
from LWCTRWidgets.Responsive import breathe

LAYOUT_ID = 7214  # any number that no other layout has
WINDOW, LEVEL = 200, 45  # HU, for the liver
COLOURS = {"pre_A": "#D55E00", "pre_V": "#0072B2", "post_A": "#E69F00", "post_V": "#56B4E9"}
_VIEW = (
    '<item><view class="vtkMRMLSliceNode" singletontag="LWCTR-{tag}">'
    '<property name="orientation" action="default">Axial</property>'
    '<property name="viewlabel" action="default">{tag}</property>'
    '<property name="viewcolor" action="default">{colour}</property></view></item>'
)


def layoutDescription():
    """Return Slicer's description of the four views: baseline above follow-up."""

    def view(volume):
        return _VIEW.format(tag=volume, colour=COLOURS[volume])

    rows = "".join(
        f'<item><layout type="horizontal">{view(time + "_A")}{view(time + "_V")}</layout></item>'
        for time in ("pre", "post")
    )
    return f'<layout type="vertical">{rows}</layout>'


class Views:
    """The four views of the panel's case."""

    def __init__(self, panel):
        self.panel = panel
        self._observed = []
        self._moving = False
        self._heights = {}  # volume → mm (S)

    def sliceNode(self, volume):
        """Return a view's slice node, or ``None`` while the layout was never shown."""
        return slicer.mrmlScene.GetSingletonNode(f"LWCTR-{volume}", "vtkMRMLSliceNode")

    def showFour(self):
        """Show the four views of the case; returns what to tell the user."""
        manager = slicer.app.layoutManager()
        if manager is None or self.panel.case is None:
            return _("There is nothing to show yet.")
        node = manager.layoutLogic().GetLayoutNode()
        if not node.IsLayoutDescription(LAYOUT_ID):
            node.AddLayoutDescription(LAYOUT_ID, layoutDescription())
        manager.setLayout(LAYOUT_ID)
        self.panel.scene.limitMasks()
        self.findHeights()
        shown = []
        for volume in VOLUMES:
            breathe()
            shown += [volume] if self._fill(volume) else []
        self._observe()
        self.setLinked(self.panel.parameters.linked)
        return _("Showing {count} scans, window 200 / level 45.").format(count=len(shown))

    def _fill(self, volume):
        view, node = self.sliceNode(volume), self.panel.scene.volumeNode(volume)
        if view is None or node is None:
            return False
        logic = slicer.app.applicationLogic().GetSliceLogic(view)
        if logic is not None:
            logic.GetSliceCompositeNode().SetBackgroundVolumeID(node.GetID())
            logic.FitSliceToBackground()
        if volume in self._heights:
            self._setOffset(view, self._heights[volume])
        return True

    # ---- scrolling together ------------------------------------------------------------------------------
    def findHeights(self):
        """Find each view's reference height: what the reader aligned, else the liver's centre by its mask.

        Looked for when views or masks are new, and not at each stroke: it takes a look at every voxel.
        """
        found = {}
        for volume in VOLUMES:
            breathe()
            found[volume] = self.panel.scene.liverHeight(volume)
        known = {volume: height for volume, height in found.items() if height is not None}
        self._heights = {**self._heights, **known, **self.panel.alignment()}

    def forget(self):
        """Forget the heights of a case that is no longer open."""
        self._heights = {}

    def masksChanged(self):
        """Find the heights anew when the views are shown."""
        if self._observed:
            self.findHeights()

    def alignHere(self):
        """Take the slices shown now as the same place of the liver."""
        shown = {volume: self.sliceNode(volume) for volume in VOLUMES}
        heights = {name: node.GetSliceOffset() for name, node in shown.items() if node is not None}
        if not heights:
            return _("Show the four views first.")
        self.panel.setAlignment(heights)
        self._heights = heights
        return _("Aligned: the views scroll together from here.")

    def setLinked(self, linked):
        """Scroll the views together, or each by itself."""
        self.panel.parameters.linked = bool(linked)

    def _observe(self):
        self.cleanup()
        for volume in VOLUMES:
            node = self.sliceNode(volume)
            if node is not None:
                tag = node.AddObserver(
                    "ModifiedEvent", lambda caller, event, name=volume: self._scrolled(name)
                )
                self._observed.append((node, tag))

    def _scrolled(self, volume):
        self.panel.steps["correct"].touch()  # looking through the slices is work
        if self._moving or not self.panel.parameters.linked:
            return
        heights = self._heights
        if volume not in heights:
            return
        away = self.sliceNode(volume).GetSliceOffset() - heights[volume]
        self._moving = True
        try:
            for other in VOLUMES:
                node = self.sliceNode(other)
                if other != volume and other in heights and node is not None:
                    self._setOffset(node, heights[other] + away)
        finally:
            self._moving = False

    def _setOffset(self, node, height):
        if abs(node.GetSliceOffset() - height) > 1e-6:
            node.SetSliceOffset(height)

    def cleanup(self):
        """Let go of the views."""
        for node, tag in self._observed:
            node.RemoveObserver(tag)
        self._observed = []
