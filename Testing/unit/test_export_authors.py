"""Who a DICOM object names as the maker of a mask."""

from __future__ import annotations

import pytest

from LWCTRLogic import files
from LWCTRLogic.errors import InputError
from LWCTRLogic.export.authors import author_of
from LWCTRLogic.segment.step import save_mask
from Testing.unit.reading_case import ball, make_reading_case

NAMES = {"reader-1": "Doe^Jane"}


@pytest.fixture
def case(case_folder):
    case = make_reading_case(case_folder)
    step = {
        "settings": {"backend": "nnunet", "model": "liver-x", "sha256": "ab12", "step_size": 0.5},
        "versions": {"lwctr": "0.1.0"},
    }
    files.write_json(case.manifest_path, {"schema_version": 1, "steps": {"segment:pre_A": step}})
    return case


def save(case, maker, start):
    return save_mask(case, "pre_A", ball(), maker, start=start, reading=1).name


def test_a_mask_by_a_step_has_the_model_and_no_creator(case):
    author = author_of(case, "pre_A", "v0001_auto.seg.nrrd", NAMES)
    assert (author.reader, author.name, author.kind) == ("", "", "AUTOMATIC")
    assert (author.algorithm, author.version) == ("nnunet liver-x", "0.1.0")
    assert author.parameters == {"model": "liver-x", "sha256": "ab12"}


def test_a_corrected_mask_has_the_reader_and_the_model(case):
    author = author_of(case, "pre_A", save(case, "reader-1", "auto"), NAMES)
    assert (author.reader, author.name, author.kind) == ("reader-1", "Doe^Jane", "SEMIAUTOMATIC")
    assert author.algorithm == "nnunet liver-x"


def test_a_mask_drawn_from_nothing_has_the_reader_alone(case):
    author = author_of(case, "pre_A", save(case, "reader-1", "empty"), NAMES)
    assert (author.kind, author.algorithm) == ("MANUAL", "")


def test_a_reader_without_a_name_stays_a_pseudonym(case):
    assert author_of(case, "pre_A", save(case, "reader-2", "auto"), NAMES).name == "reader-2^"


def test_a_propagated_mask_names_the_registration(case):
    author = author_of(case, "pre_A", save(case, "propagated", "propagated"), NAMES)
    assert author.kind == "AUTOMATIC"
    assert "registration" in author.algorithm


def test_a_mask_without_a_row_is_refused(case):
    with pytest.raises(InputError, match=r"no row of pre_A v0009"):
        author_of(case, "pre_A", "v0009_x.seg.nrrd", NAMES)
