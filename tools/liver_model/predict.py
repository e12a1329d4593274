"""Segment one scan with a model folder in this process, as ``lwctr segment`` does in its child process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from LWCTRLogic.segment.axes import axis_map, body_box
from LWCTRLogic.segment.postprocess import postprocess
from LWCTRLogic.segment.predictor import load_model, make_predictor, predict_liver

from .export import shift_liver


class LiverModel:
    """The liver model of a folder.

    Parameters
    ----------
    folder : Path
        Folder with ``plans.json`` and ``fold_all``.
    device : str
        ``cpu`` or ``cuda``.
    tidy : bool
        Drop small pieces and fill holes.
    """

    def __init__(self, folder: Path, device: str = "cpu", tidy: bool = True) -> None:
        self.predictor: Any = make_predictor(
            lambda done, total: None, device=device, step_size=0.5, mirroring=False
        )
        load_model(self.predictor, folder, ("all",), "checkpoint_final.pth")
        self.stored: list[Any] = list(self.predictor.list_of_parameters)
        self.tidy = tidy

    def shift(self, shift: float) -> None:
        """Add ``shift`` to the liver's logit as stored in the model, whatever was added before."""
        self.predictor.list_of_parameters = [shift_liver(weights, shift) for weights in self.stored]

    def segment(self, image: sitk.Image) -> NDArray[np.bool_]:
        """Return the liver's mask by (z, y, x)."""
        turned = axis_map(image)
        array = turned.turn(sitk.GetArrayFromImage(image)).astype(np.float32)
        sizes = np.asarray(image.GetSpacing())[::-1]
        spacing = tuple(float(sizes[axis]) for axis in turned.order)
        box = body_box(array, (spacing[0], spacing[1], spacing[2]))
        mask = np.zeros(array.shape, dtype=bool)
        mask[box] = predict_liver(self.predictor, np.ascontiguousarray(array[box]), spacing, [1], False)
        if self.tidy:
            mask = postprocess(mask)
        return np.asarray(turned.turn_back(mask), dtype=bool)
