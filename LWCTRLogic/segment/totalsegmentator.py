"""The liver of TotalSegmentator, where the user has installed that package."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

from LWCTRLogic import files
from LWCTRLogic.errors import BackendError, Cancelled, DependencyError
from LWCTRLogic.imaging.geometry import check_same_grid
from LWCTRLogic.processes import exit_with_parent, run_json_child
from LWCTRLogic.progress import Progress
from LWCTRLogic.segment.postprocess import postprocess
from LWCTRLogic.segment.scratch import scratch_folder

STEP = "segment"
_TASK = "total"
_ROI = "liver"


class TotalSegmentatorBackend:
    """Runs TotalSegmentator's Python interface in a child process, for the liver alone.

    Its weights are fetched by the package itself on first use; nothing about the run is sent anywhere.
    """

    name = "totalsegmentator"

    def __init__(self, device: str = "auto") -> None:
        self.device = device

    def describe(self) -> dict[str, Any]:
        """Return what decides the mask."""
        try:
            version = importlib.metadata.version("TotalSegmentator")
        except importlib.metadata.PackageNotFoundError:
            version = ""
        return {"backend": self.name, "version": version, "task": _TASK, "roi": _ROI, "device": self.device}

    def segment(self, image: sitk.Image, progress: Progress) -> sitk.Image:
        """Return the liver as a uint8 mask on the image's own grid.

        Raises
        ------
        DependencyError
            When the package is not installed.
        BackendError
            When it fails.
        Cancelled
            When the user stopped.
        """
        if importlib.util.find_spec("totalsegmentator") is None:
            raise DependencyError(
                "TotalSegmentator is not installed",
                "the package TotalSegmentator",
                'Install it with: pip install "lwctr[totalsegmentator]"',
            )
        progress.update(STEP, 0, 1, "TotalSegmentator")
        with scratch_folder() as folder:
            sitk.WriteImage(image, str(folder / "image.nii.gz"))
            files.write_json(folder / "job.json", {"folder": str(folder), "device": self.device})
            self._run(folder / "job.json", progress)
            mask = sitk.ReadImage(str(folder / "mask.nii.gz"))
        check_same_grid(image, mask)
        tidy = postprocess(sitk.GetArrayViewFromImage(mask) != 0)
        result = sitk.GetImageFromArray(tidy.astype(np.uint8))
        result.CopyInformation(image)
        progress.update(STEP, 1, 1)
        return result

    def _run(self, job: Path, progress: Progress) -> None:
        finished = run_json_child([str(job)], lambda event: None, lambda: progress.cancelled, module=__name__)
        if finished.code == 0:
            return
        if progress.cancelled:
            raise Cancelled()
        said = next((line.strip() for line in reversed(finished.errors) if line.strip()), "no reason given")
        raise BackendError(
            f"TotalSegmentator ended with code {finished.code}: {said}",
            "a mask",
            "Without a network, its weights must have been fetched before",
        )


def run_totalsegmentator(job: dict[str, str]) -> None:
    """Call the package; runs in the child process.

    The package keeps its settings in a file of the user's. A fresh one in the job's folder switches telemetry
    off whatever the user's says, while the weights stay where they are.
    """
    folder = Path(job["folder"])
    home = Path(os.environ.get("TOTALSEG_HOME_DIR", Path.home() / ".totalsegmentator"))
    os.environ.setdefault("TOTALSEG_WEIGHTS_PATH", str(home / "nnunet" / "results"))
    os.environ["TOTALSEG_HOME_DIR"] = str(folder)
    config = {
        "totalseg_id": "none",
        "send_usage_stats": False,
        "statistics_disclaimer_shown": True,  # or it says that statistics are sent
        "prediction_counter": 0,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    api = importlib.import_module("totalsegmentator.python_api")
    device = {"auto": "gpu", "cuda": "gpu"}.get(job["device"], job["device"])
    api.totalsegmentator(
        folder / "image.nii.gz",
        folder / "mask.nii.gz",
        ml=True,
        task=_TASK,
        roi_subset=[_ROI],
        device=device,
        quiet=True,
        nr_thr_resamp=1,
        nr_thr_saving=1,
    )


if __name__ == "__main__":
    exit_with_parent()
    run_totalsegmentator(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
