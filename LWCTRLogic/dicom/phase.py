"""Proposing the contrast phase of a scan from its words, its times and the HU of its vessels."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from LWCTRLogic.dicom.find import Series
from LWCTRLogic.dicom.headers import parse_time
from LWCTRLogic.dicom.words import ARTERIAL, DELAYED, NATIVE, PORTAL, phase_at_delay, phases_named
from LWCTRLogic.imaging.enhancement import Enhancement

UNDETERMINED = "undetermined"
LETTERS = {ARTERIAL: "A", PORTAL: "V"}
# A phase needs this much evidence, and this much more than any other.
ENOUGH, AHEAD = 2.0, 1.0


@dataclass(frozen=True)
class Evidence:
    """One reason for a phase; ``weight`` 3 is as good as a plain word in the series description."""

    phase: str
    weight: float
    reason: str


@dataclass(frozen=True)
class PhaseProposal:
    """The phase proposed (or ``undetermined``) and why, in words that hold no name and no date."""

    phase: str
    reason: str


def decide(evidence: Sequence[Evidence], remarks: Sequence[str] = ()) -> PhaseProposal:
    """Weigh all evidence; too little, or too much against it, is undetermined.

    Parameters
    ----------
    evidence : sequence of Evidence
        What speaks for which phase.
    remarks : sequence of str
        What was seen and speaks for none.
    """
    weights: dict[str, float] = defaultdict(float)
    for item in evidence:
        weights[item.phase] += item.weight
    ranked = sorted(weights, key=lambda phase: -weights[phase])
    reasons = [*(item.reason for item in sorted(evidence, key=lambda item: -item.weight)), *remarks]
    text = "; ".join(dict.fromkeys(reasons)) or "nothing says which phase"
    if not ranked or weights[ranked[0]] < ENOUGH:
        return PhaseProposal(UNDETERMINED, text)
    if len(ranked) > 1 and weights[ranked[0]] - weights[ranked[1]] < AHEAD:
        return PhaseProposal(UNDETERMINED, "contradictory: " + text)
    return PhaseProposal(ranked[0], text)


def word_evidence(name: str, text: str, weight: float) -> list[Evidence]:
    """Return what a text says, if it names exactly one phase; only the word itself is repeated."""
    named = phases_named(text)
    if len(named) != 1:
        return []
    phase, word = next(iter(named.items()))
    return [Evidence(phase, weight, f"{name} says {word!r}")]


def tag_evidence(series: Series) -> list[Evidence]:
    """Return what the words and times of a series' own tags say."""
    tags = series.first.tags
    evidence = word_evidence("series description", tags.get("SeriesDescription", ""), 3.0)
    if not evidence:
        evidence += word_evidence("image comment", tags.get("ImageComments", ""), 2.0)
        evidence += word_evidence("protocol name", tags.get("ProtocolName", ""), 1.0)
    started = parse_time(tags.get("ContrastBolusStartTime", ""))
    if started is not None and series.time is not None:
        delay = series.time - started
        phase = phase_at_delay(delay)
        if phase:
            evidence.append(Evidence(phase, 2.0, f"made {delay:.0f} s after the contrast injection began"))
    return evidence


def order_evidence(times: Sequence[float | None]) -> list[list[Evidence]]:
    """Return what the order of the acquisitions of one study says about each.

    Two acquisitions 15 to 60 s apart are arterial and portal venous; what was made before is without
    contrast, and what was made at least 60 s later is delayed.

    Parameters
    ----------
    times : sequence of float or None
        When each series was made, in seconds; reconstructions of one acquisition share their time.
    """
    moments = sorted({time for time in times if time is not None})
    pair = next((two for two in itertools.pairwise(moments) if 15 <= two[1] - two[0] <= 60), None)
    return [_by_order(time, pair) for time in times]


def _by_order(time: float | None, pair: tuple[float, float] | None) -> list[Evidence]:
    if time is None or pair is None:
        return []
    arterial, portal = pair
    gap = f"{portal - arterial:.0f} s"
    if time < arterial:
        return [Evidence(NATIVE, 1.0, "made before a pair of acquisitions")]
    if time == arterial:
        return [Evidence(ARTERIAL, 1.5, f"first of two acquisitions {gap} apart")]
    if time == portal:
        return [Evidence(PORTAL, 1.5, f"second of two acquisitions {gap} apart")]
    if time - portal >= 60:
        return [Evidence(DELAYED, 1.0, f"made {time - portal:.0f} s after a pair of acquisitions")]
    return []


# ---- Hounsfield units ------------------------------------------------------------------------------------
def hu_evidence(found: Enhancement) -> list[Evidence]:
    """Return what one scan's own numbers say; often nothing, since fixed limits fail between patients.

    Only what no phase but one shows is taken: no contrast at all; an aorta far brighter than a liver that has
    taken up nothing; a bright liver beside an aorta that is no longer much brighter.
    """
    aorta, liver = found.aorta, found.liver
    if aorta is None or liver is None:
        return []
    if aorta < 75 and liver < 85:
        return [Evidence(NATIVE, 3.0, f"no contrast in the aorta ({aorta:.0f} HU)")]
    if aorta - liver >= 150 and liver < 85 and (found.muscle is None or liver - found.muscle < 25):
        # A fatty liver stays dark in an early portal venous scan too, but there the aorta is past its peak.
        weight = 2.5 if aorta >= 250 else 1.5
        return [Evidence(ARTERIAL, weight, f"aorta {aorta:.0f} HU, liver not yet enhanced ({liver:.0f} HU)")]
    if liver >= 75 and aorta - liver < 25 and aorta < 130:
        return [
            Evidence(DELAYED, 1.5, f"aorta ({aorta:.0f} HU) hardly brighter than the liver ({liver:.0f} HU)")
        ]
    return _portal_evidence(found, aorta, liver)


def _portal_evidence(found: Enhancement, aorta: float, liver: float) -> list[Evidence]:
    """Return what speaks for portal blood in the liver: its own enhancement, and bright veins in it."""
    evidence = []
    if liver >= 90 and aorta - liver < 100:
        evidence.append(Evidence(PORTAL, 1.5, f"aorta ({aorta:.0f} HU) no longer far above the liver"))
    if found.muscle is not None and liver >= 90 and liver - found.muscle >= 30:
        evidence.append(
            Evidence(PORTAL, 1.5, f"liver enhanced ({liver:.0f} HU, muscle {found.muscle:.0f} HU)")
        )
    if found.vessels is not None and found.vessels >= 20 and liver >= 80:
        evidence.append(Evidence(PORTAL, 1.0, f"bright vessels in the liver ({found.vessels:+.0f} HU)"))
    return evidence


def relative_evidence(found: Enhancement, study: Sequence[Enhancement]) -> list[Evidence]:
    """Return what the numbers say against those of the other scans of the same study.

    Within one patient and one injection the aorta falls and the liver rises from the arterial to the portal
    venous phase, whatever the absolute numbers are.
    """
    for other in study:
        if None in (found.aorta, found.liver, other.aorta, other.liver):
            continue
        aorta = found.aorta - other.aorta  # type: ignore[operator]
        liver = found.liver - other.liver  # type: ignore[operator]
        if aorta >= 40 and liver <= -10:
            return [
                Evidence(
                    ARTERIAL, 2.0, f"aorta {aorta:+.0f} HU and liver {liver:+.0f} HU against another scan"
                )
            ]
        if aorta <= -40 and liver >= 10 and (found.aorta or 0) >= 90:
            return [
                Evidence(PORTAL, 2.0, f"aorta {aorta:+.0f} HU and liver {liver:+.0f} HU against another scan")
            ]
    return []
