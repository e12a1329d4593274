"""``lwctr extract``: radiomic features of a case, or of one image and mask; a map of one feature."""

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
    import SimpleITK as sitk

    from LWCTRLogic.radiomics.settings import ExtractionSettings

HELP = "compute radiomic features of a case, or of one image and mask"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("input", type=Path, help="case folder, or one image (.nii.gz, .nrrd, .mha)")
    parser.add_argument(
        "mask", type=Path, nargs="?", help="mask of the image (.seg.nrrd, .nii.gz, DICOM SEG)"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        help="for one image: table to write (.csv or .parquet), or volume with --map (.nrrd, .nii.gz, .mha)",
    )
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
    parser.add_argument(
        "--ibsi",
        action="store_true",
        help="for one image: values as the IBSI standard defines them, where PyRadiomics departs from it",
    )
    parser.add_argument(
        "--shuffle-voxels",
        type=int,
        metavar="SEED",
        help="of a case: features with the voxels inside the mask in random order, to features_shuffled.parquet; a "
        "control that destroys texture ('lwctr train --shuffled-voxels')",
    )
    parser.add_argument(
        "--delta",
        choices=("absolute", "relative"),
        help="of a case: also post - pre, or (post - pre) / |pre|, of each phase that was scanned twice, to "
        "features_delta.parquet or features_relative-delta.parquet",
    )
    parser.add_argument(
        "--map",
        metavar="FEATURE",
        help="for one image: this feature around each voxel of the mask, as a volume on the image's grid",
    )
    parser.add_argument(
        "--kernel-radius",
        type=int,
        metavar="N",
        help="reach of --map to each side, in voxels (default: the settings', 1)",
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
    _check_special(args, one_image)
    _check_whole_case(args, one_image)
    settings = _settings(args)
    if args.map is not None:
        return _map(args, settings, progress)
    return _extract_image(args, settings, progress) if one_image else _extract_case(args, settings, progress)


def _check_special(args: argparse.Namespace, one_image: bool) -> None:
    """Check what goes with ``--ibsi`` and ``--map``."""
    chosen = [name for name, on in (("--ibsi", args.ibsi), ("--map", args.map is not None)) if on]
    if len(chosen) == 2:
        raise UsageError("--ibsi with --map", "one of them")
    if chosen and not one_image:
        raise UsageError(f"{chosen[0]} with a case folder", "IMAGE MASK -o FILE: models use a case's table")
    if chosen and args.backend != "native":
        raise UsageError(f"{chosen[0]} with --backend {args.backend}", "the native backend")
    if args.kernel_radius is not None and args.map is None:
        raise UsageError("--kernel-radius without --map", "--map FEATURE --kernel-radius N")
    if args.kernel_radius is not None and args.kernel_radius < 1:
        raise UsageError(f"--kernel-radius {args.kernel_radius}", "1 or more")


def _check_whole_case(args: argparse.Namespace, one_image: bool) -> None:
    """Check what goes with ``--shuffle-voxels`` and ``--delta``."""
    options = {"--shuffle-voxels": args.shuffle_voxels, "--delta": args.delta}
    chosen = [name for name, value in options.items() if value is not None]
    if len(chosen) == 2:
        raise UsageError(f"{chosen[0]} with {chosen[1]}", "one of them")
    if chosen and (one_image or args.volume):
        raise UsageError(f"{chosen[0]} with one image or --volume", "a whole case")


def _settings(args: argparse.Namespace) -> ExtractionSettings:
    from LWCTRLogic.radiomics.pyradiomics_yaml import read_settings
    from LWCTRLogic.radiomics.settings import ExtractionSettings

    settings = read_settings(args.settings) if args.settings else ExtractionSettings()
    return replace(settings, label=args.label) if args.label is not None else settings


def _extract_image(args: argparse.Namespace, settings: ExtractionSettings, progress: Progress) -> int:
    from LWCTRLogic import files
    from LWCTRLogic.radiomics.backend import make_backend
    from LWCTRLogic.radiomics.columns import features_csv
    from LWCTRLogic.radiomics.ibsi import StandardBackend

    if args.output.suffix not in (".csv", ".parquet"):
        raise UsageError(f"-o {args.output.name}", "a name that ends in .csv or .parquet")
    backend = StandardBackend() if args.ibsi else make_backend(args.backend)
    image, mask = _read(args, settings)
    row = backend.extract(image, mask, replace(settings, label=1), progress, args.threads)
    del image, mask  # the libraries of Parquet below take as much memory as they do
    name = args.input.name
    if args.output.suffix == ".parquet":
        from LWCTRLogic.radiomics.step import FeatureTable, made_by, write_table

        inputs = {"image": files.sha256(args.input), "mask": files.sha256(args.mask)}
        origin = {**made_by(settings, backend), "inputs": {name: inputs}}
        write_table(FeatureTable({name: row}, origin), args.output)
    else:
        files.write_text(args.output, features_csv({name: row}))
    _tell(progress, args.output, 1, len(row), "IBSI" if args.ibsi else "PyRadiomics")
    return 0


def _read(args: argparse.Namespace, settings: ExtractionSettings) -> tuple[sitk.Image, sitk.Image]:
    """Return the image, whatever its values mean, and its mask as 0 and 1."""
    from LWCTRLogic.imaging.masks import read_mask
    from LWCTRLogic.imaging.volumes import read_volume

    label = settings.label if args.label is not None or settings.label != 1 else None
    return read_volume(args.input), read_mask(args.mask, label)


def _map(args: argparse.Namespace, settings: ExtractionSettings, progress: Progress) -> int:
    from LWCTRLogic.imaging.volumes import IMAGE_SUFFIXES, is_image_file, write_image
    from LWCTRLogic.radiomics import pyradiomics_yaml
    from LWCTRLogic.radiomics.voxelwise import feature_map

    if not is_image_file(args.output):
        raise UsageError(f"-o {args.output.name}", "a name that ends in " + ", ".join(IMAGE_SUFFIXES))
    parameters = pyradiomics_yaml.read_parameters(args.settings) if args.settings else {}
    voxel = pyradiomics_yaml.voxel_settings_from_parameters(parameters)
    if args.kernel_radius is not None:
        voxel = replace(voxel, kernel_radius=args.kernel_radius)
    image, mask = _read(args, settings)
    volume = feature_map(image, mask, args.map, replace(settings, label=1), voxel, progress)
    write_image(volume, args.output)
    if isinstance(progress, JsonProgress):
        progress.emit("map", path=str(args.output), feature=args.map, kernel_radius=voxel.kernel_radius)
    else:
        reach = f"kernel radius {voxel.kernel_radius}"
        sys.stdout.write(f"{args.output}: {args.map}, {reach}\n")
    return 0


def _extract_case(args: argparse.Namespace, settings: ExtractionSettings, progress: Progress) -> int:
    from LWCTRLogic.radiomics.backend import make_backend

    if args.shuffle_voxels is not None:
        from LWCTRLogic.training.shuffled import extract_shuffled

        backend = make_backend(args.backend)
        path = extract_shuffled(
            Case(args.input), settings, backend, args.shuffle_voxels, progress, args.threads
        )
        sys.stdout.write(
            "" if isinstance(progress, JsonProgress) else f"{path}: a control, no prediction reads it\n"
        )
        return 0
    from LWCTRLogic.radiomics.step import extract_case, read_table

    path = extract_case(
        Case(args.input), settings, make_backend(args.backend), progress, args.threads, args.volume
    )
    rows = read_table(path).rows
    _tell(progress, path, len(rows), len(next(iter(rows.values()))))
    if args.delta is not None:
        _write_deltas(path, args.delta, progress)
    return 0


def _write_deltas(features: Path, kind: str, progress: Progress) -> None:
    from LWCTRLogic.radiomics.delta import Delta, write_deltas

    path, rows, columns, undefined = write_deltas(features, Delta(kind))
    if isinstance(progress, JsonProgress):
        progress.emit(
            "delta", path=str(path), kind=kind, rows=rows, features=columns, undefined=len(undefined)
        )
        return
    text = f"{path}: {kind} change of {columns:,} features in {rows} phase{'s' if rows != 1 else ''}"
    if undefined:
        text += f"; {len(undefined)} undefined, since the baseline is 0 (the first: {' '.join(undefined[0])})"
    sys.stdout.write(text + "\n")


def _tell(
    progress: Progress, path: Path, volumes: int, features: int, definition: str = "PyRadiomics"
) -> None:
    if isinstance(progress, JsonProgress):
        progress.emit("features", path=str(path), volumes=volumes, features=features, definition=definition)
        return
    text = f"{path}: {features:,} features of {volumes} volume{'s' if volumes != 1 else ''}"
    sys.stdout.write(text + (", as the IBSI standard defines them\n" if definition == "IBSI" else "\n"))
