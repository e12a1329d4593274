"""Getting a model file: from a path, or from an address with the hash that it must have."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from LWCTRLogic import files
from LWCTRLogic.errors import InputError, UsageError
from LWCTRLogic.progress import Progress

MAX_DOWNLOAD_BYTES = 8_000_000_000
_CHUNK = 1 << 20


def is_address(source: str) -> bool:
    """Whether ``source`` is an http(s) address rather than a path."""
    return urllib.parse.urlsplit(source).scheme in ("http", "https")


@contextmanager
def local_source(source: str, sha256: str, folder: Path, progress: Progress) -> Iterator[Path]:
    """Give a local file or folder for ``source``; a download is removed afterwards.

    Parameters
    ----------
    source : str
        A path, or an http(s) address, which is the only thing in LWCTR that uses the network.
    sha256 : str
        Expected hash; needed for an address, checked for a file when given.
    folder : Path
        Where to put a download.
    progress : Progress
        Told of downloaded bytes.

    Raises
    ------
    UsageError
        When an address comes without a hash.
    InputError
        When the file is missing, cannot be fetched, or has another hash.
    """
    if not is_address(source):
        path = Path(source)
        if not path.exists():
            raise InputError(f"{source} does not exist", "a zip file, a folder or an http(s) address")
        if path.is_file():
            check_sha256(path, sha256)
        yield path
        return
    if not sha256:
        raise UsageError(
            "a download was asked for without its hash",
            "--sha256",
            "Take it from the page that offers the file",
        )
    name = Path(urllib.parse.unquote(urllib.parse.urlsplit(source).path)).name or "model.zip"
    path = folder / name
    try:
        _download(source, path, progress)
        check_sha256(path, sha256)
        yield path
    finally:
        path.unlink(missing_ok=True)


def check_sha256(path: Path, expected: str) -> None:
    """Compare a file's SHA-256.

    Raises
    ------
    InputError
        When it differs; nothing is compared when ``expected`` is empty.
    """
    if expected and files.sha256(path) != expected.strip().lower():
        raise InputError(
            f"{path.name} has SHA-256 {files.sha256(path)}",
            expected.strip().lower(),
            "Do not use this file; fetch it again from its maker",
        )


def _download(address: str, path: Path, progress: Progress) -> None:
    try:
        with urllib.request.urlopen(address, timeout=60) as response, path.open("wb") as sink:
            total, done = int(response.headers.get("Content-Length") or 0), 0
            while chunk := response.read(_CHUNK):
                done += len(chunk)
                if done > MAX_DOWNLOAD_BYTES:
                    raise InputError(
                        f"{address} is larger than {MAX_DOWNLOAD_BYTES / 1e9:g} GB", "a model file"
                    )
                sink.write(chunk)
                progress.update("download", done, max(total, done), f"{done / 1e6:.0f} MB")
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, OSError) as error:
        raise InputError(
            f"{address} could not be fetched ({getattr(error, 'reason', error)})",
            "an address that answers",
            "Without a network, copy the file here and install it from its path",
        ) from error
