"""Outputs that never take the place of what somebody made; a folder is filled whole or not at all.

A command writes into a folder aside, whose files move to their place when all of them are there. The listing, a JSON
file with ``files`` (name → SHA-256), says which files the command made: only those may be replaced later, and only as
long as nobody has changed them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from LWCTRLogic import files
from LWCTRLogic.errors import InputError, LWCTRError


@contextmanager
def new_folder(folder: Path, listing: str, overwrite: bool = False) -> Iterator[Path]:
    """Give an empty folder aside; when the block ends well, its files are those of ``folder``.

    Parameters
    ----------
    folder : Path
        Where the files shall be; made when it is missing.
    listing : str
        Name of the listing.
    overwrite : bool
        Replace the files of a former run there. Other files stay as they are.

    Raises
    ------
    InputError
        See :func:`replaceable`.
    LWCTRError
        When the disk is full or the folder cannot be written; what was there is unchanged.
    """
    former = replaceable(folder, listing, overwrite)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".tmp-", dir=folder.parent))
    except OSError as error:
        raise _cannot_write(folder, error) from error
    try:
        yield aside
        _move(aside, folder, former, listing)
    except OSError as error:
        raise _cannot_write(folder, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def replaceable(folder: Path, listing: str, overwrite: bool = False) -> tuple[str, ...]:
    """Return the files of a former run that may be replaced; none where the folder is new or empty.

    Raises
    ------
    InputError
        When the folder holds anything and ``overwrite`` is not set, is no folder of this command, or a file there was
        changed since.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file", "a new or empty folder")
    if not folder.exists() or not _visible(folder):
        return ()
    if not overwrite:
        raise InputError(
            f"{folder} is not empty",
            "a new or empty folder",
            "Choose another folder, or let --overwrite replace what this command left there",
        )
    former = _listed(folder, listing)
    changed = [
        name for name, digest in former.items()
        if (folder / name).is_file() and files.sha256(folder / name) != digest
    ]  # fmt: skip
    if changed:
        raise InputError(
            f"{', '.join(changed)} in {folder} was changed since it was written",
            "files as they were written",
            "Move it away, lest it be lost",
        )
    return tuple(former)


def new_file(path: Path, inputs: Iterable[Path], overwrite: bool = False) -> None:
    """Refuse to write a file over one that is there, and over an input in any case.

    Raises
    ------
    InputError
        Naming the file.
    """
    if any(path.resolve() == item.resolve() for item in inputs):
        raise InputError(f"{path} is what the command reads", "another file to write", "Choose another name")
    if path.exists() and not overwrite:
        raise InputError(f"{path} exists", "a new file", "Choose another name, or let --overwrite replace it")


def listed(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder by name, as a listing holds them."""
    return {path.name: files.sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}


def others(folder: Path, listing: str) -> tuple[str, ...]:
    """Return the names in a folder that its listing does not know."""
    known = {listing, *_listed(folder, listing)}
    return tuple(name for name in _visible(folder) if name not in known)


def _visible(folder: Path) -> list[str]:
    """Return the names in a folder without those that begin with a dot, which file managers leave everywhere."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def _listed(folder: Path, listing: str) -> dict[str, str]:
    path = folder / listing
    found = files.read_json(path).get("files") if path.is_file() else None
    if not isinstance(found, Mapping) or any(Path(name).name != name for name in found):
        raise InputError(
            f"{folder} is not empty, and no {listing} there lists files that may be replaced",
            "a new or empty folder",
            "Choose another folder",
        )
    return {str(name): str(digest) for name, digest in found.items()}


def _move(aside: Path, folder: Path, former: tuple[str, ...], listing: str) -> None:
    """Put the new files in place, the listing last, and take away former ones that have no successor."""
    if not folder.exists():
        _open_up(aside)
        aside.replace(folder)
        return
    names = sorted((path.name for path in aside.iterdir()), key=lambda name: (name == listing, name))
    foreign = [name for name in names if (folder / name).exists() and name not in (*former, listing)]
    if foreign:
        raise InputError(
            f"{folder} holds {', '.join(foreign)} of another origin", "no such file", "Move it away"
        )
    for name in former:
        if name not in names:
            (folder / name).unlink(missing_ok=True)
    for name in names:
        (aside / name).replace(folder / name)


def _open_up(folder: Path) -> None:
    """Give the folder the rights of an ordinary new one; mkdtemp makes it private."""
    if os.name == "posix":
        umask = os.umask(0)
        os.umask(umask)
        folder.chmod(0o777 & ~umask)


def _cannot_write(folder: Path, error: OSError) -> LWCTRError:
    return LWCTRError(
        f"{folder} could not be written ({error.strerror or error})",
        "a folder that can be written, with free space",
        "Free some space or choose another folder",
    )
