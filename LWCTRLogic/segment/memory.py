"""How much memory this machine has free, without packages that may not be there."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

_CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def free_memory() -> int | None:
    """Return the bytes that a new process may use, or ``None`` where that cannot be told."""
    if sys.platform == "win32":
        return _windows()
    if sys.platform == "darwin":
        return _macos()
    return linux_free_memory(Path("/proc/meminfo"), tuple((Path(a), Path(b)) for a, b in _CGROUPS))


def linux_free_memory(meminfo: Path, cgroups: tuple[tuple[Path, Path], ...]) -> int | None:
    """Return the smaller of what the kernel calls available and what the container's limit leaves.

    Parameters
    ----------
    meminfo : Path
        ``/proc/meminfo``.
    cgroups : tuple of (Path, Path)
        Files that hold the container's limit and use in bytes; missing ones are skipped.
    """
    found = []
    try:
        fields = dict(line.split(":", 1) for line in meminfo.read_text(encoding="utf-8").splitlines())
        found.append(1024 * int(fields["MemAvailable"].split()[0]))
    except (OSError, KeyError, ValueError, IndexError):
        pass
    for limit, used in cgroups:
        try:
            found.append(max(0, int(limit.read_text()) - int(used.read_text())))
        except (OSError, ValueError):  # not in a container, or the limit is "max"
            continue
    return min(found, default=None)


class _MemoryStatus(ctypes.Structure):
    _fields_ = (
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        *((name, ctypes.c_ulonglong) for name in ("total", "available", "page", "page_free")),
        *((name, ctypes.c_ulonglong) for name in ("virtual", "virtual_free", "extended")),
    )


def _windows() -> int | None:
    status = _MemoryStatus()
    status.length = ctypes.sizeof(status)
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    if not kernel.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.available)


def _macos() -> int | None:
    """Free, inactive and speculative pages, which macOS gives up on demand."""
    try:
        text = subprocess.run(["vm_stat"], capture_output=True, text=True, check=True, timeout=5).stdout
        return macos_free_memory(text)
    except (OSError, subprocess.SubprocessError):
        return None


def macos_free_memory(vm_stat: str) -> int | None:
    """Read the output of ``vm_stat``."""
    lines = vm_stat.splitlines()
    try:
        page = int(lines[0].split("page size of ")[1].split()[0])
        pages = dict(line.split(":", 1) for line in lines[1:] if ":" in line)
        names = ("Pages free", "Pages inactive", "Pages speculative")
        return page * sum(int(pages[name].strip().rstrip(".")) for name in names)
    except (IndexError, KeyError, ValueError):
        return None
