import json

import pytest

from LWCTRLogic.case import VOLUMES, Case, CaseInfo, Scan, check_case_id, volume_label
from LWCTRLogic.errors import InputError


@pytest.fixture
def an_info() -> CaseInfo:
    return CaseInfo(
        "LW-1",
        {
            "post_V": Scan(day=63, reason="later date", accepted={"mask-pieces": "resected liver"}),
            "pre_A": Scan(source="scans/a.nii.gz", day=0),
        },
        first_dose_day=10,
        clinical={"sex": "female", "age": 61.0},
        centre="centre 2",
        accepted={"window-baseline": "scan repeated abroad"},
    )


@pytest.fixture
def a_case(case_folder, an_info) -> Case:
    return Case.create(case_folder, an_info)


def write_mask_file(case: Case, volume: str, maker: str):
    path = case.new_mask_path(volume, maker)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"mask")
    return path


def test_case_json_comes_back_as_it_was_written(a_case, an_info):
    assert a_case.load_info() == an_info


def test_volumes_come_in_the_fixed_order_whatever_the_file_says(a_case):
    assert a_case.volumes() == ["pre_A", "post_V"]
    assert list(VOLUMES) == ["pre_A", "pre_V", "post_A", "post_V"]


def test_labels_name_timepoint_and_phase():
    assert volume_label("post_V") == "follow-up, portal venous"


def test_an_existing_case_is_never_overwritten(a_case, an_info):
    with pytest.raises(InputError, match="already holds a case"):
        Case.create(a_case.folder, an_info)


def test_a_folder_without_case_json_says_how_to_make_one(tmp_path):
    with pytest.raises(InputError, match="lwctr scan"):
        Case(tmp_path).load_info()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema_version": 2}, "schema_version 2; expected 1"),
        ({"patient_name": "x"}, "unknown keys patient_name"),
        ({"scans": []}, "scans in .* is list"),
        ({"scans": {"pre_X": {}}}, "a scan 'pre_X'; expected one of pre_A"),
        ({"scans": {"pre_A": 3}}, "scan pre_A .* is int"),
        ({"scans": {"pre_A": {"sources": ""}}}, "unknown keys sources"),
        ({"scans": {"pre_A": {"day": 1.5}}}, "day of pre_A is 1.5"),
        ({"scans": {"pre_A": {"accepted": []}}}, "accepted of pre_A .* is list"),
        ({"first_dose_day": True}, "first_dose_day is True"),
        ({"clinical": {"age": 7}}, "a number from 18 to 110"),
        ({"case_id": "../x"}, "never a patient's name"),
    ],
)
def test_a_wrong_case_json_is_refused_in_words(a_case, an_info, change, message):
    a_case.info_path.write_text(json.dumps({**an_info.to_dict(), **change}))
    with pytest.raises(InputError, match=message):
        a_case.load_info()


def test_a_case_json_that_is_no_object_is_refused(a_case):
    a_case.info_path.write_text("[]")
    with pytest.raises(InputError, match="holds no JSON object"):
        a_case.load_info()


@pytest.mark.parametrize("bad", ["", "=cmd()", "a/b", "a\\b", "..", "é", "x" * 65, None, 7, "a b"])
def test_a_pseudonym_must_be_safe_as_a_folder_and_in_a_table(bad):
    with pytest.raises(InputError, match="case_id"):
        check_case_id(bad)


def test_one_scan_is_changed_without_touching_the_others(a_case):
    a_case.update_scan("pre_A", source="")
    info = a_case.load_info()
    assert info.scans["pre_A"] == Scan(day=0)
    assert info.scans["post_V"].day == 63


def test_mask_versions_count_up_and_keep_their_maker(a_case):
    first = write_mask_file(a_case, "pre_A", "auto")
    second = write_mask_file(a_case, "pre_A", "Reader 1!")
    assert (first.name, second.name) == ("v0001_auto.seg.nrrd", "v0002_Reader-1.seg.nrrd")
    assert [(v.number, v.maker) for v in a_case.mask_versions("pre_A")] == [(1, "auto"), (2, "Reader-1")]


def test_a_name_without_a_usable_letter_becomes_unknown(a_case):
    assert a_case.new_mask_path("pre_A", "王").name == "v0001_unknown.seg.nrrd"


def test_the_mask_in_use_is_the_one_that_current_json_names(a_case):
    assert a_case.current_mask("pre_A") is None
    first = write_mask_file(a_case, "pre_A", "auto")
    write_mask_file(a_case, "pre_A", "reader-1")
    a_case.set_current_mask("pre_A", first)
    assert a_case.current_mask("pre_A") == first


def test_a_missing_current_mask_is_an_error_and_not_a_silent_other_one(a_case):
    first = write_mask_file(a_case, "pre_A", "auto")
    a_case.set_current_mask("pre_A", first)
    first.unlink()
    with pytest.raises(InputError, match="v0001_auto"):
        a_case.current_mask("pre_A")


def test_a_file_elsewhere_cannot_become_the_current_mask(a_case, tmp_path):
    with pytest.raises(InputError, match="no mask version of pre_A"):
        a_case.set_current_mask("pre_A", tmp_path / "v0001_auto.seg.nrrd")


def test_readings_are_appended_and_a_comma_in_a_name_shifts_no_column(a_case):
    assert a_case.readings() == []
    a_case.add_reading(
        {"volume": "pre_A", "reader": "Doe, J", "reading": 1, "version": "v0001", "start": "auto"}
    )
    a_case.add_reading({"volume": "pre_V", "reader": "reader-2", "reading": 2, "active_seconds": 71.5})
    rows = a_case.readings()
    assert [row["reader"] for row in rows] == ["Doe, J", "reader-2"]
    assert rows[1]["active_seconds"] == "71.5"
    assert rows[0]["start"] == "auto"


def test_an_unfinished_automatic_mask_is_dropped_with_its_reading_and_its_place_in_use(a_case):
    for number in (1, 2):
        path = write_mask_file(a_case, "pre_A", "auto")
        a_case.set_current_mask("pre_A", path)
        a_case.add_reading({"volume": "pre_A", "version": path.name, "reader": f"run {number}"})
    first, second = a_case.mask_versions("pre_A")
    a_case.drop_mask(second)
    assert a_case.current_mask("pre_A") == first.path
    assert [row["reader"] for row in a_case.readings()] == ["run 1"]
    a_case.drop_mask(first)
    assert a_case.current_mask("pre_A") is None
    assert a_case.mask_versions("pre_A") == []


def test_a_mask_that_a_person_made_is_never_dropped(a_case):
    write_mask_file(a_case, "pre_A", "reader-1")
    with pytest.raises(InputError, match="made by reader-1"):
        a_case.drop_mask(a_case.mask_versions("pre_A")[0])
    assert len(a_case.mask_versions("pre_A")) == 1
