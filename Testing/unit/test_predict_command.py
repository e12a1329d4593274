"""What ``lwctr predict`` prints."""

from __future__ import annotations

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.commands.predict import summary
from LWCTRLogic.models.predict import predict
from Testing.unit import sample_bundle as sample


def test_the_notice_comes_first_and_every_score_is_there() -> None:
    lines = summary(predict(sample.make_bundle(), sample.make_features(*VOLUMES), sample.CLINICAL, "p1"))
    assert lines[0] == "demonstration model, simulated patients, not for clinical use"
    assert lines[1].startswith("p1: LWCTR score 0.") and "responder, low risk" in lines[1]
    assert sum(line.startswith("  Radiomic-") for line in lines) == 5
    assert any(line.startswith("  OS by Rad-Nomo (Rad-score and mRECIST), from the") for line in lines)
    assert any("PFS by Rad-Nomo" in line and "6 months" in line for line in lines)


def test_what_is_missing_is_named_when_nothing_can_run() -> None:
    lines = summary(predict(sample.make_bundle(), sample.make_features("pre_V"), {}, "p1"))
    assert lines[1] == "p1: no model could run"
    assert any("Radiomic-Pre" in line and "missing: baseline, arterial scan" in line for line in lines)
    assert any(line.startswith("warning: not estimated") for line in lines)
