"""The four doors to image files: ``read_image``, ``write_image``, ``read_mask``, ``write_mask``."""

from __future__ import annotations

from LWCTRLogic.imaging.masks import read_mask, write_mask
from LWCTRLogic.imaging.volumes import read_image, write_image

__all__ = ["read_image", "read_mask", "write_image", "write_mask"]
