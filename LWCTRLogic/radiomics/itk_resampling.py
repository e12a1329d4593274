"""Resampling by ITK, for the interpolators other than cubic B-splines; it can be cancelled in the middle."""

from __future__ import annotations

from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from LWCTRLogic.errors import Cancelled
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.grid import Grid
from LWCTRLogic.radiomics.resampling import STEP


def resample_by_itk(
    image: sitk.Image, new: Grid, interpolator: str, pixel_type: int, threads: int, progress: Progress
) -> NDArray[Any]:
    """Return the image (z, y, x) on the grid ``new``.

    Parameters
    ----------
    image : SimpleITK.Image
        The whole image.
    interpolator : str
        SimpleITK's name, for example ``sitkLinear``.
    pixel_type : int
        SimpleITK's pixel type of the result.
    threads : int
        Of ITK; no bit of the result depends on it.
    progress : Progress
        Told of each per cent or so; asked for a cancel then, which a windowed sinc needs: it may take minutes.

    Raises
    ------
    Cancelled
        If the user asked to stop.
    """
    resampler = sitk.ResampleImageFilter()
    resampler.SetNumberOfThreads(threads)
    resampler.SetOutputSpacing(new.spacing)
    resampler.SetOutputOrigin(new.origin)
    resampler.SetOutputDirection(new.direction)
    resampler.SetSize(new.size)
    resampler.SetOutputPixelType(pixel_type)
    resampler.SetInterpolator(getattr(sitk, interpolator))
    stopped: list[Cancelled] = []

    def tell() -> None:
        # An exception must not pass through ITK; abort() makes its filter raise one of its own.
        try:
            progress.update(STEP, round(100 * resampler.GetProgress()), 100)
        except Cancelled as cancelled:
            stopped.append(cancelled)
            resampler.Abort()

    resampler.AddCommand(sitk.sitkProgressEvent, tell)
    progress.check_cancelled()
    try:
        result = resampler.Execute(image)
    except RuntimeError:
        if stopped:
            raise stopped[0] from None
        raise
    progress.check_cancelled()
    return np.asarray(sitk.GetArrayFromImage(result))
