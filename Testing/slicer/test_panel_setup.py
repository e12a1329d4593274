"""The set-up page, sample data, help, and the module with nothing installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from LWCTRLogic.doctor import PACKAGES
from LWCTRLogic.installation import EXTENSIONS
from Testing.slicer.panel_tools import Runner, click, said, widget

ROOT = Path(__file__).resolve().parents[2]
# What Slicer 5.12 brings; everything else must be missing without harm.
BROUGHT = ("numpy", "scipy", "SimpleITK", "pydicom", "highdicom", "requests", "packaging", "PIL", "dateutil")


@pytest.fixture
def at_setup(a_quiet_panel, monkeypatch):
    """The set-up page, with tqdm and nnU-Net missing and a runner that starts nothing."""
    from LWCTRWidgets import Dependencies

    real = Dependencies.versions_of
    gone, other = {"tqdm", "nnunetv2", "acvl-utils"}, {}

    def versions(names):
        return {name: version for name, version in {**real(names), **other}.items() if name not in gone}

    monkeypatch.setattr(Dependencies, "versions_of", versions)
    page = a_quiet_panel.setup
    page.runner = Runner()
    page.gone, page.other = gone, other
    a_quiet_panel.ui.setupButton.click()
    return a_quiet_panel


def test_the_page_lists_every_package_with_its_version_or_that_it_is_missing(at_setup):
    table = widget(at_setup, "packageTable")
    rows = {table.item(row, 0).text(): table.item(row, 1).text() for row in range(table.rowCount)}
    assert list(rows) == list(PACKAGES)
    assert rows["tqdm"] == "\u26a0 missing" and rows["nnunetv2"] == "not installed"
    assert rows["numpy"].startswith("\u2713 ")
    assert "Missing: tqdm" in widget(at_setup, "setupSummary").text


def test_install_pins_everything_that_is_there_and_installs_only_what_is_not(at_setup):
    page = at_setup.setup
    click(at_setup, "installButton")
    first = page.runner.last
    assert first[0] == "install" and first[-1].startswith("tqdm") and "--no-deps" not in first
    pins = Path(first[first.index("-c") + 1]).read_text(encoding="utf-8").lower()
    assert "\nnumpy==" in pins and "\nscipy==" in pins
    assert not any(one.startswith(("numpy", "torch")) for one in first[1:])
    page.gone.discard("tqdm")
    page.runner.onLine("Successfully installed tqdm")
    page.runner.finish()
    second = page.runner.last
    assert "--no-deps" in second and any(one.startswith("nnunetv2==") for one in second)
    page.gone.clear()
    page.runner.finish()
    assert "Installed" in said(at_setup) and widget(at_setup, "restartButton").visible
    assert "Successfully installed tqdm" in widget(at_setup, "installLog").toPlainText()
    assert not widget(at_setup, "installButton").enabled


def test_a_folder_of_wheels_is_used_instead_of_the_network(at_setup, tmp_path):
    widget(at_setup, "wheelFolder").setCurrentPath(str(tmp_path))
    click(at_setup, "installButton")
    last = at_setup.setup.runner.last
    assert last[last.index("--find-links") + 1] == str(tmp_path) and "--no-index" in last


def test_segmentation_is_left_out_when_it_is_not_wanted(at_setup):
    widget(at_setup, "optionalBox").checked = False
    (only,) = at_setup.setup.commands()
    assert only[-1].startswith("tqdm") and "--no-deps" not in only


def test_a_package_in_a_version_that_does_not_do_is_told_and_may_change(at_setup):
    page = at_setup.setup
    page.other["pandas"] = "3.0.1"
    page.refresh()
    table = widget(at_setup, "packageTable")
    rows = {table.item(row, 0).text(): table.item(row, 1).text() for row in range(table.rowCount)}
    assert rows["pandas"] == "\u26a0 3.0.1, but needed: pandas>=2.2,<3"
    assert "pandas>=2.2,<3" in widget(at_setup, "setupSummary").text
    click(at_setup, "installButton")
    last = page.runner.last
    assert "pandas>=2.2,<3" in last
    pins = Path(last[last.index("-c") + 1]).read_text(encoding="utf-8")
    assert "\nnumpy==" in pins and "\npandas==" not in pins


def test_the_page_has_words_for_every_extension_that_helps(at_setup):
    words = widget(at_setup, "extensionsLabel").text
    assert all(f"{name}: " in words for name in EXTENSIONS)


def test_a_failed_and_a_cancelled_installation_are_told_and_can_be_repeated(at_setup):
    click(at_setup, "installButton")
    assert not widget(at_setup, "installButton").enabled
    at_setup.setup.runner.finish(1, "ERROR: No matching distribution found")
    assert "No matching distribution" in said(at_setup) and widget(at_setup, "installButton").enabled
    click(at_setup, "installButton")
    click(at_setup, "cancelInstallButton")
    assert "cancelled" in said(at_setup)


def test_a_package_that_stays_missing_after_pip_ended_well_does_not_start_it_for_ever(at_setup):
    click(at_setup, "installButton")
    at_setup.setup.runner.finish()
    assert len(at_setup.setup.runner.started) == 1


def test_nothing_is_installed_while_a_command_runs(at_setup, a_case):
    at_setup.openCase(a_case.folder)
    at_setup.run(["check", a_case.folder], "Checking")
    assert not widget(at_setup, "installButton").enabled
    at_setup.setup.install()
    assert "A command is running" in said(at_setup) and at_setup.setup.runner.started == []


def test_slicer_restarts_only_after_asking(at_setup, monkeypatch):
    asked = []
    monkeypatch.setattr("slicer.util.confirmOkCancelDisplay", lambda *_, **__: False)
    monkeypatch.setattr("slicer.util.restart", lambda: asked.append(True))
    at_setup.setup.restart()
    assert asked == []
    monkeypatch.setattr("slicer.util.confirmOkCancelDisplay", lambda *_, **__: True)
    at_setup.setup.restart()
    assert asked == [True]


def test_the_page_comes_up_by_itself_when_something_needed_is_missing(a_panel, a_quiet_panel, monkeypatch):
    from LWCTRWidgets import Dependencies

    monkeypatch.setattr(Dependencies, "versions_of", lambda names: {})
    a_panel.exit()
    a_panel.enter()
    assert a_quiet_panel.setup.section.visible
    assert "seven steps" in widget(a_quiet_panel, "introLabel").text


def test_the_module_opens_and_explains_itself_with_nothing_installed(tmp_path):
    """In a process of its own, in which nothing can be imported but what Slicer brings."""
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from Testing.slicer import stand_in
slicer = stand_in.start()
BLOCKED = {sorted(set(_modules()))!r}
for name in list(sys.modules):
    if name.split(".")[0] in BLOCKED:
        del sys.modules[name]
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in BLOCKED:
            raise ModuleNotFoundError("No module named " + name, name=name)
sys.meta_path.insert(0, Refuse())
from Testing.slicer.stand_in.modules import load_module
load_module({str(ROOT / "LWCTR" / "LWCTR.py")!r})
shell = slicer.modules.lwctr.widgetRepresentation()
import LWCTRWidgets.Dependencies as page
page.versions_of = lambda names: {{}}
shell.show()
shell.enter()
panel = shell.self().panel
assert panel.setup.section.visible and "Missing" in panel.setup.summary.text
for name in panel.steps:
    panel.goTo(name)
    assert panel.ui.statusLabel.text
assert "seven steps" in slicer.modules.lwctr.helpText
panel.cleanup()
print("opened")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, timeout=300
    )
    assert "opened" in done.stdout, done.stderr[-2000:]


def _modules():
    """Import names of what LWCTR needs and Slicer does not bring."""
    other = {"scikit-learn": "sklearn", "PyWavelets": "pywt", "Jinja2": "jinja2", "PyYAML": "yaml"}
    names = {other.get(name, name) for name in PACKAGES} | {"totalsegmentator", "skimage", "threadpoolctl"}
    return names - set(BROUGHT)


def test_two_simulated_patients_are_registered_and_made_on_the_spot(
    a_slicer, a_module, a_quiet_panel, monkeypatch
):
    import SampleData

    a_slicer.app.startupCompleted.emit()
    sources = SampleData.SampleDataLogic.sampleDataSourcesByCategory("LWCTR")
    assert len({one.sampleName for one in sources}) == 2
    SampleData.downloadSample(sources[0].sampleName)
    assert a_quiet_panel.runner.last[0] == "demo" and "--make-only" in a_quiet_panel.runner.last


def test_a_simulated_patient_of_another_version_is_made_anew_and_the_user_told_where_the_older_one_is(
    a_slicer, a_module, a_quiet_panel, a_case, monkeypatch, tmp_path
):
    from LWCTRWidgets import DemoPatients

    monkeypatch.setattr(DemoPatients, "folderOf", lambda seed: a_case.folder)
    DemoPatients.openPatient(12)
    assert a_quiet_panel.runner.last[:2] == [
        "demo",
        str(a_case.folder),
    ]  # the command decides, though one is there
    (tmp_path / f"{a_case.folder.name}-older-1").mkdir()
    a_quiet_panel.runner.finish(0)
    assert f"{a_case.folder.name}-older-1" in a_quiet_panel.ui.statusLabel.text
    assert a_quiet_panel.case.folder == a_case.folder
    DemoPatients.openPatient(12)  # open and perhaps being read: nothing is run, so nothing is put aside
    assert len(a_quiet_panel.runner.started) == 1


def test_the_logic_runs_a_command_for_scripts(a_module):
    assert a_module.LWCTRLogic().run(["models", "list"]) == 0
    assert a_module.LWCTRLogic().run(["run", "/no/such/case"]) == 3
