"""``lwctr export``: tables of a case, and on explicit wish DICOM SEG and SR."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from LWCTRLogic.case import Case
from LWCTRLogic.errors import UsageError
from LWCTRLogic.progress import JsonProgress, Progress

HELP = "write tables of a case (CSV, Excel), or DICOM SEG and SR"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("case", type=Path, help="case folder")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write into")
    parser.add_argument(
        "--identified",
        type=Path,
        metavar="DICOM",
        help="DICOM SEG and SR with the patient's identity, over the original series in this folder",
    )
    parser.add_argument(
        "--confirm",
        default="",
        metavar="CASE_ID",
        help="the case's pseudonym again: confirms that files with the patient's name are to be written",
    )
    parser.add_argument(
        "--generated-uids",
        action="store_true",
        help="DICOM SEG and SR under the pseudonym, over generated CT images; for volumes not from DICOM",
    )
    parser.add_argument(
        "--creator",
        action="append",
        default=[],
        metavar="READER=NAME",
        help="name of a reader as creator, such as reader-1=Doe^Jane; may be repeated",
    )
    parser.add_argument(
        "--score", action="store_true", help="the score in the SR; refused for a demonstration bundle"
    )


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command.

    Raises
    ------
    UsageError
        When options do not go together, or an identified export is not confirmed.
    InputError
        When the case, the source series or a demonstration score is refused.
    """
    case = Case(args.case)
    case_id = case.load_info().case_id
    _check_usage(args, case_id)
    if args.identified is None and not args.generated_uids:
        from LWCTRLogic.export.tables import export_tables

        return _tell(export_tables(case, args.output), args.output, progress)
    from LWCTRLogic.export.dicom import DicomOptions, export_dicom
    from LWCTRLogic.provenance import log

    options = DicomOptions(args.identified, _creators(args.creator), args.score)
    written = export_dicom(case, args.output, options, progress)
    log(case, "dicom-exported", identified=args.identified is not None, files=len(written))
    if args.identified is not None:
        progress.warning("these files name the patient: keep them where patients' data may lie")
    else:
        progress.warning(
            f"UIDs are generated and the patient is {case_id}: an archive will not join these files to the "
            "patient's scans"
        )
    return _tell(written, args.output, progress)


def _check_usage(args: argparse.Namespace, case_id: str) -> None:
    dicom = args.identified is not None or args.generated_uids
    if args.identified is not None and args.generated_uids:
        raise UsageError("--identified with --generated-uids", "one of them")
    if (args.creator or args.score) and not dicom:
        raise UsageError("--creator and --score are for DICOM", "with --identified or --generated-uids")
    if args.identified is not None and args.confirm != case_id:
        raise UsageError(
            f"--identified with --confirm {args.confirm!r}",
            f"--confirm {case_id}",
            "An identified export writes files that name the patient, so it is confirmed by the case's name",
        )


def _creators(texts: list[str]) -> dict[str, str]:
    names = {}
    for text in texts:
        reader, mark, name = text.partition("=")
        if not (reader and mark and name):
            raise UsageError(f"--creator {text}", "READER=NAME, such as reader-1=Doe^Jane")
        names[reader] = name
    return names


def _tell(written: list[Path], output: Path, progress: Progress) -> int:
    if isinstance(progress, JsonProgress):
        progress.emit("result", files=[str(path) for path in written])
        return 0
    shown = [path for path in written if path.parent == output]
    for path in shown:
        sys.stdout.write(f"{path}\n")
    for folder in dict.fromkeys(path.parent for path in written if path.parent != output):
        count = sum(path.parent == folder for path in written)
        sys.stdout.write(f"{folder}: {count} images\n")
    return 0
