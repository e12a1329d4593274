"""The ``lwctr`` command: parses the line, chooses the progress display, turns errors into exit codes.

Exit codes: 0 done; 1 a step failed; 2 usage; 3 input refused; 4 something to install is missing; 5 finished,
but some cases failed; 130 cancelled.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import NoReturn

from LWCTRLogic import __version__
from LWCTRLogic.errors import LWCTRError, UsageError
from LWCTRLogic.processes import exit_with_parent
from LWCTRLogic.progress import JsonProgress, Progress, TerminalProgress

COMMANDS = (
    "demo",
    "scan",
    "assign",
    "segment",
    "check",
    "extract",
    "predict",
    "report",
    "export",
    "run",
    "batch",
    "simulate",
    "models",
    "train",
    "evaluate",
    "readings",
    "doctor",
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, action=f"See '{self.prog} --help'")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with every subcommand."""
    parser = _Parser(prog="lwctr", description="Longitudinal whole-liver CT radiomics.")
    parser.add_argument("--version", action="version", version=f"lwctr {__version__}")
    common = _Parser(add_help=False)
    common.add_argument(
        "--progress",
        choices=("auto", "json", "none"),
        default="auto",
        help="bar or lines on standard error (auto), JSON lines on standard output (json), or nothing",
    )
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = _command(name)
        sub = commands.add_parser(name, help=module.HELP, description=module.HELP, parents=[common])
        module.add_arguments(sub)
    return parser


def _command(name: str) -> ModuleType:
    return importlib.import_module(f"LWCTRLogic.commands.{name}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in arguments
    exit_with_parent()
    _utf8_output()
    progress: Progress = Progress()
    try:
        args = build_parser().parse_args(arguments)
        progress = make_progress(args.progress)
        if debug:
            logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
        with _cancel_on_signal(progress):
            return int(_command(args.command).run(args, progress))
    except LWCTRError as error:
        return _fail(error, progress, debug)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:  # noqa: BLE001 - the last edge: nobody sees a raw traceback
        wrapped = LWCTRError(
            f"unexpected {type(error).__name__}: {error}",
            action="This is a defect: run again with --debug and report it with 'lwctr doctor'",
        )
        wrapped.__cause__ = error
        return _fail(wrapped, progress, debug)
    finally:
        if isinstance(progress, TerminalProgress):
            progress.close()


def make_progress(kind: str) -> Progress:
    """Return the progress display for ``auto``, ``json`` or ``none``."""
    if kind == "json":
        return JsonProgress()
    return TerminalProgress() if kind == "auto" else Progress()


def _fail(error: LWCTRError, progress: Progress, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    if isinstance(progress, JsonProgress):
        progress.emit("error", text=error.one_line(), exit_code=error.exit_code)
    sys.stderr.write(f"lwctr: {error.one_line()}\n")
    return error.exit_code


@contextmanager
def _cancel_on_signal(progress: Progress) -> Iterator[None]:
    """Turn the first Ctrl-C or SIGTERM into a cancel at the next check, the second into an interrupt."""

    def stop(number: int, frame: FrameType | None) -> None:
        if progress.cancelled:
            raise KeyboardInterrupt
        progress.cancel()

    before = {}
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, stop)
    except ValueError:  # not the main thread: whoever runs us there handles signals
        pass
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _utf8_output() -> None:
    """Write UTF-8 whatever the console says, so that no name or σ can end a run."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
