import pytest

from LWCTRLogic.clinical import VARIABLES, check_clinical
from LWCTRLogic.errors import InputError


def test_words_are_taken_in_any_case_and_given_back_as_the_standard_word():
    assert check_clinical({"portal_vein_invasion": "Present", "etiology": "hbv"}) == {
        "portal_vein_invasion": "present",
        "etiology": "HBV",
    }


@pytest.mark.parametrize("unknown", [None, "", float("nan")])
def test_an_empty_value_is_unknown(unknown):
    assert check_clinical({"age": unknown, "sex": unknown}) == {"age": None, "sex": None}


def test_a_code_is_refused_because_codes_differ_between_studies():
    with pytest.raises(InputError, match="one of present, absent"):
        check_clinical({"portal_vein_invasion": 1})


@pytest.mark.parametrize("age", [17, 111, "old", -5])
def test_a_number_out_of_range_is_refused_with_the_range(age):
    with pytest.raises(InputError, match="a number from 18 to 110 years"):
        check_clinical({"age": age})


def test_a_misspelt_name_is_refused_with_the_nearest_one():
    with pytest.raises(InputError, match="Did you mean portal_vein_invasion"):
        check_clinical({"portal_vein_invason": "absent"})


def test_a_name_like_none_lists_the_known_ones():
    with pytest.raises(InputError, match="Known: age, sex"):
        check_clinical({"qqq": 1})


def test_numbers_come_back_as_floats():
    assert VARIABLES["afp"].check("400") == 400.0
