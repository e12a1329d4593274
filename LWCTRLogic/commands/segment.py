"""``lwctr segment``: liver masks for a case, or for one image."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.errors import InputError, UsageError
from LWCTRLogic.progress import JsonProgress, Progress

if TYPE_CHECKING:
    from LWCTRLogic.findings import Finding
    from LWCTRLogic.segment.backend import SegmentationBackend

HELP = "find the liver in a case's volumes, or in one image"
BACKENDS = ("nnunet", "totalsegmentator", "existing")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("input", type=Path, help="case folder, or one image (.nii.gz, .nrrd, .mha)")
    parser.add_argument("-o", "--output", type=Path, help="mask to write, for one image (.seg.nrrd)")
    parser.add_argument(
        "--volume", nargs="+", choices=VOLUMES, metavar="VOLUME", help="of the case: " + " ".join(VOLUMES)
    )
    parser.add_argument(
        "--backend", choices=BACKENDS, default="nnunet", help="what makes the mask (default: nnunet)"
    )
    parser.add_argument(
        "--model", default="", help="nnU-Net model: a name of 'lwctr models list', a folder or a zip"
    )
    parser.add_argument("--mask", type=Path, help="mask made elsewhere: .seg.nrrd, .nii.gz or DICOM SEG")
    parser.add_argument("--label", type=int, help="label value or segment number of the liver in --mask")
    parser.add_argument("--resample", action="store_true", help="bring --mask onto the image's grid")
    parser.add_argument(
        "--propagate", metavar="FROM:TO", help="carry a mask to another volume of the case, to be reviewed"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--network",
        choices=("torch", "openvino", "auto"),
        default="torch",
        help="what computes the network on a CPU; openvino, where installed, is faster for large networks",
    )
    parser.add_argument(
        "--tta", action="store_true", help="average over mirrored tiles: up to 8 times slower"
    )
    parser.add_argument(
        "--step-size",
        type=float,
        default=0.5,
        help="distance of tiles as a fraction of a tile (default: 0.5)",
    )
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default: 2)")
    parser.add_argument("--estimate", action="store_true", help="print needed time and memory, and stop")
    parser.add_argument("--force", action="store_true", help="also volumes that have a mask")


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command.

    Raises
    ------
    UsageError
        When options do not go together.
    InputError
        When the case, an image or a mask is refused.
    """
    _check_usage(args)
    if not args.input.is_dir():
        return _segment_image(args, progress)
    case = Case(args.input)
    if args.propagate:
        return _propagate(case, args.propagate, progress)
    volumes = _volumes(case, args)
    if args.estimate:
        for volume in volumes:
            _tell_estimate(volume, case.image_path(volume), args, progress)
        return 0
    return _segment_case(case, volumes, args, progress)


def _check_usage(args: argparse.Namespace) -> None:
    if not args.input.exists():
        raise InputError(f"{args.input} does not exist", "a case folder or an image")
    is_case = args.input.is_dir()
    if (args.output is None) != is_case and not args.estimate:
        raise UsageError(
            f"{args.input} is {'a folder' if is_case else 'no folder'}",
            "CASE, or IMAGE -o MASK",
            "See 'lwctr segment --help'",
        )
    if (args.backend == "existing" or args.mask) and (args.mask is None or len(args.volume or "x") != 1):
        raise UsageError("a mask made elsewhere", "--mask FILE, and in a case one --volume")
    if args.mask:
        args.backend = "existing"


def _backend(args: argparse.Namespace) -> SegmentationBackend:
    from LWCTRLogic.segment.backend import DEFAULT_MODEL, TOTALSEGMENTATOR, make_backend
    from LWCTRLogic.segment.existing import ExistingMaskBackend

    if args.backend == "existing":
        return ExistingMaskBackend(args.mask, args.label, resample=args.resample)
    model = TOTALSEGMENTATOR if args.backend == TOTALSEGMENTATOR else args.model or DEFAULT_MODEL
    logs = args.input if args.input.is_dir() else (args.output or args.input).parent
    return make_backend(
        model,
        device=args.device,
        threads=args.threads,
        mirroring=args.tta,
        step_size=args.step_size,
        network=args.network,
        log_folder=logs,
    )


def _segment_image(args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.imaging.masks import write_mask
    from LWCTRLogic.imaging.volumes import read_image
    from LWCTRLogic.segment.quality import check_mask, volume_ml

    if args.estimate:
        _tell_estimate(args.input.name, args.input, args, progress)
        return 0
    image = read_image(args.input)
    mask = _backend(args).segment(image, progress)
    findings = check_mask(mask, image)
    write_mask(mask, args.output)
    _tell(progress, args.output, volume_ml(mask), findings)
    return 0


def _volumes(case: Case, args: argparse.Namespace) -> list[str]:
    volumes = case.volumes()
    unknown = [volume for volume in args.volume or [] if volume not in volumes]
    if unknown:
        raise InputError(f"the case has no {', '.join(unknown)}", "of " + ", ".join(volumes))
    return [volume for volume in volumes if not args.volume or volume in args.volume]


def _segment_case(case: Case, volumes: list[str], args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.pipeline import locked
    from LWCTRLogic.provenance import Manifest
    from LWCTRLogic.segment.step import check_case_masks, segment_step

    backend: SegmentationBackend | None = None
    with locked(case):
        manifest = Manifest(case)
        for volume in volumes:
            progress.check_cancelled()
            if case.current_mask(volume) is not None and not args.force and not args.mask:
                progress.update("segment", 1, 1, f"{volume} has a mask")
                continue
            backend = backend or _backend(args)
            manifest.run(segment_step(case, volume, backend, progress), force=True)
    findings = check_case_masks(case, progress=progress)
    for volume in volumes:
        _tell_volume(case, volume, [one for one in findings if one.volume == volume], progress)
    return 0


def _propagate(case: Case, text: str, progress: Progress) -> int:
    from LWCTRLogic.pipeline import locked
    from LWCTRLogic.segment.step import check_case_masks, propagate_volume

    source, _, target = text.partition(":")
    if source not in VOLUMES or target not in VOLUMES or source == target:
        raise UsageError(f"--propagate {text}", "FROM:TO of two volumes, such as pre_A:pre_V")
    with locked(case):
        propagate_volume(case, source, target, progress)
    findings = check_case_masks(case, progress=progress)
    _tell_volume(case, target, [one for one in findings if one.volume == target], progress)
    return 0


def _tell_estimate(name: str, path: Path, args: argparse.Namespace, progress: Progress) -> None:
    from LWCTRLogic.imaging.volumes import read_image
    from LWCTRLogic.segment.nnunet import NnunetBackend

    backend = _backend(args)
    if not isinstance(backend, NnunetBackend):
        raise UsageError(f"no estimate for {args.backend}", "--backend nnunet")
    need = backend.estimate(read_image(path))
    if isinstance(progress, JsonProgress):
        progress.emit("estimate", volume=name, **asdict(need))
    else:
        sys.stdout.write(f"{name}: {need.text()}\n")


def _tell_volume(case: Case, volume: str, findings: list[Finding], progress: Progress) -> None:
    from LWCTRLogic.imaging.masks import read_mask
    from LWCTRLogic.segment.quality import volume_ml

    path = case.current_mask(volume)
    if path is not None:
        _tell(progress, path, volume_ml(read_mask(path)), findings)


def _tell(progress: Progress, path: Path, size_ml: float, findings: list[Finding]) -> None:
    if isinstance(progress, JsonProgress):
        listed = [{"code": one.code, "volume": one.volume, "text": one.text} for one in findings]
        progress.emit("mask", path=str(path), volume_ml=round(size_ml, 1), findings=listed)
        return
    sys.stdout.write(f"{path}: {size_ml:.0f} mL\n")
    for one in findings:
        accepted = f" (accepted: {one.accepted})" if one.accepted else ""
        sys.stdout.write(f"  {one.code}: {one.text}{accepted}\n")
