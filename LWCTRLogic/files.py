"""Writing files so that nothing is ever lost: a temporary file beside the target, flushed, then renamed."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from LWCTRLogic.errors import InputError, LWCTRError


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a temporary path beside ``target`` that takes its place when the block ends well.

    The temporary name keeps the target's suffixes, since SimpleITK chooses its writer by them. When the
    block raises, the temporary file is removed and ``target`` is as it was.

    Raises
    ------
    LWCTRError
        When the disk is full or the folder cannot be written.
    """
    target = Path(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        suffix = "".join(target.suffixes[-2:])
        handle, name = tempfile.mkstemp(prefix=".tmp-", suffix=suffix, dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise cannot_write(target, error) from error
    temporary = Path(name)
    try:
        yield temporary
        _flush(temporary)
        _take_umask(temporary)
        temporary.replace(target)
    except OSError as error:
        raise cannot_write(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def _take_umask(path: Path) -> None:
    """Give the file the rights of an ordinary new file; mkstemp makes it private."""
    if os.name == "posix":
        umask = os.umask(0)
        os.umask(umask)
        path.chmod(0o666 & ~umask)


def cannot_write(target: Path, error: OSError) -> LWCTRError:
    """Return the error that says in one line why a file could not be written."""
    reason = error.strerror or str(error)
    return LWCTRError(
        f"{target} could not be written ({reason})",
        "a folder that can be written, with free space",
        "Free some space or choose another folder; what was there before is unchanged",
    )


def write_bytes(target: Path, data: bytes) -> None:
    """Write ``data`` to ``target`` whole or not at all."""
    with replacing(target) as temporary:
        temporary.write_bytes(data)


def write_text(target: Path, text: str) -> None:
    """Write ``text`` as UTF-8, with the line ends that it holds, whole or not at all."""
    write_bytes(target, text.encode("utf-8"))


def write_json(target: Path, value: Any) -> None:
    """Write ``value`` as indented JSON; NaN and infinity are refused, since JSON has neither."""
    write_text(target, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_with(target: Path, writer: Callable[[str], object]) -> None:
    """Let ``writer(path)`` write a file, whole or not at all."""
    with replacing(target) as temporary:
        writer(str(temporary))


def read_json(path: Path) -> Any:
    """Read a JSON file that holds an object, as all of ours do.

    Raises
    ------
    InputError
        When the file is missing, is not JSON (the message gives line and column), or holds something else.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist", "a JSON file") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not valid JSON ({error})", "a JSON file", "Mend or remove it") from error
    if not isinstance(content, dict):
        raise InputError(f"{path} holds no JSON object", "names and values in braces", "Mend or remove it")
    return content


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
