"""Volumes and masks between SimpleITK, which is LPS, and MRML nodes, which are RAS.

The only place where the two meet. Nothing is resampled and no number is rounded: RAS is LPS with the signs of x
and y turned, and nodes keep origin, spacing and directions in double precision.
"""

import numpy as np
import SimpleITK as sitk
import slicer

from LWCTRLogic.errors import GeometryError, InputError

SEGMENT = "Liver"
COLOUR = (0.867, 0.510, 0.396)
_TURN = np.diag([-1.0, -1.0, 1.0])  # its own inverse


def fillVolume(node, image):
    """Give a volume node the voxels and the geometry of an image (int16 and float32 keep their type)."""
    slicer.util.updateVolumeFromArray(node, sitk.GetArrayFromImage(image))
    directions = _TURN @ np.array(image.GetDirection()).reshape(3, 3)
    node.SetIJKToRASDirections(*np.eye(3).ravel())  # a change in the last digits alone would be ignored
    node.SetIJKToRASDirections(*directions.ravel())
    node.SetSpacing(image.GetSpacing())
    node.SetOrigin(_TURN @ np.array(image.GetOrigin()))


def volumeImage(node):
    """Return the image of a volume node.

    Raises
    ------
    InputError
        When the node holds no voxels or several values a voxel.
    GeometryError
        When a transform moves the node: its voxels then lie elsewhere than its geometry says.
    """
    data = node.GetImageData()
    if data is None or data.GetNumberOfScalarComponents() != 1:
        values = "no voxels" if data is None else f"{data.GetNumberOfScalarComponents()} values a voxel"
        raise InputError(f"the volume {node.GetName()} has {values}", "a CT volume, one value a voxel")
    if node.GetParentTransformNode() is not None:
        raise GeometryError(
            f"the volume {node.GetName()} is moved by the transform {node.GetParentTransformNode().GetName()}",
            "a volume where the scanner put it",
            "Remove the transform in the Data module, or harden it",
        )
    return onGrid(slicer.util.arrayFromVolume(node), node)


def onGrid(voxels, node):
    """Return voxels (z, y, x) as an image with the geometry of a volume node."""
    image = sitk.GetImageFromArray(voxels)
    directions = np.zeros((3, 3))
    node.GetIJKToRASDirections(directions)
    image.SetDirection((_TURN @ directions).ravel())
    image.SetSpacing(node.GetSpacing())
    image.SetOrigin(_TURN @ np.array(node.GetOrigin()))
    return image


def fillMask(segmentation, mask, volume):
    """Make a mask on the grid of ``volume`` the one segment "Liver" of a segmentation node.

    The segment stays the same object, so that an editor or an observer on it goes on.
    """
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    segments = segmentation.GetSegmentation()
    for name in [one for one in segments.GetSegmentIDs() if one != SEGMENT]:
        segments.RemoveSegment(name)
    if segments.GetSegment(SEGMENT) is None:
        segments.AddEmptySegment(SEGMENT, SEGMENT, COLOUR)
    voxels = (sitk.GetArrayViewFromImage(mask) != 0).astype(np.uint8)
    slicer.util.updateSegmentBinaryLabelmapFromArray(voxels, segmentation, SEGMENT, volume)


def maskImage(segmentation, volume):
    """Return what a segmentation node holds, all visible segments together, on the grid of ``volume``.

    Returns
    -------
    SimpleITK.Image
        uint8, 0 outside and 1 inside.
    """
    shape = slicer.util.arrayFromVolume(volume).shape
    together = np.zeros(shape, np.uint8)
    segments = segmentation.GetSegmentation()
    for name in segments.GetSegmentIDs():
        one = slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, name, volume)
        if one is not None and one.size:
            together |= (one != 0).astype(np.uint8)
    return onGrid(together, volume)


def centre(mask):
    """Return the centre of mass of a mask in RAS, mm; ``None`` when it is empty."""
    voxels = sitk.GetArrayViewFromImage(mask) != 0
    total = int(np.count_nonzero(voxels))
    if not total:
        return None
    index = []
    for axis in (2, 1, 0):  # x, y, z
        counts = voxels.sum(axis=tuple(other for other in range(3) if other != axis), dtype=np.int64)
        index.append(float(counts @ np.arange(counts.size)) / total)
    return tuple(_TURN @ np.array(mask.TransformContinuousIndexToPhysicalPoint(index)))
