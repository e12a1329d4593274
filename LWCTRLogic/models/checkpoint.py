"""Whether the weights of an nnU-Net model load without running code."""

from __future__ import annotations

import pickle
from pathlib import Path

from LWCTRLogic.errors import DependencyError, InputError


def check_weights(path: Path, *, trust: bool = False) -> str:
    """Load a checkpoint and return the configuration that it was trained for.

    A checkpoint is a pickle, and loading a pickle can run any code. torch's ``weights_only`` loads tensors
    and plain values alone and refuses everything else before it runs.

    Parameters
    ----------
    path : Path
        A checkpoint of nnU-Net.
    trust : bool
        Accept Python objects; only for files whose origin is known. The file is then not loaded here.

    Returns
    -------
    str
        Name of the configuration; empty when ``trust`` is set.

    Raises
    ------
    InputError
        When it holds Python objects, is damaged, or is no checkpoint of nnU-Net.
    DependencyError
        When torch is not installed.
    """
    if trust:
        return ""
    try:
        import torch
    except (ImportError, OSError) as error:
        raise DependencyError(
            f"torch cannot be loaded ({error})", "torch, to check the weights", 'pip install "lwctr[segment]"'
        ) from error
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise InputError(
            f"{path.name} holds more than weights and could run code when loaded",
            "a checkpoint that loads with weights_only=True",
            "If you know where the model comes from, install it with --trust",
        ) from error
    except (RuntimeError, EOFError, KeyError, ValueError, OSError) as error:
        raise InputError(
            f"{path.name} is damaged ({type(error).__name__})", "a whole checkpoint", "Fetch the model again"
        ) from error
    needed = ("network_weights", "trainer_name", "init_args")
    missing = [key for key in needed if not isinstance(content, dict) or key not in content]
    if missing:
        raise InputError(f"{path.name} lacks {', '.join(missing)}", "a checkpoint of nnU-Net 2")
    return str(content["init_args"]["configuration"])
