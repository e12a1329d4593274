"""Find the shift of the liver's logit at which a model's masks fit best, and write the model with it.

    python tools/calibrate_liver_model.py --model build/liver-model/liver-phantom-nnunet.zip --out shifted.zip

A short training leaves masks a little too small. The phantoms here are neither those of the training nor the
held-out ones.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import SimpleITK as sitk
import torch
from liver_model.export import write_shifted
from liver_model.predict import LiverModel
from liver_model.scoring import score

from LWCTRLogic.models.safe_zip import safe_extract
from LWCTRLogic.phantom.patient import make_patient

FIRST_SEED = 40_000


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="model zip")
    parser.add_argument("--out", type=Path, required=True, help="model zip to write")
    parser.add_argument("--patients", type=int, default=3)
    parser.add_argument("--shifts", type=float, nargs="+", default=[0.0, 0.4, 0.8, 1.2])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main() -> None:
    """Score every shift and write the best."""
    args = parse()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as folder:
        safe_extract(args.model, Path(folder) / "model", 100_000_000)
        model = LiverModel(next(Path(folder).rglob("plans.json")).parent, args.device)
        dice = np.array([scores(model, *scan, args.shifts) for scan in scans(args.patients)])
    for shift, value in zip(args.shifts, dice.mean(axis=0), strict=True):
        sys.stdout.write(f"shift {shift:g}: mean Dice {value:.4f} of {len(dice)} volumes\n")
    write_shifted(args.model, args.shifts[int(dice.mean(axis=0).argmax())], args.out)


def scans(patients: int) -> Iterator[tuple[sitk.Image, sitk.Image]]:
    """Yield an arterial scan before and a venous one after treatment of each patient, with the livers."""
    for seed in range(FIRST_SEED, FIRST_SEED + patients):
        patient = make_patient(seed, spacing=(1.5, 1.5, 3.0))
        for volume in ("pre_A", "post_V"):
            yield patient.volumes[volume], patient.liver[volume]


def scores(model: LiverModel, image: sitk.Image, liver: sitk.Image, shifts: list[float]) -> list[float]:
    """Return the Dice of one scan at each shift."""
    reference = sitk.GetArrayFromImage(liver) > 0
    found = []
    for shift in shifts:
        model.shift(shift)
        found.append(score(model.segment(image), reference, image.GetSpacing()[::-1]).dice)
    return found


if __name__ == "__main__":
    main()
