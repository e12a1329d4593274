"""Score a liver model on held-out phantoms, or on one scan with a reference mask.

    python tools/evaluate_liver_model.py --out docs/reference/liver-model-scores
    python tools/evaluate_liver_model.py --image scan.nii.gz --mask reference.nii.gz --label 5

The first writes a line for each volume to ``.csv`` and the table by tumour burden to ``.md``. The phantoms are
patients that neither the training nor the calibration ever saw: their seeds lie apart.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import SimpleITK as sitk
import torch
from liver_model.predict import LiverModel
from liver_model.scoring import score

from LWCTRLogic import files
from LWCTRLogic.models.safe_zip import safe_extract
from LWCTRLogic.phantom.patient import make_patient

MODEL = Path(__file__).parents[1] / "LWCTRLogic" / "bundled" / "liver-phantom-nnunet.zip"
BURDENS = (0.0, 0.001, 0.05, 0.2, 1.0)
BURDEN_NAMES = ("none", "to 5 %", "5–20 %", "over 20 %")


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, default=MODEL, help="model zip")
    parser.add_argument("--patients", type=int, default=12, help="how many held-out phantom patients")
    parser.add_argument("--first-seed", type=int, default=50_000)
    parser.add_argument("--spacing", type=float, nargs=3, default=(1.5, 1.5, 3.0), help="x y z in mm")
    parser.add_argument("--volumes", nargs="+", default=["pre_A", "post_V"])
    parser.add_argument("--out", type=Path, help="where to write, without suffix")
    parser.add_argument("--image", type=Path, help="score this scan instead")
    parser.add_argument("--mask", type=Path, help="its reference")
    parser.add_argument("--label", type=int, default=1, help="the liver's value in the reference")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main() -> None:
    """Load the model and score it."""
    args = parse()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as folder:
        safe_extract(args.model, Path(folder) / "model", 100_000_000)
        plans = next(Path(folder).rglob("plans.json"))
        model = LiverModel(plans.parent, args.device)
        if args.image:
            score_scan(model, args)
        else:
            score_phantoms(model, args)


def score_scan(model: LiverModel, args: argparse.Namespace) -> None:
    """Print the scores of one scan."""
    image = sitk.ReadImage(args.image)
    reference = sitk.GetArrayFromImage(sitk.ReadImage(args.mask)) == args.label
    result = score(model.segment(image), reference, image.GetSpacing()[::-1])
    print(f"Dice {result.dice:.4f}, HD95 {result.hd95_mm:.1f} mm, volume {100 * result.volume_error:+.1f} %")


def score_phantoms(model: LiverModel, args: argparse.Namespace) -> None:
    """Score the phantoms, print the table and write both files."""
    rows = pd.DataFrame(phantom_rows(model, args))
    table = by_burden(rows)
    print(table)
    if args.out:
        files.write_text(args.out.with_suffix(".csv"), rows.round(4).to_csv(index=False, lineterminator="\n"))
        files.write_text(args.out.with_suffix(".md"), table)


def phantom_rows(model: LiverModel, args: argparse.Namespace) -> Iterator[dict[str, object]]:
    """Yield the scores of each volume of each patient."""
    for seed in range(args.first_seed, args.first_seed + args.patients):
        patient = make_patient(seed, spacing=tuple(args.spacing))
        for volume in args.volumes:
            image = patient.volumes[volume]
            reference = sitk.GetArrayFromImage(patient.liver[volume]) > 0
            tumour = sitk.GetArrayFromImage(patient.tumour[volume]) > 0
            result = score(model.segment(image), reference, image.GetSpacing()[::-1])
            burden = float(tumour.sum() / reference.sum())
            yield {"seed": seed, "volume": volume, "burden": burden, **result._asdict()}


def by_burden(rows: pd.DataFrame) -> str:
    """Return the Markdown table of the scores by tumour burden, and of all volumes."""
    lines = [
        "| tumour burden | volumes | Dice: mean (worst) | HD95, mm: median (worst) | volume: mean (worst) |",
        "|---|---|---|---|---|",
    ]
    groups = pd.cut(rows["burden"], BURDENS, right=False, labels=list(BURDEN_NAMES))
    for name in BURDEN_NAMES:
        if (groups == name).any():
            lines.append(table_line(name, rows[groups == name]))
    lines.append(table_line("all", rows))
    return "\n".join(lines) + "\n"


def table_line(name: str, rows: pd.DataFrame) -> str:
    """Return one line of the table."""
    error = 100 * rows["volume_error"]
    worst = error.iloc[int(np.argmax(np.abs(error)))]
    dice, distance = rows["dice"], rows["hd95_mm"]
    return (
        f"| {name} | {len(rows)} | {dice.mean():.3f} ({dice.min():.3f}) "
        f"| {distance.median():.1f} ({distance.max():.1f}) | {error.mean():+.1f} % ({worst:+.1f} %) |"
    )


if __name__ == "__main__":
    main()
