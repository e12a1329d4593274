"""Volumes and masks between SimpleITK, which is LPS, and MRML nodes, which are RAS.

The only place where the two meet. Nothing is resampled and no number is rounded: RAS is LPS with the signs of x
and y turned, and nodes keep origin, spacing and directions in double precision.
"""

import numpy as np
import SimpleITK as sitk
import slicer
import vtk
from scipy import ndimage
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

from LWCTRLogic.errors import GeometryError, InputError

SEGMENT = "Liver"
COLOUR = (0.867, 0.510, 0.396)
SAME_MM = 1e-3  # as LWCTRLogic compares grids
_TURN = np.diag([-1.0, -1.0, 1.0])  # its own inverse


def fillVolume(node, image):
    """Give a volume node the voxels and the geometry of an image (int16 and float32 keep their type)."""
    slicer.util.updateVolumeFromArray(node, sitk.GetArrayViewFromImage(image))  # which copies
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
    _refuseTransform(node, "volume")
    return onGrid(slicer.util.arrayFromVolume(node), node)


def _refuseTransform(node, kind):
    transform = node.GetParentTransformNode()
    if transform is not None:
        raise GeometryError(
            f"the {kind} {node.GetName()} is moved by the transform {transform.GetName()}",
            f"a {kind} where the scanner put it",
            "Remove the transform in the Data module, or harden it",
        )


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
    voxels = sitk.GetArrayViewFromImage(mask) != 0
    box = ndimage.find_objects(voxels.view(np.uint8))  # a liver fills a tenth of the scan
    box = box[0] if box else (slice(0, 1),) * 3
    labels = slicer.vtkOrientedImageData()
    labels.SetExtent(*(end for one in box[::-1] for end in (one.start, one.stop - 1)))
    labels.SetGeometryFromImageToWorldMatrix(_toRas(volume))
    scalars = numpy_to_vtk(voxels[box].astype(np.uint8).ravel(), deep=True, array_type=vtk.VTK_UNSIGNED_CHAR)
    labels.GetPointData().SetScalars(scalars)
    logic = slicer.vtkSlicerSegmentationsModuleLogic
    if not logic.SetBinaryLabelmapToSegment(labels, segmentation, SEGMENT, logic.MODE_REPLACE):
        raise InputError(f"the mask of {volume.GetName()} could not be brought into the scene")


def _toRas(volume):
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    return matrix


def maskImage(segmentation, volume):
    """Return what a segmentation node holds, all segments together, on the grid of ``volume``.

    Returns
    -------
    SimpleITK.Image
        uint8, 0 outside and 1 inside.

    Raises
    ------
    GeometryError
        When a transform moves the segmentation.
    """
    _refuseTransform(segmentation, "segmentation")
    together = np.zeros(volume.GetImageData().GetDimensions()[::-1], np.uint8)
    for name in segmentation.GetSegmentation().GetSegmentIDs():
        together |= _segmentVoxels(segmentation, name, volume, together.shape)
    return onGrid(together, volume)


def _segmentVoxels(segmentation, name, volume, shape):
    """Return one segment on the volume's grid (z, y, x): copied where the voxels coincide, else resampled."""
    labels, voxels = slicer.vtkOrientedImageData(), np.zeros(shape, np.uint8)
    segmentation.GetBinaryLabelmapRepresentation(name, labels)
    if labels.IsEmpty():
        return voxels
    matrix = vtk.vtkMatrix4x4()
    labels.GetImageToWorldMatrix(matrix)
    away = slicer.util.arrayFromVTKMatrix(matrix) - slicer.util.arrayFromVTKMatrix(_toRas(volume))
    if np.abs(away @ [*shape[::-1], 1]).max() > SAME_MM:
        return (slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, name, volume) != 0).astype(np.uint8)
    extent = np.array(labels.GetExtent()).reshape(3, 2)[::-1]
    drawn = vtk_to_numpy(labels.GetPointData().GetScalars()).reshape(extent[:, 1] - extent[:, 0] + 1)
    low, high = np.maximum(extent[:, 0], 0), np.minimum(extent[:, 1] + 1, shape)
    inside = tuple(slice(*ends) for ends in zip(low, np.maximum(low, high), strict=True))
    there = tuple(
        slice(one.start - start, one.stop - start) for one, start in zip(inside, extent[:, 0], strict=True)
    )
    voxels[inside] = drawn[there] != 0
    return voxels


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
