"""The report's order: which section follows which, and what stands at the top of every page."""

from __future__ import annotations

from LWCTRLogic.report.document import Document, Section
from LWCTRLogic.report.gather import ReportData
from LWCTRLogic.report.sections.explanation import explanation_section
from LWCTRLogic.report.sections.making import provenance_section
from LWCTRLogic.report.sections.models import models_section
from LWCTRLogic.report.sections.scans import (
    patient_section,
    slices_section,
    volumes_section,
    warnings_section,
)
from LWCTRLogic.report.sections.summary import summary_section
from LWCTRLogic.report.sections.survival import nomogram_section, survival_section
from LWCTRLogic.report.text import clean

TITLE = "Whole-liver CT radiomics report"


def build_document(data: ReportData) -> Document:
    """Return the whole report as data."""
    bundle = data.prediction.bundle
    sections: tuple[Section | None, ...] = (
        summary_section(data),
        warnings_section(data),
        patient_section(data),
        volumes_section(data),
        models_section(data),
        slices_section(data),
        survival_section(data),
        nomogram_section(data),
        explanation_section(data),
        provenance_section(data),
    )
    facts = (
        ("Case", data.info.case_id),
        ("Centre", clean(data.info.centre)),
        ("Model bundle", clean(f"{bundle.name} {bundle.version}")),
    )
    return Document(
        TITLE,
        data.info.case_id,
        tuple((name, value) for name, value in facts if value),
        data.notice,
        f"{TITLE} {data.info.case_id}",
        tuple(section for section in sections if section is not None),
    )
