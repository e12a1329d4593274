"""The files of one model: bringing them in, finding out what they are, hashing them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.errors import InputError
from LWCTRLogic.models.checkpoint import check_weights
from LWCTRLogic.models.nnunet_model import find_models, liver_labels
from LWCTRLogic.models.safe_zip import safe_extract

NNUNET, PREDICTION = "nnunet", "prediction"
_LARGEST_BYTES = 8_000_000_000
# Weights hardly shrink in a zip; tables and JSON shrink tenfold.
_LARGEST_RATIO = 50
_SMALLEST_BOUND = 50_000_000


@dataclass(frozen=True)
class ModelEntry:
    """One model of the registry.

    Attributes
    ----------
    name : str
        By which commands call it.
    kind : str
        ``nnunet`` (segmentation) or ``prediction``.
    sha256 : str
        Of the zip, or of a folder's file list.
    source : str
        Where it came from: ``bundled``, a file name or an address.
    licence : str
        As the model states it; empty when it states none.
    trusted : bool
        Whether the user vouched for weights that hold Python objects.
    labels : tuple of str
        Labels that together are the liver; empty for a prediction model.
    orientation : str
        Axis code that the model was trained on, when the user knows better than its files.
    hashes : dict
        SHA-256 of each file by its path in ``content``.
    """

    name: str
    kind: str
    sha256: str
    source: str
    licence: str = ""
    trusted: bool = False
    labels: tuple[str, ...] = ()
    orientation: str = ""
    hashes: dict[str, str] | None = None

    @property
    def bundled(self) -> bool:
        """Whether it came with the package."""
        return self.source == "bundled"


def bring(path: Path, content: Path) -> str:
    """Put a zip's or folder's files into ``content`` and return the SHA-256 of what came.

    Raises
    ------
    InputError
        When the zip is unsafe or damaged, or the folder holds links or is too large.
    """
    if path.is_file():
        safe_extract(path, content, size_bound(path))
        return files.sha256(path)
    size = 0
    for file in sorted(path.rglob("*")):
        if file.is_symlink():
            raise InputError(f"{path.name} holds a link {file.name!r}", "plain files only")
        if file.is_file():
            size += file.stat().st_size
            if size > _LARGEST_BYTES:
                raise InputError(f"{path.name} is larger than {_LARGEST_BYTES / 1e9:g} GB", "a model folder")
            target = content / file.relative_to(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    return tree_digest(file_hashes(content))


def size_bound(zip_path: Path) -> int:
    """Return the bytes to which a zip may grow: more would be no model but an attack on the disk."""
    return min(_LARGEST_BYTES, max(_SMALLEST_BOUND, _LARGEST_RATIO * zip_path.stat().st_size))


def describe_content(content: Path, name: str, labels: Sequence[str], trust: bool) -> ModelEntry:
    """Find out what the files are, and refuse what cannot be used.

    Raises
    ------
    InputError
        When they are neither an nnU-Net model of the liver nor a prediction bundle, or are unsafe.
    DependencyError
        When torch, which checks the weights, is not installed.
    """
    if any(content.rglob("model.json")):
        from LWCTRLogic.models.bundle_files import load_bundle

        folder = next(iter(sorted(content.rglob("model.json")))).parent
        load_bundle(folder, called=content.name)
        return ModelEntry(
            name, PREDICTION, "", "", licence=_licence(content, files.read_json(folder / "model.json"))
        )
    models = find_models(content)
    chosen = liver_labels(models[0], labels)
    for checkpoint in models[0].checkpoints:
        check_weights(checkpoint, trust=trust)
    return ModelEntry(
        name, NNUNET, "", "", trusted=trust, labels=chosen, licence=_licence(content, models[0].dataset)
    )


def _licence(content: Path, description: Any) -> str:
    """Return the licence that a model states: a field of its JSON, or the head of its licence file."""
    for key in ("licence", "license"):
        if description.get(key):
            return str(description[key])[:200]
    for path in sorted(content.rglob("*")):
        if path.is_file() and path.name.upper().startswith(("LICENSE", "LICENCE")):
            text = path.read_text(encoding="utf-8", errors="replace")
            return next((line.strip() for line in text.splitlines() if line.strip()), "")[:200]
    return ""


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file by its path in ``folder``."""
    return {
        path.relative_to(folder).as_posix(): files.sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def tree_digest(hashes: Mapping[str, str]) -> str:
    """Return one SHA-256 for a whole folder, from those of its files."""
    lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()
