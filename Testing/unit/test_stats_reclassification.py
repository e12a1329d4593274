"""Reclassification against R and a hand computation."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.reclassification import WARNING, integrated_discrimination, net_reclassification
from Testing.r_reference import r_numbers, r_table


@pytest.mark.parametrize(("name", "cutoffs"), [("continuous", None), ("categorical", [0.6, 0.3])])
def test_hmisc_finds_the_same_improvement_and_errors(name: str, cutoffs: list | None) -> None:
    table, expected = r_table("diagnosis"), r_numbers("threshold")[name]
    ours = net_reclassification(table["y"], table["q"], table["p"], cutoffs=cutoffs)
    for part, suffix in ((ours.total, ""), (ours.events, ".ev"), (ours.non_events, ".ne")):
        found = (part.difference.value, part.difference.se)
        assert found == pytest.approx((expected[f"nri{suffix}"], expected[f"se.nri{suffix}"]), abs=1e-12)
    if name == "categorical":
        assert ours.table_events is not None and ours.table_non_events is not None
        assert ours.table_events.tolist() == r_numbers("threshold")["table_events"]
        assert ours.table_events.sum() + ours.table_non_events.sum() == len(table)
    else:
        assert ours.table_events is None


def test_hmisc_finds_the_same_integrated_improvement() -> None:
    table, expected = r_table("diagnosis"), r_numbers("threshold")["continuous"]
    ours = integrated_discrimination(table["y"], table["q"], table["p"])
    found = [ours.difference.value, ours.difference.se, ours.test.statistic]
    assert found == pytest.approx([expected[key] for key in ("idi", "se.idi", "z.idi")], abs=1e-12)


def test_one_event_moved_up_and_one_non_event_moved_up_cancel() -> None:
    ours = net_reclassification([1, 1, 0, 0], [0.2, 0.2, 0.2, 0.2], [0.4, 0.2, 0.4, 0.2], cutoffs=[0.3])
    assert (ours.events.difference.value, ours.non_events.difference.value) == (0.5, -0.5)
    assert ours.total.difference.value == 0


def test_the_reason_to_keep_it_off_is_said() -> None:
    assert "miscalibrated" in WARNING


def test_input_that_cannot_be_reclassified_is_refused() -> None:
    with pytest.raises(InputError, match="2 of 2"):
        net_reclassification([1, 1], [0.1, 0.2], [0.2, 0.1])
    with pytest.raises(InputError, match="missing"):
        integrated_discrimination([0, 1], [0.1, np.nan], [0.2, 0.1])
