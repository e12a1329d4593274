"""A control for texture: the features of a case with the voxels inside its masks in random order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import SimpleITK as sitk

from LWCTRLogic.case import Case
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.imaging.volumes import read_image
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.backend import FeatureBackend
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.step import FeatureTable, made_by, write_table
from LWCTRLogic.training.feature_tables import (
    SHUFFLED_VOXELS,
    check_same_settings,
    read_cases,
    read_features,
)

SHUFFLED = "features_shuffled.parquet"


def shuffle_voxels(image: sitk.Image, mask: sitk.Image, seed: int) -> sitk.Image:
    """Return the image with the voxels inside the mask in random order; those outside stay.

    Parameters
    ----------
    image, mask : SimpleITK.Image
        On one grid; the mask is 0 outside.
    seed : int
        Of the order.
    """
    values = sitk.GetArrayFromImage(image)
    inside = sitk.GetArrayViewFromImage(mask) != 0
    values[inside] = np.random.default_rng(seed).permutation(values[inside])
    shuffled = sitk.GetImageFromArray(values)
    shuffled.CopyInformation(image)
    return shuffled


def extract_shuffled(
    case: Case,
    settings: ExtractionSettings,
    backend: FeatureBackend,
    seed: int,
    progress: Progress,
    threads: int = 1,
) -> Path:
    """Compute the features of every volume with shuffled voxels; return the table, which no prediction reads.

    Raises
    ------
    InputError
        When a volume has no image or mask.
    """
    table = FeatureTable({}, {**made_by(settings, backend), SHUFFLED_VOXELS: seed, "inputs": {}})
    for number, volume in enumerate(case.volumes()):
        path = case.current_mask(volume)
        if path is None or not case.image_path(volume).is_file():
            raise InputError(f"{volume} has no image or no mask", "both", "Run 'lwctr run' first")
        mask = read_mask(path, None if settings.label == 1 else settings.label)
        image = shuffle_voxels(read_image(case.image_path(volume)), mask, seed + number)
        table.rows[volume] = backend.extract(image, mask, replace(settings, label=1), progress, threads)
    target = case.folder / SHUFFLED
    write_table(table, target)
    return target


def read_shuffled(source: Path, ids: Sequence[str], origin: Mapping[str, Any]) -> pd.DataFrame:
    """Return the features (n, p) of shuffled voxels of a cohort.

    Parameters
    ----------
    source : Path
        A table, a folder that holds one (``lwctr simulate --images … --shuffle-voxels``), or a folder of cases
        (``lwctr extract CASE --shuffle-voxels``).
    ids : sequence of str
        The cohort's patients.
    origin : mapping
        What the cohort's own features were made with.

    Raises
    ------
    InputError
        When the features are not of shuffled voxels, or were extracted with other settings than the cohort's.
    """
    table = source / SHUFFLED if (source / SHUFFLED).is_file() else source
    frame, found = read_cases(source, list(ids), name=SHUFFLED) if table.is_dir() else read_features(table)
    if SHUFFLED_VOXELS not in found:
        raise InputError(
            f"{table} holds features of the scans as they are",
            "features of shuffled voxels",
            "Make them with 'lwctr extract CASE --shuffle-voxels 1'",
        )
    check_same_settings(origin, "the cohort", found, table.name)
    return frame
