"""Draw the picture of two phantom patients for the documents: the same body, a good and a bad course.

python tools/draw_phantoms.py docs/images/phantoms.png
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import SimpleITK as sitk
from matplotlib.axes import Axes
from numpy.typing import NDArray

from LWCTRLogic import files
from LWCTRLogic.phantom.patient import VOLUMES, PhantomPatient, make_patient

SEED = 3005
COURSES = ((-1.0, -1.2), (1.0, 1.2))
WIDTH, LEVEL = 200.0, {"A": 55.0, "V": 85.0}
TITLES = {
    "pre_A": "before, arterial",
    "pre_V": "before, venous",
    "post_A": "after, arterial",
    "post_V": "after, venous",
}


def main() -> int:
    """Run the tool."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", type=Path)
    args = parser.parse_args()
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2, 4, figsize=(13, 5.6), layout="constrained")
    for row, (baseline, resistance) in zip(axes, COURSES, strict=True):
        patient = make_patient(
            SEED, spacing=(1.0, 1.0, 3.0), crop_mm=25.0, baseline=baseline, resistance=resistance
        )
        height = level_of(patient)
        for axis, volume in zip(row, VOLUMES, strict=True):
            draw(axis, patient, volume, height)
        row[0].set_title(f"risk {patient.risk:+.1f}: {TITLES['pre_A']}", fontsize=10)
    files.write_with(args.picture, lambda name: figure.savefig(name, dpi=80, format="png"))
    return 0


def array(image: sitk.Image) -> NDArray[np.int16]:
    """Return the voxels (z, y, x)."""
    return np.asarray(sitk.GetArrayFromImage(image))


def level_of(patient: PhantomPatient) -> float:
    """Return the height (z, mm) that shows most tumour before treatment."""
    mask = patient.tumour["pre_A"]
    slice_number = int(array(mask).sum(axis=(1, 2)).argmax())
    return float(mask.TransformIndexToPhysicalPoint((0, 0, slice_number))[2])


def draw(axis: Axes, patient: PhantomPatient, volume: str, height: float) -> None:
    """Draw one slice with the outlines of liver and tumours."""
    image = patient.volumes[volume]
    x, y, _ = image.GetOrigin()
    number = int(np.clip(image.TransformPhysicalPointToIndex((x, y, height))[2], 0, image.GetSize()[2] - 1))
    middle = LEVEL[volume[-1]]
    axis.imshow(array(image)[number], cmap="gray", vmin=middle - WIDTH / 2, vmax=middle + WIDTH / 2)
    for masks, colour in ((patient.liver, "#56B4E9"), (patient.tumour, "#E69F00")):
        axis.contour(array(masks[volume])[number], [0.5], colors=colour, linewidths=0.9)
    axis.set_title(TITLES[volume], fontsize=10)
    axis.set_axis_off()


if __name__ == "__main__":
    sys.exit(main())
