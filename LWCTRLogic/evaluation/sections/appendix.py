"""How it was computed, and the reporting checklists."""

from __future__ import annotations

from LWCTRLogic.evaluation.checklists import NAMES, fill_checklist
from LWCTRLogic.evaluation.facts import known_facts
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.report.document import Cell, Column, Paragraph, Section, Table

_METHODS = (
    "Response is being alive at the horizon, counted from the first dose. Discrimination is the "
    "cumulative/dynamic AUC with inverse-probability-of-censoring weights; its interval comes from "
    "the influence functions, which count the estimate of the weights too, and a bootstrap over "
    "patients stands beside it.",
    "Survival is counted from the follow-up scan among those alive and under observation there (for "
    "progression-free survival: also without progression), since the score uses that scan. Without "
    "such a time it is counted from the first dose.",
    "Calibration: logistic regression of being alive on the logit of the prediction with the same "
    "weights; the curve is a restricted cubic spline; groups are compared with Kaplan–Meier.",
    "Hazard ratios: Cox models with Efron's ties. Log-rank tests use the hypergeometric variance. "
    "Restricted means use the variance of the estimator. Medians have log-log limits.",
    "Every interval is one of 95 %, every p-value two-sided and not adjusted. NRI and IDI are left "
    "out unless asked for, since both can favour a useless model.",
)


def methods_section(evaluation: Evaluation) -> Section:
    """Return how the numbers were obtained."""
    return Section("methods", "How this was computed", tuple(Paragraph(text) for text in _METHODS))


def checklist_sections(evaluation: Evaluation) -> list[Section]:
    """Return TRIPOD+AI, CLEAR and METRICS, filled where the software knows the answer."""
    facts = known_facts(evaluation)
    sections: list[Section] = []
    for name in NAMES:
        checklist = fill_checklist(name, facts)
        rows = tuple(
            (
                Cell(item.number),
                Cell(item.section, "muted"),
                Cell(item.asks),
                Cell(item.answer, "muted" if item.is_open else ""),
            )
            for item in checklist.items
        )
        columns = (
            Column("Item", 0.45),
            Column("Section", 1.45),
            Column("Asks for", 3.1),
            Column("Answer", 3.3),
        )
        note = (
            f"{checklist.source}. {checklist.filled} of {len(rows)} items could be filled from what "
            "the software knows; the items are named in short here, so take the publication's wording"
            " for the rest."
        )
        table = Table("", columns, rows)
        sections.append(
            Section(
                f"checklist-{name}", checklist.title, (Paragraph(note, "note"), table), new_page=not sections
            )
        )
    return sections
