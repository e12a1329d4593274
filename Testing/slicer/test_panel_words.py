"""What the panel shows of the package can be put into another language."""

from __future__ import annotations

import pytest

GERMAN = {
    "warnings about the scans: {count}": "Warnungen zu den Scans: {count}",
    "Extrahepatic spread": "Extrahepatische Ausbreitung",
}


@pytest.fixture
def in_german(widgets_on_path, monkeypatch):
    """The words of the package by a catalogue, as Slicer's translator gives them."""
    from LWCTRWidgets import Words

    def translate(context, text):
        assert context == "LWCTRLogic"
        return GERMAN.get(text, text)

    monkeypatch.setattr(Words, "lookUp", translate)
    return Words.inWords


def test_a_sentence_is_looked_up_by_its_template_and_filled_in_afterwards(in_german):
    from LWCTRLogic.sentences import said

    assert in_german(said("warnings about the scans: {count}", count=3)) == "Warnungen zu den Scans: 3"
    assert in_german(said("")) == "" and in_german("") == ""


def test_a_plain_word_is_looked_up_as_it_is_and_an_unknown_one_stays_english(in_german):
    assert in_german("Extrahepatic spread") == "Extrahepatische Ausbreitung"
    assert in_german("Cirrhosis") == "Cirrhosis"


def test_the_state_of_a_step_is_told_in_the_users_language(in_german, an_open_case):
    from LWCTRLogic.findings import Finding, write_findings

    write_findings(an_open_case.case, [Finding("phase-unlikely", "looks portal venous", "pre_A")])
    an_open_case.refresh()
    assert an_open_case.states["patient"] == ("attention", "Warnungen zu den Scans: 1")
