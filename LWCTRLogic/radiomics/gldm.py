"""Grey level dependence features (Sun and Wee 1983; definitions of the PyRadiomics documentation)."""

from __future__ import annotations

from LWCTRLogic.radiomics.matrix_features import SizeMatrix, common_features

NAMES = {
    "DependenceEntropy": "entropy",
    "DependenceNonUniformity": "size_non_uniformity",
    "DependenceNonUniformityNormalized": "size_non_uniformity_normalised",
    "DependenceVariance": "size_variance",
    "GrayLevelNonUniformity": "level_non_uniformity",
    "GrayLevelVariance": "level_variance",
    "HighGrayLevelEmphasis": "high",
    "LargeDependenceEmphasis": "large",
    "LargeDependenceHighGrayLevelEmphasis": "large_high",
    "LargeDependenceLowGrayLevelEmphasis": "large_low",
    "LowGrayLevelEmphasis": "low",
    "SmallDependenceEmphasis": "small",
    "SmallDependenceHighGrayLevelEmphasis": "small_high",
    "SmallDependenceLowGrayLevelEmphasis": "small_low",
}


def gldm_features(matrix: SizeMatrix) -> dict[str, float]:
    """Return the 14 features; size j is 1 + the number of dependent neighbours."""
    values = common_features(matrix)
    return {name: values[key] for name, key in NAMES.items()}
