"""Unpacking a zip that nobody vouches for: nothing leaves the folder, and nothing grows without bound."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

from LWCTRLogic.errors import InputError

_CHUNK = 1 << 20


def safe_extract(zip_path: Path, target: Path, max_bytes: int) -> list[Path]:
    """Unpack ``zip_path`` into the folder ``target``, which is made if need be.

    Every name is checked before the first byte is written. Sizes are counted while unpacking, since the
    sizes that a zip declares may be false.

    Parameters
    ----------
    zip_path : Path
        The zip file.
    target : Path
        Folder to unpack into; files of the same name in it are refused.
    max_bytes : int
        Largest total size after unpacking.

    Returns
    -------
    list of Path
        The unpacked files, sorted.

    Raises
    ------
    InputError
        When the file is no zip, is damaged or encrypted, holds a link, a name that leaves the folder or the
        same name twice, or unpacks to more than ``max_bytes``. What was already unpacked is removed.
    """
    with _opened(zip_path) as archive:
        names = _checked_names(archive, zip_path, max_bytes)
        target.mkdir(parents=True, exist_ok=True)
        written: list[Path] = []
        try:
            left = max_bytes
            for info, name in names:
                path = target.joinpath(*name.parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                _refuse_existing(path, zip_path)
                written.append(path)
                left -= _unpack(archive, info, path, left, zip_path, max_bytes)
        except BaseException:
            for path in written:
                path.unlink(missing_ok=True)
            raise
    return sorted(written)


@contextmanager
def _opened(zip_path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(zip_path) as archive:
            yield archive
    except FileNotFoundError as error:
        raise InputError(f"{zip_path} does not exist", "a zip file") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise InputError(
            f"{zip_path} is not a whole zip file ({error})", "a zip file", "Fetch the file again"
        ) from error


def _checked_names(
    archive: zipfile.ZipFile, zip_path: Path, max_bytes: int
) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    names: list[tuple[zipfile.ZipInfo, PurePosixPath]] = []
    seen: set[str] = set()
    for info in archive.infolist():
        name = _inside(info.filename, zip_path)
        if info.is_dir():
            continue
        if stat.S_ISLNK(info.external_attr >> 16):
            raise InputError(f"{zip_path} holds a link {info.filename!r}", "plain files only")
        if info.flag_bits & 0x1:
            raise InputError(f"{zip_path} is encrypted ({info.filename!r})", "a zip without a password")
        folded = str(name).casefold()  # Windows and macOS take A and a for one name
        if folded in seen:
            raise InputError(f"{zip_path} holds {info.filename!r} twice", "each name once")
        seen.add(folded)
        names.append((info, name))
    for _, name in names:
        if any(str(parent).casefold() in seen for parent in name.parents):
            raise InputError(f"{zip_path} holds a file where {str(name)!r} needs a folder", "each name once")
    declared = sum(info.file_size for info, _ in names)
    if declared > max_bytes:
        raise _too_large(zip_path, declared, max_bytes)
    return names


def _inside(filename: str, zip_path: Path) -> PurePosixPath:
    """Return the name as a relative path, by the rules of POSIX and Windows alike."""
    name = PurePosixPath(filename.replace("\\", "/"))
    # A colon is a drive letter or an NTFS stream, and no bundle needs one.
    leaves = name.is_absolute() or ".." in name.parts or ":" in filename or "\0" in filename
    if leaves or not name.parts or PureWindowsPath(filename).is_absolute():
        raise InputError(
            f"{zip_path} holds an entry {filename!r} that leaves its folder",
            "names inside the folder",
            "Do not use this file",
        )
    return name


def _refuse_existing(path: Path, zip_path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise InputError(f"{path} exists already", f"an empty folder to unpack {zip_path.name} into")


def _unpack(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, left: int, zip_path: Path, max_bytes: int
) -> int:
    size = 0
    with archive.open(info) as source, path.open("xb") as sink:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise _too_large(zip_path, max_bytes - left + size, max_bytes)
            sink.write(chunk)
    return size


def _too_large(zip_path: Path, size: int, max_bytes: int) -> InputError:
    return InputError(
        f"{zip_path} unpacks to at least {size / 1e6:.1f} MB",
        f"at most {max_bytes / 1e6:.1f} MB",
        "Check where the file comes from",
    )
