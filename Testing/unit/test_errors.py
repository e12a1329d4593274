import pickle

import pytest

from LWCTRLogic.errors import Cancelled, GeometryError, InputError, LWCTRError, UsageError


def test_a_message_says_what_was_found_what_was_expected_and_what_to_do():
    error = InputError("3 slices are missing.", "evenly spaced slices", "Export the series again")
    assert error.one_line() == "3 slices are missing; expected evenly spaced slices. Export the series again."


def test_a_message_is_one_line_even_when_its_parts_are_not():
    assert "\n" not in LWCTRError("two\nlines", "one\tline").one_line()


@pytest.mark.parametrize(
    ("kind", "code"),
    [(LWCTRError, 1), (UsageError, 2), (InputError, 3), (GeometryError, 3), (Cancelled, 130)],
)
def test_each_kind_of_error_has_the_exit_code_of_the_manual(kind, code):
    assert kind("found").exit_code == code


def test_an_error_keeps_its_parts_when_it_crosses_a_process_border():
    error = pickle.loads(pickle.dumps(GeometryError("origin differs", "equal grids", "resample")))
    assert (type(error), error.found, error.expected, error.action) == (
        GeometryError,
        "origin differs",
        "equal grids",
        "resample",
    )
