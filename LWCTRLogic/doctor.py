"""What ``lwctr doctor`` tells: versions, devices, models, caches and free space, for a bug report."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from LWCTRLogic import __version__
from LWCTRLogic.processes import cpu_count

# Distribution → what it is for; "core" must be there.
PACKAGES: dict[str, str] = {
    "numpy": "core",
    "scipy": "core",
    "pandas": "core",
    "scikit-learn": "core",
    "SimpleITK": "core",
    "PyWavelets": "core",
    "pydicom": "core",
    "numba": "core",
    "matplotlib": "core",
    "pyarrow": "core",
    "jsonschema": "core",
    "Jinja2": "core",
    "PyYAML": "core",
    "openpyxl": "core",
    "platformdirs": "core",
    "filelock": "core",
    "tqdm": "core",
    "torch": "segment",
    "nnunetv2": "segment",
    "openvino": "openvino",
    "TotalSegmentator": "totalsegmentator",
    "highdicom": "dicom",
    "shap": "explain",
}


@dataclass(frozen=True)
class Line:
    """One line of the report; ``problem`` is what to do about it, empty when all is well."""

    section: str
    name: str
    value: str
    problem: str = ""


def examine(cache: Path | None = None) -> list[Line]:
    """Look at this machine and this installation; nothing is changed or sent anywhere."""
    import platformdirs  # here, since the panel lists what is missing before anything is installed

    cache = cache or Path(platformdirs.user_cache_dir("lwctr", appauthor=False))
    return [*_system(), *_packages(), *_devices(), *_models(), *_places(cache)]


def _system() -> Iterable[Line]:
    yield Line("system", "lwctr", __version__)
    yield Line("system", "Python", f"{platform.python_version()} ({sys.executable})")
    yield Line("system", "platform", platform.platform())
    yield Line("system", "cores", str(cpu_count()))
    memory = _memory_gb()
    yield Line("system", "memory", f"{memory:.0f} GB" if memory else "unknown")


def _memory_gb() -> float | None:
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return None


def _packages() -> Iterable[Line]:
    for name, extra in PACKAGES.items():
        try:
            yield Line("packages", name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            wanted = "lwctr" if extra == "core" else f'"lwctr[{extra}]"'
            problem = f"pip install {wanted}" if extra == "core" else ""
            value = "missing" if extra == "core" else f"not installed (optional: pip install {wanted})"
            yield Line("packages", name, value, problem)
    yield from _torchvision()


def _torchvision() -> Iterable[Line]:
    """Name a torchvision built for CUDA beside a torch built without it: importing it fails."""
    try:
        torch, vision = (importlib.metadata.version(name) for name in ("torch", "torchvision"))
    except importlib.metadata.PackageNotFoundError:
        return
    if "+cpu" in torch and "+cpu" not in vision:
        yield Line(
            "packages",
            "torchvision",
            f"{vision} beside torch {torch}",
            "pip uninstall torchvision (not needed)",
        )


def _devices() -> Iterable[Line]:
    if importlib.util.find_spec("torch") is None:
        yield Line("devices", "GPU", "unknown (torch is not installed)")
        return
    import torch

    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            gpu = torch.cuda.get_device_properties(index)
            yield Line("devices", f"GPU {index}", f"{gpu.name}, {gpu.total_memory / 1e9:.0f} GB")
    else:
        yield Line("devices", "GPU", "none that torch can use; segmentation runs on the processor")


def _models() -> Iterable[Line]:
    from LWCTRLogic.models.registry import Registry

    registry = Registry()
    for entry in registry.entries():
        yield Line(
            "models",
            entry.name,
            f"{entry.kind}, {'comes with the package' if entry.bundled else 'installed'}",
        )
    yield Line("models", "installed in", str(registry.folder))


def _places(cache: Path) -> Iterable[Line]:
    for name, folder in (("cache", cache), ("working folder", Path.cwd())):
        existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(existing).free / 1e9
        writable = os.access(existing, os.W_OK)
        problem = "free some space" if free < 2 else ""
        problem = problem if writable else "make it writable or choose another folder"
        yield Line("places", name, f"{folder}, {free:.0f} GB free", problem)
