"""Evidence is weighed: enough of it proposes a phase, too little or too much against it is undetermined."""

from __future__ import annotations

from pathlib import Path

import pytest

from LWCTRLogic.dicom.find import find_series
from LWCTRLogic.dicom.phase import (
    UNDETERMINED,
    Evidence,
    decide,
    hu_evidence,
    order_evidence,
    relative_evidence,
    tag_evidence,
)
from LWCTRLogic.dicom.words import ARTERIAL, DELAYED, NATIVE, PORTAL
from LWCTRLogic.imaging.enhancement import Enhancement
from Testing.dicom_phantoms import write_series


def phases(evidence: list[Evidence]) -> list[str]:
    return [item.phase for item in evidence]


def test_nothing_is_undetermined() -> None:
    assert decide([]).phase == UNDETERMINED
    assert decide([], ["aorta 228 HU"]).reason == "aorta 228 HU"


def test_weak_evidence_is_undetermined_and_adds_up() -> None:
    weak = Evidence(ARTERIAL, 1.0, "a")
    assert decide([weak]).phase == UNDETERMINED
    assert decide([weak, Evidence(ARTERIAL, 1.0, "b")]).phase == ARTERIAL


def test_contradictions_are_undetermined_and_say_so() -> None:
    found = decide([Evidence(ARTERIAL, 3.0, "the word says so"), Evidence(NATIVE, 3.0, "aorta 40 HU")])
    assert found.phase == UNDETERMINED
    assert found.reason == "contradictory: the word says so; aorta 40 HU"


def test_the_strongest_reason_comes_first() -> None:
    found = decide([Evidence(PORTAL, 1.0, "weak"), Evidence(PORTAL, 3.0, "strong")])
    assert (found.phase, found.reason) == (PORTAL, "strong; weak")


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"description": "portal venous"}, [(PORTAL, 3.0)]),
        ({"description": "art/ven"}, []),
        ({"ProtocolName": "Leber arteriell"}, [(ARTERIAL, 1.0)]),
        ({"ContrastBolusStartTime": "095930"}, [(ARTERIAL, 2.0)]),  # images at 10:00:00
        ({"ContrastBolusStartTime": "095850"}, [(PORTAL, 2.0)]),
        ({"ContrastBolusStartTime": "110000"}, []),
        ({"description": "nativ", "ProtocolName": "arteriell"}, [(NATIVE, 3.0)]),
    ],
)
def test_tags_speak_for_a_phase(
    tmp_path: Path, tags: dict[str, str], expected: list[tuple[str, float]]
) -> None:
    write_series(tmp_path, **tags)  # type: ignore[arg-type]
    (series,) = find_series(tmp_path).series
    assert [(item.phase, item.weight) for item in tag_evidence(series)] == expected


def test_two_acquisitions_half_a_minute_apart_are_arterial_and_portal_venous() -> None:
    evidence = order_evidence([1000.0, 1075.0, 1110.0, 1075.0, 1300.0, None])
    assert [phases(items) for items in evidence] == [
        [NATIVE],
        [ARTERIAL],
        [PORTAL],
        [ARTERIAL],
        [DELAYED],
        [],
    ]


def test_without_such_a_pair_the_order_says_nothing() -> None:
    assert order_evidence([1000.0, 1200.0, 1200.0]) == [[], [], []]
    assert order_evidence([None]) == [[]]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Enhancement(42, 55, 55), [NATIVE]),
        (Enhancement(320, 65, 58, 5), [ARTERIAL]),
        (Enhancement(150, 110, 62, 25), [PORTAL] * 3),
        (Enhancement(100, 92, 60), [DELAYED]),
        (
            Enhancement(228, 80, 60, 10),
            [],
        ),  # bright aorta, liver hardly enhanced: late arterial or early portal
        (Enhancement(250, 82, 54, 5), []),  # the same, with a liver well above muscle
        (Enhancement(None, 110, 60, 30), []),
        (Enhancement(300, None), []),
    ],
)
def test_hounsfield_units_speak_only_where_one_phase_looks_like_that(
    found: Enhancement, expected: list[str]
) -> None:
    assert phases(hu_evidence(found)) == expected


def test_the_shared_venous_numbers_are_not_taken_for_arterial() -> None:
    # 228 HU in the aorta and 100 in the liver: a limit on the aorta alone would call this arterial.
    evidence = hu_evidence(Enhancement(228, 100, 55, 27))
    assert ARTERIAL not in phases(evidence)
    assert decide(evidence).phase == PORTAL
    assert decide(hu_evidence(Enhancement(228, 100))).phase == UNDETERMINED


def test_a_dark_liver_beside_an_aorta_past_its_peak_stays_open() -> None:
    assert decide(hu_evidence(Enhancement(320, 65, 60, 10))).phase == ARTERIAL
    assert decide(hu_evidence(Enhancement(225, 65, 60, 60))).phase == UNDETERMINED  # fatty liver


def test_a_patient_is_compared_with_himself() -> None:
    early, late = Enhancement(228, 70), Enhancement(165, 100)
    assert phases(relative_evidence(early, [early, late])) == [ARTERIAL]
    assert phases(relative_evidence(late, [early, late])) == [PORTAL]
    assert relative_evidence(early, [early, Enhancement(220, 72), Enhancement()]) == []
    native = Enhancement(42, 50)
    assert relative_evidence(native, [native, late]) == []  # a liver without contrast against one with it
