"""Small cases for the report's tests and screenshots: round phantoms and a made-up prediction."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES, Case, CaseInfo, Scan
from LWCTRLogic.findings import Finding
from LWCTRLogic.models.prediction import (
    BundleReference,
    Contribution,
    Explanation,
    ModelScore,
    Nomogram,
    NomogramAxis,
    Prediction,
    SurvivalCurve,
)

SPACING = (3.0, 3.0, 6.0)  # x, y, z in mm
NOTICE = "demonstration model, simulated patients, not for clinical use"
LABELS = {
    "Clinical": "Clinical values",
    "Radiomic-Pre": "Baseline scans",
    "Radiomic-Post": "Follow-up scans",
    "Radiomic-LA": "Arterial phase, both scans",
    "Radiomic-LV": "Portal venous phase, both scans",
    "Radiomic-Fusion": "All four volumes",
    "LWCTR": "All four volumes and clinical values",
}
FEATURES = (
    ("post_V", "log-sigma-2-mm-3D_gldm_DependenceNonUniformity", 1.52e5, -0.61),
    ("post_A", "wavelet-HHH_glrlm_ShortRunLowGrayLevelEmphasis", 0.00213, 0.48),
    ("post_V", "log-sigma-3-mm-3D_firstorder_Median", -0.71, 0.44),
    ("pre_A", "original_shape_MinorAxisLength", 141.2, 0.35),
    ("pre_V", "log-sigma-5-mm-3D_firstorder_InterquartileRange", 22.61, -0.31),
    ("post_A", "wavelet-LLH_glszm_ZoneVariance", 5.1e7, 0.22),
    ("post_V", "wavelet-HLH_glszm_LargeAreaHighGrayLevelEmphasis", 3.3e8, 0.19),
    ("pre_V", "wavelet-HHL_glszm_ZoneEntropy", 4.02, -0.15),
    ("post_A", "log-sigma-1-mm-3D_ngtdm_Coarseness", 3.1e-6, 0.12),
    ("pre_A", "wavelet-HLL_firstorder_Median", 0.03, -0.09),
    ("post_V", "log-sigma-5-mm-3D_glcm_Idn", 0.951, 0.07),
    ("post_A", "wavelet-LLL_glszm_GrayLevelNonUniformity", 812.0, 0.05),
    ("post_V", "log-sigma-3-mm-3D_glcm_Imc1", -0.082, -0.04),
    ("pre_A", "wavelet-LLH_gldm_DependenceNonUniformity", 1.1e5, 0.02),
)


@cache
def abdomen(growth: float = 1.0, seed: int = 0) -> tuple[sitk.Image, sitk.Image]:
    """Return CT and liver mask of a coarse round abdomen; the liver lies on the patient's right."""
    z, y, x = np.mgrid[0:40, 0:90, 0:120].astype(np.float32)
    noise = np.random.default_rng(seed).normal(0, 12, z.shape)
    body = ((x - 60) / 52) ** 2 + ((y - 45) / 36) ** 2 < 1
    liver = ((x - 40) / 26) ** 2 + ((y - 42) / 20) ** 2 + ((z - 20) / 13) ** 2 < growth
    spine = ((x - 60) / 7) ** 2 + ((y - 66) / 7) ** 2 < 1
    tumour = ((x - 34) / 6) ** 2 + ((y - 38) / 6) ** 2 + ((z - 21) / 4) ** 2 < 1
    hu = np.full(z.shape, -1000.0)
    for region, value in ((body, 20), (liver, 95), (tumour, 45), (spine, 420)):
        hu[region] = value + noise[region]
    return _image(np.rint(hu).astype(np.int16)), _image(liver.astype(np.uint8))


def _image(array: np.ndarray) -> sitk.Image:
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(SPACING)
    image.SetOrigin((-180.0, -130.0, -120.0))
    return image


def make_case(
    folder: Path, volumes: tuple[str, ...] = VOLUMES, *, masks: bool = True, **info: object
) -> Case:
    """Write a case with its volumes and masks, without prediction."""
    days = {"pre": 0, "post": 63}
    scans = {
        name: Scan(day=days[name.split("_")[0]], reason="series tags name the phase") for name in volumes
    }
    clinical = {"portal_vein_invasion": "present", "extrahepatic_spread": "absent", "age": 61.0}
    content: dict[str, object] = {
        "first_dose_day": 12,
        "centre": "Centre 2",
        "clinical": {**clinical, "afp": 412.0, "mrecist": "SD"},
        **info,
    }
    case = Case.create(folder, CaseInfo("LWCTR-0042", scans, **content))  # type: ignore[arg-type]
    for index, name in enumerate(volumes):
        image, mask = abdomen(0.85 if name.startswith("post") else 1.0, index)
        case.image_path(name).parent.mkdir(parents=True, exist_ok=True)
        sitk.WriteImage(image, str(case.image_path(name)))
        if masks:
            path = case.new_mask_path(name, "auto" if name.endswith("A") else "reader 1")
            path.parent.mkdir(parents=True, exist_ok=True)
            sitk.WriteImage(mask, str(path), True)
            case.set_current_mask(name, path)
            if name.endswith("V"):
                row = {"volume": name, "reader": "reader 1", "reading": 1, "start": "auto", "version": 1}
                case.add_reading(row)
    return case


def _explanation() -> Explanation:
    parts = tuple(
        Contribution(
            f"{volume}:{name}",
            name,
            volume,
            value,
            part,
            value - abs(value) * 0.4,
            value + abs(value) * (0.6 if index else -0.1),
            index == 0,
            1.3 if index == 0 else 0.0,
        )
        for index, (volume, name, value, part) in enumerate(FEATURES)
    )
    word = Contribution(
        "clinical:portal_vein_invasion", "Macroscopic portal vein invasion", "", "present", -0.27
    )
    return Explanation("LWCTR", 0.12, (*parts, word))


def full_prediction() -> Prediction:
    """Return a prediction with all seven models, five curves and two nomograms."""
    scores = (0.58, 0.61, 0.66, 0.49, 0.68, 0.70, 0.71)
    explanation = _explanation()
    margin = explanation.base + sum(part.contribution for part in explanation.contributions)
    return Prediction(
        case_id="LWCTR-0042",
        bundle=BundleReference("lwctr-demo", "0.1.0", "ab" * 32, True, NOTICE, "cd" * 32),
        model="LWCTR",
        scores=tuple(
            ModelScore(name, label, score, margin if name == "LWCTR" else 0.4, 0.52, score >= 0.52)
            for (name, label), score in zip(LABELS.items(), scores, strict=True)
        ),
        explanations=(explanation,),
        survival=(
            _curve("OS", "Rad-Nomo", "Rad-Nomo (Rad-score and mRECIST)", 0.027, ("12", "24", "36")),
            _curve("OS", "Rad-score", "Rad-score alone", 0.032, ("12", "24", "36")),
            _curve("OS", "mRECIST", "mRECIST alone", 0.05, ("12", "24", "36")),
            _curve("PFS", "Rad-Nomo", "Rad-Nomo (Rad-score and mRECIST)", 0.07, ("6", "12", "18")),
            _curve("PFS", "Rad-score", "Rad-score alone", 0.08, ("6", "12", "18")),
        ),
        nomograms=(_nomogram("OS", ("12", "24", "36")), _nomogram("PFS", ("6", "12", "18"))),
        risk_group="low risk",
        mrecist="SD",
        clinical={"portal_vein_invasion": "present"},
        warnings=(
            Finding(
                "feature-range",
                "log-sigma-2-mm-3D_gldm_DependenceNonUniformity is 1.3 SD beyond the training range",
                "post_V",
            ),
        ),
    )


def _curve(endpoint: str, model: str, label: str, rate: float, months: tuple[str, ...]) -> SurvivalCurve:
    times = tuple(float(month) for month in range(43 if endpoint == "OS" else 25))
    survival = tuple(float(np.exp(-rate * time)) for time in times)
    return SurvivalCurve(
        endpoint,
        model,
        label,
        "the follow-up scan (landmark)",
        times,
        survival,
        {month: float(np.exp(-rate * float(month))) for month in months},
        tuple(value**1.5 for value in survival),
        tuple(value**0.6 for value in survival),
    )


def _nomogram(endpoint: str, months: tuple[str, ...]) -> Nomogram:
    score = NomogramAxis(
        "Rad-score", tuple((f"{tick / 10:.1f}", 100.0 - 10 * tick) for tick in range(11)), "0.71", 29.0
    )
    mrecist = NomogramAxis("mRECIST", (("CR", 0.0), ("PR", 0.0), ("SD", 14.0), ("PD", 46.0)), "SD", 14.0)
    outcomes = tuple(
        (
            f"Progression-free at {month} months" if endpoint == "PFS" else f"Alive at {month} months",
            tuple(
                (f"{100 * chance:.0f} %", 120 - 100 * chance - 12 * index)
                for chance in np.arange(0.9, 0.05, -0.1)
            ),
            0.75 - 0.15 * index,
        )
        for index, month in enumerate(months)
    )
    return Nomogram(endpoint, (score, mrecist), 43.0, (0.0, 146.0), outcomes)


def venous_prediction() -> Prediction:
    """Return the prediction of a case with one venous baseline scan: no image model of the method can run."""
    lacking = {
        "Clinical": (),
        "Radiomic-Pre": ("baseline, arterial scan",),
        "Radiomic-Post": ("follow-up, arterial scan", "follow-up, portal venous scan"),
        "Radiomic-LA": ("baseline, arterial scan", "follow-up, arterial scan"),
        "Radiomic-LV": ("follow-up, portal venous scan",),
        "Radiomic-Fusion": ("pre_A", "post_A", "post_V"),
        "LWCTR": ("pre_A", "post_A", "post_V", "extrahepatic_spread"),
    }
    scores = tuple(
        ModelScore(name, LABELS[name], cutoff=0.52, missing=missing) for name, missing in lacking.items()
    )
    clinical = ModelScore("Clinical", LABELS["Clinical"], 0.44, -0.21, 0.52, False)
    return replace(
        full_prediction(),
        model="Clinical",
        scores=(clinical, *scores[1:]),
        explanations=(),
        survival=(),
        nomograms=(),
        risk_group="",
        mrecist=None,
        warnings=(),
    )


def save_prediction(case: Case, prediction: Prediction) -> Case:
    """Write ``prediction.json`` and return the case."""
    files.write_json(case.prediction_path, prediction.to_dict())
    return case


def full_case(folder: Path) -> Case:
    """Return a case in which nothing is missing."""
    return save_prediction(make_case(folder), full_prediction())


def venous_case(folder: Path) -> Case:
    """Return a case with a single venous baseline scan and little else."""
    case = make_case(folder, ("pre_V",), clinical={"portal_vein_invasion": "present"}, first_dose_day=None)
    return save_prediction(case, venous_prediction())


def warned_case(folder: Path) -> tuple[Case, list[Finding]]:
    """Return a case with many warnings and long texts, and the warnings."""
    case = full_case(folder)
    reason = "Seen by two readers; the second piece is a real exophytic tumour. " * 3
    case.update_scan("pre_A", accepted={"mask-pieces": reason}, reason="bolus tag, then aorta 310 HU " * 6)
    found = [Finding("mask-pieces", f"the mask has {4} pieces; expected one", "pre_A")]
    found += [
        Finding(
            f"check-{index}",
            f"finding {index}: the liver measures {1800 + index} mL, 38 % more than at baseline; expected "
            "less than 30 % between two scans; see original_glszm_LargeAreaHighGrayLevelEmphasis",
            VOLUMES[index % 4] if index % 5 else "",
        )
        for index in range(26)
    ]
    return case, found
