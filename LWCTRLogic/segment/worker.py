"""The child process that runs nnU-Net: ``python -m LWCTRLogic.segment.worker JOB.json``.

It reads an array, writes a mask, and says on standard output, one JSON object a line, what it does. All that
nnU-Net, torch and OpenVINO print goes to standard error, which the parent keeps as a log.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from LWCTRLogic import files
from LWCTRLogic.errors import BackendError, DependencyError, InputError, LWCTRError
from LWCTRLogic.processes import exit_with_parent

Emit = Callable[..., None]
FRAGILE = ("torchvision", "timm")


@dataclass(frozen=True)
class Job:
    """What the parent asks for; see :class:`LWCTRLogic.segment.nnunet.NnunetSettings` for the choices."""

    model: str
    folds: tuple[str, ...]
    checkpoint: str
    heads: tuple[int, ...]
    regions: bool
    trusted: bool
    array: str
    mask: str
    spacing: tuple[float, float, float]
    device: str
    network: str
    mirroring: bool
    step_size: float
    threads: int

    def save(self, path: Path) -> None:
        """Write the job for :meth:`load`."""
        files.write_json(path, asdict(self))

    @classmethod
    def load(cls, path: Path) -> Job:
        """Read a job."""
        return cls(**files.read_json(path))


def hide_broken_packages(emit: Emit) -> None:
    """Make packages that break when imported look as if they were not installed.

    nnU-Net imports timm for some trainers only, and timm imports torchvision; a torchvision built for another
    torch raises RuntimeError, which nobody catches.
    """
    for name in FRAGILE:
        if importlib.util.find_spec(name) is None:
            continue
        try:
            importlib.import_module(name)
        except ImportError:  # says by itself that something is not installed
            continue
        except Exception as error:  # noqa: BLE001 - whatever a broken package raises
            for loaded in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
                del sys.modules[loaded]
            sys.modules[name] = None  # type: ignore[assignment]
            text = f"the installed {name} does not work with this torch and is ignored ({error})"
            emit("warning", text=f"{text}; 'pip uninstall {name}' removes it")


def run_job(job: Job, emit: Emit) -> None:
    """Load the model, segment the array and write the mask.

    Raises
    ------
    DependencyError
        When torch or nnunetv2 is not installed, or CUDA was asked for and is not there.
    BackendError
        When the model does not load.
    """
    os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "0" if job.trusted else "1"
    os.environ["nnUNet_def_n_proc"] = str(job.threads)  # noqa: SIM112 - nnU-Net's own spelling
    os.environ["nnUNet_compile"] = "0"  # noqa: SIM112
    emit("progress", done=0, total=1, message="loading the network")
    torch = _import_torch(emit)
    torch.set_num_threads(job.threads)
    device = _device(torch, job.device)
    try:
        segment_on(device, job, emit)
    except RuntimeError as error:
        if device == "cpu" or job.device != "auto" or not _out_of_memory(error):
            raise
        emit("warning", text="the GPU has too little free memory for this scan: going on with the CPU")
        torch.cuda.empty_cache()
        segment_on("cpu", job, emit)


def segment_on(device: str, job: Job, emit: Emit) -> None:
    """Load the model, segment the array on ``device`` and write the mask.

    Raises
    ------
    BackendError
        When the model does not load.
    """
    import torch

    from LWCTRLogic.segment import predictor as prediction

    predictor = prediction.make_predictor(
        lambda done, total: emit("progress", done=done, total=total, message=f"tile {done} of {total}"),
        device=device,
        step_size=job.step_size,
        mirroring=job.mirroring,
    )
    _load(predictor, job)
    network = _choose_network(predictor, job, device, emit)
    emit("used", device=device, network=network, torch=str(torch.__version__), threads=job.threads)
    mask = prediction.predict_liver(predictor, np.load(job.array), job.spacing, job.heads, job.regions)
    np.save(job.mask, mask)


def _out_of_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or "out of memory" in str(error).lower()


def _import_torch(emit: Emit) -> Any:
    hint = 'Install it with: pip install "lwctr[segment]"'
    try:
        torch = importlib.import_module("torch")
        hide_broken_packages(emit)
        importlib.import_module("nnunetv2.inference.predict_from_raw_data")
    except ImportError as error:
        raise DependencyError(f"nnU-Net cannot be loaded ({error})", "torch and nnunetv2", hint) from error
    return torch


def _device(torch: Any, wanted: str) -> str:
    has_cuda = bool(torch.cuda.is_available())
    if wanted == "cuda" and not has_cuda:
        raise DependencyError(
            "CUDA was asked for and torch finds no CUDA device",
            "an NVIDIA GPU with its driver and a CUDA build of torch",
            "Use --device cpu or auto",
        )
    return "cuda" if has_cuda and wanted != "cpu" else "cpu"


def _load(predictor: Any, job: Job) -> None:
    import pickle

    from LWCTRLogic.segment.predictor import load_model

    try:
        load_model(predictor, Path(job.model), job.folds, job.checkpoint)
    except pickle.UnpicklingError as error:
        raise InputError(
            f"the weights of {Path(job.model).name} hold Python objects, which could run code",
            "weights that load with weights_only=True",
            "If you know where the model comes from, install it with --trust",
        ) from error
    except (RuntimeError, KeyError, EOFError, OSError) as error:
        raise BackendError(
            f"the model {Path(job.model).name} does not load ({type(error).__name__}: {error})",
            "weights that fit plans.json",
            "Run 'lwctr models verify'",
        ) from error


def _choose_network(predictor: Any, job: Job, device: str, emit: Emit) -> str:
    if device != "cpu" or job.network == "torch":
        return "torch"
    if importlib.util.find_spec("openvino") is None:
        raise DependencyError("openvino is not installed", "openvino", 'pip install "lwctr[openvino]"')
    from LWCTRLogic.segment.predictor import use_openvino

    emit("progress", done=0, total=1, message="compiling the network")
    use_openvino(predictor, job.threads)
    return "openvino"


def failure(error: BaseException) -> dict[str, str]:
    """Describe an error for the parent: the kind by which it raises again, and the three parts."""
    if isinstance(error, LWCTRError):
        kind = type(error).__name__
        return {"kind": kind, "found": error.found, "expected": error.expected, "action": error.action}
    if _out_of_memory(error):
        return {
            "kind": "BackendError",
            "found": f"memory ran out while segmenting ({error or type(error).__name__})",
            "expected": "more free memory",
            "action": "Close other programs, use --device cpu, or see 'lwctr segment --estimate'",
        }
    return {
        "kind": "BackendError",
        "found": f"nnU-Net failed: {type(error).__name__}: {error}",
        "expected": "",
        "action": "",
    }


def main(arguments: list[str]) -> int:
    """Run one job file; returns 0, or 1 after telling the parent what went wrong."""
    exit_with_parent()
    voice = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # from here on, whatever libraries print goes to the log

    def emit(event: str, **fields: Any) -> None:
        voice.write(json.dumps({"event": event, **fields}) + "\n")
        voice.flush()

    try:
        run_job(Job.load(Path(arguments[0])), emit)
    except Exception as error:  # noqa: BLE001 - the worker's edge: the parent must hear of everything
        emit("failed", **failure(error))
        import traceback

        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
