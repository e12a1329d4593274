"""Whether an image file is whole: ITK reads missing voxels and NaN of a NIfTI as zeros without a word."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from LWCTRLogic.errors import InputError

_ACTION = "Copy or export it again"
_CHUNK = 1 << 22
_PACKED_CHUNK = 1 << 16  # a mask unpacks to a thousand times as much


def check_whole(path: Path) -> None:
    """Refuse a NIfTI or MetaImage that is truncated or damaged, or has an impossible spacing; a NIfTI with NaN too.

    NRRD files pass: their reader checks them.

    Raises
    ------
    InputError
        With the bytes found and expected, or the spacing found.
    """
    name = path.name.lower()
    if name.endswith((".nii", ".nii.gz")):
        _check_nifti(path)
    elif name.endswith(".mha"):
        _check_metaimage(path)


@dataclass(frozen=True)
class _Layout:
    """Where a NIfTI file's voxels lie, in bytes, and their type when it is a floating one."""

    offset: int
    length: int
    floats: np.dtype[Any] | None


def _check_nifti(path: Path) -> None:
    compressed = path.name.lower().endswith(".gz")
    try:
        with gzip.open(path) if compressed else path.open("rb") as stream:
            header = stream.read(544)
            layout = _nifti_layout(header, path.name)
            length, wrong = _count(header, stream, layout)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path.name} is truncated or damaged ({error})", "a whole file", _ACTION) from error
    if length < layout.length:
        raise InputError(f"{path.name} holds {length} bytes", f"{layout.length} by its header", _ACTION)
    if wrong:
        raise InputError(
            f"{wrong} voxels of {path.name} are NaN or infinite", "a finite value in every voxel", _ACTION
        )


def _count(header: bytes, stream: gzip.GzipFile | BinaryIO, layout: _Layout) -> tuple[int, int]:
    """Return the file's bytes and its voxels that are not finite, which ITK would read as zeros."""
    length, wrong = len(header), 0
    rest = header[layout.offset : layout.length]
    while chunk := stream.read(_CHUNK):
        length += len(chunk)
        if layout.floats is not None:
            wrong += _not_finite(rest, layout.floats)
            whole = len(rest) // layout.floats.itemsize * layout.floats.itemsize
            rest = rest[whole:] + chunk
    return length, wrong + (_not_finite(rest, layout.floats) if layout.floats is not None else 0)


def _not_finite(data: bytes, kind: np.dtype[Any]) -> int:
    values = np.frombuffer(data, kind, len(data) // kind.itemsize)
    return int(values.size - np.count_nonzero(np.isfinite(values)))


_NIFTI_FLOATS = {16: "f4", 64: "f8"}


def _nifti_layout(header: bytes, name: str) -> _Layout:
    """Return what a NIfTI header announces (NIfTI-1 and -2, either byte order)."""
    for order in "<>":
        size = struct.unpack_from(order + "i", header)[0] if len(header) >= 348 else 0
        if size == 348:
            dims = struct.unpack_from(order + "8h", header, 40)
            kind, bits = struct.unpack_from(order + "2h", header, 70)
            pixdim = struct.unpack_from(order + "8f", header, 76)
            offset = struct.unpack_from(order + "f", header, 108)[0]
            break
        if size == 540 and len(header) >= 540:
            kind, bits = struct.unpack_from(order + "2h", header, 12)
            dims = struct.unpack_from(order + "8q", header, 16)
            pixdim = struct.unpack_from(order + "8d", header, 104)
            offset = struct.unpack_from(order + "q", header, 168)[0]
            break
    else:
        raise InputError(f"{name} has no NIfTI header", "a whole NIfTI file", _ACTION)
    axes = max(1, min(7, dims[0]))
    spacing = pixdim[1 : 1 + min(axes, 3)]
    if not all(0 < value < float("inf") for value in spacing):
        numbers = ", ".join(f"{value:g}" for value in spacing)
        raise InputError(f"{name} has a voxel spacing of {numbers} mm", "positive numbers", _ACTION)
    voxels: int = 1
    for size in dims[1 : 1 + axes]:
        voxels *= max(1, size)
    floats = np.dtype(order + _NIFTI_FLOATS[kind]) if kind in _NIFTI_FLOATS else None
    return _Layout(int(offset), int(offset) + int(voxels * bits // 8), floats)


_METAIMAGE_BYTES = {
    "MET_CHAR": 1,
    "MET_UCHAR": 1,
    "MET_SHORT": 2,
    "MET_USHORT": 2,
    "MET_INT": 4,
    "MET_UINT": 4,
    "MET_FLOAT": 4,
    "MET_LONG": 8,
    "MET_ULONG": 8,
    "MET_LONG_LONG": 8,
    "MET_ULONG_LONG": 8,
    "MET_DOUBLE": 8,
}


def _check_metaimage(path: Path) -> None:
    with path.open("rb") as stream:
        fields = _metaimage_header(stream)
        value_bytes = _METAIMAGE_BYTES.get(fields.get("ElementType", ""))
        sizes = fields.get("DimSize", "").split()
        whole = "ElementDataFile" in fields and value_bytes and sizes and all(map(str.isdigit, sizes))
        if not value_bytes or not whole:
            raise InputError(f"{path.name} has no whole MetaImage header", "a whole file", _ACTION)
        expected = value_bytes * int(fields.get("ElementNumberOfChannels", "1")) * math.prod(map(int, sizes))
        if fields.get("CompressedData", "False").lower() == "true":
            length = _inflated_length(stream, path.name)
        else:
            length = path.stat().st_size - stream.tell()
    if length < expected:
        raise InputError(f"{path.name} holds {length} bytes of voxels", f"{expected} by its header", _ACTION)


def _metaimage_header(stream: BinaryIO) -> dict[str, str]:
    """Read the lines before the voxels; the last is ElementDataFile."""
    fields: dict[str, str] = {}
    while "ElementDataFile" not in fields and (line := stream.readline(_CHUNK)):
        key, _, value = line.decode("latin-1").partition("=")
        fields[key.strip()] = value.strip()
    return fields


def _inflated_length(stream: BinaryIO, name: str) -> int:
    """Return the bytes of a compressed stream, holding a part of them at a time."""
    unpacker, length = zlib.decompressobj(), 0
    try:
        while not unpacker.eof:
            packed = stream.read(_PACKED_CHUNK)
            if not packed:
                raise zlib.error("its end is missing")
            length += len(unpacker.decompress(packed))
    except zlib.error as error:
        raise InputError(f"{name} is truncated or damaged ({error})", "a whole file", _ACTION) from error
    return length
