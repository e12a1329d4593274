"""The standard's values: the digital phantom's consensus, and the departures of PyRadiomics undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import Cancelled
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.extract import extract
from LWCTRLogic.radiomics.ibsi import extract_standard
from LWCTRLogic.radiomics.ibsi_benchmark import BENCHMARKS, Benchmark, digital_phantom
from LWCTRLogic.radiomics.names import EXTRA_FEATURES, FEATURES
from LWCTRLogic.radiomics.settings import ExtractionSettings

EVERY = {name: FEATURES[name] + EXTRA_FEATURES.get(name, ()) for name in FEATURES}
ORIGINAL: dict[str, dict[str, Any]] = {"Original": {}}


def _settings(**changes: Any) -> ExtractionSettings:
    return ExtractionSettings(image_types=ORIGINAL, feature_classes=EVERY, **changes)


@pytest.fixture(scope="module")
def averaged() -> dict[str, float]:
    """Features of the digital phantom, directions averaged."""
    return extract_standard(*digital_phantom(), _settings(bin_width=1))


@pytest.fixture(scope="module")
def merged() -> dict[str, float]:
    """Features of the digital phantom, directions merged into one matrix."""
    return extract_standard(*digital_phantom(), _settings(bin_width=1, weighting_norm="no_weighting"))


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda b: f"{b.identifier} {b.standard_name}")
def test_the_digital_phantom_has_the_consensus_value(
    benchmark: Benchmark, averaged: dict[str, float]
) -> None:
    assert benchmark.agrees(averaged[f"original_{benchmark.family}_{benchmark.feature}"])


@pytest.mark.parametrize(
    "benchmark", [b for b in BENCHMARKS if b.merged], ids=lambda b: f"{b.identifier} {b.standard_name}"
)
def test_merged_directions_have_the_consensus_value(benchmark: Benchmark, merged: dict[str, float]) -> None:
    assert benchmark.agrees(merged[f"original_{benchmark.family}_{benchmark.feature}"], merged=True)


def test_every_feature_but_those_that_the_standard_lacks_has_a_consensus_value() -> None:
    known = {(b.family, b.feature) for b in BENCHMARKS}
    lacking = {(family, name) for family, names in EVERY.items() for name in names} - known
    assert lacking == {
        ("shape", "Maximum2DDiameterColumn"),
        ("shape", "Maximum2DDiameterRow"),
        ("shape", "Maximum2DDiameterSlice"),
        ("firstorder", "TotalEnergy"),
        ("firstorder", "StandardDeviation"),
        ("glcm", "MCC"),
    }
    assert len(BENCHMARKS) == len(known) == 105
    assert len({b.identifier for b in BENCHMARKS}) == 105


def test_a_benchmark_can_be_missed() -> None:
    exact = Benchmark("glcm", "Contrast", "ACUI", "Contrast", "5.32", "5.12")
    assert exact.agrees(5.3245)
    assert not exact.agrees(5.3251)
    assert exact.agrees(5.118, merged=True)
    assert not exact.agrees(5.3245, merged=True)
    assert not Benchmark("shape", "MeshVolume", "RNU0", "Volume", "556", tolerance=4).agrees(560.5)


def test_the_phantom_has_74_voxels_with_the_published_histogram() -> None:
    image, mask = digital_phantom()
    inside = sitk.GetArrayFromImage(image)[sitk.GetArrayFromImage(mask) == 1]
    assert image.GetSize() == (5, 4, 4)
    assert image.GetSpacing() == (2.0, 2.0, 2.0)
    levels, counts = np.unique(inside, return_counts=True)
    assert dict(zip(levels.tolist(), counts.tolist(), strict=True)) == {1: 50, 3: 1, 4: 16, 6: 7}


@pytest.mark.shared
def test_the_phantom_is_that_of_the_published_files(shared_data: Path) -> None:
    folder = shared_data / "ibsi_1_digital_phantom"
    for ours, name in zip(digital_phantom(), ("image", "mask"), strict=True):
        published = sitk.ReadImage(str(folder / f"{name}.nii.gz"))
        assert published.GetSpacing() == ours.GetSpacing()
        assert (sitk.GetArrayFromImage(published) == sitk.GetArrayFromImage(ours)).all()


def _random_region(low: int) -> tuple[sitk.Image, sitk.Image]:
    rng = np.random.default_rng(5)
    image = sitk.GetImageFromArray((rng.normal(0, 40, (8, 9, 10)).round() + low).astype(np.int16))
    mask = sitk.GetImageFromArray((rng.random((8, 9, 10)) < 0.7).astype(np.uint8))
    return image, mask


def _texture(features: dict[str, float]) -> dict[str, float]:
    families = ("glcm", "gldm", "glrlm", "glszm", "ngtdm")
    kept = {name: value for name, value in features.items() if name.split("_")[1] in families}
    kept["entropy"] = features["original_firstorder_Entropy"]
    return kept


def test_grey_levels_are_counted_from_the_smallest_value() -> None:
    image, mask = _random_region(13)
    smallest = int(sitk.GetArrayFromImage(image)[sitk.GetArrayFromImage(mask) == 1].min())
    standard = _texture(extract_standard(image, mask, _settings(bin_width=25)))
    assert standard == _texture(extract(image - smallest, mask, _settings(bin_width=25)))
    assert standard != _texture(extract(image, mask, _settings(bin_width=25)))


def test_grey_levels_are_counted_from_the_lower_limit_of_resegmentation() -> None:
    image, mask = _random_region(13)
    settings = _settings(bin_width=25, resegment_range=(-37, 60))
    shifted = _settings(bin_width=25, resegment_range=(0, 97))
    standard = _texture(extract_standard(image, mask, settings))
    assert standard == _texture(extract(image + 37, mask, shifted))


def test_a_fixed_number_of_bins_is_left_as_it_is() -> None:
    image, mask = _random_region(13)
    settings = _settings(bin_count=8)
    assert _texture(extract_standard(image, mask, settings)) == _texture(extract(image, mask, settings))


def test_kurtosis_and_axis_lengths_are_converted_for_every_image_type() -> None:
    image, mask = _random_region(13)
    settings = ExtractionSettings(image_types={"Original": {}, "Wavelet": {}})
    standard, ours = extract_standard(image, mask, settings), extract(image, mask, settings)
    assert list(standard) == list(ours)
    for name in ("original_firstorder_Kurtosis", "wavelet-HLH_firstorder_Kurtosis"):
        assert standard[name] == pytest.approx(ours[name] - 3)
    voxels = ours["original_shape_VoxelVolume"]  # 1 mm³ each
    for axis in ("Major", "Minor", "Least"):
        ratio = standard[f"original_shape_{axis}AxisLength"] / ours[f"original_shape_{axis}AxisLength"]
        assert ratio == pytest.approx((voxels / (voxels - 1)) ** 0.5, rel=1e-12)
    assert standard["original_firstorder_Mean"] == ours["original_firstorder_Mean"]


def test_shape_is_left_out_when_it_is_not_wanted() -> None:
    settings = ExtractionSettings(image_types=ORIGINAL, feature_classes={"firstorder": ("Kurtosis",)})
    features = extract_standard(*digital_phantom(), settings)
    assert features == {"original_firstorder_Kurtosis": pytest.approx(-0.355, abs=5e-4)}


def test_a_standard_extraction_can_be_cancelled() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        extract_standard(*digital_phantom(), progress=progress)
