"""The filters give the very bits of SimpleITK's and PyWavelets', cut to any part of the image."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.radiomics.recursive_gaussian import laplacian_of_gaussian
from LWCTRLogic.radiomics.wavelet import sub_bands, wavelet_band
from Testing.contract.images import as_image, texture

SHAPES = [(22, 26, 24), (41, 9, 30), (4, 5, 6)]
SPACINGS = [(1.0, 1.0, 1.0), (0.75, 0.8, 2.5), (5.0, 0.31, 0.9)]


def _inner(shape: tuple[int, ...]) -> tuple[slice, slice, slice]:
    z, y, x = (slice(int(n * 0.2), int(n * 0.8) + 1) for n in shape)
    return z, y, x


@pytest.mark.parametrize("kind", ["int16", "uint8", "int32", "float32", "float64"])
@pytest.mark.parametrize("sigma", [0.5, 1, 2.0, 3, 5])
def test_log_images_have_the_bits_of_simpleitk(sigma: float, kind: str) -> None:
    for shape, spacing in zip(SHAPES, SPACINGS, strict=True):
        image = as_image(texture(shape, seed=4, mean=100, sd=20), kind, spacing)
        log = sitk.LaplacianRecursiveGaussianImageFilter()
        log.SetNormalizeAcrossScale(True)
        log.SetSigma(sigma)
        expected = sitk.GetArrayFromImage(log.Execute(image))
        part = _inner(shape)
        ours = laplacian_of_gaussian(sitk.GetArrayFromImage(image), spacing[::-1], sigma, part)
        assert ours.dtype == expected.dtype
        np.testing.assert_array_equal(ours, expected[part])


@pytest.mark.parametrize("kind", ["int16", "float32", "float64"])
@pytest.mark.parametrize("wavelet", ["haar", "coif1", "db3", "bior1.3", "rbio2.2", "coif2"])
def test_wavelet_images_have_the_bits_of_pywavelets(wavelet: str, kind: str) -> None:
    from radiomics.imageoperations import getWaveletImage

    for shape, axes in (((22, 26, 24), (2, 1, 0)), ((21, 9, 25), (2, 1, 0)), ((5, 7, 8), (2, 0))):
        image = as_image(texture(shape, seed=3), kind)
        options = {"wavelet": wavelet, "level": 2, "force2D": len(axes) == 2, "force2Ddimension": 1}
        expected = {
            name: sitk.GetArrayFromImage(band) for band, name, _ in getWaveletImage(image, None, **options)
        }
        bands = sub_bands(axes, level=2)
        assert [band.name for band in bands] == list(expected)
        part = _inner(shape)
        for band in bands:
            ours = wavelet_band(sitk.GetArrayFromImage(image), band, wavelet, axes, part)
            assert ours.dtype == expected[band.name].dtype
            np.testing.assert_array_equal(ours, expected[band.name][part])
