"""Draw the four scans of a case by trame-slicer, Slicer's own views without its desktop: an independent look at ours.

    python Testing/slicer/trame_views.py CASE OUT.png --packages FOLDER

trame-slicer 2.0 asks for slicer-core 5.11 and works with 5.12, so it is kept out of the project's environment:

    pip install --target FOLDER --no-deps trame-slicer==2.0.0 slicer-layer-dm==2.0.0 py-undo-stack trame trame-client \\
        trame-common trame-server trame-vtk trame-vuetify trame-rca wslink aiohttp aiohappyeyeballs aiosignal attrs \\
        frozenlist multidict propcache yarl msgpack more-itertools fire termcolor webcolors lxml pillow-avif-plugin
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SIZE = (450, 375)  # pixels of one view


def start(packages: Path) -> Any:
    """Make trame-slicer importable beside the project's packages and start its application."""
    os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkOSOpenGLRenderWindow")
    sys.path[:0] = [str(ROOT), str(ROOT / "LWCTR")]
    sys.path.append(str(packages))
    import slicer
    import slicer.util

    slicer.__path__.append(str(packages / "slicer"))
    layers = importlib.import_module("slicer.slicer_layer_dm")
    for name in dir(layers):
        if not name.startswith("_"):
            setattr(slicer, name, getattr(layers, name))
    from trame_slicer.core import SlicerApp
    from trame_slicer.views import DirectViewFactory

    app = SlicerApp()
    app.view_manager.register_factory(DirectViewFactory(do_render_offscreen=True))
    slicer.mrmlScene = app.scene
    # The wheel has no translator.
    sys.modules["slicer.i18n"] = SimpleNamespace(tr=lambda text: text)  # type: ignore[assignment]
    slicer.modules = SimpleNamespace(
        segmentations=SimpleNamespace(logic=lambda: app.segmentations_logic),
        volumes=SimpleNamespace(logic=lambda: app.volumes_logic),
    )
    return app


def show(app: Any, case: Any, volume: str) -> tuple[Any, float]:
    """Put a scan and its mask into the scene; returns the volume node and the height of the liver (mm)."""
    from LWCTRWidgets import SceneImages

    from LWCTRLogic.imaging.io import read_image, read_mask

    node = app.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", volume)
    SceneImages.fillVolume(node, read_image(case.image_path(volume)))
    node.CreateDefaultDisplayNodes()
    node.GetDisplayNode().SetAutoWindowLevel(False)
    node.GetDisplayNode().SetWindowLevel(200, 45)
    mask = read_mask(case.current_mask(volume))
    liver = app.scene.AddNewNodeByClass("vtkMRMLSegmentationNode", f"{volume} liver")
    liver.CreateDefaultDisplayNodes()
    SceneImages.fillMask(liver, mask, node)
    liver.GetDisplayNode().SetVisibility2DFill(False)
    return node, float(SceneImages.centre(mask)[2])


def draw(app: Any, case: Any, volume: str) -> Any:
    """Return the view of one scan at the height of its liver: uint8, (height, width, 3)."""
    import vtk
    from trame_slicer.views import ViewLayoutDefinition, ViewProps, ViewType
    from vtkmodules.util.numpy_support import vtk_to_numpy

    definition = ViewLayoutDefinition(
        singleton_tag=volume, view_type=ViewType.SLICE_VIEW, properties=ViewProps(orientation="Axial")
    )
    view = app.view_manager.create_view(definition)
    app.scene.Clear()
    node, height = show(app, case, volume)
    app.display_manager.show_volume_in_slice_background(node)
    view.render_window().SetSize(*SIZE)
    view.interactor().UpdateSize(*SIZE)
    view.fit_view_to_content()
    view.set_slice_value(height)
    view.render_window().Render()
    colours = vtk.vtkUnsignedCharArray()
    view.render_window().GetPixelData(0, 0, SIZE[0] - 1, SIZE[1] - 1, 0, colours, 0)
    return vtk_to_numpy(colours).reshape(SIZE[1], SIZE[0], 3)[::-1].copy()


def main() -> int:
    """Write a picture of 2 × 2 views: baseline above, follow-up below; arterial left, portal venous right."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("case", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--packages", type=Path, required=True, help="where trame-slicer was installed")
    arguments = parser.parse_args()
    app = start(arguments.packages)
    import numpy as np
    from PIL import Image

    from LWCTRLogic.case import VOLUMES, Case

    case = Case(arguments.case)
    views = {volume: draw(app, case, volume) for volume in VOLUMES}
    rows = [np.hstack([views[f"{time}_A"], views[f"{time}_V"]]) for time in ("pre", "post")]
    Image.fromarray(np.vstack(rows)).quantize(96).save(arguments.out, optimize=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
