"""``lwctr readings``: list readings, add a reader's mask, compare readers, note mRECIST."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.errors import InputError, UsageError
from LWCTRLogic.progress import JsonProgress, Progress

if TYPE_CHECKING:
    from LWCTRLogic.reading.agreement import Agreement, SavedReading, VolumeIcc
    from LWCTRLogic.reading.worklist import ReaderPlan

HELP = "list and compare readers' masks, add one, choose the one in use, note mRECIST"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listed = actions.add_parser("list", help="the readings of cases, and those that are open")
    listed.add_argument("cases", type=Path, nargs="+", metavar="CASE")
    agreement = actions.add_parser(
        "agreement", help="Dice, surface distance and volume between readings, ICC"
    )
    agreement.add_argument("cases", type=Path, nargs="+", metavar="CASE")
    agreement.add_argument(
        "-o", "--output", type=Path, help="folder for agreement.csv, volumes.csv and icc.csv"
    )
    features = actions.add_parser("features", help="features of every reading, for the ICC of each feature")
    features.add_argument("cases", type=Path, nargs="+", metavar="CASE")
    features.add_argument("-o", "--output", type=Path, required=True, help="table to write (.parquet)")
    features.add_argument("--settings", type=Path, help="extraction settings: YAML or JSON")
    features.add_argument("-j", "--threads", type=int, default=1, help="CPU threads (default: 1)")
    _add_worklist_arguments(actions)
    _add_one_case_arguments(actions)


def _add_worklist_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    plan = actions.add_parser("plan", help="draw a worklist: who reads what, in a random order, and again")
    plan.add_argument("cases", type=Path, nargs="+", metavar="CASE")
    plan.add_argument("-o", "--output", type=Path, required=True, help="worklist to write (.csv)")
    plan.add_argument(
        "--reader",
        action="append",
        required=True,
        metavar="READER[:READINGS[:CASES]]",
        help="a reader's pseudonym, how often, and how many cases drawn at random; may be repeated",
    )
    plan.add_argument("--start", default="auto", help="what readings start from (default: auto)")
    plan.add_argument("--washout", type=int, default=28, help="days before a repeat (default: 28)")
    plan.add_argument("--seed", type=int, default=0, help="of the draw (default: 0)")
    due = actions.add_parser("next", help="what a reader of a worklist does next")
    due.add_argument("worklist", type=Path)
    due.add_argument("--reader", required=True, help="the reader's pseudonym")


def _add_one_case_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add = actions.add_parser("add", help="save a mask that a reader drew in another program")
    add.add_argument("case", type=Path)
    add.add_argument("volume", choices=VOLUMES)
    add.add_argument("mask", type=Path, help=".seg.nrrd, .nii.gz or DICOM SEG on the image's grid")
    add.add_argument("--reader", required=True, help="the reader's pseudonym")
    add.add_argument("--reading", type=int, help="reading number (default: the reader's next)")
    add.add_argument("--start", default="empty", help="what the reader started from (default: empty)")
    add.add_argument("--label", type=int, help="label value or segment number of the liver")
    use = actions.add_parser("use", help="choose the mask that features are computed from")
    use.add_argument("case", type=Path)
    use.add_argument("volume", choices=VOLUMES)
    use.add_argument("version", help="file name of the version, or its number")
    mrecist = actions.add_parser("mrecist", help="note a reader's mRECIST category, or show them")
    mrecist.add_argument("case", type=Path)
    mrecist.add_argument("--reader", default="", help="the reader's pseudonym")
    mrecist.add_argument("--category", default="", help="CR, PR, SD or PD")
    mrecist.add_argument("--adjudicator", action="store_true", help="a third reader's ruling")


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command.

    Raises
    ------
    UsageError
        When options do not go together.
    InputError
        When a case, a reader, a mask or a category is refused.
    """
    actions = {
        "list": _list,
        "agreement": _agreement,
        "features": _features,
        "plan": _plan,
        "next": _next,
        "add": _add,
        "use": _use,
        "mrecist": _mrecist,
    }
    return actions[args.action](args, progress)


def _list(args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.reading.agreement import saved_readings
    from LWCTRLogic.reading.session import unfinished

    for folder in args.cases:
        case = Case(folder)
        current = {volume: case.current_mask(volume) for volume in case.volumes()}
        for one in saved_readings(case):
            _tell_reading(one, current.get(one.volume) == one.path, progress)
        for still in unfinished(case):
            state = still.state
            what = "held by a running program" if still.held else "left open"
            if isinstance(progress, JsonProgress):
                progress.emit("open", case=str(folder), held=still.held, **vars(state))
            else:
                name = f"{state.reader}/{state.reading}"
                sys.stdout.write(f"{case.load_info().case_id}  {state.volume:<7}{name:<16}{what}\n")
    return 0


def _tell_reading(one: SavedReading, in_use: bool, progress: Progress) -> None:
    if isinstance(progress, JsonProgress):
        progress.emit("reading", **{**vars(one), "path": str(one.path)}, in_use=in_use)
        return
    sys.stdout.write(
        f"{one.case_id}  {one.volume:<7}{one.name:<16}{one.path.name:<32}started from {one.start:<11}"
        f"{one.seconds:7.0f} s{'  in use' if in_use else ''}\n"
    )


def _agreement(args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.reading.agreement import compare_readings, open_cases, saved_readings, volume_icc

    cases = [Case(folder) for folder in args.cases]
    blind = open_cases(cases)
    for case in blind:
        progress.warning(f"{case.folder} is being read and was left out")
    cases = [case for case in cases if case not in blind]
    pairs: list[Agreement] = []
    for number, case in enumerate(cases):
        progress.update("agreement", number, len(cases), case.folder.name)
        pairs += compare_readings(case)
    progress.update("agreement", len(cases), len(cases))
    icc = volume_icc(cases)
    if args.output:
        _write_tables(args.output, pairs, [one for case in cases for one in saved_readings(case)], icc)
    _tell_agreement(pairs, icc, progress)
    return 0


def _write_tables(
    folder: Path, pairs: list[Agreement], readings: list[SavedReading], icc: list[VolumeIcc]
) -> None:
    from LWCTRLogic.imaging.masks import read_mask
    from LWCTRLogic.segment.quality import volume_ml
    from LWCTRLogic.tables import write_csv

    derived = ("difference_ml", "difference_percent")
    rows = [{**vars(one), **{name: getattr(one, name) for name in derived}} for one in pairs]
    columns = ["case_id", "volume", "first", "second", "dice", "hd95_mm", "first_ml", "second_ml"]
    write_csv(folder / "agreement.csv", [*columns, *derived], rows)
    columns = ["case_id", "volume", "reader", "reading", "start", "versions", "seconds", "volume_ml"]
    volumes = [{**vars(one), "volume_ml": volume_ml(read_mask(one.path))} for one in readings]
    write_csv(folder / "volumes.csv", columns, volumes)
    columns = ["volume", "what", "readings", "cases", "value", "low", "high"]
    listed = [{**vars(one), "readings": " ".join(one.readings)} for one in icc]
    write_csv(folder / "icc.csv", columns, listed)


def _tell_agreement(pairs: list[Agreement], icc: list[VolumeIcc], progress: Progress) -> None:
    if isinstance(progress, JsonProgress):
        for one in pairs:
            progress.emit("agreement", **vars(one), difference_ml=one.difference_ml)
        for value in icc:
            progress.emit("icc", **vars(value))
        return
    for one in pairs:
        sys.stdout.write(
            f"{one.case_id}  {one.volume:<7}{one.first} – {one.second}: Dice {one.dice:.3f}, "
            f"HD95 {one.hd95_mm:.1f} mm, {one.difference_ml:+.0f} mL ({one.difference_percent:+.1f} %)\n"
        )
    for value in icc:
        sys.stdout.write(
            f"ICC(2,1) of the {value.volume} volume {value.what}: {value.value:.3f} "
            f"(95 % CI {value.low:.3f} to {value.high:.3f}; {value.cases} cases)\n"
        )


def _features(args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.radiomics.backend import make_backend
    from LWCTRLogic.radiomics.pyradiomics_yaml import read_settings
    from LWCTRLogic.radiomics.settings import ExtractionSettings
    from LWCTRLogic.reading.features import extract_readings, write_readings

    settings = read_settings(args.settings) if args.settings else ExtractionSettings()
    backend = make_backend("native")
    cases = [Case(folder) for folder in args.cases]
    frame = extract_readings(cases, settings, backend, progress, args.threads)
    write_readings(frame, args.output, settings, backend)
    return _tell(f"{args.output}: {len(frame)} readings, {frame.shape[1]} features", progress)


def _plan(args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.reading.worklist import plan, write_worklist

    readers = [_reader_plan(text) for text in args.reader]
    cases = [Case(folder) for folder in args.cases]
    items = plan(cases, readers, start=args.start, washout_days=args.washout, seed=args.seed)
    write_worklist(items, args.output)
    return _tell(f"{args.output}: {len(items)} readings by {len(readers)} readers", progress)


def _reader_plan(text: str) -> ReaderPlan:
    from LWCTRLogic.reading.worklist import ReaderPlan

    reader, *numbers = text.split(":")
    if len(numbers) > 2 or not all(number.isdigit() for number in numbers):
        raise UsageError(f"--reader {text}", "READER, READER:READINGS or READER:READINGS:CASES")
    return ReaderPlan(reader, *(int(number) for number in numbers))


def _next(args: argparse.Namespace, progress: Progress) -> int:
    from datetime import date

    from LWCTRLogic.reading.worklist import next_item, read_worklist

    found = next_item(read_worklist(args.worklist), args.reader, date.today())
    item = found.item
    if isinstance(progress, JsonProgress):
        told = None if item is None else {**vars(item), "case": str(item.case)}
        progress.emit("next", item=told, due=str(found.due or ""), done=found.done, total=found.total)
        return 0
    if item is not None:
        text = f"{item.case}  {item.volume}  reading {item.reading}, started from {item.start}"
    else:
        text = f"nothing before {found.due}" if found.due else "nothing left"
    return _tell(f"{text} ({found.done} of {found.total} done)", progress)


def _add(args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.imaging.volumes import read_image
    from LWCTRLogic.reading.session import open_reading
    from LWCTRLogic.segment.existing import ExistingMaskBackend

    case = Case(args.case)
    session = open_reading(case, args.volume, args.reader, args.reading, args.start)
    try:
        image = read_image(case.image_path(args.volume))
        saved = session.save_version(ExistingMaskBackend(args.mask, args.label).segment(image, progress))
    finally:
        session.close()
    for finding in saved.findings:
        progress.warning(finding.text)
    return _tell(f"{saved.path}: {'in use' if saved.in_use else 'not in use'}", progress)


def _use(args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.provenance import log

    case = Case(args.case)
    for version in case.mask_versions(args.volume):
        if args.version in (version.path.name, str(version.number)):
            case.set_current_mask(args.volume, version.path)
            log(case, "mask-chosen", volume=args.volume, version=version.path.name)
            return _tell(
                f"{version.path.name} is in use; features made from another mask are out of date", progress
            )
    listed = ", ".join(version.path.name for version in case.mask_versions(args.volume)) or "none yet"
    raise InputError(f"no version {args.version!r} of {args.volume}", f"one of {listed}")


def _mrecist(args: argparse.Namespace, progress: Progress) -> int:
    from LWCTRLogic.response.readers import read_response, record_response

    if bool(args.reader) != bool(args.category):
        raise UsageError("one of --reader and --category is missing", "both, or none to show the answers")
    case = Case(args.case)
    record = read_response(case)
    if args.reader:
        record = record_response(case, args.reader, args.category, adjudicator=args.adjudicator)
    answers = ", ".join(f"{reader} {category}" for reader, category in record.readers.items())
    ruling = f"; {record.adjudicator} rules {record.ruling}" if record.ruling else ""
    result = f"mRECIST {record.result}" if record.result else "no result yet"
    return _tell(f"{answers or 'no answers'}{ruling}: {result} ({record.state})", progress)


def _tell(text: str, progress: Progress) -> int:
    if isinstance(progress, JsonProgress):
        progress.emit("result", text=text)
    else:
        sys.stdout.write(text + "\n")
    return 0
