"""Between the case folder and the scene. The folder is the truth: where they differ, the scene follows and says so."""

from pathlib import Path

import numpy as np
import SimpleITK as sitk
import slicer
from slicer.i18n import tr as _

from LWCTRLogic import files
from LWCTRLogic.imaging.geometry import lay_on_grid
from LWCTRLogic.imaging.io import read_image, read_mask, write_image, write_mask
from LWCTRWidgets import SceneImages
from LWCTRWidgets.Forms import volumeLabel
from LWCTRWidgets.Responsive import inBackground

WINDOW, LEVEL = 200, 45  # HU
VIEW = "LWCTR-"  # the tag of each of the four views, with the volume's name
VOLUME, CASE, CONTENT, VERSION = "LWCTR.volume", "LWCTR.case", "LWCTR.sha256", "LWCTR.version"


class SceneBridge:
    """The scans and masks of one case as nodes of the scene.

    A node of the case carries the volume's name, the case's pseudonym and the SHA-256 of the file it came from as
    attributes, by which a scene that was saved and opened again is recognised. Nodes without them are the user's
    own and are never touched.
    """

    def __init__(self):
        self._showing = False
        self._heights = {}  # (mask node, its time) → mm
        self._known = {}  # node → the file it was filled from, and its time then

    # ---- one file ----------------------------------------------------------------------------------------
    def loadScan(self, path, name):
        """Read a scan into a new volume node, window 200 / level 45.

        Raises
        ------
        InputError
            When the file is no CT volume.
        """
        image = inBackground(read_image, Path(path))
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
        node.CreateDefaultDisplayNodes()
        self.applyWindow(node)  # before the voxels come, or Slicer would look for a window in all of them
        SceneImages.fillVolume(node, image, inBackground)
        return node

    def applyWindow(self, node):
        """Show a volume for the liver: window 200, level 45, not set anew by Slicer."""
        display = node.GetDisplayNode()
        display.SetAutoWindowLevel(False)
        display.SetWindowLevel(WINDOW, LEVEL)

    def loadMask(self, path, volumeNode):
        """Read a mask of ``volumeNode`` into a new segmentation node.

        Raises
        ------
        InputError
            When the file is no mask.
        GeometryError
            When it lies on another grid.
        """
        return self._newMask(self._maskOf(path, volumeNode), volumeNode)

    def _maskOf(self, path, volumeNode):
        grid = SceneImages.gridOf(volumeNode)
        return inBackground(lambda: lay_on_grid(read_mask(Path(path)), SceneImages.emptyOn(grid)))

    def _newMask(self, mask, volumeNode):
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", volumeNode.GetName() + " liver")
        node.CreateDefaultDisplayNodes()
        SceneImages.fillMask(node, mask, volumeNode, inBackground)
        display = node.GetDisplayNode()
        display.SetVisibility2DFill(False)  # the liver must be seen; the outline shows the mask
        display.SetVisibility2DOutline(True)
        return node

    def saveMask(self, segmentationNode, volumeNode, path):
        """Write a segmentation as .seg.nrrd on the grid of its volume: the same mask gives the same bytes."""
        mask = SceneImages.maskImage(segmentationNode, volumeNode, inBackground)
        inBackground(write_mask, mask, Path(path))

    def exportVolume(self, node, path):
        """Write the image of any volume node of the user's; what it says about the patient is not written.

        Raises
        ------
        InputError
            When it is no CT volume, or a transform moves it.
        """
        inBackground(write_image, SceneImages.volumeImage(node, inBackground), Path(path))

    # ---- the case ----------------------------------------------------------------------------------------
    def volumeNode(self, volume):
        """Return the node of a scan of the case, or ``None``."""
        return self._find("vtkMRMLScalarVolumeNode", volume)

    def maskNode(self, volume):
        """Return the node of the mask of a scan, or ``None``."""
        return self._find("vtkMRMLSegmentationNode", volume)

    def _find(self, kind, volume):
        nodes = slicer.util.getNodesByClass(kind)
        return next((node for node in nodes if node.GetAttribute(VOLUME) == volume), None)

    def show(self, case, masks=True):
        """Make the scene show the scans and the masks in use of a case; no mask unless ``masks``.

        Returns
        -------
        list of str
            In words, what the scene held otherwise; empty for a scene that held nothing of the case.

        Raises
        ------
        InputError, GeometryError
            When a file of the case cannot be read, or a mask does not lie on its scan.
        """
        if self._showing:  # events run while files are read, and may ask again
            return []
        self._showing = True
        try:
            return self._show(case, masks)
        finally:
            self._showing = False

    def _show(self, case, masks):
        identity, words = case.load_info().case_id, []
        for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
            volume = node.GetAttribute(VOLUME)
            if node.GetAttribute(CASE) == identity and volume is not None and volume not in case.volumes():
                words += self._setAside(case, node, volume)  # its scan left the case
        self._removeOthers(identity, case.volumes())
        for volume in case.volumes():
            if case.image_path(volume).exists():
                words += self._showScan(case, identity, volume)
                words += self._showMask(case, identity, volume, masks)
        return words

    def clear(self):
        """Take the scans and masks of any case out of the scene."""
        self._removeOthers(None, ())

    def _removeOthers(self, identity, volumes):
        for kind in ("vtkMRMLSegmentationNode", "vtkMRMLScalarVolumeNode"):
            for node in slicer.util.getNodesByClass(kind):
                ours = node.GetAttribute(VOLUME) is not None
                if ours and (node.GetAttribute(CASE) != identity or node.GetAttribute(VOLUME) not in volumes):
                    slicer.mrmlScene.RemoveNode(node)

    def _showScan(self, case, identity, volume):
        path, node = case.image_path(volume), self.volumeNode(volume)
        content = inBackground(files.sha256, path)
        before = node.GetAttribute(CONTENT) if node is not None else content
        if node is None:
            node = self.loadScan(path, volume)
        elif self._known.get(node.GetID()) != (content, _time(node)):
            # Also for the same content: a scene file rounds the last digit of the geometry.
            SceneImages.fillVolume(node, inBackground(read_image, path), inBackground)
        self._mark(node, volume, identity, content)
        self._known[node.GetID()] = (content, _time(node))
        if before == content:
            return []
        text = _("{scan}: the scan in the case folder is another one than in the scene.")
        return [text.format(scan=volumeLabel(volume))]

    def _showMask(self, case, identity, volume, shown):
        path, node = case.current_mask(volume) if shown else None, self.maskNode(volume)
        words = self._setAside(case, node, volume)
        if words:
            node = None
        if path is None:
            if node is not None:
                slicer.mrmlScene.RemoveNode(node)
            return words
        content = inBackground(files.sha256, path)
        if node is not None and node.GetAttribute(VERSION) not in (path.name, ""):
            words.append(self._newerWords(node, volume, path))
        if node is None:
            node = self.loadMask(path, self.volumeNode(volume))
        elif self._known.get(node.GetID()) != (content, _time(node)):
            mask = self._maskOf(path, self.volumeNode(volume))
            SceneImages.fillMask(node, mask, self.volumeNode(volume), inBackground)
        self._mark(node, volume, identity, content)
        node.SetAttribute(VERSION, path.name)
        self._known[node.GetID()] = (content, _time(node))
        return words

    def _mark(self, node, volume, identity, content):
        for key, value in ((VOLUME, volume), (CASE, identity), (CONTENT, content)):
            if node.GetAttribute(key) != value:
                node.SetAttribute(key, value)
        if node.IsA("vtkMRMLSegmentationNode"):
            self._limit(node, volume)

    def limitMasks(self):
        """Draw each mask in the view of its own scan, and in no other of the four; call it when these are made."""
        for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
            if node.GetAttribute(VOLUME) is not None:
                self._limit(node, node.GetAttribute(VOLUME))

    def _limit(self, node, volume):
        views = [
            *slicer.util.getNodesByClass("vtkMRMLSliceNode"),
            *slicer.util.getNodesByClass("vtkMRMLViewNode"),
        ]
        others = [view for view in views if (view.GetSingletonTag() or "").startswith(VIEW)]
        others = [view for view in others if view.GetSingletonTag() != VIEW + volume]
        display = node.GetDisplayNode()
        display.RemoveAllViewNodeIDs()  # then every view shows it
        for view in views if others else ():
            if view not in others:
                display.AddViewNodeID(view.GetID())

    def _newerWords(self, node, volume, path):
        return _("{scan}: the mask in use is {new}; the scene had {old}.").format(
            scan=volumeLabel(volume), new=path.name, old=node.GetAttribute(VERSION)
        )

    def _setAside(self, case, node, volume):
        """Keep under another name what was drawn in the scene and stands in no version of the case."""
        if node is None or not node.GetAttribute(VERSION):
            return []
        known = self._known.get(node.GetID())
        if known is not None and known[1] == _time(node):
            return []
        version = case.mask_folder(volume) / node.GetAttribute(VERSION)
        if version.exists() and self._holds(node, volume, version):
            return []
        node.SetName(_("{volume} liver, drawn and in no version").format(volume=volume))
        for key in (VOLUME, CASE, CONTENT, VERSION):
            node.RemoveAttribute(key)
        text = _("{scan}: what was drawn in the scene is in no version of the case; it is kept as “{name}”.")
        return [text.format(scan=volumeLabel(volume), name=node.GetName())]

    def _holds(self, node, volume, version):
        volumeNode = self.volumeNode(volume)
        there, here = self._maskOf(version, volumeNode), SceneImages.maskImage(node, volumeNode, inBackground)
        return inBackground(
            lambda: np.array_equal(sitk.GetArrayViewFromImage(there), sitk.GetArrayViewFromImage(here))
        )

    # ---- a reading ---------------------------------------------------------------------------------------
    def showOnly(self, volume, mask):
        """Show one mask and take every other mask of the case out of the scene, so that a reader sees none.

        Parameters
        ----------
        volume : str
            Its scan must be in the scene.
        mask : SimpleITK.Image
            On the grid of the scan.

        Returns
        -------
        vtkMRMLSegmentationNode
            The same node for the same volume; the one that the reader draws on.
        """
        volumeNode, kept = self.volumeNode(volume), self.maskNode(volume)
        for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
            if node.GetAttribute(VOLUME) is not None and node is not kept:
                slicer.mrmlScene.RemoveNode(node)
        if kept is None:
            kept = self._newMask(mask, volumeNode)
        else:
            SceneImages.fillMask(kept, mask, volumeNode, inBackground)
        self._mark(kept, volume, volumeNode.GetAttribute(CASE), "")
        kept.SetAttribute(VERSION, "")  # the reading keeps it on disk
        return kept

    def maskImage(self, volume):
        """Return what is drawn on a scan now: uint8, 0 and 1, on the scan's grid."""
        return SceneImages.maskImage(self.maskNode(volume), self.volumeNode(volume), inBackground)

    def liverHeight(self, volume):
        """Return how high the centre of the liver lies (S, mm), by the mask in the scene; ``None`` without one."""
        node = self.maskNode(volume)
        if node is None or self.volumeNode(volume) is None:
            return None
        key = (node.GetID(), _time(node))
        if key not in self._heights:
            centre = inBackground(SceneImages.centre, self.maskImage(volume))
            self._heights[key] = None if centre is None else float(centre[2])
        return self._heights[key]


def _time(node):
    """Return a number that grows whenever the voxels of a volume or a segmentation change."""
    if node.IsA("vtkMRMLVolumeNode"):
        return node.GetImageData().GetMTime() if node.GetImageData() is not None else 0
    segment = node.GetSegmentation().GetSegment(SceneImages.SEGMENT)
    drawn = segment.GetRepresentation("Binary labelmap") if segment is not None else None
    return max(one.GetMTime() for one in (node.GetSegmentation(), segment, drawn) if one is not None)
