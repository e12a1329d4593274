"""From the trained network to the zip that nnU-Net's predictor loads."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import torch

from LWCTRLogic import files

from .plans import CONFIGURATION, Design, make_dataset, make_plans

CHECKPOINT = "fold_all/checkpoint_final.pth"
_HEAD = ".seg_layers."
_DATE = (2026, 1, 1, 0, 0, 0)


def liver_weights(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Keep the liver of a network of regions, as the two channels of a plain background–liver network.

    The sigmoid of a logit l is the softmax of (0, l): the background's channel gets zeros, the liver's the
    first region's weights, and the mask is exactly the same. Weights are stored in half precision; loading
    them into the network turns them back to single precision.
    """
    kept: dict[str, torch.Tensor] = {}
    stored: dict[tuple[torch.Size, bytes], torch.Tensor] = {}
    for name, tensor in state.items():
        if _HEAD in name:
            tensor = torch.cat([torch.zeros_like(tensor[:1]), tensor[:1]])
        half = tensor.detach().cpu().to(torch.float16).contiguous()
        # nnU-Net names most weights three times; torch.save writes a tensor that is the same object once
        kept[name] = stored.setdefault((half.shape, half.numpy().tobytes()), half)
    return kept


def write_model_zip(state: dict[str, torch.Tensor], design: Design, cases: int, target: Path) -> None:
    """Write plans, data set description and a checkpoint that loads with ``weights_only=True``.

    Parameters
    ----------
    state : dict of str to torch.Tensor
        State of the network of regions, the liver first.
    design : Design
        Patch and network.
    cases : int
        Number of anatomies it was trained on.
    target : Path
        The zip file.
    """
    checkpoint = {
        "network_weights": liver_weights(state),
        "trainer_name": "nnUNetTrainer",
        "inference_allowed_mirroring_axes": None,
        "init_args": {"configuration": CONFIGURATION},
    }
    folder = f"nnUNetTrainer__nnUNetPlans__{CONFIGURATION}/"
    entries = {
        folder + "plans.json": _json(make_plans(design)),
        folder + "dataset.json": _json(make_dataset(cases, with_organs=False)),
        folder + CHECKPOINT: _saved(checkpoint),
    }
    _pack(entries, target)


def shift_liver(weights: dict[str, torch.Tensor], shift: float) -> dict[str, torch.Tensor]:
    """Return a model's weights with ``shift`` added to the liver's logit, so that the mask grows or shrinks."""
    head = max(name for name in weights if name.endswith(".bias") and _HEAD in name)
    return {**weights, head: weights[head] + torch.tensor([0.0, shift], dtype=weights[head].dtype)}


def write_shifted(model: Path, shift: float, target: Path) -> None:
    """Write a model zip again with ``shift`` added to the liver's logit."""
    with zipfile.ZipFile(model) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name in entries if name.endswith(CHECKPOINT))
    checkpoint = torch.load(io.BytesIO(entries[name]), weights_only=True)
    checkpoint["network_weights"] = shift_liver(checkpoint["network_weights"], shift)
    _pack({**entries, name: _saved(checkpoint)}, target)


def _saved(checkpoint: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    torch.save(checkpoint, buffer)
    return buffer.getvalue()


def _pack(entries: dict[str, bytes], target: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    files.write_bytes(target, packed.getvalue())


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()
