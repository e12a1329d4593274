"""The values of the Image Biomarker Standardisation Initiative where PyRadiomics departs from them.

Source: IBSI reference manual, arXiv:1612.07003, chapters "Image processing" (discretisation) and "Image
features". The features keep their PyRadiomics names; three things change:

- grey levels of a fixed bin width are counted from the smallest value of the region, or from the lower limit
  of an absolute resegmentation range (original image), instead of from multiples of the width;
- kurtosis is the excess kurtosis, 3 less;
- axis lengths come from the covariance divided by n - 1 instead of n.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from LWCTRLogic import __version__
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.binning import check_level_count, quantise
from LWCTRLogic.radiomics.extract import STEP, one_thread_each, warm_up
from LWCTRLogic.radiomics.filters import ImageType, image_types
from LWCTRLogic.radiomics.preprocess import Prepared, prepare
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.shape import shape_features
from LWCTRLogic.radiomics.texture import Binned, bin_volume, texture_features

EXCESS = 3.0
AXES = ("MajorAxisLength", "MinorAxisLength", "LeastAxisLength")


def extract_standard(
    image: sitk.Image,
    mask: sitk.Image,
    settings: ExtractionSettings | None = None,
    progress: Progress | None = None,
) -> dict[str, float]:
    """Return the features under their PyRadiomics names with the standard's values.

    Parameters
    ----------
    image, mask : SimpleITK.Image
        3D, on the same grid.
    settings : ExtractionSettings, optional
        As for :func:`~LWCTRLogic.radiomics.extract.extract`. ``weighting_norm="no_weighting"`` gives the
        standard's "3D, merged" GLCM and GLRLM, none its "3D, averaged".
    progress : Progress, optional
        Told of each finished image type; asked for a cancel before each.

    Raises
    ------
    InputError, GeometryError
        As :func:`~LWCTRLogic.radiomics.extract.extract`.
    """
    settings, progress = settings or ExtractionSettings(), progress or Progress()
    with one_thread_each():
        prepared = prepare(image, mask, settings, progress=progress)
        warm_up(prepared.image.dtype, progress, settings)
        features = _shape(prepared, settings)
        kinds = image_types(prepared.image, prepared.spacing, prepared.region, settings)
        for done, kind in enumerate(kinds):
            progress.update(STEP, done, len(kinds), kind.name)
            features.update(_intensity(kind, prepared, settings))
        progress.update(STEP, len(kinds), len(kinds))
    return features


class StandardBackend:
    """The standard's values as a feature backend; its name keeps a table apart from PyRadiomics' values."""

    name = "native, IBSI definitions"
    version = __version__

    def extract(
        self,
        image: sitk.Image,
        mask: sitk.Image,
        settings: ExtractionSettings,
        progress: Progress,
        threads: int,
    ) -> dict[str, float]:
        """Return the features on one thread; see :func:`extract_standard`."""
        return extract_standard(image, mask, settings, progress)


def _shape(prepared: Prepared, settings: ExtractionSettings) -> dict[str, float]:
    if "shape" not in settings.feature_classes:
        return {}
    values = shape_features(prepared.shape_mask, prepared.spacing)
    voxels = int(prepared.shape_mask.sum())
    for name in AXES:
        values[name] *= math.sqrt(voxels / (voxels - 1))
    return {f"original_shape_{name}": values[name] for name in settings.names_of("shape")}


def _intensity(kind: ImageType, prepared: Prepared, settings: ExtractionSettings) -> dict[str, float]:
    local = settings.for_image_type(kind.kind)
    volume = np.asarray(kind.compute())
    if local.bin_count is not None:
        binned = bin_volume(volume, prepared.mask, local)  # a fixed number of bins is the standard's already
    else:
        binned = _binned(volume, prepared, local, kind.kind == "Original")
    values = texture_features(binned, prepared.mask, prepared.spacing, local)
    if "firstorder" in values:
        values["firstorder"]["Kurtosis"] -= EXCESS
    return {
        f"{kind.name}_{family}_{name}": values[family][name]
        for family in values
        for name in settings.names_of(family)
    }


def _binned(volume: NDArray[Any], prepared: Prepared, settings: ExtractionSettings, original: bool) -> Binned:
    """Give each voxel the level floor((x - low) / width) + 1."""
    values = volume[prepared.mask].astype(np.float64)
    low, high, width = float(values.min()), float(values.max()), settings.bin_width
    limits = settings.resegment_range
    if original and limits is not None and len(limits) == 2 and settings.resegment_mode == "absolute":
        low = float(min(limits))
    check_level_count(low, high, width)
    edges = np.asarray(low + width * np.arange(math.floor((high - low) / width) + 2), np.float64)
    levels = np.zeros(tuple(size + 2 for size in prepared.mask.shape), np.uint16)
    return Binned(values, levels, int(quantise(values, edges, prepared.mask, levels)))
