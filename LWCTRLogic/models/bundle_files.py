"""Reading and writing a model bundle: a folder or a zip of JSON files, each with its SHA-256.

``files.json`` lists the SHA-256 of every other file; the SHA-256 of ``files.json`` itself is that of the
whole bundle, and is the same for the folder and for its zip. Nothing in a bundle is ever executed.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import LWCTRLogic
from LWCTRLogic import files
from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import Bundle
from LWCTRLogic.models.safe_zip import safe_extract

FILES = "files.json"
DOCUMENTS = ("model.json", "classifiers.json", "survival.json")
MAX_BYTES = 50_000_000
DEMO = "lwctr-demo.zip"


def bundled_bundle_path() -> Path:
    """Path of the demonstration bundle that the package carries."""
    return Path(LWCTRLogic.__file__).parent / "bundled" / DEMO


def load_bundle(path: Path | None = None, called: str = "") -> Bundle:
    """Read a bundle and verify every hash, field and value.

    Parameters
    ----------
    path : Path, optional
        A folder, a zip, or the name of an installed bundle; the bundled demonstration model unless given.
    called : str
        What messages call it; the path unless given.

    Raises
    ------
    InputError
        When the bundle is missing, damaged, holds unknown files or fields, or values that make no sense.
    """
    path = bundled_bundle_path() if path is None else Path(path)
    called = called or str(path)
    if not path.exists():
        path = _installed(path)
    if path.is_dir():
        return _load_folder(_top(path), called)
    with tempfile.TemporaryDirectory() as folder:
        safe_extract(path, Path(folder), MAX_BYTES)
        return _load_folder(_top(Path(folder)), called)


def _installed(name: Path) -> Path:
    """Return the folder of an installed bundle."""
    from LWCTRLogic.models.contents import PREDICTION
    from LWCTRLogic.models.registry import Registry

    registry = Registry()
    entries = {entry.name: entry for entry in registry.entries() if entry.kind == PREDICTION}
    if str(name) not in entries:
        raise InputError(
            f"the model bundle {name} does not exist",
            f"a bundle: a folder, a zip, or an installed one ({', '.join(entries)})",
        )
    return registry.content(entries[str(name)])


def _top(folder: Path) -> Path:
    """Return the folder itself, or its only subfolder: people zip folders both ways."""
    inner = [entry for entry in folder.iterdir() if not entry.name.startswith((".", "__MACOSX"))]
    return inner[0] if len(inner) == 1 and inner[0].is_dir() else folder


def _load_folder(folder: Path, where: str) -> Bundle:
    listing = _read(folder / FILES, where)
    documents = {FILES: _parse(listing, FILES, where)}
    _validate({FILES: documents[FILES]}, where, only=FILES)
    _check_listing(folder, set(documents[FILES]), where)
    for name in DOCUMENTS:
        data = _read(folder / name, where)
        found, listed = hashlib.sha256(data).hexdigest(), documents[FILES][name]
        if found != listed:
            raise InputError(
                f"{name} in the bundle {where} has SHA-256 {found[:12]}…",
                f"{listed[:12]}… as {FILES} says",
                "The bundle was changed or damaged: fetch it again",
            )
        documents[name] = _parse(data, name, where)
    _validate(documents, where)
    return Bundle.from_documents(documents, hashlib.sha256(listing).hexdigest())


def _check_listing(folder: Path, listed: set[str], where: str) -> None:
    present = {
        entry.relative_to(folder).as_posix() for entry in folder.rglob("*") if not entry.name.startswith(".")
    }
    for name in sorted(set(DOCUMENTS) - listed):
        raise InputError(f"{FILES} of the bundle {where} does not list {name}", ", ".join(DOCUMENTS))
    for name in sorted((present | listed) - set(DOCUMENTS) - {FILES}):
        raise InputError(f"the bundle {where} holds an unknown file {name!r}", ", ".join(DOCUMENTS))


def _read(path: Path, where: str) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path.name} in the bundle {where} is larger than {MAX_BYTES / 1e6:.0f} MB")
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"the bundle {where} has no readable {path.name}", ", ".join((FILES, *DOCUMENTS))
        ) from error


def _parse(data: bytes, name: str, where: str) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no number")

    try:
        return json.loads(data.decode("utf-8"), parse_constant=refuse)
    except ValueError as error:  # JSONDecodeError and UnicodeDecodeError are ValueErrors
        raise InputError(f"{name} in the bundle {where} is not valid JSON ({error})") from error


@cache
def bundle_schema() -> dict[str, Any]:
    """Return the JSON schema of a bundle's documents by file name."""
    schema: dict[str, Any] = files.read_json(Path(__file__).with_name("bundle_schema.json"))
    return schema


def _validate(documents: dict[str, Any], where: str, only: str = "") -> None:
    import jsonschema

    schema = bundle_schema()
    if only:
        schema = {**schema, "required": [only]}
    errors = jsonschema.Draft202012Validator(schema).iter_errors(documents)
    first = min(errors, key=lambda error: list(map(str, error.absolute_path)), default=None)
    if first is not None:
        place = "/".join(str(part) for part in first.absolute_path)
        reason = first.message if len(first.message) < 200 else first.message[:200] + "…"
        raise InputError(
            f"the bundle {where} is not of the expected form at {place}: {reason}",
            "schema version 1 with no other fields",
            "Use the version of lwctr that the bundle was made for",
        )


def save_bundle(bundle: Bundle, target: Path) -> str:
    """Write a bundle, as a zip when ``target`` ends in ``.zip``, else as a folder; return its SHA-256.

    The same bundle gives the same bytes.

    Raises
    ------
    InputError
        When the bundle does not pass its own schema (for example a value that is not finite).
    """
    try:
        contents = {name: _to_bytes(document) for name, document in bundle.to_documents().items()}
    except ValueError as error:
        raise InputError(f"the bundle holds a value that JSON cannot hold ({error})") from error
    contents[FILES] = _to_bytes({name: hashlib.sha256(data).hexdigest() for name, data in contents.items()})
    _validate({name: json.loads(data) for name, data in contents.items()}, str(target))
    if target.suffix == ".zip":
        _write_zip(target, contents)
    else:
        for name, data in contents.items():
            files.write_bytes(target / name, data)
    return hashlib.sha256(contents[FILES]).hexdigest()


def _to_bytes(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def _write_zip(target: Path, contents: dict[str, bytes]) -> None:
    with files.replacing(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name)  # dated 1980, so that the bytes depend on the content alone
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, contents[name], zipfile.ZIP_DEFLATED, 9)
