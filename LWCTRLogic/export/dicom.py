"""DICOM SEG and SR of a case: identified, over the original series, or over generated images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from pydicom.dataset import Dataset

from LWCTRLogic import files
from LWCTRLogic.case import Case
from LWCTRLogic.dicom.quiet import quiet_pydicom
from LWCTRLogic.dicom.seg import read_dicom_seg
from LWCTRLogic.errors import BackendError, InputError
from LWCTRLogic.export.authors import author_of
from LWCTRLogic.export.generated import generate_sources
from LWCTRLogic.export.measurements import MILLILITRE, VOLUME, Measured, main_features
from LWCTRLogic.export.segmentation import highdicom, make_segmentation
from LWCTRLogic.export.sources import Source, by_study, find_sources
from LWCTRLogic.export.structured_report import Liver, check_score, make_report
from LWCTRLogic.imaging.geometry import check_same_grid, lay_on_grid
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.imaging.volumes import read_image
from LWCTRLogic.models.prediction import Prediction
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.step import FeatureTable, read_table
from LWCTRLogic.reading.blinding import is_blinded
from LWCTRLogic.segment.quality import volume_ml

FIRST_SERIES = 9000


@dataclass(frozen=True)
class DicomOptions:
    """What to export.

    Attributes
    ----------
    source : Path or None
        Folder of the original series, for an identified export; ``None`` generates images and UIDs.
    names : dict of str to str
        Reader's pseudonym → name to write as creator.
    score : bool
        Whether the headline score stands in the report; refused for a demonstration bundle.
    """

    source: Path | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    score: bool = False


def export_dicom(
    case: Case, output: Path, options: DicomOptions, progress: Progress | None = None
) -> list[Path]:
    """Write a SEG of each mask in use and an SR for each study; return the files.

    Each SEG is read back and compared with its mask, voxel for voxel, before anything is called done.

    Raises
    ------
    InputError
        When no volume has a mask, a reading is open, the original series are not in the folder, or a
        demonstration score was asked for.
    GeometryError
        When a mask does not lie on its image's grid.
    DependencyError
        When highdicom is not installed.
    BackendError
        When a SEG did not come back as it was written.
    """
    progress = progress or Progress()
    highdicom()
    if is_blinded(case):
        raise InputError(f"{case.folder} is being read", "no open reading", "Close the reading first")
    images, masks = _inputs(case)
    prediction = _prediction(case) if options.score else None
    if options.source is None:
        sources = generate_sources(case.load_info().case_id, images)
    else:
        sources = find_sources(images, options.source, progress)
    with quiet_pydicom():
        written = _write_generated(output, sources) if options.source is None else []
        livers = []
        for number, (volume, source) in enumerate(sources.items()):
            progress.update("DICOM export", number, len(sources), volume)
            livers.append(_liver(case, source, masks[volume], options.names, FIRST_SERIES + number))
            written.append(_write(output / f"{volume}_seg.dcm", livers[-1].segmentation))
            _read_back(written[-1], images[volume], masks[volume])
        written += _write_reports(output, livers, prediction)
    progress.update("DICOM export", len(sources), len(sources))
    return written


def _inputs(case: Case) -> tuple[dict[str, sitk.Image], dict[str, sitk.Image]]:
    paths = {volume: case.current_mask(volume) for volume in case.volumes()}
    masks = {volume: read_mask(path) for volume, path in paths.items() if path is not None}
    if not masks:
        raise InputError("no volume of the case has a mask", "at least one", "Run 'lwctr segment' first")
    images = {volume: read_image(case.image_path(volume)) for volume in masks}
    for volume, mask in masks.items():
        check_same_grid(images[volume], mask)
    return images, masks


def _liver(case: Case, source: Source, mask: sitk.Image, names: Mapping[str, str], number: int) -> Liver:
    version = case.current_mask(source.volume)
    assert version is not None
    author = author_of(case, source.volume, version.name, names)
    tracking_id = f"{case.load_info().case_id} {source.volume} liver"[:64]
    made = make_segmentation(source, mask, author, tracking_id, number)
    measured = (Measured(VOLUME, volume_ml(mask), MILLILITRE), *_features(case, source.volume))
    return Liver(source, made, author, tracking_id, measured)


def _features(case: Case, volume: str) -> Sequence[Measured]:
    """Return the main features, where they were computed from the mask in use."""
    if not case.features_path.exists():
        return ()
    table = read_table(case.features_path)
    if volume not in table.rows or not _is_current(case, volume, table):
        return ()
    return tuple(main_features(table.rows[volume], _signature(case, volume)))


def _is_current(case: Case, volume: str, table: FeatureTable) -> bool:
    mask = case.current_mask(volume)
    inputs = table.origin.get("inputs", {}).get(volume, {})
    return mask is not None and inputs.get("mask") == files.sha256(mask)


def _signature(case: Case, volume: str) -> list[str]:
    if not case.prediction_path.exists():
        return []
    prediction = Prediction.from_dict(files.read_json(case.prediction_path))
    return [
        part.feature.partition(":")[2]
        for explanation in prediction.explanations
        if explanation.model == prediction.model
        for part in explanation.contributions
        if part.feature.startswith(f"{volume}:")
    ]


def _prediction(case: Case) -> Prediction:
    if not case.prediction_path.exists():
        raise InputError("the case has no prediction", "prediction.json", "Run 'lwctr predict' first")
    prediction = Prediction.from_dict(files.read_json(case.prediction_path))
    check_score(prediction)  # before anything is written
    return prediction


def _write_generated(output: Path, sources: Mapping[str, Source]) -> list[Path]:
    return [
        _write(output / f"{volume}_ct" / f"{number:04d}.dcm", ds)
        for volume, source in sources.items()
        for number, ds in enumerate(source.datasets, start=1)
    ]


def _write_reports(output: Path, livers: Sequence[Liver], score: Prediction | None) -> list[Path]:
    by_volume = {liver.source.volume: liver for liver in livers}
    written = []
    studies = list(by_study([liver.source for liver in livers]).values())
    for number, group in enumerate(studies, start=1):
        members = [by_volume[source.volume] for source in group]
        last = number == len(studies)  # the score needs every examination, so it stands with the last
        report = make_report(members, FIRST_SERIES + 100 + number, score if last else None)
        written.append(_write(output / f"{'_'.join(one.source.volume for one in members)}_sr.dcm", report))
    return written


def _write(path: Path, ds: Dataset) -> Path:
    files.write_with(path, lambda name: ds.save_as(name, enforce_file_format=True))
    return path


def _read_back(path: Path, image: sitk.Image, mask: sitk.Image) -> None:
    back = sitk.GetArrayFromImage(lay_on_grid(read_dicom_seg(path), image, tolerance_mm=0.01))
    wrong = int(np.count_nonzero((back != 0) != (sitk.GetArrayViewFromImage(mask) != 0)))
    if wrong:
        raise BackendError(f"{path.name} differs from its mask in {wrong} voxels", "every voxel equal")
