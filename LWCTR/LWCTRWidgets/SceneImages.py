"""Volumes and masks between SimpleITK, which is LPS, and MRML nodes, which are RAS.

The only place where the two meet. Nothing is resampled and no number is rounded: RAS is LPS with the signs of x
and y turned, and nodes keep origin, spacing and directions in double precision.

``run(function, *arguments)`` calls what works on voxels alone, for as long as a large scan takes; the panel gives one
that runs it in a thread and draws the window meanwhile.
"""

from collections import namedtuple

import numpy as np
import SimpleITK as sitk
import slicer
import vtk
from slicer.i18n import tr as _
from vtk.util.numpy_support import get_vtk_array_type, numpy_to_vtk, vtk_to_numpy

from LWCTRLogic.errors import GeometryError, InputError

SEGMENT = "Liver"
COLOUR = (0.867, 0.510, 0.396)
SAME_MM = 1e-3  # as LWCTRLogic compares grids
_TURN = np.diag([-1.0, -1.0, 1.0])  # its own inverse
Grid = namedtuple("Grid", "size origin spacing direction")  # LPS, as SimpleITK has them


def here(function, *arguments):
    """Call a function at once, in this thread."""
    return function(*arguments)


def fillVolume(node, image, run=here):
    """Give a volume node the voxels and the geometry of an image (int16 and float32 keep their type)."""
    node.SetAndObserveImageData(run(_vtkImage, image))
    directions = _TURN @ np.array(image.GetDirection()).reshape(3, 3)
    node.SetIJKToRASDirections(*np.eye(3).ravel())  # a change in the last digits alone would be ignored
    node.SetIJKToRASDirections(*directions.ravel())
    node.SetSpacing(image.GetSpacing())
    node.SetOrigin(_TURN @ np.array(image.GetOrigin()))


def _vtkImage(image):
    voxels = sitk.GetArrayViewFromImage(image)
    data = vtk.vtkImageData()
    data.SetDimensions(image.GetSize())
    data.AllocateScalars(get_vtk_array_type(voxels.dtype), 1)
    vtk_to_numpy(data.GetPointData().GetScalars()).reshape(voxels.shape)[...] = voxels
    return data


def volumeImage(node, run=here):
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
        count = 0 if data is None else data.GetNumberOfScalarComponents()
        found = _("the volume {name} has {count} values a voxel").format(name=node.GetName(), count=count)
        raise InputError(found, _("a CT volume, one value a voxel"))
    _refuseTransform(node)
    return run(imageOn, slicer.util.arrayFromVolume(node), gridOf(node))


def _refuseTransform(node):
    transform = node.GetParentTransformNode()
    if transform is not None:
        raise GeometryError(
            _("{name} is moved by the transform {transform}").format(
                name=node.GetName(), transform=transform.GetName()
            ),
            _("volumes and masks where the scanner put them"),
            _("Remove the transform in the Data module, or harden it"),
        )


def gridOf(node):
    """Return the grid of a volume node."""
    directions = np.zeros((3, 3))
    node.GetIJKToRASDirections(directions)
    origin = _TURN @ np.array(node.GetOrigin())
    size = node.GetImageData().GetDimensions()
    return Grid(size, tuple(origin), node.GetSpacing(), tuple((_TURN @ directions).ravel()))


def imageOn(voxels, grid):
    """Return voxels (z, y, x) as an image on a grid."""
    return _placed(sitk.GetImageFromArray(voxels), grid)


def emptyOn(grid):
    """Return a mask with nothing inside on a grid."""
    return _placed(sitk.Image(grid.size, sitk.sitkUInt8), grid)


def _placed(image, grid):
    image.SetDirection(grid.direction)
    image.SetSpacing(grid.spacing)
    image.SetOrigin(grid.origin)
    return image


def onGrid(voxels, node):
    """Return voxels (z, y, x) as an image with the geometry of a volume node."""
    return imageOn(voxels, gridOf(node))


def fillMask(segmentation, mask, volume, run=here):
    """Make a mask on the grid of ``volume`` the one segment "Liver" of a segmentation node.

    The segment stays the same object, so that an editor or an observer on it goes on.
    """
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    segments = segmentation.GetSegmentation()
    for name in [one for one in segments.GetSegmentIDs() if one != SEGMENT]:
        segments.RemoveSegment(name)
    if segments.GetSegment(SEGMENT) is None:
        segments.AddEmptySegment(SEGMENT, SEGMENT, COLOUR)
    voxels, start = run(_cropped, mask)
    labels = slicer.vtkOrientedImageData()
    ends = zip(start[::-1], voxels.shape[::-1], strict=True)
    labels.SetExtent(*(end for first, count in ends for end in (first, first + count - 1)))
    labels.SetGeometryFromImageToWorldMatrix(_toRas(volume))
    scalars = numpy_to_vtk(voxels.ravel(), deep=True, array_type=vtk.VTK_UNSIGNED_CHAR)
    labels.GetPointData().SetScalars(scalars)
    logic = slicer.vtkSlicerSegmentationsModuleLogic
    if not logic.SetBinaryLabelmapToSegment(labels, segmentation, SEGMENT, logic.MODE_REPLACE):
        text = _("the mask of {name} could not be brought into the scene")
        raise InputError(text.format(name=volume.GetName()))


def _cropped(mask):
    """Return the box (z, y, x) that holds all of a mask, and where it begins: a liver fills a tenth of the scan."""
    voxels = sitk.GetArrayViewFromImage(mask) != 0
    box = []
    for axis in range(3):
        there = np.flatnonzero(voxels.any(axis=tuple(other for other in range(3) if other != axis)))
        box.append(slice(int(there[0]), int(there[-1]) + 1) if there.size else slice(0, 1))
    return np.ascontiguousarray(voxels[tuple(box)], np.uint8), [one.start for one in box]


def _toRas(volume):
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    return matrix


def maskImage(segmentation, volume, run=here):
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
    _refuseTransform(segmentation)
    names = segmentation.GetSegmentation().GetSegmentIDs()
    parts = [_segmentVoxels(segmentation, name, volume) for name in names]
    return run(_together, [part for part in parts if part is not None], gridOf(volume))


def _segmentVoxels(segmentation, name, volume):
    """Return one segment (z, y, x) with the index at which it begins; resampled where the voxels do not coincide."""
    labels, shape = slicer.vtkOrientedImageData(), volume.GetImageData().GetDimensions()[::-1]
    segmentation.GetBinaryLabelmapRepresentation(name, labels)
    if labels.IsEmpty():
        return None
    matrix = vtk.vtkMatrix4x4()
    labels.GetImageToWorldMatrix(matrix)
    away = slicer.util.arrayFromVTKMatrix(matrix) - slicer.util.arrayFromVTKMatrix(_toRas(volume))
    if np.abs(away @ [*shape[::-1], 1]).max() > SAME_MM:
        return slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, name, volume), np.zeros(3, int)
    extent = np.array(labels.GetExtent()).reshape(3, 2)[::-1]
    drawn = vtk_to_numpy(labels.GetPointData().GetScalars()).reshape(extent[:, 1] - extent[:, 0] + 1)
    return drawn, extent[:, 0]


def _together(parts, grid):
    shape = np.array(grid.size[::-1])
    voxels = np.zeros(shape, np.uint8)
    for drawn, start in parts:
        low, high = np.maximum(start, 0), np.minimum(start + drawn.shape, shape)
        inside = tuple(slice(*ends) for ends in zip(low, np.maximum(low, high), strict=True))
        there = tuple(
            slice(one.start - first, one.stop - first) for one, first in zip(inside, start, strict=True)
        )
        voxels[inside] |= drawn[there] != 0
    return imageOn(voxels, grid)


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
