"""Segmentation by nnU-Net in a child process: cancel frees its memory, and its crash is not ours."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from LWCTRLogic import errors, files
from LWCTRLogic.errors import BackendError, Cancelled, InputError
from LWCTRLogic.processes import Finished, run_json_child
from LWCTRLogic.progress import Progress
from LWCTRLogic.segment.axes import AxisMap, axis_map, body_box
from LWCTRLogic.segment.estimate import Estimate, check_memory, estimate
from LWCTRLogic.segment.postprocess import PostprocessSettings, postprocess
from LWCTRLogic.segment.scratch import scratch_folder
from LWCTRLogic.segment.worker import Job

if TYPE_CHECKING:
    from LWCTRLogic.models.registry import LiverModel

Spacing = tuple[float, float, float]
Box = tuple[slice, slice, slice]
DEVICES = ("auto", "cpu", "cuda")
NETWORKS = ("auto", "torch", "openvino")
STEP = "segment"
LOG_NAME = "segment-worker.log"
_KILLED = (-9, 137)


@dataclass(frozen=True)
class NnunetSettings:
    """Choices of a run.

    Attributes
    ----------
    device : str
        ``auto`` (CUDA where there is one), ``cpu`` or ``cuda``.
    network : str
        What computes the network on a CPU: ``torch``; ``openvino``, which is faster for large networks; or
        ``auto``, OpenVINO where installed. torch's mask is the same for any number of threads; OpenVINO's
        differs in a few voxels of the border with their number, so the default is torch.
    mirroring : bool
        Average over mirrored tiles: up to eight times slower, often a little better.
    step_size : float
        Distance of neighbouring tiles as a fraction of the tile.
    threads : int
        CPU threads.
    check_memory : bool
        Refuse a run that needs more memory than is free.
    postprocess : PostprocessSettings
        How the mask is tidied.
    """

    device: str = "auto"
    network: str = "torch"
    mirroring: bool = False
    step_size: float = 0.5
    threads: int = 2
    check_memory: bool = True
    postprocess: PostprocessSettings = field(default_factory=PostprocessSettings)

    def __post_init__(self) -> None:
        if self.device not in DEVICES:
            raise InputError(f"device {self.device!r}", "one of " + ", ".join(DEVICES))
        if self.network not in NETWORKS:
            raise InputError(f"network {self.network!r}", "one of " + ", ".join(NETWORKS))
        if not 0.05 <= self.step_size <= 1:
            raise InputError(f"step size {self.step_size:g}", "a fraction of the tile from 0.05 to 1")
        if self.threads < 1:
            raise InputError(f"{self.threads} threads", "at least one")


def resolve_network(network: str) -> str:
    """Return ``torch`` or ``openvino`` for a choice that may be ``auto``."""
    if network != "auto":
        return network
    return "torch" if importlib.util.find_spec("openvino") is None else "openvino"


class NnunetBackend:
    """Runs one nnU-Net model; ``used`` says after a run what device and network computed it."""

    name = "nnunet"

    def __init__(
        self, model: LiverModel, settings: NnunetSettings | None = None, log_folder: Path | None = None
    ) -> None:
        self.model = model
        self.settings = settings or NnunetSettings()
        self.log_folder = log_folder
        self.used: dict[str, Any] = {}

    def describe(self) -> dict[str, Any]:
        """Return what decides the mask: the model by hash, and the settings."""
        settings = asdict(self.settings)
        del settings["check_memory"]
        settings["network"] = resolve_network(self.settings.network)
        if settings["network"] == "torch":
            del settings["threads"]  # changes no mask
        return {"backend": self.name, "model": self.model.name, "sha256": self.model.sha256, **settings}

    def segment(self, image: sitk.Image, progress: Progress) -> sitk.Image:
        """Return the liver as a uint8 mask on the image's own grid.

        Raises
        ------
        InputError
            When less memory is free than the run needs.
        DependencyError
            When torch or nnunetv2 is missing.
        BackendError
            When the worker failed; the message names the likely cause and the log.
        Cancelled
            When the user stopped; the worker is gone by then.
        """
        axes, turned, spacing, box = self._prepare(image)
        mask = np.zeros(turned.shape, dtype=bool)
        mask[box] = self._predict(turned[box], spacing, progress)
        tidy = postprocess(mask, self.settings.postprocess)
        result = sitk.GetImageFromArray(np.ascontiguousarray(axes.turn_back(tidy), dtype=np.uint8))
        result.CopyInformation(image)
        return result

    def estimate(self, image: sitk.Image) -> Estimate:
        """Return what segmenting an image will need."""
        _, turned, spacing, box = self._prepare(image)
        return estimate(self.model.nnunet, turned[box].shape, spacing, self.settings)

    def _prepare(self, image: sitk.Image) -> tuple[AxisMap, np.ndarray, Spacing, Box]:
        """Turn the image's array to the axes that the model knows, and find the body in it."""
        axes = axis_map(image, self.model.nnunet.orientation)
        turned = axes.turn(sitk.GetArrayViewFromImage(image))
        sizes = image.GetSpacing()[::-1]
        spacing = (sizes[axes.order[0]], sizes[axes.order[1]], sizes[axes.order[2]])
        return axes, turned, spacing, body_box(turned, spacing)

    def _predict(self, array: np.ndarray, spacing: Spacing, progress: Progress) -> np.ndarray:
        need = estimate(self.model.nnunet, array.shape, spacing, self.settings)
        if self.settings.check_memory:
            check_memory(need)
        with scratch_folder() as folder:
            np.save(folder / "array.npy", np.ascontiguousarray(array))
            self._job(folder, spacing).save(folder / "job.json")
            self._run(folder / "job.json", need.peak_bytes, progress)
            mask: np.ndarray = np.load(folder / "mask.npy")
        return mask

    def _job(self, folder: Path, spacing: Spacing) -> Job:
        nnunet = self.model.nnunet
        return Job(
            model=str(nnunet.folder.resolve()),
            folds=nnunet.folds,
            checkpoint=nnunet.checkpoint,
            heads=nnunet.heads(self.model.labels),
            regions=nnunet.has_regions,
            trusted=self.model.trusted,
            array=str(folder / "array.npy"),
            mask=str(folder / "mask.npy"),
            spacing=spacing,
            device=self.settings.device,
            network=resolve_network(self.settings.network),
            mirroring=self.settings.mirroring,
            step_size=self.settings.step_size,
            threads=self.settings.threads,
        )

    def _run(self, job: Path, need_bytes: int, progress: Progress) -> None:
        failed: dict[str, str] = {}

        def hear(event: dict[str, Any]) -> None:
            kind = event.pop("event", "")
            if kind == "progress":
                progress.update(STEP, event["done"], event["total"], event["message"])
            elif kind == "warning":
                progress.warning(event["text"])
            elif kind == "used":
                self.used = event
            elif kind == "failed":
                failed.update(event)

        self.used = {}
        finished = run_json_child(
            [str(job)],
            hear,
            lambda: progress.cancelled,
            {"OMP_NUM_THREADS": str(self.settings.threads)},
            module="LWCTRLogic.segment.worker",
        )
        if finished.code != 0:
            if progress.cancelled:
                raise Cancelled()
            raise self._failure(finished, failed, need_bytes)
        if self.log_folder is not None:
            (self.log_folder / LOG_NAME).unlink(missing_ok=True)  # of an earlier failure

    def _failure(self, finished: Finished, failed: Mapping[str, str], need_bytes: int) -> errors.LWCTRError:
        log = self._keep_log(finished)
        if failed:
            kind = getattr(errors, failed["kind"], BackendError)
            action = f"{failed['action']}. The log is {log}" if log else failed["action"]
            error: errors.LWCTRError = kind(failed["found"], failed["expected"], action)
            return error
        if finished.code in _KILLED:
            cause = (
                f"was killed by the system, most likely for memory (about {need_bytes / 1e9:.1f} GB needed)"
            )
            action = "Close other programs, or use a machine with more memory"
        else:
            cause = f"ended with code {finished.code}: {_last(finished.errors)}"
            action = "Run 'lwctr doctor' to see what is installed"
        return BackendError(
            f"the segmentation worker {cause}",
            "a mask",
            f"{action}. The log is {log}" if log else action,
        )

    def _keep_log(self, finished: Finished) -> Path | None:
        if self.log_folder is None or not finished.errors:
            return None
        path = self.log_folder / LOG_NAME
        files.write_text(path, "\n".join(finished.errors) + "\n")
        return path


def _last(lines: tuple[str, ...]) -> str:
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
