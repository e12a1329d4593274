"""A small phantom case for whole runs: a body of half size at 2 mm, with the true masks given."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.demonstration import describe
from LWCTRLogic.imaging.io import write_image, write_mask
from LWCTRLogic.phantom.patient import make_patient

SPACING = (3.0, 3.0, 3.0)


def make_sources(folder: Path, seed: int = 3) -> None:
    """Write four volumes, their masks and a template case into ``folder``."""
    patient = make_patient(seed, spacing=SPACING, body_scale=0.6, crop_mm=12.0)
    for volume in VOLUMES:
        write_image(patient.volumes[volume], folder / f"{volume}.nii.gz")
        write_mask(patient.liver[volume], folder / f"{volume}.seg.nrrd")
    Case(folder / "template").save_info(describe(patient, f"phantom-{seed}"))


def make_case(sources: Path, folder: Path) -> Case:
    """Return a fresh case whose volumes and masks are still to be read from ``sources``."""
    case = Case(folder)
    info = Case(sources / "template").load_info()
    scans = {
        volume: replace(
            scan, source=str(sources / f"{volume}.nii.gz"), mask=str(sources / f"{volume}.seg.nrrd")
        )
        for volume, scan in info.scans.items()
    }
    case.save_info(replace(info, scans=scans))
    return case


def results_of(case: Case) -> dict[str, bytes]:
    """Every file of a finished case that must be equal between runs: all but the manifest and the log."""
    left_out = {"manifest.json", "log.jsonl", ".lock"}
    return {
        path.relative_to(case.folder).as_posix(): path.read_bytes()
        for path in sorted(case.folder.rglob("*"))
        if path.is_file() and path.name not in left_out
    }


def copy_case(case: Case, folder: Path) -> Case:
    """Return a copy of a case in another folder."""
    shutil.copytree(case.folder, folder)
    return Case(folder)
