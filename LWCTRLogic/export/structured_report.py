"""Volumes and main features of a study's livers as a DICOM structured report (TID 1500)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset

from LWCTRLogic import __version__
from LWCTRLogic.case import TIMEPOINTS, volume_label
from LWCTRLogic.errors import InputError
from LWCTRLogic.export.authors import Author
from LWCTRLogic.export.generated import new_uid
from LWCTRLogic.export.measurements import NO_UNIT, SCHEME, CodedName, Measured
from LWCTRLogic.export.segmentation import MANUFACTURER, highdicom
from LWCTRLogic.export.sources import Source
from LWCTRLogic.models.prediction import Prediction

_SCORE = CodedName("SCORE", SCHEME, "Predicted probability of surviving 12 months")


@dataclass(frozen=True)
class Liver:
    """One segmented liver with its numbers."""

    source: Source
    segmentation: Dataset
    author: Author
    tracking_id: str
    measured: tuple[Measured, ...]


def make_report(livers: Sequence[Liver], series_number: int, score: Prediction | None = None) -> Dataset:
    """Make a Comprehensive 3D SR after TID 1500 over the livers of one study.

    Parameters
    ----------
    livers : sequence of Liver
        Of one study; the SR takes patient and study from their images.
    series_number : int
        Number of the new series.
    score : Prediction, optional
        Whose headline score is to stand in the report, with the bundle that made it.

    Raises
    ------
    DependencyError
        When highdicom is not installed.
    InputError
        When the score comes from a demonstration bundle, or there is none.
    """
    hd = highdicom()
    from pydicom.sr.codedict import codes

    groups = [_liver_group(hd, liver) for liver in livers]
    if score is not None:
        groups.append(_score_group(hd, score))
    content = hd.sr.MeasurementReport(
        observation_context=_context(hd, livers),
        procedure_reported=codes.LN.CTUnspecifiedBodyRegion,
        imaging_measurements=groups,
        title=codes.DCM.ImagingMeasurementReport,
    )
    evidence = [ds for liver in livers for ds in (liver.segmentation, *liver.source.datasets)]
    made: Dataset = hd.sr.Comprehensive3DSR(
        evidence=evidence,
        content=content[0],
        series_instance_uid=new_uid(),
        series_number=series_number,
        sop_instance_uid=new_uid(),
        instance_number=1,
        manufacturer=MANUFACTURER,
        series_description="LWCTR volumes and features",
    )
    return made


def _coded(hd: Any, code: CodedName) -> Any:
    return hd.sr.CodedConcept(code.value, code.scheme, code.meaning)


def _context(hd: Any, livers: Sequence[Liver]) -> Any:
    """Name the readers as observers, or the program where no reader made any of the masks."""
    from pydicom.sr.codedict import codes

    readers = dict.fromkeys(liver.author.name for liver in livers if liver.author.name)
    if readers:
        first, *others = (
            hd.sr.ObserverContext(
                observer_type=codes.DCM.Person,
                observer_identifying_attributes=hd.sr.PersonObserverIdentifyingAttributes(name=name),
            )
            for name in readers
        )
        context = hd.sr.ObservationContext(observer_person_context=first)
        for other in others:  # TID 1001 takes several; highdicom's constructor one
            context.extend(other)
        return context
    device = hd.sr.DeviceObserverIdentifyingAttributes(
        uid=new_uid(), name="LWCTR", manufacturer_name=MANUFACTURER, model_name=f"LWCTR {__version__}"
    )
    return hd.sr.ObservationContext(
        observer_device_context=hd.sr.ObserverContext(
            observer_type=codes.DCM.Device, observer_identifying_attributes=device
        )
    )


def _liver_group(hd: Any, liver: Liver) -> Any:
    from pydicom.sr.codedict import codes

    timepoint = liver.source.volume.partition("_")[0]
    segment = hd.sr.ReferencedSegment(
        sop_class_uid=liver.segmentation.SOPClassUID,
        sop_instance_uid=liver.segmentation.SOPInstanceUID,
        segment_number=1,
        source_series=hd.sr.SourceSeriesForSegmentation(str(liver.source.datasets[0].SeriesInstanceUID)),
    )
    return hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(
            uid=str(liver.segmentation.SegmentSequence[0].TrackingUID), identifier=liver.tracking_id
        ),
        referenced_segment=segment,
        time_point_context=hd.sr.TimePointContext(
            time_point=TIMEPOINTS[timepoint], time_point_order=list(TIMEPOINTS).index(timepoint) + 1
        ),
        finding_category=codes.SCT.AnatomicalStructure,
        finding_type=codes.SCT.Liver,
        session=volume_label(liver.source.volume),
        algorithm_id=hd.sr.AlgorithmIdentification(name="LWCTR", version=__version__),
        measurements=[
            hd.sr.Measurement(_coded(hd, one.name), one.number, _coded(hd, one.unit))
            for one in liver.measured
        ],
    )


def check_score(prediction: Prediction) -> float:
    """Return the headline score where it may stand in a DICOM report.

    Raises
    ------
    InputError
        When it comes from a demonstration bundle, or there is none.
    """
    headline, bundle = prediction.headline(), prediction.bundle
    if bundle.demonstration:
        raise InputError(
            f"the score comes from the demonstration bundle {bundle.name}",
            "a bundle trained on patients",
            "Export without the score: a demonstration score never enters a DICOM report",
        )
    if headline is None or headline.score is None:
        raise InputError("the prediction has no score", "a score")
    return headline.score


def _score_group(hd: Any, prediction: Prediction) -> Any:
    score, bundle = check_score(prediction), prediction.bundle
    headline = prediction.headline()
    assert headline is not None
    return hd.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(uid=new_uid(), identifier=headline.label),
        algorithm_id=hd.sr.AlgorithmIdentification(
            name=bundle.name, version=bundle.version, parameters=[f"sha256={bundle.sha256}"]
        ),
        measurements=[hd.sr.Measurement(_coded(hd, _SCORE), score, _coded(hd, NO_UNIT))],
    )
