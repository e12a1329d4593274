"""PyRadiomics as the oracle: the same image, mask and parameters through its own code, on the CPU.

The build is ``pyradiomics-cuda``, bit-identical to PyRadiomics on a CPU and the one that pip can install. Its
CUDA path is shut before the first import and the tests check that it is.
"""

from __future__ import annotations

import copy
import ctypes
import importlib.util
import logging
import os
import warnings
from typing import Any
from unittest.mock import MagicMock, patch

import numpy as np
import SimpleITK as sitk

INSTALLED = importlib.util.find_spec("radiomics") is not None

RELATIVE = 1e-9
ABSOLUTE = 1e-12


def _extractor(parameters: dict[str, Any]) -> Any:
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import radiomics
        from radiomics.featureextractor import RadiomicsFeatureExtractor

        radiomics.setVerbosity(60)
        logging.getLogger("radiomics").setLevel(logging.CRITICAL)
        logging.getLogger("pykwalify").setLevel(logging.CRITICAL)
        # PyRadiomics writes its defaults into the dictionaries that it is given.
        extractor = RadiomicsFeatureExtractor(copy.deepcopy(parameters))
    extractor.addProvenance(False)
    return extractor


def cuda_is_used() -> bool:
    """Ask the compiled shape module itself whether it would take the CUDA path."""
    _extractor({})
    import radiomics._cshape

    return bool(ctypes.CDLL(radiomics._cshape.__file__).IsCudaAvailable())


def oracle_features(image: sitk.Image, mask: sitk.Image, parameters: dict[str, Any]) -> dict[str, float]:
    """Extract with PyRadiomics; ``parameters`` is what its YAML files hold.

    Numpy's warnings about its silent NaN are its own affair and are kept from pytest.
    """
    extractor = _extractor(parameters)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        features = extractor.execute(image, mask)
    return {name: _real(value) for name, value in features.items()}


def oracle_maps(image: sitk.Image, mask: sitk.Image, parameters: dict[str, Any]) -> dict[str, sitk.Image]:
    """Voxel-based extraction with PyRadiomics: one volume a feature, cropped as PyRadiomics crops it."""
    extractor = _extractor(parameters)
    # Its own stand-in for a progress bar does not take the arguments that its voxel mode gives.
    silent = patch("radiomics.base.getProgressReporter", lambda **_: MagicMock())
    with silent, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return dict(extractor.execute(image, mask, voxelBased=True))


def _real(value: Any) -> float:
    number = complex(np.asarray(value).item())
    if number.imag != 0:
        raise AssertionError(f"the oracle gave a complex number, {number}: its numpy is too new")
    return number.real


def difference(ours: float, oracle: float) -> float:
    """Return the relative difference; 0 when within the absolute tolerance, infinity when only one is NaN."""
    if np.isnan(ours) and np.isnan(oracle):
        return 0.0
    if np.isnan(ours) != np.isnan(oracle):
        return float("inf")
    if ours == oracle or abs(ours - oracle) <= ABSOLUTE:
        return 0.0
    return abs(ours - oracle) / max(abs(oracle), ABSOLUTE)


def worst_by_class(ours: dict[str, float], oracle: dict[str, float]) -> dict[str, float]:
    """Return the largest relative difference of every feature class."""
    worst: dict[str, float] = {}
    for name, expected in oracle.items():
        family = name.split("_")[1]
        worst[family] = max(worst.get(family, 0.0), difference(ours[name], expected))
    return worst


def disagreements(ours: dict[str, float], oracle: dict[str, float], tolerance: float = RELATIVE) -> list[str]:
    """Return one line for every name that is missing, too much, or whose value is off."""
    lines = [f"{name}: only the oracle has it" for name in oracle if name not in ours]
    lines += [f"{name}: only ours has it" for name in ours if name not in oracle]
    for name in oracle:
        if name in ours and not difference(ours[name], oracle[name]) <= tolerance:
            lines.append(f"{name}: ours {ours[name]!r}, oracle {oracle[name]!r}")
    return lines
