"""Grey level run length features (Galloway 1975; definitions of the PyRadiomics documentation)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from LWCTRLogic.radiomics.matrix_features import SizeMatrix, common_features

NAMES = {
    "GrayLevelNonUniformity": "level_non_uniformity",
    "GrayLevelNonUniformityNormalized": "level_non_uniformity_normalised",
    "GrayLevelVariance": "level_variance",
    "HighGrayLevelRunEmphasis": "high",
    "LongRunEmphasis": "large",
    "LongRunHighGrayLevelEmphasis": "large_high",
    "LongRunLowGrayLevelEmphasis": "large_low",
    "LowGrayLevelRunEmphasis": "low",
    "RunEntropy": "entropy",
    "RunLengthNonUniformity": "size_non_uniformity",
    "RunLengthNonUniformityNormalized": "size_non_uniformity_normalised",
    "RunPercentage": "percentage",
    "RunVariance": "size_variance",
    "ShortRunEmphasis": "small",
    "ShortRunHighGrayLevelEmphasis": "small_high",
    "ShortRunLowGrayLevelEmphasis": "small_low",
}


def glrlm_features(matrices: Sequence[SizeMatrix]) -> dict[str, float]:
    """Return the 16 features: the mean over one matrix a direction (or the one weighted matrix)."""
    values = [common_features(matrix) for matrix in matrices]
    return {name: float(np.mean([value[key] for value in values])) for name, key in NAMES.items()}
