"""``lwctr extract``: radiomic features of a case, or of one image and mask."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.errors import UsageError
from LWCTRLogic.progress import JsonProgress, Progress

if TYPE_CHECKING:
    from LWCTRLogic.radiomics.settings import ExtractionSettings

HELP = "compute radiomic features of a case, or of one image and mask"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("input", type=Path, help="case folder, or one image (.nii.gz, .nrrd, .mha)")
    parser.add_argument(
        "mask", type=Path, nargs="?", help="mask of the image (.seg.nrrd, .nii.gz, DICOM SEG)"
    )
    parser.add_argument("-o", "--output", type=Path, help="table to write, for one image (.csv or .parquet)")
    parser.add_argument("--label", type=int, help="label value in the mask (default: the settings', 1)")
    parser.add_argument(
        "--settings", type=Path, help="settings file: YAML or JSON, as PyRadiomics writes them"
    )
    parser.add_argument("--volume", nargs="+", choices=VOLUMES, metavar="VOLUME", help="of the case")
    parser.add_argument(
        "-j", "--threads", type=int, default=1, help="CPU threads (default: 1); changes no value"
    )
    parser.add_argument(
        "--backend",
        choices=("native", "pyradiomics"),
        default="native",
        help="what computes the features (default: native)",
    )


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command.

    Raises
    ------
    UsageError
        When options do not go together.
    InputError
        When image, mask or settings are refused.
    """
    if args.threads < 1:
        raise UsageError(f"-j {args.threads}", "1 or more")
    one_image = args.mask is not None
    if one_image != (args.output is not None):
        raise UsageError("one of MASK and -o FILE is missing", "IMAGE MASK -o features.csv, or CASE")
    if one_image and args.volume:
        raise UsageError("--volume with one image", "--volume with a case folder")
    settings = _settings(args)
    return _extract_image(args, settings, progress) if one_image else _extract_case(args, settings, progress)


def _settings(args: argparse.Namespace) -> ExtractionSettings:
    from LWCTRLogic.radiomics.settings import ExtractionSettings, read_settings

    settings = read_settings(args.settings) if args.settings else ExtractionSettings()
    return replace(settings, label=args.label) if args.label is not None else settings


def _extract_image(args: argparse.Namespace, settings: ExtractionSettings, progress: Progress) -> int:
    from LWCTRLogic import files
    from LWCTRLogic.imaging.masks import read_mask
    from LWCTRLogic.imaging.volumes import read_image
    from LWCTRLogic.radiomics.backend import make_backend
    from LWCTRLogic.radiomics.step import FeatureTable, csv_text, made_by, write_table

    if args.output.suffix not in (".csv", ".parquet"):
        raise UsageError(f"-o {args.output.name}", "a name that ends in .csv or .parquet")
    backend = make_backend(args.backend)
    image = read_image(args.input)
    mask = read_mask(args.mask, settings.label if args.label is not None or settings.label != 1 else None)
    row = backend.extract(image, mask, replace(settings, label=1), progress, args.threads)
    name = args.input.name
    inputs = {"image": files.sha256(args.input), "mask": files.sha256(args.mask)}
    origin = {**made_by(settings, backend), "inputs": {name: inputs}}
    table = FeatureTable({name: row}, origin)
    if args.output.suffix == ".parquet":
        write_table(table, args.output)
    else:
        files.write_text(args.output, csv_text(table.frame()))
    _tell(progress, args.output, 1, len(row))
    return 0


def _extract_case(args: argparse.Namespace, settings: ExtractionSettings, progress: Progress) -> int:
    from LWCTRLogic.radiomics.backend import make_backend
    from LWCTRLogic.radiomics.step import extract_case, read_table

    path = extract_case(
        Case(args.input), settings, make_backend(args.backend), progress, args.threads, args.volume
    )
    rows = read_table(path).rows
    _tell(progress, path, len(rows), len(next(iter(rows.values()))))
    return 0


def _tell(progress: Progress, path: Path, volumes: int, features: int) -> None:
    if isinstance(progress, JsonProgress):
        progress.emit("features", path=str(path), volumes=volumes, features=features)
        return
    sys.stdout.write(f"{path}: {features:,} features of {volumes} volume{'s' if volumes != 1 else ''}\n")
