"""Run other people's Slicer modules, unchanged, in the layer: what they need is what Slicer gives, not what we think.

Not part of the test suite, as the checkouts are not ours to ship:

    python Testing/slicer/other_modules.py --nnunet SlicerNNUnet/SlicerNNUnet \\
        --template Slicer/Utilities/Templates/Modules/Scripted

`--nnunet`: a checkout of github.com/KitwareMedical/SlicerNNUnet; its own tests run. `--template`: the scripted-module
template of github.com/Slicer/Slicer; its panel is opened, used by its widgets, and its own self-test is run.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from Testing.slicer import stand_in  # noqa: E402


def sample_volume(*_: Any) -> Any:
    """A small volume in place of a download."""
    import numpy as np
    import slicer

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "PostDentalSurgery")
    voxels = np.random.default_rng(0).integers(0, 500, (10, 20, 30)).astype(np.int16)
    slicer.util.updateVolumeFromArray(node, voxels)
    node.CreateDefaultDisplayNodes()
    return node


def _cases(folder: Path) -> unittest.TestSuite:
    """Their test cases but for those that they mark slow, which download a model."""
    suite = unittest.TestSuite()
    for path in sorted((folder / "Testing").glob("*TestCase.py")):
        module = importlib.import_module(f"Testing.{path.stem}")
        for case in vars(module).values():
            if not isinstance(case, type) or not issubclass(case, unittest.TestCase):
                continue
            slow = any(mark.name == "slow" for mark in getattr(case, "pytestmark", []))
            if case.__module__ == module.__name__ and not slow:
                suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    return suite


def run_nnunet(folder: Path) -> tuple[int, int]:
    """Run SlicerNNUnet's own widget and logic tests; returns (passed, run)."""
    import SampleData

    from Testing.slicer.stand_in.modules import load_module

    load_module(folder / "SlicerNNUNet.py")
    slicer_home = Path(tempfile.mkdtemp())  # where Slicer has its Python, and nnU-Net once it is installed
    for path in ("bin/PythonSlicer", "lib/Python/bin/nnUNetv2_predict"):
        (slicer_home / path).parent.mkdir(parents=True)
        (slicer_home / path).touch()
    testing = sys.modules["Testing"]
    testing.__path__ = [str(folder / "Testing"), *testing.__path__]  # their package has our package's name
    with (
        mock.patch.object(SampleData.SampleDataLogic, "downloadDentalSurgery", sample_volume, create=True),
        mock.patch.object(sys, "executable", str(slicer_home / "bin" / "PythonSlicer")),
    ):
        result = unittest.TextTestRunner(verbosity=2).run(_cases(folder))
    return result.testsRun - len(result.failures) - len(result.errors) - len(result.skipped), result.testsRun


def _threshold(module: Any, node: Any, parameters: dict[str, Any], **_: Any) -> Any:
    """What the command-line module "Threshold Scalar Volume" does; slicer-core has no such modules."""
    import numpy as np
    import slicer

    source, target = (
        slicer.mrmlScene.GetNodeByID(parameters[key]) for key in ("InputVolume", "OutputVolume")
    )
    voxels = slicer.util.arrayFromVolume(source).copy()
    above = parameters["ThresholdType"] == "Above"
    outside = voxels > parameters["ThresholdValue"] if above else voxels < parameters["ThresholdValue"]
    voxels[outside] = 0
    target.SetAndObserveImageData(None)
    slicer.util.updateVolumeFromArray(target, voxels.astype(np.int16))
    target.SetOrigin(source.GetOrigin())
    return slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode", "cli")


class TemplateCase(unittest.TestCase):
    """Open the template's panel, choose by its widgets, apply, save, close, reopen; then its own self-test."""

    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        import slicer

        from Testing.slicer.stand_in.modules import load_module

        slicer.cli = mock.Mock(run=_threshold)
        slicer.modules.thresholdscalarvolume = mock.Mock()
        load_module(cls.folder / "TemplateKey.py")

    def setUp(self) -> None:
        import slicer

        slicer.mrmlScene.Clear()
        self.shell = slicer.modules.templatekey.widgetRepresentation()
        self.shell.enter()
        self.panel = self.shell.self()

    def test_the_panel_thresholds_a_volume_chosen_in_it(self) -> None:
        import slicer

        ui = self.panel.ui
        self.assertFalse(ui.applyButton.enabled)
        source = sample_volume()
        target = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "out")
        ui.inputSelector.setCurrentNode(source)
        ui.outputSelector.setCurrentNode(target)
        ui.imageThresholdSliderWidget.value = 250
        self.assertTrue(ui.applyButton.enabled)
        ui.applyButton.click()
        voxels = slicer.util.arrayFromVolume(target)
        self.assertEqual(int(voxels[voxels > 0].min()), 250)

    def test_a_saved_scene_restores_the_panel(self) -> None:
        import slicer

        sample_volume()
        self.panel.ui.imageThresholdSliderWidget.value = 123
        path = Path(slicer.app.temporaryPath) / "template.mrb"
        self.assertTrue(slicer.util.saveScene(str(path)))
        slicer.mrmlScene.Clear()
        self.assertNotEqual(self.panel.ui.imageThresholdSliderWidget.value, 123)
        slicer.util.loadScene(str(path))
        self.shell.exit()
        self.shell.enter()
        self.assertEqual(self.panel.ui.imageThresholdSliderWidget.value, 123)

    def test_its_own_self_test_passes(self) -> None:
        import SampleData
        import slicer

        with mock.patch.object(SampleData, "downloadSample", _sample_of_the_template, create=True):
            slicer.selfTests["TemplateKey"]()


def _sample_of_the_template(name: str) -> Any:
    """The self-test asserts that its sample spans 0 to 695."""
    import numpy as np
    import slicer

    node = sample_volume()
    voxels = np.linspace(0, 695, 6000).round().astype(np.int16).reshape(10, 20, 30)
    slicer.util.updateVolumeFromArray(node, voxels)
    return node


def run_template(folder: Path) -> tuple[int, int]:
    """Drive the template from end to end; returns (passed, run)."""
    TemplateCase.folder = folder
    result = unittest.TextTestRunner(verbosity=2).run(
        unittest.defaultTestLoader.loadTestsFromTestCase(TemplateCase)
    )
    return result.testsRun - len(result.failures) - len(result.errors), result.testsRun


def main() -> int:
    """Run what was given; 0 when everything passed and anything ran."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nnunet", type=Path, help="the folder that holds SlicerNNUNet.py")
    parser.add_argument("--template", type=Path, help="the folder that holds TemplateKey.py")
    arguments = parser.parse_args()
    if stand_in.missing():
        sys.exit(f"needs {', '.join(stand_in.missing())}")
    stand_in.start()
    good = []
    for name, runner in (("nnunet", run_nnunet), ("template", run_template)):
        folder = getattr(arguments, name)
        if folder is not None:
            passed, ran = runner(folder.resolve())
            sys.stdout.write(f"{name}: {passed} of {ran} tests passed ({stand_in.LAYER_NAME})\n")
            good.append(passed == ran > 0)
    return 0 if good and all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
