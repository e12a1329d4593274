"""``manifest.json`` and ``log.jsonl``: what each step read, wrote and used, and whether it must run again.

Times, memory and log lines live in these two files alone, so that every other file of a case is equal, byte
for byte, whenever inputs and settings are equal.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from LWCTRLogic import __version__, files
from LWCTRLogic.case import Case

SCHEMA_VERSION = 1
PACKAGES = ("numpy", "scipy", "SimpleITK", "PyWavelets", "numba", "scikit-learn", "torch", "nnunetv2")


@dataclass(frozen=True)
class Step:
    """One step of a case: what it reads, what it writes, and everything that decides its result.

    Attributes
    ----------
    name : str
        Stable name, with the volume where there is one (``segment:pre_A``).
    inputs : tuple of Path
        Files that decide the result.
    settings : dict
        JSON values that decide the result, the input content that is not a file included.
    run : callable
        Does the work and returns the files written.
    """

    name: str
    inputs: tuple[Path, ...]
    settings: Mapping[str, Any]
    run: Callable[[], Iterable[Path]]
    versions: Mapping[str, str] = field(default_factory=dict)


class Manifest:
    """The record of a case's finished steps."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._steps: dict[str, Any] = {}
        if case.manifest_path.exists():
            content = files.read_json(case.manifest_path)
            if isinstance(content, dict) and content.get("schema_version") == SCHEMA_VERSION:
                self._steps = content.get("steps", {})

    def record(self, name: str) -> dict[str, Any] | None:
        """Return what was recorded of a step, or ``None``."""
        found = self._steps.get(name)
        return found if isinstance(found, dict) else None

    def is_current(self, step: Step) -> bool:
        """Whether ``step`` has run on these very inputs and settings and its outputs still stand."""
        record = self.record(step.name)
        if record is None or record.get("settings") != _plain(step.settings):
            return False
        if record.get("inputs") != self._hashes(step.inputs):
            return False
        outputs = record.get("outputs", {})
        return all(
            (self.case.folder / path).is_file() and files.sha256(self.case.folder / path) == digest
            for path, digest in outputs.items()
        )

    def run(self, step: Step, *, force: bool = False) -> bool:
        """Run ``step`` unless it is current; returns whether it ran."""
        if not force and self.is_current(step):
            log(self.case, "skipped", step=step.name)
            return False
        log(self.case, "started", step=step.name)
        inputs = self._hashes(step.inputs)
        with measured() as usage:
            outputs = tuple(step.run())
        self._steps[step.name] = {
            "inputs": inputs,
            "outputs": self._hashes(outputs),
            "settings": _plain(step.settings),
            "versions": {**package_versions(), **step.versions},
            **usage,
        }
        self._save()
        log(self.case, "finished", step=step.name, **usage)
        return True

    def forget(self, names: Iterable[str]) -> None:
        """Drop the records of steps whose outputs no longer stand."""
        for name in names:
            self._steps.pop(name, None)
        self._save()

    def moved_steps(self, moved: Mapping[str, str]) -> dict[str, Any]:
        """Return the records that still hold once scans change places: those of each scan alone, under its new name.

        Parameters
        ----------
        moved : dict of str to str
            Where a scan was → where it goes, for every scan of the case that stays in it.
        """
        kept = {}
        for name, record in self._steps.items():
            step, _, volume = name.partition(":")
            if volume in moved:
                kept[f"{step}:{moved[volume]}"] = record_moved(record, volume, moved[volume])
        return kept

    def replace(self, steps: Mapping[str, Any]) -> None:
        """Write other records in place of all."""
        self._steps = dict(steps)
        self._save()

    def _hashes(self, paths: Iterable[Path]) -> dict[str, str]:
        return {self._relative(path): files.sha256(path) for path in sorted(paths)}

    def _relative(self, path: Path) -> str:
        try:
            return path.relative_to(self.case.folder).as_posix()
        except ValueError:
            # Outside the case a path may hold a patient's name: tell it apart, but do not write it.
            return "outside/" + hashlib.sha256(path.as_posix().encode()).hexdigest()[:12]

    def _save(self) -> None:
        value = {
            "schema_version": SCHEMA_VERSION,
            "lwctr": __version__,
            "python": platform.python_version(),
            "system": platform.system(),
            "steps": dict(sorted(self._steps.items())),
        }
        files.write_json(self.case.manifest_path, value)


def record_moved(record: Any, volume: str, other: str) -> Any:
    """Return the record of a step on one volume as it is once that scan is another volume."""
    text = json.dumps(record).replace(f"/{volume}.", f"/{other}.")
    return json.loads(text.replace(f"/{volume}/", f"/{other}/"))


def _plain(value: Any) -> Any:
    """Return ``value`` as JSON would give it back (tuples become lists)."""
    return json.loads(json.dumps(value, sort_keys=True))


def package_versions() -> dict[str, str]:
    """Versions of LWCTR and of the packages that decide its numbers; absent ones are left out."""
    versions = {"lwctr": __version__}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


@contextmanager
def measured() -> Iterator[dict[str, Any]]:
    """Give a dict that holds start, wall seconds, CPU seconds and peak memory once the block ends."""
    usage: dict[str, Any] = {"started": datetime.now(UTC).isoformat(timespec="seconds")}
    wall, cpu = time.perf_counter(), cpu_seconds()
    yield usage
    usage["seconds"] = round(time.perf_counter() - wall, 3)
    usage["cpu_seconds"] = round(cpu_seconds() - cpu, 3)
    usage["peak_mb"] = peak_memory_mb()


def cpu_seconds() -> float:
    """CPU seconds of this process and its finished children."""
    if sys.platform == "win32":
        return time.process_time()
    import resource

    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def peak_memory_mb() -> float | None:
    """Largest resident memory of this process or any finished child so far, in MB; ``None`` if unknown."""
    if sys.platform == "win32":
        return None
    import resource

    unit = 1e6 if sys.platform == "darwin" else 1e3
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
    return round(
        max(_own_peak_mb() or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, children), 1
    )


def _own_peak_mb() -> float | None:
    """Peak of this program on Linux, where ``ru_maxrss`` also counts the process that started it."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return float(lines["VmHWM"].split()[0]) / 1e3 if "VmHWM" in lines else None


def log(case: Case, event: str, **fields: Any) -> None:
    """Append one line to ``log.jsonl``; the log is the one file that is appended to in place.

    Raises
    ------
    LWCTRError
        When it cannot be written, as on a full disk.
    """
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **fields}
    try:
        case.folder.mkdir(parents=True, exist_ok=True)
        with case.log_path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise files.cannot_write(case.log_path, error) from error
