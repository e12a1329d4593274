"""What drives the leading score: exact attributions over the cohort."""

from __future__ import annotations

from functools import partial

from LWCTRLogic.evaluation.figures import beeswarm
from LWCTRLogic.evaluation.figures.frame import WIDE, thinned
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.report.document import Paragraph, Picture, Section

_SHOWN, _DOTS = 20, 400


def explanation_section(evaluation: Evaluation) -> Section | None:
    """Return the attribution summary, or ``None`` where the features are not at hand."""
    if evaluation.attribution is None:
        return None
    found = evaluation.attribution.strongest(_SHOWN)
    kept = thinned(len(found.contributions), _DOTS)
    title = f"Attribution of {found.model}, strongest features first"
    draw = partial(
        beeswarm.draw_beeswarm,
        names=found.names, attributions=found.contributions[kept], values=found.values[kept], title=title,
        notice=evaluation.cohort.notice,
    )  # fmt: skip
    note = (
        "A dot a patient. For a linear score the Shapley value of a feature is its weight times its distance from the "
        "training mean, exactly: nothing was sampled. It explains the model, not the disease."
    )
    picture = Picture("attribution", draw, WIDE, beeswarm.height(len(found.names)), title, title)
    return Section("explanation", "What drives the score", (picture, Paragraph(note, "note")), new_page=True)
