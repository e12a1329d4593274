import pytest

from LWCTRLogic.cohort import read_cohort
from LWCTRLogic.errors import InputError


@pytest.fixture
def a_table(tmp_path):
    """Writes a cohort table beside two scans and returns its path."""
    (tmp_path / "scans").mkdir()
    for name in ("a.nii.gz", "b.nii.gz", "m.nii.gz"):
        (tmp_path / "scans" / name).write_bytes(b"")

    def write(text: str):
        path = tmp_path / "cohort.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_row_becomes_a_case_with_paths_from_the_tables_folder(a_table, tmp_path):
    cohort = read_cohort(
        a_table(
            "case_id,pre_A,pre_A_mask,post_A,pre_day,post_day,first_dose_day,sex,mrecist,os_months,os_event,centre\n"
            "P1,scans/a.nii.gz,scans/m.nii.gz,scans/b.nii.gz,0,60,12,Male,SD,14.5,1,north\n"
        )
    )
    info = cohort.rows[0].info
    assert info.scans["pre_A"].source == str((tmp_path / "scans/a.nii.gz").resolve())
    assert info.scans["pre_A"].mask.endswith("m.nii.gz")
    assert (info.scans["pre_A"].day, info.scans["post_A"].day, info.first_dose_day) == (0, 60, 12)
    assert info.clinical == {"sex": "male", "mrecist": "SD"}
    assert info.centre == "north"
    assert cohort.unused_columns == ()


def test_a_dicom_folder_may_stand_for_the_scans(a_table, tmp_path):
    cohort = read_cohort(a_table("case_id,dicom_folder,notes\nP1,scans,free text\n"))
    assert cohort.rows[0].dicom_folder == (tmp_path / "scans").resolve()
    assert cohort.unused_columns == ("notes",)


def test_a_date_may_go_with_a_dicom_folder_and_comes_from_excel_with_a_time(a_table):
    cohort = read_cohort(a_table("case_id,dicom_folder,first_dose_date\nP1,scans,2024-03-05 00:00:00\n"))
    assert cohort.rows[0].first_dose_date == "2024-03-05"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("case,pre_A\nP1,scans/a.nii.gz\n", "no column 'case_id'"),
        ("case_id,age\nP1,61\n", "no column with scans"),
        (
            "case_id,pre_A,portal_vein_invason\nP1,scans/a.nii.gz,present\n",
            "looks like 'portal_vein_invasion'",
        ),
        ("case_id,pre_A\nP1,scans/none.nii.gz\n", "row 2: scans/none.nii.gz does not exist"),
        ("case_id,pre_A\nP1,\n", "row 2: no scan is given"),
        ("case_id,pre_A\nP1,scans/a.nii.gz\np1,scans/b.nii.gz\n", "'p1' stands in several rows"),
        ("case_id,pre_A,pre_day\nP1,scans/a.nii.gz,soon\n", "row 2: day 'soon'"),
        ("case_id,pre_A,os_event\nP1,scans/a.nii.gz,2\n", "os_event is '2'"),
        ("case_id,pre_A,os_months\nP1,scans/a.nii.gz,840\n", "Were days meant"),
        ("case_id,pre_A,os_months\nP1,scans/a.nii.gz,x\n", "os_months is 'x'"),
        ("case_id,pre_A,sex\nP1,scans/a.nii.gz,1\n", "one of male, female"),
        ("case_id,pre_A,first_dose_date\nP1,scans/a.nii.gz,2024-03-05\n", "first_dose_day for scans"),
        ("case_id,dicom_folder,first_dose_date\nP1,scans,soon\n", "first_dose_date 'soon'"),
        ("case_id,pre_A\nDoe John,scans/a.nii.gz\n", "never a patient's name"),
    ],
)
def test_a_wrong_table_is_refused_by_row_before_anything_runs(a_table, text, message):
    with pytest.raises(InputError, match=message) as caught:
        read_cohort(a_table(text))
    assert "nothing was run" in caught.value.one_line()


def test_every_wrong_row_is_named_in_one_message(a_table):
    rows = "".join(f"P{number},none.nii.gz\n" for number in range(25))
    with pytest.raises(InputError) as caught:
        read_cohort(a_table("case_id,pre_A\n" + rows))
    message = caught.value.one_line()
    assert "row 2:" in message
    assert "row 21:" in message
    assert "and 5 more" in message
