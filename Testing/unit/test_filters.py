"""Filters on a region equal the filters of the whole image, cut to the region."""

import numpy as np
import pytest
import pywt
import SimpleITK as sitk

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.columns import feature_names, image_type_names
from LWCTRLogic.radiomics.filters import image_types
from LWCTRLogic.radiomics.recursive_gaussian import laplacian_of_gaussian
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.wavelet import sub_bands, wavelet_band

SPACING = (2.5, 0.7, 0.8)
REGION = (slice(3, 12), slice(0, 20), slice(11, 29))
AXES = (2, 1, 0)


@pytest.fixture(params=["int16", "float32"])
def array(request):
    values = np.random.default_rng(0).normal(size=(15, 24, 29)) * 60 + 40
    return values.astype(request.param)


def computed(array, **types):
    settings = ExtractionSettings(image_types=types)
    return {one.name: one.compute() for one in image_types(array, SPACING, REGION, settings)}


@pytest.mark.parametrize("sigma", [1.0, 4.0])
def test_laplacian_of_gaussian_equals_itks_to_the_last_bit(array, sigma):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(SPACING[::-1])
    expected = sitk.LaplacianRecursiveGaussian(image, sigma, True)
    found = laplacian_of_gaussian(array, SPACING, sigma, REGION)
    assert np.array_equal(found, sitk.GetArrayFromImage(expected)[REGION])


def test_beyond_its_reach_the_laplacian_does_not_see_the_image():
    array = np.random.default_rng(1).normal(size=(4, 5, 120)).astype(np.float32)
    far = array.copy()
    far[:, :, 70:] = 1000
    near = (slice(0, 4), slice(0, 5), slice(0, 10))
    assert np.array_equal(
        laplacian_of_gaussian(array, (1.0, 1.0, 1.0), 2.0, near),
        laplacian_of_gaussian(far, (1.0, 1.0, 1.0), 2.0, near),
    )


@pytest.mark.parametrize("wavelet", ["coif1", "haar"])
def test_sub_bands_equal_pywavelets_to_the_last_bit(array, wavelet):
    even = np.pad(array, [(0, size % 2) for size in array.shape], "wrap")
    expected = pywt.swtn(even, wavelet, level=1, start_level=0, axes=AXES)[0]
    for band in sub_bands(AXES):
        word = band.letters.replace("L", "a").replace("H", "d")
        assert np.array_equal(wavelet_band(array, band, wavelet, AXES, REGION), expected[word][REGION])


def test_the_second_level_starts_from_the_first_approximation(array):
    even = np.pad(array, [(0, size % 2) for size in array.shape], "wrap")
    first = pywt.swtn(even, "coif1", level=1, start_level=0, axes=AXES)[0]["aaa"]
    second = pywt.swtn(first, "coif1", level=1, start_level=0, axes=AXES)[0]["ddd"]
    band = next(one for one in sub_bands(AXES, level=2) if one.name == "wavelet2-HHH")
    assert np.array_equal(wavelet_band(array, band, "coif1", AXES, REGION), second[REGION])


def test_in_a_plane_the_letters_are_two():
    settings = ExtractionSettings(image_types={"Wavelet": {}}, force_2d=True)
    assert image_type_names(settings) == ["wavelet-LH", "wavelet-HL", "wavelet-HH", "wavelet-LL"]


def test_pointwise_types_keep_the_range_of_the_whole_image(array):
    found = computed(array, Square={}, SquareRoot={}, Logarithm={}, Exponential={})
    values = array.astype(np.float64)
    largest = np.abs(values).max()
    assert found["square"] == pytest.approx((values**2 / largest)[REGION])
    assert found["squareroot"] == pytest.approx((np.sign(values) * np.sqrt(np.abs(values) * largest))[REGION])
    log = np.sign(values) * np.log1p(np.abs(values)) * largest / np.log1p(largest)
    assert found["logarithm"] == pytest.approx(log[REGION])
    assert found["exponential"] == pytest.approx(largest ** (values / largest)[REGION])


def test_an_image_of_zeros_is_refused_by_the_types_that_scale_by_its_largest_value():
    with pytest.raises(InputError, match="every voxel of the image is 0"):
        computed(np.zeros((15, 24, 29), np.int16), Logarithm={})


def test_the_gradient_equals_that_of_the_whole_image(array):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(SPACING[::-1])
    whole = sitk.GetArrayFromImage(sitk.GradientMagnitude(image, True))
    assert np.array_equal(computed(array, Gradient={})["gradient"], whole[REGION])


def test_an_image_too_small_for_a_sigma_is_refused_with_numbers():
    with pytest.raises(InputError, match=r"29 × 24 × 3 voxels.*4 for LoG with sigma 1 mm"):
        computed(np.zeros((3, 24, 29), np.int16), LoG={"sigma": [1]})
    with pytest.raises(InputError, match="at least 39 × 44 × 13 for LoG with sigma 30"):
        computed(np.zeros((15, 24, 29), np.int16), LoG={"sigma": [30]})


def test_the_names_known_beforehand_are_those_computed(array):
    types = {
        "Original": {},
        "LoG": {"sigma": [1, 2.5]},
        "Wavelet": {"level": 2},
        "Gradient": {},
        "Square": {},
    }
    assert list(computed(array, **types)) == image_type_names(ExtractionSettings(image_types=types))


def test_the_default_settings_name_1316_features():
    names = feature_names(ExtractionSettings())
    assert len(names) == len(set(names)) == 1316
    assert "log-sigma-2-mm-3D_gldm_DependenceNonUniformity" in names
