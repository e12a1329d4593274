"""The contract cases: an image, a mask and PyRadiomics parameters, each under a name that says its point.

Both the contract tests and ``Testing/benchmarks/exactness_table.py`` walk through this list, so the table in
the documentation is made of what the tests check.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import SimpleITK as sitk

from Testing.contract.images import (
    SHAPE,
    SPACING,
    as_image,
    blob,
    diagonal,
    eight_voxels,
    in_pieces,
    line,
    one_slice,
    rotation,
    scattered,
    texture,
    touching_the_border,
    with_holes,
)

Parameters = dict[str, Any]

# The one case that is known to differ; the documentation says why.
FAMILIES = ("firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm", "shape")
NOT_SHAPE_2D: Parameters = dict.fromkeys(FAMILIES)
ALL_IMAGES: Parameters = {"Original": {}, "LoG": {"sigma": [1, 2, 3, 4, 5]}, "Wavelet": {}}


@dataclass(frozen=True)
class Case:
    """One comparison with the oracle."""

    name: str
    make: Callable[[], tuple[sitk.Image, sitk.Image]]
    setting: Parameters = field(default_factory=dict)
    image_types: Parameters = field(default_factory=lambda: {"Original": {}})
    feature_class: Parameters | None = None
    group: str = "masks"

    def parameters(self) -> Parameters:
        """Return what a PyRadiomics parameter file would hold."""
        parameters: Parameters = {"setting": dict(self.setting), "imageType": dict(self.image_types)}
        if self.feature_class is not None:
            parameters["featureClass"] = dict(self.feature_class)
        return parameters


def _pair(mask: Any = None, array: Any = None, **grid: Any) -> Callable[[], tuple[sitk.Image, sitk.Image]]:
    def make() -> tuple[sitk.Image, sitk.Image]:
        values = texture() if array is None else array
        marked = blob(values.shape) if mask is None else mask
        geometry = {key: value for key, value in grid.items() if key != "dtype"}
        return as_image(values, **grid), as_image(marked, "uint8", **geometry)

    return make


def _mask_cases() -> list[Case]:
    lines = {"minimumROIDimensions": 1}
    cases = [
        Case("rough ball", _pair()),
        Case("holes", _pair(with_holes(blob()))),
        Case("three pieces", _pair(in_pieces())),
        Case("scattered voxels", _pair(scattered())),
        Case("few scattered voxels", _pair(scattered(11, 0.01))),
        Case("whole image", _pair(np.ones(SHAPE, np.uint8))),
        Case("touching the border", _pair(touching_the_border()), image_types=ALL_IMAGES),
        Case("eight voxels", _pair(eight_voxels()), image_types=ALL_IMAGES),
        Case("diagonal line", _pair(diagonal()), feature_class=dict.fromkeys(FAMILIES[:-1])),
    ]
    for axis, word in enumerate("zyx"):
        cases.append(Case(f"one slice across {word}", _pair(one_slice(axis))))
        cases.append(Case(f"line along {word}", _pair(line(axis)), lines))
    return cases


def _value_cases() -> list[Case]:
    flat = np.full(SHAPE, 50.0)
    odd_flat = np.full(SHAPE, 63.0)
    two = np.where(texture() > 90, 110.0, 40.0)
    lone = np.full(SHAPE, 50.0)
    lone[11, 13, 12] = 150.0
    negative = texture(mean=-700, sd=120)
    edges = np.rint(texture(sd=60) / 25) * 25
    steep = texture(mean=0, sd=400)
    gaps = np.where(texture() > 90, texture(), texture(seed=9) - 900)
    whole = {"Original": {}, "LoG": {"sigma": [2]}, "Wavelet": {}}
    shifted = {"voxelArrayShift": 2000}
    cases = [
        Case("flat on a bin edge", _pair(array=flat)),
        Case("flat inside a bin", _pair(array=odd_flat)),
        Case("two values", _pair(array=two), image_types=whole),
        Case("one voxel differs", _pair(array=lone), image_types=whole),
        Case("negative HU", _pair(array=negative), image_types=whole),
        Case("negative HU with voxelArrayShift", _pair(array=negative), shifted),
        Case("values on bin edges", _pair(array=edges), image_types=whole),
        Case("float values on bin edges", _pair(array=edges, dtype="float32"), image_types=whole),
        Case("hundreds of grey levels", _pair(array=steep), image_types=whole),
        Case("grey levels with a gap", _pair(array=gaps)),
        Case("wide int16 range", _pair(array=texture(mean=0, sd=3000)), {"binWidth": 400}),
        Case("LoG of a float64 image", _pair(dtype="float64"), {"binWidth": 0.3}, {"LoG": {"sigma": [3]}}),
    ]
    for kind in ("int16", "int32", "float32", "float64", "uint16", "uint8"):
        array = texture(mean=100, sd=20)
        cases.append(Case(f"{kind} image", _pair(array=array, dtype=kind), image_types=ALL_IMAGES))
    return [_grouped(case, "values") for case in cases]


def _grid_cases() -> list[Case]:
    turned = rotation(23, (0.2, 1, 0.4))
    flipped = np.diag([-1.0, 1.0, -1.0])
    swapped = np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]])
    cases = []
    for size in (0, 1, 2, 5):
        setting = {"resampledPixelSpacing": [size] * 3} if size else {}
        name = f"resampled to {size} mm" if size else "native grid"
        for kind in ("int16", "float32"):
            cases.append(Case(f"{name}, {kind}", _pair(dtype=kind), setting, ALL_IMAGES))
    one_mm = {"resampledPixelSpacing": [1, 1, 1]}
    own = {"resampledPixelSpacing": list(SPACING)}
    two_mm = {"resampledPixelSpacing": [2, 2, 2]}
    cases += [
        Case("resampled in the plane only", _pair(), {"resampledPixelSpacing": [1.5, 1.5, 0]}, ALL_IMAGES),
        Case("resampled to odd spacing", _pair(), {"resampledPixelSpacing": [1.1, 0.9, 1.7]}),
        Case("resampled to its own spacing", _pair(), own, ALL_IMAGES),
        Case("resampled, one slice", _pair(one_slice(0)), one_mm),
        Case("resampled at the border", _pair(touching_the_border()), two_mm, ALL_IMAGES),
        Case("resampled, padDistance 0", _pair(), {**two_mm, "padDistance": 0}),
        Case("resampled, padDistance 11", _pair(), {**two_mm, "padDistance": 11}, ALL_IMAGES),
        Case("resampled, linear", _pair(), {**one_mm, "interpolator": "sitkLinear"}),
        Case("resampled, nearest", _pair(), {**one_mm, "interpolator": "sitkNearestNeighbor"}),
        Case("turned grid", _pair(direction=turned), image_types=ALL_IMAGES),
        Case("turned grid, resampled", _pair(direction=turned), one_mm, ALL_IMAGES),
        Case("flipped axes", _pair(direction=flipped), two_mm, ALL_IMAGES),
        Case("swapped axes", _pair(direction=swapped), one_mm, ALL_IMAGES),
        Case("very flat voxels", _pair(spacing=(0.4, 0.4, 8.0)), image_types=ALL_IMAGES),
        Case("anisotropic in three ways", _pair(spacing=(0.61, 1.93, 3.7)), image_types=ALL_IMAGES),
        Case("odd sizes", _pair(array=texture((21, 23, 25))), image_types=ALL_IMAGES),
        Case("preCrop", _pair(eight_voxels()), {"preCrop": True, "padDistance": 6}, ALL_IMAGES),
        Case("preCrop without padding", _pair(), {"preCrop": True, "padDistance": 0}, {"Wavelet": {}}),
    ]
    return [_grouped(case, "grids") for case in cases]


def _setting_cases() -> list[Case]:
    narrow = texture(sd=4)
    cases = [
        Case("bin width 10", _pair(), {"binWidth": 10}),
        Case("bin width 2.5", _pair(), {"binWidth": 2.5}, {"Original": {}, "Wavelet": {}}),
        Case("bin width 0.3 of a float image", _pair(array=narrow, dtype="float32"), {"binWidth": 0.3}),
        Case("bin count 16", _pair(), {"binCount": 16}, ALL_IMAGES),
        Case("bin count 7 of a float image", _pair(dtype="float32"), {"binCount": 7}),
        Case("bin count 1", _pair(), {"binCount": 1}),
        Case("bin count of a flat image", _pair(array=np.full(SHAPE, 7.0)), {"binCount": 8}),
        Case("normalised", _pair(), {"normalize": True, "binWidth": 0.25}),
        Case(
            "normalised, scaled, outliers removed",
            _pair(),
            {"normalize": True, "normalizeScale": 100, "removeOutliers": 1.5, "voxelArrayShift": 300},
            ALL_IMAGES,
        ),
        Case("not symmetric GLCM", _pair(), {"symmetricalGLCM": False}),
        Case("distances 1 and 2", _pair(), {"distances": [1, 2]}),
        Case("distance 3 alone", _pair(), {"distances": [3]}),
        Case("distances 1 and 3, scattered", _pair(scattered()), {"distances": [1, 3]}),
        Case("GLDM alpha 1", _pair(), {"gldm_a": 1}),
        Case("GLDM alpha 3, narrow bins", _pair(), {"gldm_a": 3, "binWidth": 5}),
        Case("minimumROISize", _pair(), {"minimumROISize": 100}),
        Case("label 3", _labelled(3), {"label": 3}),
        Case("one class", _pair(), feature_class={"glszm": None}, image_types=ALL_IMAGES),
        Case("features by name", _pair(), feature_class={"glcm": ["Id", "Imc2"], "shape": ["Sphericity"]}),
        Case(
            "own settings of an image type",
            _pair(),
            {"binWidth": 25},
            {"Original": {"binWidth": 5}, "Wavelet": {"binWidth": 10, "wavelet": "haar"}},
        ),
    ]
    return [_grouped(case, "settings") for case in [*cases, *_weighting_cases(), *_resegmentation_cases()]]


def _weighting_cases() -> list[Case]:
    cases = []
    for norm in ("manhattan", "euclidean", "infinity", "no_weighting"):
        setting = {"weightingNorm": norm, "distances": [1, 2]}
        cases.append(Case(f"weighting {norm}", _pair(), setting))
    for axis in range(3):
        setting = {"force2D": True, "force2Ddimension": axis}
        name = f"force2D across {'zyx'[axis]}"
        cases.append(Case(name, _pair(), setting, {"Original": {}, "Wavelet": {}}, NOT_SHAPE_2D))
    far = {"force2D": True, "weightingNorm": "euclidean", "distances": [1, 2]}
    cases.append(Case("force2D, weighting, distance 2", _pair(), far, feature_class=NOT_SHAPE_2D))
    return cases


def _resegmentation_cases() -> list[Case]:
    half = texture()
    half[:8] = 0
    whole = {"resegmentRange": [60, 130]}
    return [
        Case("resegmented, absolute", _pair(), {"resegmentRange": [60, 130]}, ALL_IMAGES),
        Case("resegmented, lower limit only", _pair(), {"resegmentRange": [80]}),
        Case("resegmented, sigma", _pair(), {"resegmentRange": [-1, 1], "resegmentMode": "sigma"}),
        Case("resegmented, relative", _pair(), {"resegmentRange": [0.4, 0.8], "resegmentMode": "relative"}),
        Case("resegmented to a smaller box", _pair(array=half), whole),
        Case("resegmented shape, smaller box", _pair(array=half), {**whole, "resegmentShape": True}),
        Case("resegmented shape", _pair(), {"resegmentRange": [60, 130], "resegmentShape": True}),
        Case(
            "resegmented after resampling",
            _pair(dtype="float32"),
            {"resegmentRange": [50, 120], "resampledPixelSpacing": [2, 2, 2]},
            ALL_IMAGES,
        ),
    ]


def _filter_cases() -> list[Case]:
    kinds = ("Square", "SquareRoot", "Logarithm", "Exponential", "Gradient")
    mixed = texture(mean=10, sd=60)
    every: Parameters = {**{kind: {} for kind in kinds}, **ALL_IMAGES}
    cases = [Case(kind, _pair(array=mixed), image_types={kind: {}}) for kind in kinds]
    as_float = _pair(array=mixed, dtype="float32")
    cases += [Case(f"{kind}, float", as_float, image_types={kind: {}}) for kind in kinds]
    cases += [
        Case("Gradient without spacing", _pair(), image_types={"Gradient": {"gradientUseSpacing": False}}),
        Case("LoG with fractions", _pair(), image_types={"LoG": {"sigma": [0.5, 1.0, 2.75]}}),
        Case("two levels of wavelets", _pair(), image_types={"Wavelet": {"level": 2}}),
        Case("second level of wavelets", _pair(), image_types={"Wavelet": {"start_level": 1}}),
        Case("all image types", _pair(), {"resampledPixelSpacing": [2, 2, 2]}, every),
    ]
    cases.append(Case("SquareRoot of zeros", _pair(array=np.zeros(SHAPE)), image_types={"SquareRoot": {}}))
    for name in ("haar", "db3", "sym4", "bior1.3", "rbio2.2", "coif2", "dmey"):
        cases.append(Case(f"wavelet {name}", _pair(), image_types={"Wavelet": {"wavelet": name}}))
    return [_grouped(case, "filters") for case in cases]


def _labelled(label: int) -> Callable[[], tuple[sitk.Image, sitk.Image]]:
    def make() -> tuple[sitk.Image, sitk.Image]:
        labels = blob() * np.uint8(label)
        labels[:, :4, :] = 1
        labels[:3, :, :] = 7
        return as_image(texture()), as_image(labels, "uint8")

    return make


def _grouped(case: Case, group: str) -> Case:
    return Case(case.name, case.make, case.setting, case.image_types, case.feature_class, group)


CASES: list[Case] = [*_mask_cases(), *_value_cases(), *_grid_cases(), *_setting_cases(), *_filter_cases()]
