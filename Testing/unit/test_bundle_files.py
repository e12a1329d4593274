"""Reading and writing bundles, and everything that is refused on the way."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle_files import load_bundle, save_bundle
from LWCTRLogic.models.registry import Registry
from LWCTRLogic.models.settings_match import settings_digest
from Testing.unit import sample_bundle as sample


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle saved as a folder, in a path with a space and an é."""
    target = tmp_path / "modèle no 1" / "sample"
    save_bundle(sample.make_bundle(), target)
    return target


def rewrite(folder: Path, name: str, change: object) -> None:
    """Change one document and make files.json agree with it."""
    document = json.loads((folder / name).read_text())
    change(document)  # type: ignore[operator]
    (folder / name).write_text(json.dumps(document))
    listing = json.loads((folder / "files.json").read_text())
    listing[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "files.json").write_text(json.dumps(listing))


def test_a_saved_bundle_loads_as_it_was(folder: Path) -> None:
    loaded = load_bundle(folder)
    assert loaded.sha256 == hashlib.sha256((folder / "files.json").read_bytes()).hexdigest()
    assert loaded.to_documents() == sample.make_bundle().to_documents()


def test_the_same_bundle_gives_the_same_bytes_and_folder_and_zip_the_same_name(tmp_path: Path) -> None:
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    hashes = {save_bundle(sample.make_bundle(), path) for path in (first, second, tmp_path / "c")}
    assert first.read_bytes() == second.read_bytes()
    assert hashes == {load_bundle(first).sha256} == {load_bundle(tmp_path / "c").sha256}


def test_a_zip_of_the_whole_folder_loads_too(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"sample/{path.name}")
    assert load_bundle(tmp_path / "z.zip") == load_bundle(folder)


def test_a_changed_byte_is_noticed(folder: Path) -> None:
    path = folder / "classifiers.json"
    path.write_bytes(path.read_bytes().replace(b"0.125", b"0.126", 1))
    with pytest.raises(InputError, match=r"classifiers\.json .* has SHA-256 .* as files\.json says"):
        load_bundle(folder)


@pytest.mark.parametrize("name", ["model.json", "classifiers.json", "survival.json"])
def test_an_unknown_field_is_refused_by_name(folder: Path, name: str) -> None:
    rewrite(folder, name, lambda document: document.update(colour="blue"))
    with pytest.raises(InputError, match="colour"):
        load_bundle(folder)


def test_a_missing_field_is_refused_with_its_place(folder: Path) -> None:
    rewrite(folder, "classifiers.json", lambda document: document["models"][2].pop("cutoff"))
    with pytest.raises(InputError, match=r"classifiers\.json/models/2: 'cutoff'"):
        load_bundle(folder)


def test_another_schema_version_is_refused(folder: Path) -> None:
    rewrite(folder, "model.json", lambda document: document.update(schema_version=2))
    with pytest.raises(InputError, match="schema_version"):
        load_bundle(folder)


def test_an_unknown_file_is_refused(folder: Path) -> None:
    (folder / "model.pkl").write_bytes(b"\x80\x04.")
    with pytest.raises(InputError, match=r"unknown file 'model\.pkl'"):
        load_bundle(folder)


def test_a_file_that_is_not_listed_is_refused(folder: Path) -> None:
    listing = json.loads((folder / "files.json").read_text())
    del listing["survival.json"]
    (folder / "files.json").write_text(json.dumps(listing))
    with pytest.raises(InputError, match=r"does not list survival\.json"):
        load_bundle(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "survival.json").unlink()
    with pytest.raises(InputError, match=r"no readable survival\.json"):
        load_bundle(folder)


@pytest.mark.parametrize("text", ["{", "[NaN]", '{"model.json": Infinity}'])
def test_json_that_is_none_is_refused(folder: Path, text: str) -> None:
    (folder / "files.json").write_text(text)
    with pytest.raises(InputError, match="not valid JSON"):
        load_bundle(folder)


def test_a_value_that_is_not_finite_cannot_be_saved(tmp_path: Path) -> None:
    settings = {"x": float("nan")}
    bundle = sample.make_bundle(settings=settings, settings_hash=settings_digest(settings))
    with pytest.raises(InputError, match="cannot hold"):
        save_bundle(bundle, tmp_path / "b.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_broken_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(InputError, match="not a whole zip"):
        load_bundle(tmp_path / "b.zip")


def test_a_bundle_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        load_bundle(tmp_path / "none")


@pytest.mark.parametrize("inside", ["", "my bundle/"])
def test_an_installed_bundle_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    monkeypatch.setenv("LWCTR_MODELS", str(tmp_path / "models"))
    digest = save_bundle(sample.make_bundle(), tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        for path in (tmp_path / "b").iterdir():
            archive.write(path, inside + path.name)
    Registry().install(str(tmp_path / "mine.zip"))
    assert load_bundle(Path("mine")).sha256 == digest
    with pytest.raises(
        InputError, match=r"bundle yours does not exist; .* installed one \(lwctr-demo, mine\)"
    ):
        load_bundle(Path("yours"))
