"""Image types: each gives the filtered image over the mask's bounding box, computed no further than needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.columns import sigma_name, wavelet_axes
from LWCTRLogic.radiomics.preprocess import Region, Spacing
from LWCTRLogic.radiomics.recursive_gaussian import laplacian_of_gaussian
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.wavelet import sub_bands, wavelet_band

Array = NDArray[Any]


@dataclass(frozen=True)
class ImageType:
    """One filtered image to come.

    Attributes
    ----------
    name : str
        PyRadiomics' prefix of its features (``original``, ``log-sigma-1-mm-3D``, ``wavelet-LLH`` …).
    kind : str
        The image type in the settings (``Original``, ``LoG`` …).
    compute : callable
        Makes the array (z, y, x) over the bounding box.
    width : float
        How far the filter looks (sigma in mm, 0 for the narrow ones): the wider, the longer it takes.
    """

    name: str
    kind: str
    compute: Callable[[], Array]
    width: float = 0.0


def image_types(
    image: Array, spacing: Spacing, region: Region, settings: ExtractionSettings
) -> list[ImageType]:
    """Return the image types of the settings, in order; nothing is computed yet.

    Raises
    ------
    InputError
        When the image is too small for a Laplacian of Gaussian.
    """
    makers: dict[str, Callable[..., Iterator[ImageType]]] = {
        "Original": _original,
        "LoG": _laplacians,
        "Wavelet": _wavelets,
        "Gradient": _gradient,
    }
    result: list[ImageType] = []
    for kind, options in settings.image_types.items():
        local = settings.for_image_type(kind)
        if kind in makers:
            result += makers[kind](image, spacing, region, local, dict(options))
        else:
            result.append(ImageType(kind.lower(), kind, partial(_POINTWISE[kind], image, region)))
    return result


def _original(image: Array, spacing: Spacing, region: Region, *_: Any) -> Iterator[ImageType]:
    yield ImageType("original", "Original", lambda: image[region])


def _laplacians(
    image: Array, spacing: Spacing, region: Region, settings: ExtractionSettings, options: dict[str, Any]
) -> Iterator[ImageType]:
    for sigma in options.get("sigma", ()):
        need = [max(4, math.ceil(sigma / step) + 1) for step in spacing]
        if any(size < least for size, least in zip(image.shape, need, strict=True)):
            raise InputError(
                f"the image around the mask has {_by_axis(image.shape)} voxels (x, y, z)",
                f"at least {_by_axis(need)} for LoG with sigma {sigma} mm",
                "Leave that sigma out, or keep more of the image around the mask (padDistance, preCrop)",
            )
        compute = partial(laplacian_of_gaussian, image, spacing, float(sigma), region)
        yield ImageType(sigma_name(sigma), "LoG", compute, float(sigma))


def _by_axis(sizes: Any) -> str:
    return " × ".join(str(size) for size in reversed(list(sizes)))


def _wavelets(
    image: Array, spacing: Spacing, region: Region, settings: ExtractionSettings, options: dict[str, Any]
) -> Iterator[ImageType]:
    axes = wavelet_axes(settings)
    wavelet = options.get("wavelet", "coif1")
    for band in sub_bands(axes, options.get("level", 1), options.get("start_level", 0)):
        yield ImageType(band.name, "Wavelet", partial(wavelet_band, image, band, wavelet, axes, region))


def _gradient(
    image: Array, spacing: Spacing, region: Region, settings: ExtractionSettings, options: dict[str, Any]
) -> Iterator[ImageType]:
    use_spacing = options.get("gradientUseSpacing", True)
    yield ImageType("gradient", "Gradient", partial(_gradient_magnitude, image, spacing, region, use_spacing))


def _gradient_magnitude(image: Array, spacing: Spacing, region: Region, use_spacing: bool) -> Array:
    """Length of the central-difference gradient, on the region and the one voxel around it that it depends on."""
    around = tuple(
        slice(max(part.start - 1, 0), min(part.stop + 1, size))
        for part, size in zip(region, image.shape, strict=True)
    )
    part = sitk.GetImageFromArray(image[around])
    part.SetSpacing(spacing[::-1])
    gradient = sitk.GradientMagnitudeImageFilter()
    gradient.SetUseImageSpacing(use_spacing)
    gradient.SetNumberOfThreads(1)
    magnitude = sitk.GetArrayFromImage(gradient.Execute(part))
    inner = tuple(slice(r.start - a.start, r.stop - a.start) for r, a in zip(region, around, strict=True))
    return np.asarray(magnitude[inner])


def _largest(image: Array) -> float:
    """Largest absolute value of the whole image, which scales the pointwise types."""
    return max(abs(float(image.min())), abs(float(image.max())))


def _divisor(image: Array) -> float:
    largest = _largest(image)
    if largest == 0:
        raise InputError("every voxel of the image is 0", "an image with a value other than 0, to scale by")
    return largest


def _square(image: Array, region: Region) -> Array:
    """(x / √max|x|)²: the range of the original is kept."""
    scale = 1 / np.sqrt(_divisor(image))
    return np.asarray((scale * image[region].astype(np.float64)) ** 2)


def _square_root(image: Array, region: Region) -> Array:
    """sign(x) √(|x| max|x|)."""
    values = image[region].astype(np.float64)
    return np.asarray(np.sign(values) * np.sqrt(np.abs(values) * _largest(image)))


def _logarithm(image: Array, region: Region) -> Array:
    """sign(x) log(|x| + 1), scaled to the range of the original."""
    values = image[region].astype(np.float64)
    largest = _divisor(image)
    return np.asarray(np.sign(values) * np.log(np.abs(values) + 1) * (largest / np.log(largest + 1)))


def _exponential(image: Array, region: Region) -> Array:
    """exp(x log(max|x|) / max|x|)."""
    largest = _divisor(image)
    return np.asarray(np.exp(np.log(largest) / largest * image[region].astype(np.float64)))


_POINTWISE: dict[str, Callable[[Array, Region], Array]] = {
    "Square": _square,
    "SquareRoot": _square_root,
    "Logarithm": _logarithm,
    "Exponential": _exponential,
}
