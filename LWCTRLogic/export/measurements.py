"""What a measurement report says of one liver: its volume and main features, each with a code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from LWCTRLogic.radiomics.ibsi_benchmark import BENCHMARKS

SCHEME = "99LWCTR"
IBSI = "IBSI"
_UNITS = {
    "MeshVolume": ("mm3", "cubic millimeter"),
    "SurfaceArea": ("mm2", "square millimeter"),
    "Maximum3DDiameter": ("mm", "millimeter"),
    "MajorAxisLength": ("mm", "millimeter"),
    "MinorAxisLength": ("mm", "millimeter"),
    "LeastAxisLength": ("mm", "millimeter"),
    **dict.fromkeys(
        ("Mean", "Median", "10Percentile", "90Percentile", "InterquartileRange"),
        ("[hnsf'U]", "Hounsfield unit"),
    ),
}
# Of shape and intensity: what a radiologist can picture, and what PyRadiomics computes as the standard says.
_GENERAL = {
    "shape": (
        "MeshVolume",
        "SurfaceArea",
        "Sphericity",
        "Maximum3DDiameter",
        "MajorAxisLength",
        "MinorAxisLength",
        "LeastAxisLength",
    ),
    "firstorder": ("Mean", "Median", "10Percentile", "90Percentile", "InterquartileRange", "Skewness"),
}


@dataclass(frozen=True)
class CodedName:
    """A code: value, scheme and meaning, as DICOM writes them."""

    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True)
class Measured:
    """One number of a report, with the code of what it is and of its unit (UCUM)."""

    name: CodedName
    number: float
    unit: CodedName


NO_UNIT = CodedName("1", "UCUM", "no units")
VOLUME = CodedName("118565006", "SCT", "Volume")
MILLILITRE = CodedName("mL", "UCUM", "milliliter")
_BY_FEATURE = {(one.family, one.feature): one for one in BENCHMARKS}


def feature_code(feature: str) -> CodedName:
    """Return the code of a feature.

    A feature of the original image that the Image Biomarker Standardisation Initiative defines has its
    identifier; any other a code of ours made from its name, which is its meaning.
    """
    image, family, name = feature.split("_", 2)
    known = _BY_FEATURE.get((family, name))
    if image == "original" and family in _GENERAL and known is not None and name in _GENERAL[family]:
        return CodedName(known.identifier, IBSI, known.standard_name)
    digest = hashlib.sha256(feature.encode()).hexdigest()[:8].upper()
    return CodedName(f"F{digest}", SCHEME, feature[:64])


def main_features(row: Mapping[str, float], signature: Iterable[str]) -> Iterator[Measured]:
    """Yield the features worth a place in a report: general ones, then those of the model's signature.

    Parameters
    ----------
    row : dict of str to float
        Features of one volume by PyRadiomics name.
    signature : iterable of str
        Names of the features of this volume that the model uses.
    """
    general = [f"original_{family}_{name}" for family, names in _GENERAL.items() for name in names]
    for feature in dict.fromkeys([*general, *signature]):
        if feature in row:
            unit = NO_UNIT
            if feature in general and (known := _UNITS.get(feature.rsplit("_", 1)[1])):
                unit = CodedName(known[0], "UCUM", known[1])
            yield Measured(feature_code(feature), row[feature], unit)
