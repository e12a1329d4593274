"""What computes the features: the engine here, or an installed PyRadiomics; both give the same columns."""

from __future__ import annotations

import importlib
import logging
import math
from dataclasses import replace
from typing import Any, Protocol

import SimpleITK as sitk

from LWCTRLogic import __version__
from LWCTRLogic.errors import BackendError, DependencyError, InputError
from LWCTRLogic.processes import cpu_count
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.columns import feature_names
from LWCTRLogic.radiomics.extract import extract
from LWCTRLogic.radiomics.settings import ExtractionSettings

BACKENDS = ("native", "pyradiomics")


class FeatureBackend(Protocol):
    """Computes features of one image and mask.

    Attributes
    ----------
    name, version : str
        Written beside the features.
    """

    name: str
    version: str

    def extract(
        self,
        image: sitk.Image,
        mask: sitk.Image,
        settings: ExtractionSettings,
        progress: Progress,
        threads: int,
    ) -> dict[str, float]:
        """Return the features of ``feature_names(settings)``, in that order."""
        ...


class NativeBackend:
    """The engine of this package."""

    name = "native"
    version = __version__

    def extract(
        self,
        image: sitk.Image,
        mask: sitk.Image,
        settings: ExtractionSettings,
        progress: Progress,
        threads: int,
    ) -> dict[str, float]:
        """Return the features on no more threads than cores; see :func:`LWCTRLogic.radiomics.extract.extract`."""
        return extract(image, mask, settings, progress, min(threads, cpu_count()))


class PyRadiomicsBackend:
    """An installed PyRadiomics (SlicerRadiomics brings one); one thread, no cancel inside a volume.

    Raises
    ------
    DependencyError
        When no package ``radiomics`` can be imported.
    """

    name = "pyradiomics"

    def __init__(self) -> None:
        try:
            self._radiomics = importlib.import_module("radiomics")
            self._extractor = importlib.import_module("radiomics.featureextractor").RadiomicsFeatureExtractor
        except ImportError as error:
            raise DependencyError(
                f"PyRadiomics cannot be imported ({error})",
                "an installed PyRadiomics",
                "In Slicer install the extension SlicerRadiomics, elsewhere 'pip install pyradiomics-cuda'; "
                "or use the native backend, which gives the same values",
            ) from error
        self.version = str(self._radiomics.__version__)

    def extract(
        self,
        image: sitk.Image,
        mask: sitk.Image,
        settings: ExtractionSettings,
        progress: Progress,
        threads: int,
    ) -> dict[str, float]:
        """Return the features, all of them and none NaN.

        Raises
        ------
        InputError
            When PyRadiomics refuses image or mask.
        BackendError
            When it leaves features out or gives NaN, as it does for images too small for a filter.
        """
        progress.update("features", 0, 1, "PyRadiomics")
        if settings.resample_in_float and settings.resampled_spacing is not None:
            whole = "integer" in image.GetPixelIDTypeAsString()
            image = sitk.Cast(image, sitk.sitkFloat32) if whole else image
        extractor = self._extractor(_parameters(replace(settings, resample_in_float=False)))
        logging.getLogger("radiomics").setLevel(logging.CRITICAL)
        try:
            found = extractor.execute(image, mask)
        except ValueError as error:
            raise InputError(f"PyRadiomics refused the volume: {error}") from error
        names = feature_names(settings)
        missing = [name for name in names if name not in found]
        if missing:
            raise BackendError(
                f"PyRadiomics left out {len(missing)} of {len(names)} features, the first {missing[0]}",
                "every feature",
                "The mask or the image around it is too small for that filter",
            )
        values = {name: float(found[name]) for name in names}
        undefined = [name for name, value in values.items() if not math.isfinite(value)]
        if undefined:
            raise BackendError(
                f"PyRadiomics gave {len(undefined)} values that are no numbers, the first {undefined[0]}"
            )
        progress.update("features", 1, 1)
        return values


def _parameters(settings: ExtractionSettings) -> dict[str, Any]:
    """Return PyRadiomics' parameter form; it takes no nulls."""
    form = settings.to_dict()
    setting = {key: value for key, value in form["setting"].items() if value is not None}
    return {**form, "setting": {**setting, "additionalInfo": False}}


def make_backend(name: str = "native") -> FeatureBackend:
    """Return a backend by name.

    Raises
    ------
    InputError
        For an unknown name; DependencyError when it is not installed.
    """
    if name == "native":
        return NativeBackend()
    if name == "pyradiomics":
        return PyRadiomicsBackend()
    raise InputError(f"feature backend {name!r}", "one of " + ", ".join(BACKENDS))
