"""The native engine, driven by the same PyRadiomics parameters as the oracle."""

from __future__ import annotations

from typing import Any

import SimpleITK as sitk

from LWCTRLogic.radiomics.extract import extract
from LWCTRLogic.radiomics.pyradiomics_yaml import settings_from_parameters


def our_features(
    image: sitk.Image, mask: sitk.Image, parameters: dict[str, Any], threads: int = 1
) -> dict[str, float]:
    """Extract with the native engine; ``parameters`` is what a PyRadiomics YAML file holds."""
    return extract(image, mask, settings_from_parameters(parameters), threads=threads)
