"""The models of this machine: those that come with the package and those that the user installed.

Installed models live in one folder a user (``LWCTR_MODELS`` names another)::

    MODELS/<name>/entry.json        kind, hash, source, licence, hash of each file
                  content/…         the files as they were
           .unpacked/<sha256>/…     zips that came with the package or were named by path
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import platformdirs

from LWCTRLogic import files
from LWCTRLogic.errors import InputError, LWCTRError
from LWCTRLogic.models.contents import (
    NNUNET,
    PREDICTION,
    ModelEntry,
    bring,
    describe_content,
    file_hashes,
    size_bound,
    tree_digest,
)
from LWCTRLogic.models.nnunet_model import NnunetModel, check_orientation, find_models, liver_labels
from LWCTRLogic.models.safe_zip import safe_extract
from LWCTRLogic.models.sources import is_address, local_source
from LWCTRLogic.progress import Progress

SCHEMA_VERSION = 1
_A_DAY_S = 86_400
BUNDLED = Path(__file__).resolve().parents[1] / "bundled"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class LiverModel:
    """An nnU-Net model ready to run: the files, what is liver, and whether its pickles are trusted."""

    name: str
    nnunet: NnunetModel
    labels: tuple[str, ...]
    sha256: str
    trusted: bool = False


def models_folder() -> Path:
    """Folder of the installed models: ``LWCTR_MODELS``, or the user's data folder."""
    chosen = os.environ.get("LWCTR_MODELS", "")
    return Path(chosen) if chosen else platformdirs.user_data_path("lwctr", appauthor=False) / "models"


class Registry:
    """Lists, installs, verifies and removes models.

    Parameters
    ----------
    folder : Path, optional
        Where installed models live; :func:`models_folder` unless given.
    bundled : Path, optional
        Zips that come with the package.
    """

    def __init__(self, folder: Path | None = None, bundled: Path = BUNDLED) -> None:
        self.folder = folder or models_folder()
        self.bundled = bundled

    # ---- looking -----------------------------------------------------------------------------------------
    def entries(self) -> list[ModelEntry]:
        """All models: the package's own, then the installed ones, by name."""
        bundled = [_bundled_entry(path) for path in sorted(self.bundled.glob("*.zip"))]
        installed = [self._entry(path.parent) for path in sorted(self.folder.glob("*/entry.json"))]
        return bundled + installed

    def find(self, name: str) -> ModelEntry:
        """Return a model by name.

        Raises
        ------
        InputError
            When there is none; the message lists those that there are.
        """
        bundled = self.bundled / f"{name}.zip"
        if _NAME.fullmatch(name) and bundled.is_file():
            return _bundled_entry(bundled)
        if _NAME.fullmatch(name) and (self.folder / name / "entry.json").is_file():
            return self._entry(self.folder / name)
        known = ", ".join(entry.name for entry in self.entries()) or "none yet"
        raise InputError(
            f"no model is called {name!r}",
            f"one of those installed ({known}), a folder or a zip",
            "Install it with 'lwctr models install FILE'",
        )

    def content(self, entry: ModelEntry) -> Path:
        """Return the folder of a model's files; a bundled zip is unpacked on first use."""
        if entry.bundled:
            return self._unpacked(self.bundled / f"{entry.name}.zip")
        return self.folder / entry.name / "content"

    def resolve_nnunet(self, model: str) -> LiverModel:
        """Return a segmentation model by name, or from a folder or zip that is not installed.

        Raises
        ------
        InputError
            When there is none, or it is no nnU-Net model of the liver.
        """
        if _NAME.fullmatch(model) and not Path(model).exists():
            return self._installed_nnunet(self.find(model))
        path = Path(model)
        if not path.exists():
            raise InputError(f"{model} does not exist", "a model's name, folder or zip")
        content = self._unpacked(path) if path.is_file() else path
        nnunet = find_models(content)[0]
        digest = files.sha256(path) if path.is_file() else tree_digest(file_hashes(nnunet.folder))
        return LiverModel(path.stem if path.is_file() else path.name, nnunet, liver_labels(nnunet), digest)

    def _installed_nnunet(self, entry: ModelEntry) -> LiverModel:
        if entry.kind != NNUNET:
            raise InputError(f"{entry.name} is a {entry.kind} model", "a segmentation model of nnU-Net")
        nnunet = find_models(self.content(entry))[0]
        if entry.orientation:
            nnunet = replace(nnunet, dataset={**nnunet.dataset, "orientation": entry.orientation})
        labels = entry.labels or liver_labels(nnunet)
        return LiverModel(entry.name, nnunet, labels, entry.sha256, entry.trusted)

    def _entry(self, folder: Path) -> ModelEntry:
        value = files.read_json(folder / "entry.json")
        try:
            if value.pop("schema_version") != SCHEMA_VERSION:
                raise ValueError("another schema version")
            value["labels"] = tuple(value["labels"])
            return ModelEntry(**value)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"{folder / 'entry.json'} is no entry of this version ({error})",
                f"schema version {SCHEMA_VERSION}",
                f"Remove the folder {folder} and install the model again",
            ) from error

    def _unpacked(self, zip_path: Path) -> Path:
        """Unpack a zip once, under its hash."""
        target = self.folder / ".unpacked" / files.sha256(zip_path)
        if not target.is_dir():
            with self._beside() as temporary:
                safe_extract(zip_path, temporary / "content", size_bound(zip_path))
                _take_place(temporary / "content", target)
        return target

    # ---- changing ----------------------------------------------------------------------------------------
    def install(
        self,
        source: str,
        *,
        sha256: str = "",
        name: str = "",
        labels: Sequence[str] = (),
        orientation: str = "",
        trust: bool = False,
        progress: Progress | None = None,
    ) -> ModelEntry:
        """Install a model from a zip, a folder or an address; whole or not at all.

        Parameters
        ----------
        source : str
            Path or http(s) address.
        sha256 : str
            Expected hash of the zip; needed for an address.
        name : str
            Name in the registry; taken from the file unless given.
        labels : sequence of str
            Labels of an nnU-Net model that together are the liver; found by name unless given.
        orientation : str
            Axis code that an nnU-Net model was trained on, when its files do not tell.
        trust : bool
            Accept weights that hold Python objects.
        progress : Progress, optional
            Told of a download.

        Raises
        ------
        InputError
            When the file is missing, damaged, of another hash, unsafe, no model, or the name is taken.
        DependencyError
            When torch, which checks the weights, is not installed.
        """
        with (
            self._beside() as temporary,
            local_source(
                sha256=sha256, source=source, folder=temporary, progress=progress or Progress()
            ) as path,
        ):
            if orientation:
                check_orientation(orientation)
            name = _check_name(name or re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-._"))
            self._refuse_taken(name)
            content = temporary / "unpacked" / path.name  # by this name messages call it
            digest = bring(path, content)
            entry = describe_content(content, name, labels, trust)
            entry = replace(
                entry,
                sha256=digest,
                source=source if is_address(source) else path.name,
                orientation=orientation,
                hashes=file_hashes(content),
            )
            files.write_json(
                temporary / "model" / "entry.json", {"schema_version": SCHEMA_VERSION, **asdict(entry)}
            )
            content.replace(temporary / "model" / "content")
            _take_place(temporary / "model", self.folder / name)
        return entry

    def verify(self, name: str) -> None:
        """Compare every file of a model with the hash noted when it was installed.

        Raises
        ------
        InputError
            When files are missing, changed or new; the message names them.
        """
        entry = self.find(name)
        content = self.content(entry)
        if entry.bundled:
            with zipfile.ZipFile(self.bundled / f"{name}.zip") as archive:
                expected = {
                    info.filename: hashlib.sha256(archive.read(info)).hexdigest()
                    for info in archive.infolist()
                    if not info.is_dir()
                }
        else:
            expected = entry.hashes or {}
        found = file_hashes(content)
        wrong = [f"{path} is missing" for path in sorted(expected.keys() - found.keys())]
        wrong += [f"{path} is new" for path in sorted(found.keys() - expected.keys())]
        wrong += [
            f"{path} has changed"
            for path, digest in sorted(expected.items())
            if path in found and found[path] != digest
        ]
        if wrong:
            raise InputError(
                f"{name}: {'; '.join(wrong)}",
                "the files as installed",
                f"Remove the folder {content} and install the model again",
            )

    def remove(self, name: str) -> None:
        """Remove an installed model.

        Raises
        ------
        InputError
            When there is none of this name, or it came with the package.
        """
        entry = self.find(name)
        if entry.bundled:
            raise InputError(f"{name} comes with the package", "an installed model")
        with self._beside() as temporary:
            (self.folder / name).replace(temporary / "removed")

    def _refuse_taken(self, name: str) -> None:
        if (self.folder / name).exists() or (self.bundled / f"{name}.zip").exists():
            installed = not (self.bundled / f"{name}.zip").exists()
            remove = f", or remove the old one with 'lwctr models remove {name}'" if installed else ""
            raise InputError(
                f"a model called {name} is there already", "a new name", f"Choose one with --name{remove}"
            )

    def _sweep(self) -> None:
        """Remove what a killed install left behind."""
        for path in self.folder.glob(".tmp-*"):
            if time.time() - path.stat().st_mtime > _A_DAY_S:
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def _beside(self) -> Iterator[Path]:
        """Give a temporary folder on the same disk as the models."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            temporary = Path(tempfile.mkdtemp(prefix=".tmp-", dir=self.folder))
        except OSError as error:
            raise _cannot_write(self.folder, error) from error
        try:
            yield temporary
        except OSError as error:
            raise _cannot_write(self.folder, error) from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _cannot_write(folder: Path, error: OSError) -> LWCTRError:
    return LWCTRError(
        f"models could not be written to {folder} ({error.strerror or error})",
        "a folder that can be written, with free space",
        "Set LWCTR_MODELS to another folder",
    )


def _take_place(source: Path, target: Path) -> None:
    """Move a finished folder to its place; another process may have been faster with the same content."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.replace(target)
    except OSError:
        if not target.is_dir():
            raise


def _check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InputError(f"model name {name!r}", "1 to 64 letters, digits, '.', '_' or '-'")
    return name


def _bundled_entry(path: Path) -> ModelEntry:
    try:
        with zipfile.ZipFile(path) as archive:
            is_prediction = any(Path(name).name == "model.json" for name in archive.namelist())
    except zipfile.BadZipFile as error:
        raise InputError(
            f"{path.name}, which comes with the package, is damaged",
            "a whole zip file",
            "Install lwctr again",
        ) from error
    kind = PREDICTION if is_prediction else NNUNET
    return ModelEntry(path.stem, kind, files.sha256(path), "bundled", licence="Apache-2.0")
