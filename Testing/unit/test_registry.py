"""The registry: install whole or not at all, verify, remove, offline."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import ClassVar

import pytest

from LWCTRLogic import files
from LWCTRLogic.errors import InputError, LWCTRError, UsageError
from LWCTRLogic.models import contents, registry
from LWCTRLogic.models.bundle_files import save_bundle
from LWCTRLogic.models.registry import Registry, models_folder
from Testing.unit import sample_bundle, tiny_nnunet

pytest.importorskip("torch")


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    return tiny_nnunet.write_model(tmp_path_factory.mktemp("made") / "tiny")


@pytest.fixture
def models(tmp_path):
    return Registry(tmp_path / "mes modèles", bundled=tmp_path / "bundled")


def left_behind(models):
    """Names in the models' folder."""
    return sorted(path.name for path in models.folder.glob("*"))


@pytest.mark.parametrize("inside", ["", "Dataset901_X/nnUNetTrainer__nnUNetPlans__3d_fullres/", "a folder/"])
def test_the_usual_zip_layouts_install_and_resolve(models, model_folder, tmp_path, inside):
    path = tiny_nnunet.zip_folder(model_folder, tmp_path / "My liver (v2).zip", inside)
    entry = models.install(str(path), sha256=files.sha256(path).upper())
    assert entry.name == "My-liver-v2"
    assert (entry.kind, entry.labels, entry.licence) == ("nnunet", ("liver",), "CC0-1.0")
    model = models.resolve_nnunet("My-liver-v2")
    assert model.sha256 == files.sha256(path)
    assert model.nnunet.checkpoints[0].is_file()
    models.verify("My-liver-v2")
    assert [one.name for one in models.entries()] == ["My-liver-v2"]
    assert left_behind(models) == ["My-liver-v2"]


def test_a_folder_installs_too(models, model_folder):
    entry = models.install(str(model_folder), name="mine")
    assert models.resolve_nnunet("mine").sha256 == entry.sha256
    assert entry.source == "tiny"


def test_a_prediction_bundle_is_told_from_its_content(models, tmp_path):
    save_bundle(sample_bundle.make_bundle(), tmp_path / "bundle.zip")
    entry = models.install(str(tmp_path / "bundle.zip"))
    assert entry.kind == "prediction"
    with pytest.raises(InputError, match="is a prediction model"):
        models.resolve_nnunet("bundle")


def test_another_hash_is_refused(models, model_folder, tmp_path):
    path = tiny_nnunet.zip_folder(model_folder, tmp_path / "m.zip")
    with pytest.raises(InputError, match=f"SHA-256 {files.sha256(path)}; expected {'0' * 64}"):
        models.install(str(path), sha256="0" * 64)
    assert left_behind(models) == []


def test_a_name_is_not_taken_twice(models, model_folder):
    models.install(str(model_folder), name="mine")
    with pytest.raises(InputError, match="mine is there already"):
        models.install(str(model_folder), name="mine")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "x" * 65])
def test_a_name_that_is_no_folder_name_is_refused(models, model_folder, name):
    if name:
        with pytest.raises(InputError, match="model name"):
            models.install(str(model_folder), name=name)
    with pytest.raises(InputError):
        models.find(name)


def zip_with(tmp_path, *entries):
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "name", ["../plans.json", "/etc/plans.json", "C:/plans.json", "a\\..\\..\\plans.json"]
)
def test_entries_that_leave_the_folder_are_refused(models, tmp_path, name):
    with pytest.raises(InputError, match="leaves its folder"):
        models.install(str(zip_with(tmp_path, (name, "{}"))))
    assert left_behind(models) == []
    assert not (tmp_path / "plans.json").exists()


def test_links_are_refused(models, tmp_path, model_folder):
    link = zipfile.ZipInfo("plans.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(InputError, match="link"):
        models.install(str(zip_with(tmp_path, (link, "/etc/passwd"))))
    folder = tmp_path / "linked"
    tiny_nnunet.write_json_files(folder)
    (folder / "fold_all" / "more.pth").symlink_to(model_folder / "fold_all" / "checkpoint_final.pth")
    with pytest.raises(InputError, match="link"):
        models.install(str(folder))
    assert left_behind(models) == []


def test_a_zip_bomb_is_refused(models, tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "_SMALLEST_BOUND", 1_000_000)
    path = zip_with(tmp_path, ("plans.json", bytes(50_000_000)))
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match="unpacks to at least"):
        models.install(str(path))
    assert left_behind(models) == []


def test_a_truncated_zip_is_refused(models, model_folder, tmp_path):
    path = tiny_nnunet.zip_folder(model_folder, tmp_path / "m.zip")
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(InputError, match="not a whole zip"):
        models.install(str(path))
    assert left_behind(models) == []


def test_a_zip_damaged_inside_is_refused(models, model_folder, tmp_path):
    path = tiny_nnunet.zip_folder(model_folder, tmp_path / "m.zip")
    data = bytearray(path.read_bytes())
    middle = len(data) // 3
    data[middle : middle + 50] = bytes(50)
    path.write_bytes(data)
    with pytest.raises(InputError, match="not a whole zip|damaged|not valid JSON"):
        models.install(str(path))
    assert left_behind(models) == []


class Marker:
    """An object whose unpickling would leave a trace."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_weights_that_would_run_code_are_refused_before_they_do(models, tmp_path):
    import torch

    folder = tiny_nnunet.write_model(tmp_path / "evil")
    path = folder / "fold_all" / "checkpoint_final.pth"
    torch.save({**torch.load(path, weights_only=True), "extra": Marker(tmp_path / "trace")}, path)
    with pytest.raises(InputError, match="could run code.*--trust"):
        models.install(str(folder))
    assert left_behind(models) == []
    assert not (tmp_path / "trace").exists()
    entry = models.install(str(folder), trust=True)
    assert entry.trusted
    assert models.resolve_nnunet("evil").trusted
    assert not (tmp_path / "trace").exists()


def test_a_model_without_liver_is_refused_and_the_user_may_say_which_label(models, tmp_path):
    folder = tiny_nnunet.write_model(tmp_path / "organs", {"background": 0, "organ_5": 1, "spleen": 2})
    with pytest.raises(InputError, match="organ_5, spleen; expected one called liver"):
        models.install(str(folder))
    models.install(str(folder), labels=["organ_5"])
    assert models.resolve_nnunet("organs").labels == ("organ_5",)


def test_the_users_word_on_orientation_counts(models, model_folder):
    models.install(str(model_folder), name="mine", orientation="RAS")
    assert models.resolve_nnunet("mine").nnunet.orientation == "RAS"


@pytest.mark.parametrize("code", ["XYZ", "LR", "LRS", "LPSS", "lps"])
def test_an_orientation_that_is_none_is_refused_and_nothing_is_left(models, model_folder, code):
    with pytest.raises(InputError, match=f"orientation is '{code}'"):
        models.install(str(model_folder), name="mine", orientation=code)
    assert left_behind(models) == []


def test_a_refused_file_is_called_by_its_name(models, tmp_path):
    with zipfile.ZipFile(tmp_path / "thesis.zip", "w") as archive:
        archive.writestr("readme.txt", "")
    with pytest.raises(InputError, match="^thesis.zip holds no plans.json"):
        models.install(str(tmp_path / "thesis.zip"))
    save_bundle(sample_bundle.make_bundle(), tmp_path / "b")
    (tmp_path / "b" / "model.json").write_text("{}")
    with pytest.raises(InputError, match="in the bundle b has SHA-256"):
        models.install(str(tmp_path / "b"))


def test_verify_names_what_changed(models, model_folder):
    models.install(str(model_folder), name="mine")
    content = models.folder / "mine" / "content"
    (content / "plans.json").write_text("{}")
    (content / "dataset.json").unlink()
    (content / "new.txt").write_text("?")
    with pytest.raises(InputError, match=r"dataset.json is missing; new.txt is new; plans.json has changed"):
        models.verify("mine")


def test_removed_is_removed(models, model_folder):
    models.install(str(model_folder), name="mine")
    models.remove("mine")
    assert left_behind(models) == []
    with pytest.raises(InputError, match="no model is called 'mine'"):
        models.remove("mine")


def test_a_bundled_zip_is_listed_unpacked_once_and_not_removed(models, model_folder):
    models.bundled.mkdir()
    path = tiny_nnunet.zip_folder(model_folder, models.bundled / "own.zip", "Dataset1_A/T__P__3d_fullres/")
    assert [(one.name, one.bundled) for one in models.entries()] == [("own", True)]
    model = models.resolve_nnunet("own")
    assert model.sha256 == files.sha256(path)
    checkpoint = model.nnunet.checkpoints[0]
    before = checkpoint.stat().st_mtime_ns
    assert models.resolve_nnunet("own").nnunet.checkpoints[0].stat().st_mtime_ns == before
    models.verify("own")
    checkpoint.write_bytes(b"changed")
    with pytest.raises(InputError, match="checkpoint_final.pth has changed"):
        models.verify("own")
    with pytest.raises(InputError, match="comes with the package"):
        models.remove("own")


def test_a_damaged_bundled_zip_says_so(models):
    models.bundled.mkdir()
    (models.bundled / "own.zip").write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(InputError, match="Install lwctr again"):
        models.find("own")


def test_the_name_of_a_bundled_model_is_taken(models, model_folder):
    models.bundled.mkdir()
    tiny_nnunet.zip_folder(model_folder, models.bundled / "own.zip")
    with pytest.raises(InputError, match="own is there already"):
        models.install(str(model_folder), name="own")


def test_a_folder_or_zip_runs_without_being_installed(models, model_folder, tmp_path):
    by_folder = models.resolve_nnunet(str(model_folder))
    path = tiny_nnunet.zip_folder(model_folder, tmp_path / "m.zip")
    by_zip = models.resolve_nnunet(str(path))
    assert by_folder.nnunet.checkpoints[0].read_bytes() == by_zip.nnunet.checkpoints[0].read_bytes()
    assert not by_zip.trusted
    with pytest.raises(InputError, match="does not exist"):
        models.resolve_nnunet(str(tmp_path / "nowhere"))


def test_an_address_needs_a_hash(models):
    with pytest.raises(UsageError, match="--sha256"):
        models.install("https://example.org/model.zip")


def test_an_address_is_fetched_and_its_hash_checked(models, model_folder, tmp_path, monkeypatch):
    data = tiny_nnunet.zip_folder(model_folder, tmp_path / "m.zip").read_bytes()

    class Response(io.BytesIO):
        headers: ClassVar = {"Content-Length": str(len(data))}

    monkeypatch.setattr("urllib.request.urlopen", lambda address, timeout: Response(data))
    with pytest.raises(InputError, match="SHA-256"):
        models.install("https://example.org/a/model.zip", sha256="1" * 64)
    entry = models.install("https://example.org/a/model.zip", sha256=files.sha256(tmp_path / "m.zip"))
    assert (entry.name, entry.source) == ("model", "https://example.org/a/model.zip")
    assert left_behind(models) == ["model"]


def test_an_address_that_does_not_answer_says_how_to_go_on_without(models):
    with pytest.raises(InputError, match="could not be fetched.*install it from its path"):
        models.install("http://127.0.0.1:9/model.zip", sha256="1" * 64)


def test_a_damaged_entry_says_what_to_do_and_hides_nothing_else(models, model_folder):
    models.install(str(model_folder), name="good")
    models.install(str(model_folder), name="bad")
    (models.folder / "bad" / "entry.json").write_text(json.dumps({"schema_version": 99}))
    assert models.find("good").name == "good"
    with pytest.raises(InputError, match="install the model again"):
        models.entries()


def test_a_killed_install_is_swept_up_after_a_day(models, model_folder, monkeypatch):
    (models.folder / ".tmp-old").mkdir(parents=True)
    monkeypatch.setattr(registry, "_A_DAY_S", -1)
    models.install(str(model_folder), name="mine")
    assert not (models.folder / ".tmp-old").exists()


def test_a_folder_that_cannot_be_made_names_the_variable(tmp_path, model_folder):
    (tmp_path / "file").write_text("")
    with pytest.raises(LWCTRError, match="LWCTR_MODELS"):
        Registry(tmp_path / "file" / "models", tmp_path).install(str(model_folder))


def test_the_variable_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("LWCTR_MODELS", str(tmp_path))
    assert models_folder() == tmp_path
    monkeypatch.delenv("LWCTR_MODELS")
    assert models_folder().name == "models"


def test_the_licence_file_is_read_where_the_json_states_none(tmp_path, models):
    folder = tiny_nnunet.write_model(tmp_path / "m")
    dataset = tiny_nnunet.dataset()
    del dataset["licence"]
    (folder / "dataset.json").write_text(json.dumps(dataset))
    (folder / "LICENSE.txt").write_text("\nCreative Commons Attribution 4.0\nmore\n")
    assert models.install(str(folder)).licence == "Creative Commons Attribution 4.0"
