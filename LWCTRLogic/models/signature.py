"""The published signature (Xu et al., BMC Cancer 2025, Table 2), with PyRadiomics' family names.

The table prints ``gldm`` for features that exist only in other families; here each stands in the family that
has it. ``original_gldm_GrayLevelNonUniformity`` is taken as printed, although GLRLM and GLSZM have it too.
Which features each of the seven models had is in a supplement; here a model has those of its volumes.
"""

from __future__ import annotations

SIGNATURE: dict[str, tuple[str, ...]] = {
    "pre_A": (
        "original_gldm_GrayLevelNonUniformity",
        "wavelet-HHH_gldm_SmallDependenceLowGrayLevelEmphasis",
        "original_shape_MinorAxisLength",
        "wavelet-LLH_gldm_DependenceNonUniformity",
        "wavelet-HLL_firstorder_Median",
    ),
    "pre_V": (
        "original_shape_MinorAxisLength",
        "log-sigma-5-mm-3D_firstorder_InterquartileRange",
        "wavelet-HLL_glcm_MaximumProbability",
        "wavelet-HHL_glszm_ZoneEntropy",
    ),
    "post_A": (
        "wavelet-LLH_firstorder_RootMeanSquared",
        "wavelet-HHH_glrlm_ShortRunLowGrayLevelEmphasis",
        "log-sigma-4-mm-3D_gldm_DependenceNonUniformityNormalized",
        "wavelet-LLH_glszm_ZoneVariance",
        "wavelet-LLL_glszm_GrayLevelNonUniformity",
        "wavelet-HLL_glszm_LargeAreaLowGrayLevelEmphasis",
        "log-sigma-2-mm-3D_gldm_DependenceNonUniformity",
        "log-sigma-1-mm-3D_ngtdm_Coarseness",
        "log-sigma-3-mm-3D_glszm_LargeAreaEmphasis",
    ),
    "post_V": (
        "log-sigma-2-mm-3D_gldm_DependenceNonUniformity",
        "log-sigma-3-mm-3D_firstorder_Median",
        "log-sigma-3-mm-3D_glcm_Imc1",
        "log-sigma-3-mm-3D_glrlm_RunVariance",
        "log-sigma-5-mm-3D_glcm_Idn",
        "wavelet-LHL_glszm_LargeAreaLowGrayLevelEmphasis",
        "wavelet-HLH_glszm_LargeAreaHighGrayLevelEmphasis",
        "wavelet-HHL_glszm_ZoneEntropy",
        "wavelet-HHH_glrlm_RunLengthNonUniformityNormalized",
    ),
}

CLINICAL_CODINGS: dict[str, dict[str, float]] = {
    "portal_vein_invasion": {"present": 0.0, "absent": 1.0},
    "extrahepatic_spread": {"absent": 0.0, "present": 1.0},
}
"""The paper's coding (its Fig. 7): the two variables run in opposite directions."""

MODEL_VOLUMES: dict[str, tuple[str, ...]] = {
    "Clinical": (),
    "Radiomic-Pre": ("pre_A", "pre_V"),
    "Radiomic-Post": ("post_A", "post_V"),
    "Radiomic-LA": ("pre_A", "post_A"),
    "Radiomic-LV": ("pre_V", "post_V"),
    "Radiomic-Fusion": ("pre_A", "pre_V", "post_A", "post_V"),
    "LWCTR": ("pre_A", "pre_V", "post_A", "post_V"),
}
CLINICAL_MODELS = ("Clinical", "LWCTR")


def model_features(model: str) -> tuple[str, ...]:
    """Return the feature names of one of the seven models: ``<volume>:<feature>``, then clinical names."""
    images = tuple(f"{volume}:{name}" for volume in MODEL_VOLUMES[model] for name in SIGNATURE[volume])
    return images + (tuple(CLINICAL_CODINGS) if model in CLINICAL_MODELS else ())
