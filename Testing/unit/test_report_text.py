import pytest

from LWCTRLogic.report.text import (
    clean,
    day_from_dose,
    listed,
    number,
    percent,
    score_words,
    sentence,
    significant,
)


def test_control_signs_and_line_ends_become_spaces():
    assert clean("a\x00b\r\nc\u2028d\te") == "a b c d e"


def test_marks_that_reorder_text_are_dropped():
    assert clean("gpj.\u202eexe \u2066x\u2069\u200b\ufeff") == "gpj.exe x"


def test_a_lone_surrogate_can_be_written_as_utf8():
    assert clean("a\ud800b").encode("utf-8") == b"a?b"


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (0.715, 1, False, "0.7"),
        (-3.14159, 2, False, "\u22123.14"),
        (-0.0004, 2, False, "0.00"),
        (-0.0004, 2, True, "+0.00"),
        (12, 0, True, "+12"),
        (None, 2, False, "—"),
    ],
)
def test_numbers_have_fixed_decimals_and_a_true_minus(value, decimals, signed, text):
    assert number(value, decimals, signed) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (152000.0, "152000"),
        (0.00213, "0.00213"),
        (-0.71, "\u22120.71"),
        (3.3e8, "3.3×10⁸"),
        (3.14159e-6, "3.142×10⁻⁶"),
        (0.0, "0"),
        (99999.9, "100000"),
        ("present", "present"),
        (None, "—"),
        (float("nan"), "nan"),
    ],
)
def test_values_are_written_with_four_significant_digits(value, text):
    assert significant(value) == text


@pytest.mark.parametrize(
    ("probability", "text", "score"),
    [
        (0.715, "72 %", "0.71"),
        (0.0, "0 %", "0.00"),
        (1.0, "100 %", "1.00"),
        (0.0049, "< 1 %", "< 0.01"),
        (4e-5, "< 1 %", "< 0.01"),
        (0.0051, "1 %", "0.01"),
        (0.9949, "99 %", "0.99"),
        (0.9951, "> 99 %", "> 0.99"),
    ],
)
def test_probabilities_are_never_rounded_to_certainty(probability, text, score):
    assert percent(probability) == text
    assert score_words(probability) == score


def test_an_unknown_probability_is_a_dash():
    assert percent(None) == "—"


def test_a_sentence_starts_with_a_capital_and_ends_with_a_stop():
    assert sentence("the mask has 3 pieces") == "The mask has 3 pieces."
    assert sentence("Done!") == "Done!"
    assert sentence("  ") == ""


def test_a_feature_name_keeps_its_own_letters_at_the_start_of_a_sentence():
    assert sentence("log-sigma-2-mm-3D is far") == "log-sigma-2-mm-3D is far."


def test_a_day_is_counted_from_the_first_dose():
    assert day_from_dose(0, 12) == "\u221212"
    assert day_from_dose(63, 12) == "+51"
    assert day_from_dose(None, 12) == day_from_dose(3, None) == "—"


def test_words_are_listed_with_commas_and_an_and():
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
