"""PyRadiomics' names: feature classes and features in the order of its table, image types, their options."""

from __future__ import annotations

_GREY_LEVEL = ("GrayLevelNonUniformity", "GrayLevelNonUniformityNormalized", "GrayLevelVariance")

FEATURES: dict[str, tuple[str, ...]] = {
    "shape": (
        "Elongation",
        "Flatness",
        "LeastAxisLength",
        "MajorAxisLength",
        "Maximum2DDiameterColumn",
        "Maximum2DDiameterRow",
        "Maximum2DDiameterSlice",
        "Maximum3DDiameter",
        "MeshVolume",
        "MinorAxisLength",
        "Sphericity",
        "SurfaceArea",
        "SurfaceVolumeRatio",
        "VoxelVolume",
    ),
    "firstorder": (
        "10Percentile",
        "90Percentile",
        "Energy",
        "Entropy",
        "InterquartileRange",
        "Kurtosis",
        "Maximum",
        "MeanAbsoluteDeviation",
        "Mean",
        "Median",
        "Minimum",
        "Range",
        "RobustMeanAbsoluteDeviation",
        "RootMeanSquared",
        "Skewness",
        "TotalEnergy",
        "Uniformity",
        "Variance",
    ),
    "glcm": (
        "Autocorrelation",
        "ClusterProminence",
        "ClusterShade",
        "ClusterTendency",
        "Contrast",
        "Correlation",
        "DifferenceAverage",
        "DifferenceEntropy",
        "DifferenceVariance",
        "Id",
        "Idm",
        "Idmn",
        "Idn",
        "Imc1",
        "Imc2",
        "InverseVariance",
        "JointAverage",
        "JointEnergy",
        "JointEntropy",
        "MCC",
        "MaximumProbability",
        "SumAverage",
        "SumEntropy",
        "SumSquares",
    ),
    "gldm": (
        "DependenceEntropy",
        "DependenceNonUniformity",
        "DependenceNonUniformityNormalized",
        "DependenceVariance",
        "GrayLevelNonUniformity",
        "GrayLevelVariance",
        "HighGrayLevelEmphasis",
        "LargeDependenceEmphasis",
        "LargeDependenceHighGrayLevelEmphasis",
        "LargeDependenceLowGrayLevelEmphasis",
        "LowGrayLevelEmphasis",
        "SmallDependenceEmphasis",
        "SmallDependenceHighGrayLevelEmphasis",
        "SmallDependenceLowGrayLevelEmphasis",
    ),
    "glrlm": (
        *_GREY_LEVEL,
        "HighGrayLevelRunEmphasis",
        "LongRunEmphasis",
        "LongRunHighGrayLevelEmphasis",
        "LongRunLowGrayLevelEmphasis",
        "LowGrayLevelRunEmphasis",
        "RunEntropy",
        "RunLengthNonUniformity",
        "RunLengthNonUniformityNormalized",
        "RunPercentage",
        "RunVariance",
        "ShortRunEmphasis",
        "ShortRunHighGrayLevelEmphasis",
        "ShortRunLowGrayLevelEmphasis",
    ),
    "glszm": (
        *_GREY_LEVEL,
        "HighGrayLevelZoneEmphasis",
        "LargeAreaEmphasis",
        "LargeAreaHighGrayLevelEmphasis",
        "LargeAreaLowGrayLevelEmphasis",
        "LowGrayLevelZoneEmphasis",
        "SizeZoneNonUniformity",
        "SizeZoneNonUniformityNormalized",
        "SmallAreaEmphasis",
        "SmallAreaHighGrayLevelEmphasis",
        "SmallAreaLowGrayLevelEmphasis",
        "ZoneEntropy",
        "ZonePercentage",
        "ZoneVariance",
    ),
    "ngtdm": ("Busyness", "Coarseness", "Complexity", "Contrast", "Strength"),
}

TEXTURE_CLASSES = ("glcm", "gldm", "glrlm", "glszm", "ngtdm")

# Features that PyRadiomics has but leaves out unless they are asked for by name.
EXTRA_FEATURES: dict[str, tuple[str, ...]] = {
    "shape": ("Compactness1", "Compactness2", "SphericalDisproportion"),
    "firstorder": ("StandardDeviation",),
}

# Names that PyRadiomics keeps although they have no value any more.
UNSUPPORTED_FEATURES: dict[str, tuple[str, ...]] = {
    "glcm": ("Dissimilarity", "Homogeneity1", "Homogeneity2", "SumVariance"),
    "gldm": ("DependencePercentage", "GrayLevelNonUniformityNormalized"),
}
UNSUPPORTED_CLASSES = ("shape2D",)

IMAGE_TYPES: dict[str, tuple[str, ...]] = {
    "Original": (),
    "LoG": ("sigma",),
    "Wavelet": ("wavelet", "level", "start_level"),
    "Square": (),
    "SquareRoot": (),
    "Logarithm": (),
    "Exponential": (),
    "Gradient": ("gradientUseSpacing",),
}
UNSUPPORTED_IMAGE_TYPES = ("LBP2D", "LBP3D")

UNSUPPORTED_SETTINGS = {
    "correctMask": "a mask on the image's grid; resample it first",
    "label_channel": "a mask with one value a voxel",
    "kernelRadius": "it in the voxel-wise command only",
    "maskedKernel": "it in the voxel-wise command only",
    "initValue": "it in the voxel-wise command only",
    "voxelBatch": "it in the voxel-wise command only",
}

INTERPOLATORS = (
    "sitkBSpline",
    "sitkLinear",
    "sitkNearestNeighbor",
    "sitkGaussian",
    "sitkLabelGaussian",
    "sitkHammingWindowedSinc",
    "sitkCosineWindowedSinc",
    "sitkWelchWindowedSinc",
    "sitkLanczosWindowedSinc",
    "sitkBlackmanWindowedSinc",
)
# PyRadiomics' files may give SimpleITK's number instead of the name; 3 is what B-splines had when it was written.
INTERPOLATOR_NUMBERS = dict(
    enumerate(("sitkNearestNeighbor", "sitkLinear", "sitkBSpline", *INTERPOLATORS[3:]), 1)
)
