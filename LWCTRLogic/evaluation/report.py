"""The report of an evaluation as a document."""

from __future__ import annotations

from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.evaluation.sections.appendix import checklist_sections, methods_section
from LWCTRLogic.evaluation.sections.cohort import cohort_section
from LWCTRLogic.evaluation.sections.comparison import (
    comparison_section,
    reclassification_section,
    subgroup_section,
)
from LWCTRLogic.evaluation.sections.explanation import explanation_section
from LWCTRLogic.evaluation.sections.nomogram import nomogram_section
from LWCTRLogic.evaluation.sections.reliability import reliability_section
from LWCTRLogic.evaluation.sections.response import response_section
from LWCTRLogic.evaluation.sections.summary import summary_section
from LWCTRLogic.evaluation.sections.survival import survival_section
from LWCTRLogic.evaluation.sections.training import training_section
from LWCTRLogic.report.document import Document, Section
from LWCTRLogic.report.text import clean

TITLE = "Evaluation of scores"


def build_document(evaluation: Evaluation) -> Document:
    """Return the whole report as data."""
    cohort = evaluation.cohort
    sections: list[Section | None] = [
        summary_section(evaluation),
        methods_section(evaluation),
        cohort_section(evaluation),
        training_section(evaluation),
        response_section(evaluation),
        survival_section(evaluation),
        nomogram_section(evaluation),
        comparison_section(evaluation),
        subgroup_section(evaluation),
        reclassification_section(evaluation),
        reliability_section(evaluation),
        explanation_section(evaluation),
        *checklist_sections(evaluation),
    ]
    facts = (
        ("Cohort", clean(cohort.name)),
        ("Patients", str(len(cohort))),
        ("Scores", ", ".join(clean(score.name) for score in cohort.scores)),
    )
    return Document(
        TITLE, clean(cohort.name), facts, cohort.notice, f"{TITLE}: {clean(cohort.name)}",
        tuple(section for section in sections if section is not None),
    )  # fmt: skip
