"""Reporting checklists: as many items as the publications have, filled by what is known."""

from __future__ import annotations

import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.checklists import FOR_THE_AUTHORS, NAMES, fill_checklist, topics


@pytest.mark.parametrize(("name", "count"), [("tripod_ai", 52), ("clear", 58), ("metrics", 30)])
def test_a_checklist_has_as_many_items_as_its_publication(name: str, count: int) -> None:
    items = fill_checklist(name, {}).items
    assert len(items) == count
    assert len({item.number for item in items}) == count


def test_the_weights_of_metrics_sum_to_one() -> None:
    weights = [item.weight or 0.0 for item in fill_checklist("metrics", {}).items]
    assert sum(weights) == pytest.approx(1.0, abs=1e-9)


def test_nothing_is_filled_when_nothing_is_known() -> None:
    for name in NAMES:
        checklist = fill_checklist(name, {})
        assert checklist.filled == 0
        assert {item.answer for item in checklist.items} == {FOR_THE_AUTHORS}


def test_a_fact_fills_each_item_that_asks_for_it_and_no_other() -> None:
    checklist = fill_checklist("clear", {"missing": "none were missing"})
    filled = {item.number: item.answer for item in checklist.items if not item.is_open}
    assert filled == {"29": "none were missing"}


def test_an_item_on_two_topics_joins_what_is_known_of_them() -> None:
    items = fill_checklist("tripod_ai", {"outcome": "overall survival", "horizon": "12 months"}).items
    assert next(item.answer for item in items if item.number == "8a") == "overall survival; 12 months"


def test_ethics_funding_and_registration_are_always_left_to_the_authors() -> None:
    facts = dict.fromkeys(topics(), "known")
    items = {item.number: item for item in fill_checklist("tripod_ai", facts).items}
    assert all(items[number].is_open for number in ("17", "18a", "18b", "18c", "18d", "19"))


def test_a_fact_that_no_checklist_asks_for_is_refused() -> None:
    with pytest.raises(InputError, match="sampel_size"):
        fill_checklist("clear", {"sampel_size": "395"})


def test_an_unknown_checklist_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="tripod_ai, clear, metrics"):
        fill_checklist("stard", {})
