"""What a segmentation backend is, and how one is made from a name."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import SimpleITK as sitk

from LWCTRLogic.progress import Progress

DEFAULT_MODEL = "liver-phantom-nnunet"
TOTALSEGMENTATOR = "totalsegmentator"


class SegmentationBackend(Protocol):
    """Something that finds the whole liver in a CT volume."""

    name: str

    def segment(self, image: sitk.Image, progress: Progress) -> sitk.Image:
        """Return the liver as a uint8 mask on the image's own grid.

        Raises
        ------
        DependencyError
            When something to install is missing.
        BackendError
            When the backend failed although the image was accepted.
        Cancelled
            When the user stopped.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """Return everything that decides the mask, as JSON values."""
        ...


def make_backend(
    model: str = DEFAULT_MODEL,
    *,
    device: str = "auto",
    threads: int = 2,
    mirroring: bool = False,
    step_size: float = 0.5,
    network: str = "torch",
    log_folder: Path | None = None,
) -> SegmentationBackend:
    """Make a backend.

    Parameters
    ----------
    model : str
        ``totalsegmentator``, or an nnU-Net model: a bundled or installed name, a folder, a zip.
    device : str
        ``auto`` (CUDA where there is one), ``cpu`` or ``cuda``.
    threads : int
        CPU threads of the network.
    mirroring, step_size, network
        See :class:`LWCTRLogic.segment.nnunet.NnunetSettings`.
    log_folder : Path, optional
        Where the log of a failed run is kept.

    Raises
    ------
    InputError
        When there is no such model, or it is none that this program can run.
    """
    if model == TOTALSEGMENTATOR:
        from LWCTRLogic.segment.totalsegmentator import TotalSegmentatorBackend

        return TotalSegmentatorBackend(device=device)
    from LWCTRLogic.models.registry import Registry
    from LWCTRLogic.segment.nnunet import NnunetBackend, NnunetSettings

    settings = NnunetSettings(
        device=device,
        mirroring=mirroring,
        step_size=step_size,
        network=network,
        threads=threads,
    )
    return NnunetBackend(Registry().resolve_nnunet(model), settings, log_folder=log_folder)
