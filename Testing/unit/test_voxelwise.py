"""Feature maps against hand computation; the comparison with PyRadiomics is in Testing/contract."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.pyradiomics_yaml import VoxelSettings
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.voxelwise import STEP, feature_map

SHAPE = (5, 6, 7)


@pytest.fixture
def ramp() -> sitk.Image:
    """An image that rises by 100, 10 and 1 a voxel along z, y and x."""
    z, y, x = np.indices(SHAPE)
    image = sitk.GetImageFromArray((100 * z + 10 * y + x).astype(np.int16))
    image.SetSpacing((0.7, 0.8, 3.0))
    image.SetOrigin((-5, 7, 11))
    image.SetDirection((0, 1, 0, 1, 0, 0, 0, 0, -1))
    return image


def _mask(image: sitk.Image, inside: np.ndarray) -> sitk.Image:
    mask = sitk.GetImageFromArray(inside.astype(np.uint8))
    mask.CopyInformation(image)
    return mask


def test_the_mean_over_a_whole_kernel_of_a_ramp_is_the_voxel_itself(ramp: sitk.Image) -> None:
    values = sitk.GetArrayFromImage(
        feature_map(ramp, _mask(ramp, np.ones(SHAPE)), "original_firstorder_Mean")
    )
    inner = (slice(1, -1),) * 3
    np.testing.assert_allclose(values[inner], sitk.GetArrayFromImage(ramp)[inner])
    assert values[0, 0, 0] == pytest.approx(50 + 5 + 0.5)


def test_a_masked_kernel_leaves_out_what_lies_outside_the_mask(ramp: sitk.Image) -> None:
    inside = np.zeros(SHAPE)
    inside[2, 2:4, 3:5] = 1
    settings = ExtractionSettings()
    masked = feature_map(ramp, _mask(ramp, inside), "original_firstorder_Range", settings, VoxelSettings(1))
    whole = feature_map(
        ramp, _mask(ramp, inside), "original_firstorder_Range", settings, VoxelSettings(1, False)
    )
    assert (sitk.GetArrayFromImage(masked)[inside > 0] == 11).all()
    assert (sitk.GetArrayFromImage(whole)[inside > 0] == 222).all()


def test_a_wider_kernel_reaches_further(ramp: sitk.Image) -> None:
    mask = _mask(ramp, np.ones(SHAPE))
    ranges = [
        sitk.GetArrayFromImage(
            feature_map(ramp, mask, "original_firstorder_Range", voxel=VoxelSettings(radius))
        )
        for radius in (1, 2)
    ]
    assert ranges[0][2, 2, 3] == 2 * 111
    assert ranges[1][2, 2, 3] == 4 * 111


def test_a_flat_kernel_stays_in_its_plane(ramp: sitk.Image) -> None:
    settings = ExtractionSettings(force_2d=True, force_2d_dimension=0)
    mask = _mask(ramp, np.ones(SHAPE))
    values = sitk.GetArrayFromImage(feature_map(ramp, mask, "original_firstorder_Range", settings))
    assert values[2, 2, 3] == 22


def test_a_pair_of_two_levels_has_the_contrast_of_its_difference() -> None:
    image = sitk.GetImageFromArray(np.array([[[0, 75, 0, 0, 0]] * 2] * 2, np.int16))
    inside = np.zeros((2, 2, 5))
    inside[0, :, :2] = 1
    contrast = sitk.GetArrayFromImage(feature_map(image, _mask(image, inside), "original_glcm_Contrast"))
    # directions: along x both pairs are (1, 4), along y both are equal, both diagonals are (1, 4)
    assert contrast[0, 0, 0] == pytest.approx((9 + 0 + 9 + 9) / 4)
    assert contrast[0, 0, 2] == 0


def test_a_map_lies_on_the_grid_of_the_image_and_holds_the_initial_value_outside(ramp: sitk.Image) -> None:
    inside = np.zeros(SHAPE)
    inside[1:3, 1:3, 1:3] = 1
    voxel = VoxelSettings(initial_value=-7.5)
    volume = feature_map(ramp, _mask(ramp, inside), "original_gldm_DependenceEntropy", voxel=voxel)
    assert volume.GetOrigin() == ramp.GetOrigin()
    assert volume.GetSpacing() == ramp.GetSpacing()
    assert volume.GetDirection() == ramp.GetDirection()
    values = sitk.GetArrayFromImage(volume)
    assert (values[inside == 0] == -7.5).all()
    assert (values[inside == 1] != -7.5).all()


def test_progress_ends_at_the_number_of_voxels(ramp: sitk.Image) -> None:
    seen: list[tuple[str, float, float]] = []

    class Notes(Progress):
        def update(self, step: str, done: float, total: float, message: str = "") -> None:
            seen.append((step, done, total))

    inside = np.zeros(SHAPE)
    inside[1:3, 1:3, 1:3] = 1
    feature_map(ramp, _mask(ramp, inside), "original_firstorder_Mean", progress=Notes())
    assert seen == [(STEP, 0, 8), (STEP, 8, 8)]
