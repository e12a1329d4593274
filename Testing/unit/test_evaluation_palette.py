"""One model has one line, whatever else a figure or a report shows."""

from __future__ import annotations

from LWCTRLogic.evaluation.figures.frame import COLOURS, line_style
from LWCTRLogic.evaluation.palette import KNOWN, cohort_places, line_places
from LWCTRLogic.models.bundle import MODEL_NAMES
from Testing.unit.scored_cohorts import scored_cohort


def test_a_known_model_keeps_its_line_in_every_company() -> None:
    assert line_places(["mine", "LWCTR"])["LWCTR"] == line_places(["LWCTR"])["LWCTR"]
    assert line_places(["Clinical", "mRECIST"])["Clinical"] == line_places(["Clinical", "LWCTR"])["Clinical"]


def test_each_of_the_methods_models_has_a_colour_of_its_own() -> None:
    assert {*MODEL_NAMES, "mRECIST", "Rad-Nomo"} == set(KNOWN)
    assert len(COLOURS) == len(KNOWN)
    assert len({line_style(place)["color"] for place in line_places(KNOWN).values()}) == len(KNOWN)


def test_other_scores_take_the_lines_that_are_free() -> None:
    places = line_places(["a", "b", "mRECIST"])
    assert len(set(places.values())) == 3
    assert places["a"] == 0


def test_everything_that_a_cohort_draws_has_a_place() -> None:
    assert set(cohort_places(scored_cohort())) == {"knowing", "noise", "mRECIST", "Rad-Nomo"}
