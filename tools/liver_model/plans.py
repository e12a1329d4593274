"""nnU-Net's plans and data set description of the liver model, chosen by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from .tissues import REGIONS

CONFIGURATION = "3d_fullres"
DATASET = "Dataset901_LiverPhantom"
HU_WINDOW = (-150.0, 250.0)
HU_STEP = 80.0
"""HU to one unit. The lower end of the window maps to 0, so that nnU-Net's zero padding looks like air."""


@dataclass(frozen=True)
class Design:
    """What makes one network bigger or finer than another.

    Attributes
    ----------
    voxel : float
        Isotropic voxel size in mm.
    patch : tuple of int
        Patch size by (z, y, x), a multiple of 2 to the power of (stages - 1).
    features : tuple of int
        Channels of each stage.
    batch_size : int
        Patches a batch.
    """

    voxel: float = 3.0
    patch: tuple[int, int, int] = (48, 80, 112)
    features: tuple[int, ...] = (16, 32, 64, 128, 160)
    batch_size: int = 1

    @property
    def strides(self) -> list[int]:
        """Down-sampling of each output of the network, finest first."""
        return [2**stage for stage in range(len(self.features) - 1)]


def normalise(hu: torch.Tensor) -> torch.Tensor:
    """Return HU as nnU-Net's CT normalisation with these plans gives them."""
    return (hu.clamp(*HU_WINDOW) - HU_WINDOW[0]) / HU_STEP


def make_plans(design: Design) -> dict[str, Any]:
    """Return the content of ``plans.json``."""
    resampling = {"is_seg": False, "force_separate_z": None, "memefficient_seg_resampling": False}
    low, high = HU_WINDOW
    intensities = {
        "mean": low, "std": HU_STEP, "percentile_00_5": low, "percentile_99_5": high,
        "min": low, "max": high, "median": low,
    }  # fmt: skip
    return {
        "dataset_name": DATASET,
        "plans_name": "nnUNetPlans",
        "original_median_spacing_after_transp": [design.voxel] * 3,
        "original_median_shape_after_transp": list(design.patch),
        "image_reader_writer": "SimpleITKIO",
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "configurations": {
            CONFIGURATION: {
                "data_identifier": f"nnUNetPlans_{CONFIGURATION}",
                "preprocessor_name": "DefaultPreprocessor",
                "batch_size": design.batch_size,
                "patch_size": list(design.patch),
                "median_image_size_in_voxels": [float(size) for size in design.patch],
                "spacing": [design.voxel] * 3,
                "normalization_schemes": ["CTNormalization"],
                "use_mask_for_norm": [False],
                "resampling_fn_data": "resample_torch_fornnunet",
                "resampling_fn_seg": "resample_torch_fornnunet",
                "resampling_fn_data_kwargs": dict(resampling),
                "resampling_fn_seg_kwargs": {**resampling, "is_seg": True},
                "resampling_fn_probabilities": "resample_torch_fornnunet",
                "resampling_fn_probabilities_kwargs": dict(resampling),
                "architecture": _architecture(design),
                "batch_dice": False,
            }
        },
        "experiment_planner_used": "ExperimentPlanner",
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {"0": intensities},
    }


def _architecture(design: Design) -> dict[str, Any]:
    stages = len(design.features)
    return {
        "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
        "arch_kwargs": {
            "n_stages": stages,
            "features_per_stage": list(design.features),
            "conv_op": "torch.nn.modules.conv.Conv3d",
            "kernel_sizes": [[3, 3, 3]] * stages,
            "strides": [[1, 1, 1]] + [[2, 2, 2]] * (stages - 1),
            "n_conv_per_stage": [1] + [2] * (stages - 1),
            "n_conv_per_stage_decoder": [1] * (stages - 1),
            "conv_bias": True,
            "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
            "norm_op_kwargs": {"eps": 1e-05, "affine": True},
            "dropout_op": None,
            "dropout_op_kwargs": None,
            "nonlin": "torch.nn.LeakyReLU",
            "nonlin_kwargs": {"inplace": True},
        },
        "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
    }


def make_dataset(cases: int, *, with_organs: bool) -> dict[str, Any]:
    """Return the content of ``dataset.json``: with the organs learnt alongside, or with the liver alone."""
    labels: dict[str, Any] = {"background": 0, "liver": 1}
    dataset: dict[str, Any] = {
        "name": DATASET,
        "description": "Whole liver with tumours; trained on phantoms made in code, no patient data",
        "channel_names": {"0": "CT"},
        "labels": labels,
        "numTraining": cases,
        "file_ending": ".nii.gz",
    }
    if with_organs:
        labels.clear()
        labels["background"] = 0
        labels["liver"] = [1, 2]  # with its tumours; nnU-Net sees regions where one has several labels
        labels.update({name: [number] for number, name in enumerate(REGIONS, start=3)})
        dataset["regions_class_order"] = [1, *range(3, 3 + len(REGIONS))]
    return dataset
