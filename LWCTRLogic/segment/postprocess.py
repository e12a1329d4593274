"""Tidying a network's mask: small pieces dropped, holes filled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


@dataclass(frozen=True)
class PostprocessSettings:
    """How a mask is tidied.

    Attributes
    ----------
    keep_pieces_above : float
        Pieces smaller than this fraction of the largest are dropped; 1 keeps the largest alone. A liver cut
        by the edge of the scan or by surgery may be in two large pieces, so the default keeps those.
    fill_holes : bool
        Fill holes: necrosis and vessels belong to the whole liver.
    """

    keep_pieces_above: float = 0.2
    fill_holes: bool = True


def postprocess(mask: NDArray[np.bool_], settings: PostprocessSettings | None = None) -> NDArray[np.bool_]:
    """Drop small pieces of a mask and fill its holes.

    Parameters
    ----------
    mask : numpy.ndarray
        Mask by (z, y, x).
    settings : PostprocessSettings, optional
        What to do.

    Returns
    -------
    numpy.ndarray
        A new mask of the same shape; empty if ``mask`` is.
    """
    settings = settings or PostprocessSettings()
    tidy = np.zeros_like(mask)
    boxes = ndimage.find_objects(mask.astype(np.uint8))
    if not boxes or boxes[0] is None:
        return tidy
    part = mask[boxes[0]]
    pieces, _ = ndimage.label(part)
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    part = (sizes >= settings.keep_pieces_above * sizes.max())[pieces] & part
    tidy[boxes[0]] = ndimage.binary_fill_holes(part) if settings.fill_holes else part
    return tidy
