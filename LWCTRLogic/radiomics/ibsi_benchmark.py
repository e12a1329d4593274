"""The digital phantom of the Image Biomarker Standardisation Initiative and its consensus values.

Source: Zwanenburg A, Leger S, Vallières M, Löck S. *Image biomarker standardisation initiative*, reference
manual (arXiv:1612.07003; https://ibsi.readthedocs.io), chapter "Reference data sets" with its figure of every
voxel, and the tables "dig. phantom" of chapter "Image features". The manual is licensed CC BY 4.0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

_VOXELS = (
    ("14411", "14611", "41641", "44641"),
    ("14411", "11611", "11311", "44611"),
    ("14411", "11111", "11911", "11611"),
    ("14411", "11111", "11111", "11611"),
)
# (z, y, x) of the voxels that the figure draws in blue: outside the region of interest.
_EXCLUDED = ((1, 2, 0), (2, 0, 3), (2, 0, 4), (2, 2, 2), (3, 0, 3), (3, 0, 4))
_SPACING_MM = 2.0


@dataclass(frozen=True)
class Benchmark:
    """One feature of the standard with its value on the digital phantom.

    Attributes
    ----------
    family, feature : str
        The PyRadiomics class and name of the same feature.
    identifier : str
        The standard's permanent identifier.
    standard_name : str
        The standard's name.
    value : str
        The consensus value as printed (three figures); for GLCM and GLRLM that of "3D, averaged".
    merged : str or None
        The value of "3D, merged", where the standard knows both ways.
    tolerance : float
        The standard's tolerance; zero where the printed figures must be met.
    """

    family: str
    feature: str
    identifier: str
    standard_name: str
    value: str
    merged: str | None = None
    tolerance: float = 0.0

    def agrees(self, number: float, merged: bool = False) -> bool:
        """Say whether ``number`` is the consensus value, to the printed figures or within the tolerance."""
        printed = self.merged if merged and self.merged is not None else self.value
        if self.tolerance:
            return abs(number - float(printed)) <= self.tolerance
        return float(f"{number:.3g}") == float(printed)


def digital_phantom() -> tuple[sitk.Image, sitk.Image]:
    """Return the phantom's image (int16) and its region of interest (uint8): 5 × 4 × 4 voxels of 2 mm."""
    values = np.array([[[int(voxel) for voxel in row] for row in plane] for plane in _VOXELS], dtype=np.int16)
    inside = np.ones(values.shape, dtype=np.uint8)
    for index in _EXCLUDED:
        inside[index] = 0
    image, mask = sitk.GetImageFromArray(values), sitk.GetImageFromArray(inside)
    for volume in (image, mask):
        volume.SetSpacing((_SPACING_MM,) * 3)
    return image, mask


BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark("shape", "MeshVolume", "RNU0", "Volume (mesh)", "556", tolerance=4),
    Benchmark("shape", "VoxelVolume", "YEKZ", "Volume (voxel counting)", "592", tolerance=4),
    Benchmark("shape", "SurfaceArea", "C0JK", "Surface area (mesh)", "388", tolerance=3),
    Benchmark("shape", "SurfaceVolumeRatio", "2PR5", "Surface to volume ratio", "0.698", tolerance=0.004),
    Benchmark("shape", "Compactness1", "SKGS", "Compactness 1", "0.0411", tolerance=0.0003),
    Benchmark("shape", "Compactness2", "BQWJ", "Compactness 2", "0.599", tolerance=0.004),
    Benchmark("shape", "SphericalDisproportion", "KRCK", "Spherical disproportion", "1.19", tolerance=0.01),
    Benchmark("shape", "Sphericity", "QCFX", "Sphericity", "0.843", tolerance=0.005),
    Benchmark("shape", "Maximum3DDiameter", "L0JK", "Maximum 3D diameter", "13.1", tolerance=0.1),
    Benchmark("shape", "MajorAxisLength", "TDIC", "Major axis length", "11.4", tolerance=0.1),
    Benchmark("shape", "MinorAxisLength", "P9VJ", "Minor axis length", "9.31", tolerance=0.06),
    Benchmark("shape", "LeastAxisLength", "7J51", "Least axis length", "8.54", tolerance=0.05),
    Benchmark("shape", "Elongation", "Q3CK", "Elongation", "0.816", tolerance=0.005),
    Benchmark("shape", "Flatness", "N17B", "Flatness", "0.749", tolerance=0.005),
    Benchmark("firstorder", "Mean", "Q4LE", "Mean intensity", "2.15"),
    Benchmark("firstorder", "Variance", "ECT3", "Intensity variance", "3.05"),
    Benchmark("firstorder", "Skewness", "KE2A", "Intensity skewness", "1.08"),
    Benchmark("firstorder", "Kurtosis", "IPH6", "(Excess) intensity kurtosis", "-0.355"),
    Benchmark("firstorder", "Median", "Y12H", "Median intensity", "1"),
    Benchmark("firstorder", "Minimum", "1GSF", "Minimum intensity", "1"),
    Benchmark("firstorder", "10Percentile", "QG58", "10th intensity percentile", "1"),
    Benchmark("firstorder", "90Percentile", "8DWT", "90th intensity percentile", "4"),
    Benchmark("firstorder", "Maximum", "84IY", "Maximum intensity", "6"),
    Benchmark("firstorder", "InterquartileRange", "SALO", "Intensity interquartile range", "3"),
    Benchmark("firstorder", "Range", "2OJQ", "Intensity range", "5"),
    Benchmark(
        "firstorder", "MeanAbsoluteDeviation", "4FUA", "Intensity-based mean absolute deviation", "1.55"
    ),
    Benchmark(
        "firstorder",
        "RobustMeanAbsoluteDeviation",
        "1128",
        "Intensity-based robust mean absolute deviation",
        "1.11",
    ),
    Benchmark("firstorder", "Energy", "N8CA", "Intensity-based energy", "567"),
    Benchmark("firstorder", "RootMeanSquared", "5ZWQ", "Root mean square intensity", "2.77"),
    Benchmark("firstorder", "Entropy", "TLU2", "Discretised intensity entropy", "1.27"),
    Benchmark("firstorder", "Uniformity", "BJ5W", "Discretised intensity uniformity", "0.512"),
    Benchmark("glcm", "MaximumProbability", "GYBY", "Joint maximum", "0.503", "0.509"),
    Benchmark("glcm", "JointAverage", "60VM", "Joint average", "2.14", "2.15"),
    Benchmark("glcm", "SumSquares", "UR99", "Joint variance", "3.1", "3.13"),
    Benchmark("glcm", "JointEntropy", "TU9B", "Joint entropy", "2.4", "2.57"),
    Benchmark("glcm", "DifferenceAverage", "TF7R", "Difference average", "1.43", "1.38"),
    Benchmark("glcm", "DifferenceVariance", "D3YU", "Difference variance", "3.06", "3.21"),
    Benchmark("glcm", "DifferenceEntropy", "NTRS", "Difference entropy", "1.56", "1.64"),
    Benchmark("glcm", "SumAverage", "ZGXS", "Sum average", "4.29", "4.3"),
    Benchmark("glcm", "SumEntropy", "P6QZ", "Sum entropy", "1.92", "2.11"),
    Benchmark("glcm", "JointEnergy", "8ZQL", "Angular second moment", "0.303", "0.291"),
    Benchmark("glcm", "Contrast", "ACUI", "Contrast", "5.32", "5.12"),
    Benchmark("glcm", "Id", "IB1Z", "Inverse difference", "0.677", "0.688"),
    Benchmark("glcm", "Idn", "NDRX", "Normalised inverse difference", "0.851", "0.856"),
    Benchmark("glcm", "Idm", "WF0Z", "Inverse difference moment", "0.618", "0.631"),
    Benchmark("glcm", "Idmn", "1QCO", "Normalised inverse difference moment", "0.898", "0.902"),
    Benchmark("glcm", "InverseVariance", "E8JP", "Inverse variance", "0.0604", "0.0574"),
    Benchmark("glcm", "Correlation", "NI2N", "Correlation", "0.157", "0.183"),
    Benchmark("glcm", "Autocorrelation", "QWB0", "Autocorrelation", "5.06", "5.19"),
    Benchmark("glcm", "ClusterTendency", "DG8W", "Cluster tendency", "7.07", "7.41"),
    Benchmark("glcm", "ClusterShade", "7NFM", "Cluster shade", "16.6", "17.4"),
    Benchmark("glcm", "ClusterProminence", "AE86", "Cluster prominence", "145", "147"),
    Benchmark("glcm", "Imc1", "R8DG", "Information correlation 1", "-0.157", "-0.0288"),
    Benchmark("glcm", "Imc2", "JN9H", "Information correlation 2", "0.52", "0.269"),
    Benchmark("glrlm", "ShortRunEmphasis", "22OV", "Short runs emphasis", "0.705", "0.729"),
    Benchmark("glrlm", "LongRunEmphasis", "W4KF", "Long runs emphasis", "3.06", "2.76"),
    Benchmark("glrlm", "LowGrayLevelRunEmphasis", "V3SW", "Low grey level run emphasis", "0.603", "0.607"),
    Benchmark("glrlm", "HighGrayLevelRunEmphasis", "G3QZ", "High grey level run emphasis", "9.7", "9.64"),
    Benchmark(
        "glrlm", "ShortRunLowGrayLevelEmphasis", "HTZT", "Short run low grey level emphasis", "0.352", "0.372"
    ),
    Benchmark(
        "glrlm", "ShortRunHighGrayLevelEmphasis", "GD3A", "Short run high grey level emphasis", "8.54", "8.67"
    ),
    Benchmark(
        "glrlm", "LongRunLowGrayLevelEmphasis", "IVPO", "Long run low grey level emphasis", "2.39", "2.16"
    ),
    Benchmark(
        "glrlm", "LongRunHighGrayLevelEmphasis", "3KUM", "Long run high grey level emphasis", "17.6", "15.6"
    ),
    Benchmark("glrlm", "GrayLevelNonUniformity", "R5YN", "Grey level non-uniformity", "21.8", "281"),
    Benchmark(
        "glrlm",
        "GrayLevelNonUniformityNormalized",
        "OVBL",
        "Normalised grey level non-uniformity",
        "0.43",
        "0.43",
    ),
    Benchmark("glrlm", "RunLengthNonUniformity", "W92Y", "Run length non-uniformity", "26.9", "328"),
    Benchmark(
        "glrlm",
        "RunLengthNonUniformityNormalized",
        "IC23",
        "Normalised run length non-uniformity",
        "0.513",
        "0.501",
    ),
    Benchmark("glrlm", "RunPercentage", "9ZK5", "Run percentage", "0.68", "0.68"),
    Benchmark("glrlm", "GrayLevelVariance", "8CE5", "Grey level variance", "3.46", "3.48"),
    Benchmark("glrlm", "RunVariance", "SXLW", "Run length variance", "0.574", "0.598"),
    Benchmark("glrlm", "RunEntropy", "HJ9O", "Run entropy", "2.43", "2.62"),
    Benchmark("glszm", "SmallAreaEmphasis", "5QRC", "Small zone emphasis", "0.255"),
    Benchmark("glszm", "LargeAreaEmphasis", "48P8", "Large zone emphasis", "550"),
    Benchmark("glszm", "LowGrayLevelZoneEmphasis", "XMSY", "Low grey level zone emphasis", "0.253"),
    Benchmark("glszm", "HighGrayLevelZoneEmphasis", "5GN9", "High grey level zone emphasis", "15.6"),
    Benchmark(
        "glszm", "SmallAreaLowGrayLevelEmphasis", "5RAI", "Small zone low grey level emphasis", "0.0256"
    ),
    Benchmark(
        "glszm", "SmallAreaHighGrayLevelEmphasis", "HW1V", "Small zone high grey level emphasis", "2.76"
    ),
    Benchmark("glszm", "LargeAreaLowGrayLevelEmphasis", "YH51", "Large zone low grey level emphasis", "503"),
    Benchmark(
        "glszm", "LargeAreaHighGrayLevelEmphasis", "J17V", "Large zone high grey level emphasis", "1490"
    ),
    Benchmark("glszm", "GrayLevelNonUniformity", "JNSA", "Grey level non-uniformity", "1.4"),
    Benchmark(
        "glszm", "GrayLevelNonUniformityNormalized", "Y1RO", "Normalised grey level non-uniformity", "0.28"
    ),
    Benchmark("glszm", "SizeZoneNonUniformity", "4JP3", "Zone size non-uniformity", "1"),
    Benchmark(
        "glszm", "SizeZoneNonUniformityNormalized", "VB3A", "Normalised zone size non-uniformity", "0.2"
    ),
    Benchmark("glszm", "ZonePercentage", "P30P", "Zone percentage", "0.0676"),
    Benchmark("glszm", "GrayLevelVariance", "BYLV", "Grey level variance", "2.64"),
    Benchmark("glszm", "ZoneVariance", "3NSA", "Zone size variance", "331"),
    Benchmark("glszm", "ZoneEntropy", "GU8N", "Zone size entropy", "2.32"),
    Benchmark("ngtdm", "Coarseness", "QCDE", "Coarseness", "0.0296"),
    Benchmark("ngtdm", "Contrast", "65HE", "Contrast", "0.584"),
    Benchmark("ngtdm", "Busyness", "NQ30", "Busyness", "6.54"),
    Benchmark("ngtdm", "Complexity", "HDEZ", "Complexity", "13.5"),
    Benchmark("ngtdm", "Strength", "1X9X", "Strength", "0.763"),
    Benchmark("gldm", "SmallDependenceEmphasis", "SODN", "Low dependence emphasis", "0.045"),
    Benchmark("gldm", "LargeDependenceEmphasis", "IMOQ", "High dependence emphasis", "109"),
    Benchmark("gldm", "LowGrayLevelEmphasis", "TL9H", "Low grey level count emphasis", "0.693"),
    Benchmark("gldm", "HighGrayLevelEmphasis", "OAE7", "High grey level count emphasis", "7.66"),
    Benchmark(
        "gldm",
        "SmallDependenceLowGrayLevelEmphasis",
        "EQ3F",
        "Low dependence low grey level emphasis",
        "0.00963",
    ),
    Benchmark(
        "gldm",
        "SmallDependenceHighGrayLevelEmphasis",
        "JA6D",
        "Low dependence high grey level emphasis",
        "0.736",
    ),
    Benchmark(
        "gldm",
        "LargeDependenceLowGrayLevelEmphasis",
        "NBZI",
        "High dependence low grey level emphasis",
        "102",
    ),
    Benchmark(
        "gldm",
        "LargeDependenceHighGrayLevelEmphasis",
        "9QMG",
        "High dependence high grey level emphasis",
        "235",
    ),
    Benchmark("gldm", "GrayLevelNonUniformity", "FP8K", "Grey level non-uniformity", "37.9"),
    Benchmark("gldm", "DependenceNonUniformity", "Z87G", "Dependence count non-uniformity", "4.86"),
    Benchmark(
        "gldm",
        "DependenceNonUniformityNormalized",
        "OKJI",
        "Normalised dependence count non-uniformity",
        "0.0657",
    ),
    Benchmark("gldm", "GrayLevelVariance", "1PFV", "Grey level variance", "3.05"),
    Benchmark("gldm", "DependenceVariance", "DNX2", "Dependence count variance", "22.1"),
    Benchmark("gldm", "DependenceEntropy", "FCBV", "Dependence count entropy", "4.4"),
)
