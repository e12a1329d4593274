"""What drives the leading score: exact attributions over the cohort, and of single patients."""

from __future__ import annotations

from functools import partial

from LWCTRLogic.evaluation.attribution import Attribution
from LWCTRLogic.evaluation.figures import beeswarm
from LWCTRLogic.evaluation.figures.frame import WIDE, thinned
from LWCTRLogic.evaluation.kernel import KernelCheck
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.models.prediction import Explanation
from LWCTRLogic.report.document import Block, Cell, Column, Paragraph, Picture, Section, Table
from LWCTRLogic.report.figures import force
from LWCTRLogic.report.text import clean, number, significant

_SHOWN, _DOTS, _PARTS = 20, 400, 5
NOTE = (
    "A dot a patient. For a linear score the Shapley value of a feature is its weight times its distance from the "
    "training mean, exactly: nothing was sampled. It explains the model, not the disease."
)


def explanation_section(evaluation: Evaluation) -> Section | None:
    """Return summary and force plots, or ``None`` where the features are not at hand."""
    found = evaluation.material.attribution
    if found is None or not found.known.any():
        return None
    notice = evaluation.cohort.notice
    blocks: list[Block] = [_summary(found, notice), Paragraph(NOTE, "note")]
    blocks.append(Paragraph(_kernel(evaluation.kernel), "note"))
    for place, (who, one) in enumerate(found.examples().items(), 1):
        blocks.append(_force(place, who, one, notice))
    blocks.append(_parts(found))
    return Section("explanation", "What drives the score", tuple(blocks))


def _summary(found: Attribution, notice: str) -> Picture:
    chosen = found.strongest(_SHOWN)
    rows = found.known.nonzero()[0]
    rows = rows[thinned(len(rows), _DOTS)]
    name = found.classifier.name
    title = f"Attribution of {name}, strongest features first"
    names = [found.classifier.features[at].label for at in chosen]
    draw = partial(
        beeswarm.draw_beeswarm,
        names=names,
        attributions=found.contributions[rows][:, chosen],
        values=found.values[rows][:, chosen],
        title=title,
        notice=notice,
    )
    return Picture("attribution", draw, WIDE, beeswarm.height(len(names)), title, title)


def _kernel(check: KernelCheck | None) -> str:
    """Return what shap's kernel explainer says to this."""
    if check is None:
        return (
            "The kernel explainer of the package shap, which the article used, was not run beside it: the package is "
            "not installed. Its default would set all but ten features to zero."
        )
    return (
        f"shap {check.version}, kernel explainer with l1_reg = 0, on {check.patients} patients: no attribution differs "
        f"by more than {significant(check.largest, 2)}. Its default would set all but ten features to zero."
    )


def _force(place: int, who: str, one: Explanation, notice: str) -> Picture:
    words = (
        f"From the average {number(one.base, 2, signed=True)} to {number(force.margin(one), 2, signed=True)}."
    )
    return Picture(
        f"force-{place}",
        lambda canvas: force.draw_force(canvas, one, notice),
        force.WIDTH,
        force.HEIGHT,
        f"Force plot: {who}",
        words,
        f"{who[0].upper()}{who[1:]}. The numbers are those of the table below.",
    )


def _parts(found: Attribution) -> Table:
    """Return the largest parts of each example."""
    rows = []
    for who, one in found.examples().items():
        for rank, part in enumerate(one.ranked()[:_PARTS], 1):
            rows.append(
                (
                    Cell(f"{who.removeprefix('the patient at the ').removesuffix(' of the score')}", "strong")
                    if rank == 1
                    else Cell(""),
                    Cell(str(rank)),
                    Cell(clean(part.label)),
                    Cell(significant(part.value)),
                    Cell(
                        number(part.contribution, 3, signed=True),
                        "responder" if part.contribution > 0 else "non-responder",
                    ),
                )
            )
    columns = (
        Column("Patient at the", 1.3),
        Column("No.", 0.5, "right"),
        Column("Feature", 5.2),
        Column("Value", 1.2, "right"),
        Column("Part of margin", 1.2, "right"),
    )
    return Table("The largest parts of these patients' scores", columns, tuple(rows), whole=True)
