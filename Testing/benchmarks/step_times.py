"""Seconds and memory of each step of a run on one volume of 512 × 512 × 100 voxels, as a Markdown table.

    python Testing/benchmarks/step_times.py FOLDER

Makes a phantom volume (0.75 × 0.75 × 2.5 mm) as a case in FOLDER, runs every step in a process of its own, and reads
``manifest.json``. Seconds of a shared machine say little: compare CPU seconds.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.imaging.io import write_image
from LWCTRLogic.phantom.anatomy import View, make_anatomy
from LWCTRLogic.phantom.contrast import Enhancement
from LWCTRLogic.phantom.render import Look, render
from LWCTRLogic.pipeline import STEPS
from LWCTRLogic.processes import run_json_child

SPACING = (0.75, 0.75, 2.5)
SIZE = (512, 512, 100)
LOWER = (-150.0, -170.0, -140.0)


def make_volume() -> sitk.Image:
    """Return a venous phantom volume of 512 × 512 × 100 voxels around the liver."""
    upper = [low + (size - 1) * step for low, size, step in zip(LOWER, SIZE, SPACING, strict=True)]
    anatomy = make_anatomy(12, SPACING, View(LOWER, (upper[0], upper[1], upper[2])))
    look = Look(texture_key=12, liver_texture=5, tumour_texture=13, coarse=0.5, noise=12, noise_key=12)
    enhancement = Enhancement("V", blood=1.0, liver=0.0, wash_in=40.0, wash_out=25.0)
    image = sitk.GetImageFromArray(render(anatomy, enhancement, look))
    image.SetSpacing(SPACING)
    image.SetOrigin(anatomy.origin)
    return image


def main(folder: Path) -> None:
    """Make the case, run it step by step, print the table."""
    shutil.rmtree(folder, ignore_errors=True)
    case = Case.create(folder, CaseInfo("times", {"pre_V": Scan(source="venous.nii.gz", day=0)}))
    image = make_volume()
    write_image(image, folder / "venous.nii.gz")
    print(
        f"{' × '.join(map(str, image.GetSize()))} voxels, {' × '.join(f'{step:g}' for step in SPACING)} mm\n"
    )
    print("| step | CPU seconds | seconds | peak memory, MB |\n|---|---|---|---|")
    for step in STEPS[1:]:
        finished = run_json_child(
            ["run", str(folder), "--until", step, "--progress", "json"], print_nothing, bool
        )
        if finished.code:
            sys.exit("\n".join(finished.errors))
        records = json.loads(case.manifest_path.read_text())["steps"]
        name = next(name for name in records if name.split(":")[0] == step)
        used = records[name]
        print(f"| {step} | {used['cpu_seconds']:.1f} | {used['seconds']:.1f} | {used['peak_mb']:.0f} |")


def print_nothing(event: dict[str, object]) -> None:
    """Pass over the progress."""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
