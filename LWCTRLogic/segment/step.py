"""The segmentation step of a case: image in, next mask version out."""

from __future__ import annotations

from pathlib import Path

import SimpleITK as sitk

from LWCTRLogic.case import Case
from LWCTRLogic.errors import InputError
from LWCTRLogic.findings import Finding, with_acceptance
from LWCTRLogic.imaging.masks import read_mask, write_mask
from LWCTRLogic.imaging.volumes import read_image
from LWCTRLogic.progress import NamedProgress, Progress
from LWCTRLogic.provenance import Step
from LWCTRLogic.segment.backend import SegmentationBackend
from LWCTRLogic.segment.existing import ExistingMaskBackend
from LWCTRLogic.segment.propagate import MAKER as PROPAGATED
from LWCTRLogic.segment.propagate import propagate_mask
from LWCTRLogic.segment.quality import QualitySettings, check_mask, compare_masks

AUTO = "auto"
EXISTING = "existing"


def segment_volume(
    case: Case, volume: str, backend: SegmentationBackend, progress: Progress | None = None
) -> Path:
    """Segment one volume of a case and make the result its current mask.

    A mask that ``case.json`` names for the volume is taken instead of running ``backend``, unless that itself
    takes an existing mask.

    Returns
    -------
    Path
        The new mask version.

    Raises
    ------
    InputError
        When the volume has no image, or the mask is empty or tiny; nothing is written then.
    GeometryError
        When a mask named in ``case.json`` lies on another grid.
    """
    info = case.load_info()
    image = _image(case, volume)
    given = info.scans[volume].mask if volume in info.scans else ""
    maker = EXISTING if given or backend.name == EXISTING else AUTO
    chosen: SegmentationBackend = backend
    if given and backend.name != EXISTING:
        chosen = ExistingMaskBackend(case.folder / given)
    mask = chosen.segment(image, NamedProgress(progress or Progress(), volume))
    check_mask(mask, volume=volume)
    return save_mask(case, volume, mask, maker)


def segment_step(
    case: Case, volume: str, backend: SegmentationBackend, progress: Progress | None = None
) -> Step:
    """Return :func:`segment_volume` as a step that ``manifest.json`` records."""
    given = case.load_info().scans[volume].mask
    inputs = [case.image_path(volume), *([case.folder / given] if given else [])]
    return Step(
        f"segment:{volume}",
        tuple(inputs),
        {"given": bool(given), **({} if given else backend.describe())},
        lambda: (segment_volume(case, volume, backend, progress),),
    )


def propagate_volume(case: Case, source: str, target: str, progress: Progress | None = None) -> Path:
    """Carry the current mask of one volume over to another, to be reviewed there.

    Returns
    -------
    Path
        The new mask version of ``target``.

    Raises
    ------
    InputError
        When ``source`` has no mask, or a volume has no image.
    """
    path = case.current_mask(source)
    if path is None:
        raise InputError(f"{source} has no mask to propagate", "a mask", "Segment or draw it first")
    fixed, moving = _image(case, target), _image(case, source)
    mask = propagate_mask(moving, read_mask(path), fixed, progress or Progress())
    check_mask(mask, volume=target)
    return save_mask(case, target, mask, PROPAGATED)


def save_mask(
    case: Case,
    volume: str,
    mask: sitk.Image,
    maker: str,
    start: str = "",
    active_seconds: float | None = None,
    reading: int | None = None,
    in_use: bool = True,
) -> Path:
    """Write a mask as the next version and note it in ``readings.csv``; make it current if it is to be used."""
    with case.changing_masks():
        path = case.new_mask_path(volume, maker)
        write_mask(mask, path)
        if in_use:
            case.set_current_mask(volume, path)
        row = {
            "volume": volume,
            "reader": maker,
            "reading": reading,
            "start": start or maker,
            "version": path.name,
            "active_seconds": active_seconds,
        }
        case.add_reading({key: "" if value is None else value for key, value in row.items()})
    return path


def check_case_masks(
    case: Case, settings: QualitySettings | None = None, progress: Progress | None = None
) -> list[Finding]:
    """Check the current masks of a case, one by one and against each other.

    Findings that a reader accepted in ``case.json`` carry the reason.

    Raises
    ------
    InputError
        When a mask is empty or tiny.
    GeometryError
        When a mask does not lie on its image's grid.
    """
    progress = progress or Progress()
    info = case.load_info()
    findings: list[Finding] = []
    masks: dict[str, sitk.Image] = {}
    names = [name for name in case.volumes() if case.current_mask(name) is not None]
    for number, volume in enumerate(names):
        progress.update("check masks", number, len(names), volume)
        path = case.current_mask(volume)
        assert path is not None
        masks[volume] = read_mask(path)
        findings += check_mask(masks[volume], _image(case, volume), volume, settings)
        if path.name.endswith(f"_{PROPAGATED}.seg.nrrd"):
            findings.append(
                Finding(
                    "mask-review", "the liver mask was propagated from another volume: to be reviewed", volume
                )
            )
    findings += compare_masks(masks, settings)
    return [with_acceptance(info, finding) for finding in findings]


def _image(case: Case, volume: str) -> sitk.Image:
    path = case.image_path(volume)
    if not path.is_file():
        raise InputError(
            f"the case has no image of {volume}",
            f"{path}",
            "Import the scans with 'lwctr run CASE --until import'",
        )
    return read_image(path)
