"""Slicer's Segment Editor on the mask of an open reading, and nothing left of it in the views afterwards."""

import slicer

EFFECTS = ("Paint", "Erase", "Scissors", "Grow from seeds", "Smoothing", "Islands", "Margin", "Level tracing")
TAG = "LWCTR"
UNDO_STATES = 10


class EditorBox:
    """The embedded editor. An effect that is active listens to the mouse in every view: :meth:`rest` ends that."""

    def __init__(self):
        self.widget = slicer.qMRMLSegmentEditorWidget()
        self.widget.setObjectName("segmentEditor")
        self.widget.maximumNumberOfUndoStates = UNDO_STATES
        self.widget.segmentationNodeSelectorVisible = False
        self.widget.sourceVolumeNodeSelectorVisible = False
        self.widget.switchToSegmentationsButtonVisible = False
        self.widget.unorderedEffectsVisible = False
        self.widget.setEffectNameOrder(list(EFFECTS))
        self.widget.setMRMLScene(slicer.mrmlScene)
        self._working = False

    def show(self, segmentation, volume):
        """Edit a segmentation over its scan."""
        self.widget.setMRMLSegmentEditorNode(_editorNode())
        self.widget.setSegmentationNode(segmentation)
        self.widget.setSourceVolumeNode(volume)
        self.work()

    def work(self):
        """Let the editor's keys work: the step with the open reading is shown."""
        if not self._working:
            self.widget.installKeyboardShortcuts()
            self._working = True

    def rest(self):
        """Let go of mouse and keys: another step or module is shown, or the reading was closed."""
        if self._working:
            self.widget.setActiveEffect(None)
            self.widget.uninstallKeyboardShortcuts()
            self.widget.removeViewObservations()
            self._working = False

    def forget(self):
        """Let go of the nodes before they leave the scene."""
        self.rest()
        if self.widget.mrmlSegmentEditorNode() is not None:
            self.widget.setSegmentationNode(None)
            self.widget.setMRMLSegmentEditorNode(None)


def _editorNode():
    """Return our own settings of the editor: those of Slicer's module stay as they are."""
    node = slicer.mrmlScene.GetSingletonNode(TAG, "vtkMRMLSegmentEditorNode")
    if node is None:
        node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLSegmentEditorNode")
        node.UnRegister(None)
        node.SetSingletonTag(TAG)
        node = slicer.mrmlScene.AddNode(node)
    return node
