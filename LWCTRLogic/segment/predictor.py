"""nnU-Net's predictor with progress by tile, an OpenVINO network, and a liver score that needs little memory.

Runs in the worker process only; everything here needs torch and nnunetv2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PLAIN_TRAINER = "nnUNetTrainer"


def make_predictor(
    on_tile: Callable[[int, int], None], *, device: str, step_size: float, mirroring: bool
) -> Any:
    """Return an ``nnUNetPredictor`` that calls ``on_tile(done, total)`` after each tile.

    Parameters
    ----------
    on_tile : callable
        Told how many tiles are done, over all folds.
    device : str
        ``cpu`` or ``cuda``.
    step_size : float
        Distance of neighbouring tiles as a fraction of the tile, in (0, 1].
    mirroring : bool
        Average over mirrored tiles (test-time augmentation), where the model was trained so.
    """
    import torch
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor

    class TilePredictor(nnUNetPredictor):  # type: ignore[misc]
        tiles_done = 0
        tiles = 0

        def _internal_get_sliding_window_slicers(self, image_size: tuple[int, ...]) -> Any:
            slicers = super()._internal_get_sliding_window_slicers(image_size)
            if not self.tiles:
                self.tiles = len(slicers) * len(self.list_of_parameters)
                on_tile(0, self.tiles)
            return slicers

        def _internal_maybe_mirror_and_predict(self, x: Any) -> Any:
            prediction = super()._internal_maybe_mirror_and_predict(x)
            self.tiles_done += 1
            on_tile(self.tiles_done, self.tiles)
            return prediction

    predictor = TilePredictor(
        tile_step_size=step_size,
        use_gaussian=True,
        use_mirroring=mirroring,
        perform_everything_on_device=device == "cuda",
        device=torch.device(device),
        allow_tqdm=False,
    )
    # nnU-Net lets cuDNN time its algorithms and take the fastest, which may be another one next time.
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    return predictor


def load_model(predictor: Any, folder: Path, folds: Sequence[str], checkpoint: str) -> None:
    """Load a model folder; a trainer class that is not at hand is replaced by the plain one.

    Only the network is needed of a trainer, and nearly all variants train the plain one. The weights fit the
    network or are refused, so a wrong guess cannot pass. Looking for a variant imports all of nnU-Net's
    trainers and with them timm and torchvision, which are often missing or broken.
    """
    from nnunetv2.inference import predict_from_raw_data

    find = predict_from_raw_data.recursive_find_trainer_class_by_name

    def find_or_plain(name: str) -> Any:
        try:
            return find(name)
        except (ImportError, RuntimeError):
            return find(PLAIN_TRAINER)

    predict_from_raw_data.recursive_find_trainer_class_by_name = find_or_plain
    try:
        predictor.initialize_from_trained_model_folder(str(folder), tuple(folds), checkpoint)
    finally:
        predict_from_raw_data.recursive_find_trainer_class_by_name = find


def use_openvino(predictor: Any, threads: int) -> None:
    """Replace the network by OpenVINO's compilation of it, with the same weights and single precision."""
    import openvino
    import torch

    patch = tuple(predictor.configuration_manager.patch_size)
    torch_network = predictor.network
    core = openvino.Core()
    options = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32", "NUM_STREAMS": 1}

    class CompiledNetwork(torch.nn.Module):  # type: ignore[misc]
        """Holds one compiled network a fold; nnU-Net changes folds by ``load_state_dict``."""

        def __init__(self) -> None:
            super().__init__()
            self.compiled: dict[int, Any] = {}
            self.current: Any = None

        def load_state_dict(self, parameters: Any, *args: Any, **kwargs: Any) -> None:
            if id(parameters) not in self.compiled:
                torch_network.load_state_dict(parameters)
                with torch.no_grad():
                    example = torch.zeros(1, 1, *patch)
                    model = openvino.convert_model(torch_network.eval(), example_input=example)
                model.reshape([1, 1, *patch])
                self.compiled[id(parameters)] = core.compile_model(model, "CPU", options)
            self.current = self.compiled[id(parameters)]

        def forward(self, tile: Any) -> Any:
            result = self.current(np.ascontiguousarray(tile.numpy()))[0]
            return torch.from_numpy(result.copy())

    predictor.network = CompiledNetwork()


def predict_liver(
    predictor: Any, array: NDArray[Any], spacing: Sequence[float], heads: Sequence[int], regions: bool
) -> NDArray[np.bool_]:
    """Segment one array.

    nnU-Net resamples every channel of its output to the image's grid and then takes the largest. The margin
    between the liver's channels and all others decides the same question, so that alone is resampled: for two
    channels the mask is the same, and a model of many organs needs a fraction of the memory.

    Parameters
    ----------
    predictor : nnUNetPredictor
        With a model loaded.
    array : numpy.ndarray
        HU by (z, y, x), axes as in training.
    spacing : sequence of float
        Voxel size in mm by (z, y, x).
    heads : sequence of int
        Output channels that are the liver.
    regions : bool
        Whether channels are sigmoids of overlapping regions rather than one softmax.

    Returns
    -------
    numpy.ndarray
        Mask on the grid of ``array``.
    """
    import torch

    plans, configuration = predictor.plans_manager, predictor.configuration_manager
    preprocessor = configuration.preprocessor_class(verbose=False)
    properties: dict[str, Any] = {"spacing": list(spacing)}
    data, _, properties = preprocessor.run_case_npy(
        array[None], None, properties, plans, configuration, predictor.dataset_json
    )
    logits = predictor.predict_logits_from_preprocessed_data(torch.from_numpy(data))
    del data
    score = _margin(logits, heads, regions)
    del logits
    shape = properties["shape_after_cropping_and_before_resampling"]
    forward = [properties["spacing"][axis] for axis in plans.transpose_forward]
    network_spacing = configuration.spacing
    if len(network_spacing) < len(shape):
        network_spacing = [forward[0], *network_spacing]
    score = configuration.resampling_fn_probabilities(score[None], shape, network_spacing, forward)
    mask = np.zeros(properties["shape_before_cropping"], dtype=bool)
    box = tuple(slice(*limits) for limits in properties["bbox_used_for_cropping"])
    mask[box] = np.asarray(score)[0] > 0
    return mask.transpose(plans.transpose_backward)


def _margin(logits: Any, heads: Sequence[int], regions: bool) -> NDArray[np.float32]:
    """Return how far the liver's channels lie above all others; positive is liver."""
    chosen = logits[list(heads)].amax(dim=0).float()
    if not regions:
        others = [head for head in range(logits.shape[0]) if head not in heads]
        chosen -= logits[others].amax(dim=0).float()
    margin: NDArray[np.float32] = chosen.numpy()
    return margin
