"""``lwctr models``: list, install, verify and remove models."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from LWCTRLogic.progress import JsonProgress, Progress
from LWCTRLogic.training.actions import ACTIONS, add_actions, run_action

if TYPE_CHECKING:
    from LWCTRLogic.models.contents import ModelEntry

HELP = "list, install, verify or remove segmentation and prediction models"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="models that came with the package, and those installed")
    show = actions.add_parser(
        "show", help="what a prediction bundle says of itself, and which values it asks for"
    )
    show.add_argument(
        "bundle", type=Path, nargs="?", help="folder or zip (default: the bundled demonstration)"
    )
    install = actions.add_parser("install", help="install an nnU-Net model or a prediction bundle")
    install.add_argument("source", help="zip file, folder, or http(s) address")
    install.add_argument("--sha256", default="", help="hash that the zip must have; needed for an address")
    install.add_argument("--name", default="", help="name in the list (default: the file's)")
    install.add_argument(
        "--label", action="append", default=[], help="label that is (part of) the liver; may be repeated"
    )
    install.add_argument(
        "--orientation", default="", metavar="CODE", help="axes the model was trained on, such as LPS or RAS"
    )
    install.add_argument(
        "--trust",
        action="store_true",
        help="accept weights that hold Python objects, which can run code: only from makers you know",
    )
    verify = actions.add_parser("verify", help="compare a model's files with their hashes")
    verify.add_argument("name", nargs="?", default="", help="one model (default: all)")
    remove = actions.add_parser("remove", help="remove an installed model")
    remove.add_argument("name")
    add_actions(actions)


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command.

    Raises
    ------
    InputError
        When a model is refused, missing or changed.
    """
    if args.action in ACTIONS:
        return run_action(args, progress)
    from LWCTRLogic.models.registry import Registry

    if args.action == "show":
        return _show(args.bundle, progress)
    registry = Registry()
    if args.action == "install":
        entry = registry.install(
            args.source,
            sha256=args.sha256,
            name=args.name,
            labels=args.label,
            orientation=args.orientation,
            trust=args.trust,
            progress=progress,
        )
        _tell([entry], progress)
    elif args.action == "verify":
        entries = [registry.find(args.name)] if args.name else registry.entries()
        for entry in entries:
            registry.verify(entry.name)
            sys.stdout.write("" if isinstance(progress, JsonProgress) else f"{entry.name}: unchanged\n")
    elif args.action == "remove":
        registry.remove(args.name)
        sys.stdout.write("" if isinstance(progress, JsonProgress) else f"{args.name}: removed\n")
    else:
        _tell(registry.entries(), progress)
        if not isinstance(progress, JsonProgress):
            sys.stdout.write(f"Installed models are kept in {registry.folder}\n")
    return 0


def _tell(entries: list[ModelEntry], progress: Progress) -> None:
    for entry in entries:
        if isinstance(progress, JsonProgress):
            values = asdict(entry)
            del values["hashes"]
            progress.emit("model", **values)
            continue
        words = [entry.kind, f"from {entry.source}" if not entry.bundled else "comes with the package"]
        words += [f"licence: {entry.licence or 'not stated'}"]
        words += [f"liver = {' + '.join(entry.labels)}"] if entry.labels else []
        words += ["trusted by you"] if entry.trusted else []
        sys.stdout.write(f"{entry.name}: {', '.join(words)}\n  SHA-256 {entry.sha256}\n")


def _show(path: Path | None, progress: Progress) -> int:
    from LWCTRLogic.models.bundle_files import load_bundle
    from LWCTRLogic.models.description import describe_bundle

    told = describe_bundle(load_bundle(path))
    if isinstance(progress, JsonProgress):
        progress.emit("bundle", **told)
        return 0
    lines = [f"{told['title']} ({told['name']} {told['version']})", told["notice"]]
    lines += [told["intended_use"], f"Trained on: {told['trained_on']}", *told["limits"]]
    lines += (
        [f"Scores patients of these centres only: {', '.join(told['centres'])}"] if told["centres"] else []
    )
    lines.append("Clinical values:")
    for value in told["clinical"]:
        words = ", ".join(f"{word} = {code}" for word, code in value.get("choices", []))
        words = words or f"{value['low']:g} to {value['high']:g} {value['unit']}".rstrip()
        lines.append(f"  {value['label']} ({value['name']}): {words}; used by {', '.join(value['models'])}")
    sys.stdout.write("\n".join(filter(None, lines)) + "\n")
    return 0
