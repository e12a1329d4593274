"""Every feature of one image and one mask."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import SimpleITK as sitk
from threadpoolctl import threadpool_limits

from LWCTRLogic.errors import BackendError
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.columns import INTENSITY_CLASSES
from LWCTRLogic.radiomics.compiled import make_ready, read_only
from LWCTRLogic.radiomics.filters import ImageType, image_types
from LWCTRLogic.radiomics.firstorder import CELLS, percentiles
from LWCTRLogic.radiomics.grid import Grid
from LWCTRLogic.radiomics.preprocess import Prepared, prepare
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.shape import shape_features
from LWCTRLogic.radiomics.texture import bin_volume, texture_features
from LWCTRLogic.radiomics.threads import finished

STEP = "features"


class Job(NamedTuple):
    """A part of the features: those of the shape, or of one image type; the widest filters take longest."""

    name: str
    run: Callable[[], dict[str, float]]
    width: float


def extract(
    image: sitk.Image,
    mask: sitk.Image,
    settings: ExtractionSettings | None = None,
    progress: Progress | None = None,
    threads: int = 1,
) -> dict[str, float]:
    """Return the features by PyRadiomics name, in PyRadiomics' order.

    Parameters
    ----------
    image, mask : SimpleITK.Image
        3D, on the same grid (within 1e-3 mm).
    settings : ExtractionSettings, optional
        The default gives the 1,316 features.
    progress : Progress, optional
        Told of each finished image type; asked for a cancel before each.
    threads : int
        Image types computed at once. The values do not depend on it, to the last bit.

    Raises
    ------
    InputError
        For an image or mask that features cannot be had from; GeometryError when they do not match.
    BackendError
        When a feature has no finite value.
    Cancelled
        If the user asked to stop.
    """
    settings = settings or ExtractionSettings()
    progress = progress or Progress()
    with one_thread_each():
        progress.check_cancelled()
        prepared = prepare(image, mask, settings, threads, progress)
        warm_up(prepared.image.dtype, progress, settings)
        return _run(_jobs(prepared, settings), progress, threads)


def warm_up(
    dtype: Any = np.int16, progress: Progress | None = None, settings: ExtractionSettings | None = None
) -> float:
    """Make the feature kernels ready for images of a type; return the seconds it took.

    See :func:`LWCTRLogic.radiomics.compiled.make_ready`; those for resampling are made ready before it.
    """
    settings = settings or ExtractionSettings()
    far = settings.distances != (1,) or settings.gldm_a != 0
    small = ExtractionSettings(
        image_types={"Original": {}, "LoG": {"sigma": [1]}, "Wavelet": {}}, distances=(1, 2) if far else (1,)
    )

    def run() -> None:
        image = read_only((np.arange(12**3) * 37 % 211).reshape(12, 12, 12).astype(dtype))
        box = (slice(2, 10), slice(2, 10), slice(2, 10))
        mask = np.ones((8, 8, 8), bool)
        grid = Grid.of(sitk.Image([12] * 3, sitk.sitkUInt8))
        _run(_jobs(Prepared(image, grid, box, mask, mask), small), Progress(), 1)
        # What so small a volume does not need: a box that fills the image has another layout, and the percentiles
        # of many voxels are not sorted.
        bin_volume(image, np.ones(image.shape, bool), small)
        percentiles(np.arange(4.0 * CELLS + 1), 0.0, 4.0 * CELLS)

    name = f"features of {np.dtype(dtype).name}, distances {small.distances}"
    return make_ready(name, run, progress or Progress())


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Keep the linear algebra below to one thread, so that threads never multiply."""
    with threadpool_limits(1):
        yield


def _jobs(prepared: Prepared, settings: ExtractionSettings) -> list[Job]:
    jobs = []
    if "shape" in settings.feature_classes:
        jobs.append(Job("shape", partial(_shape, prepared, settings), -1.0))
    if any(name in settings.feature_classes for name in INTENSITY_CLASSES):
        for kind in image_types(prepared.image, prepared.spacing, prepared.region, settings):
            jobs.append(Job(kind.name, partial(_intensity, kind, prepared, settings), kind.width))
    return jobs


def _shape(prepared: Prepared, settings: ExtractionSettings) -> dict[str, float]:
    values = shape_features(prepared.shape_mask, prepared.spacing)
    return {f"original_shape_{name}": values[name] for name in settings.names_of("shape")}


def _intensity(kind: ImageType, prepared: Prepared, settings: ExtractionSettings) -> dict[str, float]:
    local = settings.for_image_type(kind.kind)
    binned = bin_volume(kind.compute(), prepared.mask, local)
    values = texture_features(binned, prepared.mask, prepared.spacing, local)
    return {
        f"{kind.name}_{family}_{name}": values[family][name]
        for family in values
        for name in settings.names_of(family)
    }


def _run(jobs: list[Job], progress: Progress, threads: int) -> dict[str, float]:
    """Run the jobs, the longest first so that threads end together; return the features in the jobs' order."""
    results: dict[str, dict[str, float]] = {}
    longest_first = sorted(jobs, key=lambda job: -job.width)
    for place, values in finished([job.run for job in longest_first], threads, progress.check_cancelled):
        name = longest_first[place].name
        results[name] = values
        progress.update(STEP, len(results), len(jobs), name)
    values = {feature: value for job in jobs for feature, value in results[job.name].items()}
    undefined = [feature for feature, value in values.items() if not math.isfinite(value)]
    if undefined:
        raise BackendError(
            f"{len(undefined)} of {len(values)} features have no finite value, the first {undefined[0]}",
            "a number for every feature",
            "Leave that image type or feature out, or report this with the image's range of values",
        )
    return values
