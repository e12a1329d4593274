"""Words name phases and timepoints in four languages; a name is never repeated."""

from __future__ import annotations

import pytest

from LWCTRLogic.dicom.words import (
    ARTERIAL,
    DELAYED,
    NATIVE,
    PORTAL,
    phase_at_delay,
    phases_named,
    timepoint_named,
)


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("Abd Late arterial 1.25", ARTERIAL),
        ("ART_PHASE 1.0 B30f", ARTERIAL),
        ("Liver early-arterial", ARTERIAL),
        ("HAP 2mm", ARTERIAL),
        ("Leber spätarteriell", ARTERIAL),
        ("Temps artériel", ARTERIAL),
        ("动脉期", ARTERIAL),
        ("动脉晚期 1.5mm", ARTERIAL),
        ("Liver 35s", ARTERIAL),
        ("PORTAL VENOUS 5.0", PORTAL),
        ("porto-venous", PORTAL),
        ("PV 2.5", PORTAL),
        ("PVP", PORTAL),
        ("VEN 70s", PORTAL),
        ("Leber portalvenös", PORTAL),
        ("Abdomen venöse Phase", PORTAL),
        ("Temps veineux portal", PORTAL),
        ("temps portal", PORTAL),
        ("门静脉期", PORTAL),
        ("静脉期 5mm", PORTAL),
        ("Abdomen 70s 5.0", PORTAL),
        ("80 sec", PORTAL),
        ("Delayed 5 min", DELAYED),
        ("Spätphase", DELAYED),
        ("temps tardif", DELAYED),
        ("平衡期", DELAYED),
        ("延迟期 3min", DELAYED),
        ("Abd 180s", DELAYED),
        ("non-contrast", NATIVE),
        ("Unenhanced", NATIVE),
        ("w/o contrast", NATIVE),
        ("Pre contrast", NATIVE),
        ("nativ", NATIVE),
        ("Abdomen ohne KM", NATIVE),
        ("sans injection", NATIVE),
        ("平扫", NATIVE),
        ("Abd C- 5mm", NATIVE),
    ],
)
def test_one_phase_is_named(text: str, phase: str) -> None:
    assert list(phases_named(text)) == [phase]


@pytest.mark.parametrize(
    "text",
    [
        "", "Recon 3: LIVER 2 PHASE (C/A/P)", "CT AP 1.25", "Thorax 0.5s", "heart", "part 2", "B30s kernel",
        "Venter",         "Abdomen 5.0 I40f 3", "Bartholomew", "portalgun", "post contrast",
    ],
)  # fmt: skip
def test_no_phase_is_named(text: str) -> None:
    assert phases_named(text) == {}


def test_several_phases_in_one_text_are_all_found() -> None:
    assert set(phases_named("ART/VEN")) == {ARTERIAL, PORTAL}
    assert set(phases_named("nativ, arteriell, portalvenös")) == {NATIVE, ARTERIAL, PORTAL}


def test_only_the_word_itself_is_repeated() -> None:
    assert phases_named("Doe^Jane 1953-02-17 late arterial") == {ARTERIAL: "late arterial"}
    assert phases_named("portalDOE venousDOE arterialDOE") == {}


@pytest.mark.parametrize(
    ("seconds", "phase"),
    [(10, ""), (20, ARTERIAL), (40, ARTERIAL), (50, ""), (70, PORTAL), (110, ""), (180, DELAYED), (5000, "")],
)
def test_delays(seconds: float, phase: str) -> None:
    assert phase_at_delay(seconds) == phase


@pytest.mark.parametrize(
    ("text", "timepoint"),
    [
        ("baseline_art", "pre"),
        ("pre_A", "pre"),
        ("CT vor Therapie", "pre"),
        ("follow-up", "post"),
        ("FU1 venous", "post"),
        ("治疗后", "post"),
        ("pre contrast", ""),
        ("post contrast", ""),
        ("pre and post", ""),
        ("abdomen", ""),
    ],
)
def test_timepoints(text: str, timepoint: str) -> None:
    assert timepoint_named(text) == timepoint
