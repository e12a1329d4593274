"""What can be Hounsfield units passes; what cannot is refused with its range and a guess at what was done."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.hounsfield import check_hounsfield


def body(low: float, high: float) -> np.ndarray:
    """Half soft tissue, with one voxel at each end of the range."""
    voxels = np.full((4, 10, 10), low, np.float32)
    voxels[:2] = 50
    voxels[0, 0, 0] = max(low, -90)  # fat
    voxels[3, 9, 9] = high
    return voxels


@pytest.mark.parametrize(
    ("low", "high"),
    [(-1024, 3071), (-3024, 1500), (-2000, 30710), (-1000, 101), (-301, 1500), (-10240, 32767)],
)
def test_ranges_of_scanners_pass(low: float, high: float) -> None:
    check_hounsfield(body(low, high), "scan")
    check_hounsfield(body(low, high).astype(np.int32), "scan")


@pytest.mark.parametrize(
    ("low", "high", "guess"),
    [
        (-10241, 1000, "slope"),
        (-1024, 32768, "slope"),
        (0, 4095, "intercept"),
        (0, 255, "normalised"),
        (-1, 60, "normalised"),
        (-300, 1500, "clipped"),
        (-160, 240, "clipped"),
        (-1024, 99, "bone"),
    ],
)
def test_other_ranges_are_refused_with_a_guess(low: float, high: float, guess: str) -> None:
    with pytest.raises(InputError, match=rf"scan has values from {low} to {high}, .*{guess}"):
        check_hounsfield(body(low, high), "scan")


@pytest.mark.parametrize("padding", [-1024, -2000, -400])
def test_padding_around_stored_values_does_not_make_them_hounsfield_units(padding: int) -> None:
    voxels = np.full((4, 10, 10), padding, np.float32)
    voxels[1:3, 2:8, 2:8] = 1074  # an organ of 50 HU, stored 1024 higher
    voxels[3, 2:8, 2:8] = 24  # air
    with pytest.raises(
        InputError, match=rf"values from {padding} \(24 beside the lowest\) to 1074, .*intercept"
    ):
        check_hounsfield(voxels, "scan")


def test_a_volume_without_soft_tissue_is_refused() -> None:
    voxels = body(-1000, 1500)
    voxels[:2] = 1000
    voxels[0, 0, 0] = -90
    with pytest.raises(InputError, match="only 0.25 % of the voxels of scan lie between -200 and 300 HU"):
        check_hounsfield(voxels, "scan")


def test_nan_and_infinity_are_counted() -> None:
    voxels = body(-1000, 1500)
    voxels[0, 0, :2] = np.nan
    voxels[0, 1, 0] = -np.inf
    with pytest.raises(InputError, match="scan has 3 NaN or infinite voxels"):
        check_hounsfield(voxels, "scan")
