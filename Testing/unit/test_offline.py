"""The folder for a computer without network; pip is played by a function that writes what it was asked for."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile

import pytest

from LWCTRLogic import installation, offline
from LWCTRLogic.cli import main
from LWCTRLogic.errors import BackendError, Cancelled, InputError
from LWCTRLogic.models.registry import BUNDLED, Registry
from LWCTRLogic.offline import SUMS, Target, check_bundle, make_bundle
from LWCTRLogic.progress import Progress


class FakePip:
    """Writes wheels instead of fetching them, some of them of packages that Slicer brings."""

    def __init__(self):
        self.calls = []

    def __call__(self, command, **options):
        assert command[:3] == [sys.executable, "-m", "pip"]
        self.calls.append(command[3:])
        folder = next(command[i + 1] for i, word in enumerate(command) if word in ("--dest", "--wheel-dir"))
        names = ["pandas", "numpy", "SimpleITK"] if command[3] == "download" else [command[-3].split("==")[0]]
        if "--no-deps" in command and command[3] == "download":
            names = ["nnunetv2"]
        for name in names:
            with open(
                f"{folder}/{name.replace('-', '_')}-1.0-py3-none-any.whl", "w", encoding="utf-8"
            ) as stream:
                stream.write(name)
        return subprocess.CompletedProcess(command, 0, "", "")


@pytest.fixture
def pip(monkeypatch):
    fake = FakePip()
    monkeypatch.setattr(offline.subprocess, "run", fake)
    return fake


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("LWCTR_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "für Slicer"


def wheels(folder):
    return sorted(path.name.partition("-")[0] for path in folder.glob("*.whl"))


def test_the_folder_holds_wheels_lists_and_words_but_nothing_that_slicer_brings(folder, pip):
    make_bundle(folder, Target())
    assert wheels(folder) == ["acvl_utils", "nnunetv2", "pandas"]
    for name in ("constraints.txt", "requirements.txt", "requirements-segment.txt"):
        assert (folder / name).read_bytes() == (installation.RESOURCES / name).read_bytes()
    text = (folder / "README.txt").read_text(encoding="utf-8")
    assert "--no-index --find-links . -c constraints.txt -r requirements.txt" in text
    assert "--no-deps -r requirements-segment.txt" in text


def test_pip_is_asked_for_slicers_python_under_constraints(folder, pip):
    make_bundle(folder, Target(platform="windows"))
    core = next(call for call in pip.calls if call[0] == "download" and "--no-deps" not in call)
    assert core[core.index("--python-version") + 1] == "3.12"
    assert core[core.index("--platform") + 1] == "win_amd64"
    assert core[core.index("-c") + 1] == str(folder / "constraints.txt")
    assert "--only-binary=:all:" in core


def test_the_bundle_without_nnunet_is_smaller(folder, pip):
    make_bundle(folder, Target(segment=False))
    assert wheels(folder) == ["pandas"]
    assert "torch" not in (folder / "README.txt").read_text(encoding="utf-8")


def test_every_file_has_its_sha256(folder, pip):
    made = make_bundle(folder, Target())
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert set(sums) == {path.name for path in made} - {SUMS}
    for name, digest in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert check_bundle(folder) == len(sums)


def test_a_file_that_is_changed_missing_or_new_is_named(folder, pip):
    make_bundle(folder, Target())
    (folder / "pandas-1.0-py3-none-any.whl").write_text("evil", encoding="utf-8")
    (folder / "nnunetv2-1.0-py3-none-any.whl").unlink()
    (folder / "stray.txt").touch()
    with pytest.raises(InputError) as told:
        check_bundle(folder)
    text = str(told.value)
    assert "3 files differ" in text
    assert "nnunetv2-1.0-py3-none-any.whl (missing)" in text
    assert "pandas-1.0-py3-none-any.whl (changed)" in text
    assert "stray.txt (not on the list)" in text


def test_a_folder_without_hashes_is_refused(tmp_path):
    with pytest.raises(InputError, match="has no SHA256SUMS"):
        check_bundle(tmp_path)


def test_installed_models_come_along_with_the_line_that_installs_them(folder, pip):
    Registry().install(str(BUNDLED / "lwctr-demo.zip"), name="my-model")
    make_bundle(folder, Target(segment=False))
    with zipfile.ZipFile(folder / "models" / "my-model.zip") as archive:
        assert "model.json" in archive.namelist()
    digest = hashlib.sha256((folder / "models" / "my-model.zip").read_bytes()).hexdigest()
    text = (folder / "README.txt").read_text(encoding="utf-8")
    assert f"lwctr models install models/my-model.zip --name my-model --sha256 {digest}" in text


def test_a_folder_that_holds_something_is_refused_and_left_alone(folder, pip):
    folder.mkdir()
    (folder / "mine.txt").touch()
    with pytest.raises(InputError, match="not empty"):
        make_bundle(folder, Target())
    assert pip.calls == []


def test_an_unknown_platform_is_refused(folder, pip):
    with pytest.raises(InputError, match="platform 'amiga'"):
        make_bundle(folder, Target(platform="amiga"))


def test_what_pip_complains_of_is_told(folder, monkeypatch):
    def fail(command, **options):
        return subprocess.CompletedProcess(command, 1, "", "noise\nERROR: No matching distribution\n")

    monkeypatch.setattr(offline.subprocess, "run", fail)
    with pytest.raises(BackendError, match="No matching distribution"):
        make_bundle(folder, Target())


def test_a_pip_that_never_ends_is_told(folder, monkeypatch):
    def hang(command, timeout, **options):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(offline.subprocess, "run", hang)
    with pytest.raises(BackendError, match="took over"):
        make_bundle(folder, Target())


def test_a_cancel_is_heard_between_downloads(folder, pip):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        make_bundle(folder, Target(), progress)


def test_the_command_makes_and_verifies_a_bundle(folder, pip, capsys):
    assert main(["doctor", "--bundle", str(folder), "--without-segment", "--platform", "macos-arm"]) == 0
    assert "README.txt says what to type" in capsys.readouterr().out
    assert main(["doctor", "--verify", str(folder), "--progress", "json"]) == 0
    assert "as they were made" in json.loads(capsys.readouterr().out)["text"]
    (folder / "README.txt").unlink()
    assert main(["doctor", "--verify", str(folder)]) == 3
