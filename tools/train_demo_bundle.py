"""Fit the demonstration bundle: simulated patients, real extraction, the published signature.

    python tools/train_demo_bundle.py --patients 72 --cache build/demo-bundle

writes ``LWCTRLogic/bundled/lwctr-demo.zip`` and its card, ``docs/reference/demo-bundle-card.md``. Features
are kept in the cache, one file a patient, so a stopped run goes on where it was; use a new cache folder when the
phantom has changed. About ten CPU seconds a patient.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import LWCTRLogic
from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES
from LWCTRLogic.demonstration import SPACING
from LWCTRLogic.models.bundle import Bundle, Measure
from LWCTRLogic.models.bundle_files import bundled_bundle_path, save_bundle
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.fit_bundle import fit_models
from LWCTRLogic.models.signature import CLINICAL_CODINGS
from LWCTRLogic.phantom.patient import make_patient
from LWCTRLogic.progress import Progress, TerminalProgress
from LWCTRLogic.radiomics.extract import extract
from LWCTRLogic.radiomics.settings import ExtractionSettings

ROOT = Path(__file__).resolve().parents[1]
CARD = ROOT / "docs" / "reference" / "demo-bundle-card.md"
NOTICE = "demonstration model, simulated patients, not for clinical use"
SETTINGS = ExtractionSettings(resampled_spacing=(2.0, 2.0, 2.0))
FIRST_SEED = 1000
CROP_MM = 20.0
SPREAD = 2.0  # of the hidden risks, in standard deviations of a usual phantom cohort
DAYS_A_MONTH = 30.4375


def main() -> int:
    """Run the tool."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=72)
    parser.add_argument("--cache", type=Path, required=True, help="folder for the features of each patient")
    parser.add_argument("--seed", type=int, default=1, help="seed of the folds and of the bootstrap")
    parser.add_argument("--out", type=Path, default=bundled_bundle_path())
    parser.add_argument("--card", type=Path, default=CARD)
    args = parser.parse_args()
    progress = TerminalProgress()
    started = time.process_time()
    records = [
        patient_record(FIRST_SEED + index, args.cache, progress, index, args.patients)
        for index in range(args.patients)
    ]
    bundle = fit_bundle(make_cohort(records), args.seed, progress)
    progress.close()
    digest = save_bundle(bundle, args.out)
    files.write_text(args.card, card(bundle, digest, args))
    print(f"{args.out} ({args.out.stat().st_size / 1e3:.0f} kB, SHA-256 {digest})")
    print(f"{time.process_time() - started:.0f} CPU seconds")
    return 0


def patient_record(seed: int, cache: Path, progress: Progress, index: int, total: int) -> dict[str, Any]:
    """Return features and course of one simulated patient, from the cache or made now."""
    path = cache / f"{SETTINGS.hash[:12]}-{seed}.json"
    progress.update("patients", index, total, f"seed {seed}")
    if not path.exists():
        files.write_json(path, simulate(seed))
    record: dict[str, Any] = files.read_json(path)
    return record


def simulate(seed: int) -> dict[str, Any]:
    """Make a patient, extract all 1,316 features of the four volumes inside the true liver masks."""
    # A few dozen patients show little of a usual cohort's signal, so the demonstration has wider extremes.
    baseline, resistance = SPREAD * np.random.default_rng([seed, 900]).standard_normal(2)
    patient = make_patient(
        seed, spacing=SPACING, crop_mm=CROP_MM, baseline=float(baseline), resistance=float(resistance)
    )
    return {
        "features": {
            volume: extract(patient.volumes[volume], patient.liver[volume], SETTINGS) for volume in VOLUMES
        },
        "clinical": {name: patient.clinical[name] for name in CLINICAL_CODINGS},
        "mrecist": patient.mrecist,
        "os_months": float(patient.os_months),
        "os_event": int(patient.os_event),
        "pfs_months": float(patient.pfs_months),
        "pfs_event": int(patient.pfs_event),
        "landmark": patient.days["post"] / DAYS_A_MONTH,
    }


def make_cohort(records: list[dict[str, Any]]) -> TrainingCohort:
    """Return the training cohort of the cached patients."""
    features = pd.DataFrame(
        [
            {
                f"{volume}:{name}": value
                for volume in VOLUMES
                for name, value in row["features"][volume].items()
            }
            for row in records
        ]
    )

    def column(name: str, kind: type) -> Any:
        return np.array([row[name] for row in records], dtype=kind)

    return TrainingCohort(
        features,
        pd.DataFrame([row["clinical"] for row in records]),
        pd.Series([row["mrecist"] for row in records]),
        column("os_months", float),
        column("os_event", bool),
        column("pfs_months", float),
        column("pfs_event", bool),
        column("landmark", float),
    )


def fit_bundle(cohort: TrainingCohort, seed: int, progress: Progress) -> Bundle:
    """Return the bundle fitted to a cohort."""
    models = fit_models(cohort, seed, progress=progress)
    x, y, z = SPACING
    return Bundle(
        name="lwctr-demo",
        version="0.1.0",
        title="LWCTR demonstration model",
        demonstration=True,
        notice=NOTICE,
        intended_use="To show and test the software. For no decision about any person.",
        trained_on=(
            f"{len(cohort)} simulated patients (four CT volumes each at {x:g} × {y:g} × {z:g} mm, true liver "
            "masks), features by real extraction at 2 mm; outcomes simulated from the same hidden risks"
        ),
        limits=(
            "It knows nothing of real patients: neither its weights nor its cut-off mean anything for them.",
            "It is not the published model, whose coefficients were never published; it uses the features of "
            "the published signature with weights of its own.",
            f"{len(cohort)} patients are far too few for 29 features: the intervals are wide.",
            "Real scans lie outside its training range in many features, and the prediction says so.",
        ),
        settings=SETTINGS.to_dict(),
        settings_hash=SETTINGS.hash,
        classifiers=models.classifiers,
        cox=models.cox,
    )


# ---- the card --------------------------------------------------------------------------------------------
def card(bundle: Bundle, digest: str, args: argparse.Namespace) -> str:
    """Return the model card as Markdown."""
    limits = "\n".join(f"- {limit}" for limit in bundle.limits)
    arguments = f"--patients {args.patients} --seed {args.seed}"
    return f"""# Card of the demonstration bundle

**{NOTICE[0].upper()}{NOTICE[1:]}.** Written by `tools/train_demo_bundle.py`, together with the bundle.

| | |
|---|---|
| name, version | {bundle.name} {bundle.version} |
| SHA-256 of its `files.json` | `{digest}` |
| intended use | {bundle.intended_use} |
| trained on | {bundle.trained_on} |
| extraction settings | hash `{bundle.settings_hash}` |
| made again by | `python tools/train_demo_bundle.py {arguments} --cache FOLDER` |

## Limits
{limits}

## How it was made
1. Patients are simulated with seeds {FIRST_SEED} to {FIRST_SEED + args.patients - 1}: anatomy, disease,
   two examinations of two phases, clinical values, mRECIST, survival with censoring. Two
   hidden risks drive both the images and the course, so the images carry signal by construction. They are
   drawn {SPREAD:g} times as wide as in a usual phantom cohort, to give a few dozen patients something to show.
2. All 1,316 features of each volume are extracted inside the true liver mask (no segmentation model has a
   part in it), with the settings that the bundle carries: B-spline resampling to 2 mm, bins of 25 HU,
   Laplacian of Gaussian 1–5 mm, wavelet coif1.
3. The features of the published signature are taken as they are; nothing is selected on these patients.
4. Each of the seven models is a linear SVM on standardised features. Label: alive 12 months after the first
   dose. Patients censored before have no label; the others carry censoring weights (IPCW). The SVM's C is the
   smallest whose 5-fold cross-validated AUC is within one standard error of the best, and Platt's calibration is
   fitted to the out-of-fold margins. The grid and this rule were settled on these same simulated patients.
5. Cut-offs (Youden), Cox models and all performance figures use cross-fitted scores: 10 folds, in each of
   which the whole of step 4 was done without the fold's patients.
6. The Cox models count time from the follow-up scan (landmark). For PFS only patients without progression at
   that scan are at risk. Efron's ties and baseline; survival is a step function.

## Performance of the classifiers
Cross-fitted, with 95 % bootstrap intervals over patients. For a calibrated score the slope is 1.

{classifier_table(bundle)}

## Performance of the Cox models
Apparent, on cross-fitted Rad-scores, with 95 % bootstrap intervals over patients.

{cox_table(bundle)}
"""


def classifier_table(bundle: Bundle) -> str:
    """Return one row a classifier."""
    rows = [
        "| model | features | AUC | Brier score | calibration slope | cut-off |",
        "|---|---|---|---|---|---|",
    ]
    for model in bundle.classifiers:
        cells = [cell(model.performance, name) for name in ("AUC", "Brier score", "calibration slope")]
        rows.append(f"| {model.name} | {len(model.features)} | {' | '.join(cells)} | {model.cutoff:.3f} |")
    return "\n".join(rows)


def cox_table(bundle: Bundle) -> str:
    """Return one row a Cox model."""
    rows = [
        "| endpoint | model | patients | events | C-index | AUC at the reported months |",
        "|---|---|---|---|---|---|",
    ]
    for model in bundle.cox:
        later = [item.name for item in model.performance if item.name != "C-index"]
        aucs = "; ".join(f"{name.split()[2]}: {cell(model.performance, name)}" for name in later)
        rows.append(
            f"| {model.endpoint} | {model.name} | {model.patients} | {model.events} "
            f"| {cell(model.performance, 'C-index')} | {aucs} |"
        )
    return "\n".join(rows)


def cell(measures: tuple[Measure, ...], name: str) -> str:
    """Return ``estimate (low–high)``, or a dash where it is not defined."""
    found = next((item for item in measures if item.name == name), None)
    return "–" if found is None else f"{found.estimate:.2f} ({found.low:.2f}–{found.high:.2f})"


if __name__ == "__main__":
    print(f"lwctr {LWCTRLogic.__version__}")
    sys.exit(main())
