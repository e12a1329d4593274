"""Whether an image file is whole: ITK reads a truncated NIfTI or MetaImage as zeros without a word."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path

from LWCTRLogic.errors import InputError

_ACTION = "Copy or export it again"
_CHUNK = 1 << 22


def check_whole(path: Path) -> None:
    """Refuse a NIfTI or MetaImage file that is truncated or damaged, or has an impossible spacing.

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


def _check_nifti(path: Path) -> None:
    compressed = path.name.lower().endswith(".gz")
    try:
        with gzip.open(path) if compressed else path.open("rb") as stream:
            header = stream.read(544)
            length = len(header)
            while chunk := stream.read(_CHUNK):
                length += len(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path.name} is truncated or damaged ({error})", "a whole file", _ACTION) from error
    expected = _nifti_length(header, path.name)
    if length < expected:
        raise InputError(f"{path.name} holds {length} bytes", f"{expected} by its header", _ACTION)


def _nifti_length(header: bytes, name: str) -> int:
    """Return the bytes that a NIfTI header announces (NIfTI-1 and -2, either byte order)."""
    for order in "<>":
        size = struct.unpack_from(order + "i", header)[0] if len(header) >= 348 else 0
        if size == 348:
            dims = struct.unpack_from(order + "8h", header, 40)
            bits = struct.unpack_from(order + "h", header, 72)[0]
            pixdim = struct.unpack_from(order + "8f", header, 76)
            offset = struct.unpack_from(order + "f", header, 108)[0]
            break
        if size == 540 and len(header) >= 540:
            bits = struct.unpack_from(order + "h", header, 14)[0]
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
    return int(offset) + int(voxels * bits // 8)


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
    content = path.read_bytes()
    head, mark, rest = content.partition(b"ElementDataFile")
    pairs = (line.split("=", 1) for line in head.decode("latin-1").splitlines() if "=" in line)
    fields = {key.strip(): value.strip() for key, value in pairs}
    value_bytes = _METAIMAGE_BYTES.get(fields.get("ElementType", ""))
    sizes = fields.get("DimSize", "").split()
    if not mark or not value_bytes or not sizes or not all(size.isdigit() for size in sizes):
        raise InputError(f"{path.name} has no whole MetaImage header", "a whole file", _ACTION)
    expected = value_bytes * int(fields.get("ElementNumberOfChannels", "1"))
    for size in sizes:
        expected *= int(size)
    data = rest.partition(b"\n")[2]
    if fields.get("CompressedData", "False").lower() == "true":
        data = _inflate(data, path.name)
    if len(data) < expected:
        raise InputError(
            f"{path.name} holds {len(data)} bytes of voxels", f"{expected} by its header", _ACTION
        )


def _inflate(data: bytes, name: str) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error as error:
        raise InputError(f"{name} is truncated or damaged ({error})", "a whole file", _ACTION) from error
