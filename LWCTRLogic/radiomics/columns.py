"""The columns of a feature table: what an extraction with given settings will name, before it runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from LWCTRLogic.radiomics.names import TEXTURE_CLASSES
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.wavelet import sub_bands
from LWCTRLogic.tables import csv_text

INTENSITY_CLASSES = ("firstorder", *TEXTURE_CLASSES)


def sigma_name(sigma: float) -> str:
    """Return PyRadiomics' name of a Laplacian of Gaussian: ``log-sigma-2-mm-3D``, ``log-sigma-2-5-mm-3D``."""
    return f"log-sigma-{str(sigma).replace('.', '-')}-mm-3D"


def wavelet_axes(settings: ExtractionSettings) -> list[int]:
    """Return the axes that wavelets work along: x, y, z, without the one that ``force_2d`` leaves out."""
    return [axis for axis in (2, 1, 0) if not (settings.force_2d and axis == settings.force_2d_dimension)]


def image_type_names(settings: ExtractionSettings) -> list[str]:
    """Return the prefix of each image type, in order."""
    names: list[str] = []
    for kind, options in settings.image_types.items():
        names += _names_of(kind, options, settings.for_image_type(kind))
    return names


def _names_of(kind: str, options: Mapping[str, Any], settings: ExtractionSettings) -> list[str]:
    if kind == "LoG":
        return [sigma_name(sigma) for sigma in options.get("sigma", ())]
    if kind == "Wavelet":
        bands = sub_bands(wavelet_axes(settings), options.get("level", 1), options.get("start_level", 0))
        return [band.name for band in bands]
    return [kind.lower()]


def feature_names(settings: ExtractionSettings) -> list[str]:
    """Return every column name, in PyRadiomics' order; 1,316 with the default settings."""
    names = [f"original_shape_{name}" for name in settings.names_of("shape")]
    for prefix in image_type_names(settings):
        for family in INTENSITY_CLASSES:
            names += [f"{prefix}_{family}_{name}" for name in settings.names_of(family)]
    return names


def features_csv(rows: Mapping[str, Mapping[str, float]]) -> str:
    """Return features by volume as CSV with every digit: reading a value back gives the same double.

    A value that is no number (an undefined relative change) is an empty cell.
    """
    names = list(next(iter(rows.values()), {}))
    cells = ({"volume": volume} | _without_nan(row) for volume, row in rows.items())
    return csv_text(["volume", *names], cells)


def _without_nan(row: Mapping[str, float]) -> dict[str, Any]:
    return {name: None if math.isnan(value) else float(value) for name, value in row.items()}
