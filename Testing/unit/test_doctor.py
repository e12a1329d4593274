import importlib.metadata
import json

import pytest

from LWCTRLogic import cli, doctor


@pytest.fixture
def versions(monkeypatch):
    """Pretends that exactly these distributions are installed."""

    def use(**installed: str) -> None:
        def version(name: str) -> str:
            try:
                return installed[name]
            except KeyError:
                raise importlib.metadata.PackageNotFoundError(name) from None

        monkeypatch.setattr(doctor.importlib.metadata, "version", version)

    return use


def line(lines, name):
    return next(one for one in lines if one.name == name)


def test_a_missing_core_package_is_a_problem_and_a_missing_optional_one_is_not(versions):
    versions(numpy="2.4.6")
    lines = list(doctor._packages())
    assert line(lines, "numpy").problem == ""
    assert line(lines, "SimpleITK").problem == "pip install lwctr"
    assert line(lines, "torch").problem == ""
    assert 'pip install "lwctr[segment]"' in line(lines, "torch").value


def test_a_cuda_torchvision_beside_a_cpu_torch_is_named(versions):
    versions(torch="2.13.0+cpu", torchvision="0.28.0")
    assert "pip uninstall torchvision" in line(doctor._packages(), "torchvision").problem


def test_a_torchvision_that_fits_is_not_a_problem(versions):
    versions(torch="2.13.0", torchvision="0.28.0")
    assert not [one for one in doctor._packages() if one.name == "torchvision"]


def test_a_nearly_full_disk_is_a_problem(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 1e8})())
    assert {one.problem for one in doctor._places(tmp_path / "not" / "yet")} == {"free some space"}


def test_this_machine_is_told_with_its_models(capsys):
    assert cli.main(["doctor", "--progress", "json"]) in (0, 4)
    lines = json.loads(capsys.readouterr().out.splitlines()[-1])["lines"]
    names = {one["name"] for one in lines}
    assert {"lwctr", "Python", "cores", "numpy", "cache"} <= names


def test_people_read_sections_and_what_to_do(capsys, monkeypatch):
    lines = [
        doctor.Line("system", "lwctr", "1"),
        doctor.Line("packages", "numpy", "missing", "pip install lwctr"),
    ]
    monkeypatch.setattr(doctor, "examine", lambda: lines)
    assert cli.main(["doctor"]) == 4
    out = capsys.readouterr().out
    assert "system\n" in out
    assert "! numpy" in out
    assert "to do: numpy: pip install lwctr" in out
