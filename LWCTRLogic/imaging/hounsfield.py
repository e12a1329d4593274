"""Whether the values of a volume can be Hounsfield units."""

from __future__ import annotations

import numpy as np

from LWCTRLogic.errors import InputError

# The extended CT scale of some scanners ends at -10240 and 30710.
LOWEST_HU, HIGHEST_HU = -10240, 32767
# Every abdominal CT holds air or lung; one that was normalised, shifted or clipped to a window does not.
AIR_BELOW_HU = -300
BONE_ABOVE_HU = 100
SOFT_TISSUE_HU = (-200, 300)
LEAST_SOFT_TISSUE = 0.005


def check_hounsfield(voxels: np.ndarray, name: str) -> None:
    """Refuse voxels that cannot be Hounsfield units of a human body.

    Parameters
    ----------
    voxels : numpy.ndarray
        Values by (z, y, x).
    name : str
        What to call the volume in the message.

    Raises
    ------
    InputError
        For NaN or infinite voxels, and values that are normalised, shifted, clipped to a window, or absurd.
    """
    if np.issubdtype(voxels.dtype, np.floating):
        _refuse_nan(voxels, name)
    low, high = float(voxels.min()), float(voxels.max())
    action, besides = _guess(low, high), ""
    if not action and low < 0:
        # Padding around the body hides the lowest value of the body, which decides.
        inner = float(voxels.min(where=voxels > low, initial=high))
        action, besides = _without_intercept(inner, high), f" ({inner:g} beside the lowest)"
    if action:
        raise InputError(
            f"{name} has values from {low:g}{besides} to {high:g}, which are not Hounsfield units",
            f"CT with air (below {AIR_BELOW_HU}), soft tissue and bone (above {BONE_ABOVE_HU})",
            action,
        )
    soft = float(np.count_nonzero((voxels > SOFT_TISSUE_HU[0]) & (voxels < SOFT_TISSUE_HU[1]))) / voxels.size
    if soft < LEAST_SOFT_TISSUE:
        raise InputError(
            f"only {100 * soft:.2g} % of the voxels of {name} lie between {SOFT_TISSUE_HU[0]} and "
            f"{SOFT_TISSUE_HU[1]} HU",
            f"CT of a body, at least {100 * LEAST_SOFT_TISSUE:g} %",
            "Check that this is an abdominal CT in Hounsfield units",
        )


def _refuse_nan(voxels: np.ndarray, name: str) -> None:
    bad = voxels.size - int(np.count_nonzero(np.isfinite(voxels)))
    if bad:
        raise InputError(
            f"{name} has {bad} NaN or infinite voxels",
            "numbers only",
            "Export the scan again; a filled value changes features silently",
        )


def _guess(low: float, high: float) -> str:
    """Say what was likely done to the values; empty when they can be HU."""
    if low < LOWEST_HU or high > HIGHEST_HU:
        return (
            f"Values outside {LOWEST_HU} to {HIGHEST_HU} do not occur; check the rescale slope and intercept"
        )
    if _without_intercept(low, high):
        return _without_intercept(low, high)
    if high - low <= 300:
        return "They look normalised or windowed to grey levels; export the scan in Hounsfield units"
    if low >= AIR_BELOW_HU:
        return "They look clipped to a display window; export the full range"
    if high < BONE_ABOVE_HU:
        return "Nothing is as dense as bone; check that this is an abdominal CT"
    return ""


def _without_intercept(low: float, high: float) -> str:
    if low >= 0 and high > 1000:
        return "They look like stored values without the rescale intercept (often -1024), or like MR"
    return ""
