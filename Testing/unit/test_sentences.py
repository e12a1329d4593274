"""Sentences that know their template."""

from __future__ import annotations

import json

from LWCTRLogic.sentences import said


def test_a_sentence_is_its_english_text_and_knows_how_it_was_made() -> None:
    made = said("{count} scans of {name}", count=2, name="pre_A")
    assert made == "2 scans of pre_A" and json.dumps(made) == '"2 scans of pre_A"'
    assert made.template.format(**{**made.values, "count": 3}) == "3 scans of pre_A"
