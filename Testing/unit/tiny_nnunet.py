"""A tiny nnU-Net model folder for tests: a real network of nnU-Net with random weights."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

PATCH = [16, 16, 16]
SPACING = [8.0, 8.0, 8.0]


def plans(configuration: str = "3d_fullres") -> dict:
    resampling = {"is_seg": False, "order": 1, "order_z": 0, "force_separate_z": None}
    return {
        "dataset_name": "Dataset999_Tiny",
        "plans_name": "nnUNetPlans",
        "original_median_spacing_after_transp": SPACING,
        "original_median_shape_after_transp": [32, 32, 32],
        "image_reader_writer": "SimpleITKIO",
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {
            "0": {"mean": 50.0, "std": 100.0, "percentile_00_5": -200.0, "percentile_99_5": 300.0}
        },
        "configurations": {
            configuration: {
                "data_identifier": "tiny",
                "preprocessor_name": "DefaultPreprocessor",
                "batch_size": 2,
                "patch_size": PATCH,
                "spacing": SPACING,
                "normalization_schemes": ["CTNormalization"],
                "use_mask_for_norm": [False],
                "resampling_fn_data": "resample_data_or_seg_to_shape",
                "resampling_fn_seg": "resample_data_or_seg_to_shape",
                "resampling_fn_data_kwargs": resampling,
                "resampling_fn_seg_kwargs": {**resampling, "is_seg": True},
                "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
                "resampling_fn_probabilities_kwargs": resampling,
                "batch_dice": False,
                "architecture": {
                    "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
                    "arch_kwargs": {
                        "n_stages": 2,
                        "features_per_stage": [4, 8],
                        "conv_op": "torch.nn.modules.conv.Conv3d",
                        "kernel_sizes": [[3, 3, 3], [3, 3, 3]],
                        "strides": [[1, 1, 1], [2, 2, 2]],
                        "n_conv_per_stage": [1, 1],
                        "n_conv_per_stage_decoder": [1],
                        "conv_bias": True,
                        "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
                        "norm_op_kwargs": {"eps": 1e-05, "affine": True},
                        "dropout_op": None,
                        "dropout_op_kwargs": None,
                        "nonlin": "torch.nn.LeakyReLU",
                        "nonlin_kwargs": {"inplace": True},
                    },
                    "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
                },
            }
        },
    }


def dataset(labels: dict | None = None) -> dict:
    regions = sum(isinstance(value, list) for value in (labels or {}).values())
    return {
        **({"regions_class_order": list(range(1, len(labels)))} if regions else {}),
        "channel_names": {"0": "CT"},
        "labels": labels or {"background": 0, "liver": 1},
        "numTraining": 1,
        "file_ending": ".nii.gz",
        "licence": "CC0-1.0",
    }


def write_json_files(folder: Path, labels: dict | None = None) -> Path:
    """The two JSON files and an empty checkpoint: enough for all that reads no weights."""
    (folder / "fold_all").mkdir(parents=True)
    (folder / "plans.json").write_text(json.dumps(plans()))
    (folder / "dataset.json").write_text(json.dumps(dataset(labels)))
    (folder / "fold_all" / "checkpoint_final.pth").write_bytes(b"")
    return folder


def write_model(folder: Path, labels: dict | None = None, trainer: str = "nnUNetTrainer") -> Path:
    """A model that runs: random weights, seeded, with an output near the middle so that masks are mixed."""
    import torch
    from dynamic_network_architectures.architectures.unet import PlainConvUNet

    write_json_files(folder, labels)
    settings = plans()["configurations"]["3d_fullres"]["architecture"]["arch_kwargs"]
    torch.manual_seed(3)
    network = PlainConvUNet(
        input_channels=1,
        num_classes=_channels(labels),
        **{
            **settings,
            "conv_op": torch.nn.Conv3d,
            "norm_op": torch.nn.InstanceNorm3d,
            "nonlin": torch.nn.LeakyReLU,
        },
    )
    _balance(network)
    content = {
        "network_weights": network.state_dict(),
        "trainer_name": trainer,
        "init_args": {"configuration": "3d_fullres"},
        "inference_allowed_mirroring_axes": (0, 1, 2),
    }
    torch.save(content, folder / "fold_all" / "checkpoint_final.pth")
    return folder


def _channels(labels: dict | None) -> int:
    """One channel a label; in a model of regions the background has none."""
    regions = any(isinstance(value, list) for value in (labels or {}).values())
    return len(labels or (0, 1)) - regions


def _balance(network) -> None:
    """Shift each channel so that its median over noise is 0: every label wins somewhere."""
    import torch

    with torch.no_grad():
        logits = network.eval()(torch.randn(1, 1, *PATCH))[0]
        bias = network.decoder.seg_layers[-1].bias
        bias -= logits.flatten(1).median(dim=1).values


def zip_folder(folder: Path, target: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"{inside}{path.relative_to(folder).as_posix()}")
    return target
