"""Nothing that identifies a patient reaches any output of ``lwctr scan``, neither a file nor a line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from LWCTRLogic.case import Case, CaseInfo
from LWCTRLogic.cli import main
from LWCTRLogic.dicom.importing import import_case
from LWCTRLogic.errors import InputError
from Testing.dicom_phantoms import torso, write_series

HOSTILE = ("=cmd()|calc^Zaphod", "<script>alert(1)</script>^Zaphod", "../../Zaphod", "@SUM(A1)^Zaphod")
STUDY, SERIES = "1.2.826.0.1.5550001", "1.2.826.0.1.5550002"
SECRETS = [
    "zaphod", "<script", "=cmd", "@sum", "../../", "mrn-99417", "19471126", "1947-11-26", "26.11.1947",
    "20240311", "2024-03-11", "11.03.2024", "20240520", "2024-05-20", "20240325", "2024-03-25", "beeblebrox",
    "acc-5512", "magrathea", "trillian", STUDY, SERIES,
]  # fmt: skip


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    names = iter(HOSTILE)
    for date, time in (("20240311", 36000.0), ("20240520", 50000.0)):
        for phase in ("arterial", "portal"):
            name = next(names)
            write_series(
                folder / "Zaphod^Beeblebrox 1947-11-26" / f"{date}{phase}",
                torso(phase),
                date=date,
                time=time + (35.0 if phase == "portal" else 0.0),
                study_uid=STUDY + date[-3:],
                series_uid=SERIES + date[-3:] + str(len(phase)),
                patient={"name": name, "id": "MRN-99417", "birth": "19471126"},
                names="Zaphod_{}".format,
                description=f"{name} {phase} 1947-11-26 {date}",
                ProtocolName=f"Zaphod {date}",
                StudyDescription=f"{name} {date}",
                ImageComments=name,
                AccessionNumber="ACC-5512",
                InstitutionName="Magrathea",
                ReferringPhysicianName="Trillian",
                PatientComments=name,
                ContrastBolusAgent=name,
                ConvolutionKernel="Zaphod",
            )
    return folder


def everything_in(folder: Path) -> str:
    """Return names and bytes of every file below a folder, uncompressed where it is compressed."""
    parts = []
    for path in sorted(folder.rglob("*")):
        parts.append(path.relative_to(folder).as_posix())
        if path.is_file():
            data = path.read_bytes()
            parts.append(data.decode("latin-1"))
            if path.suffix == ".gz":
                parts.append(gzip.decompress(data).decode("latin-1"))
    return "\n".join(parts).lower()


def leaked(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret.lower() in text.lower()]


def test_no_name_id_or_date_is_in_any_output(
    scans: Path, case_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in ("auto", "json"):
        case = case_folder / kind
        arguments = ["scan", str(scans), "--case", str(case), "--first-dose", "2024-03-25"]
        assert main([*arguments, "--progress", kind]) == 0
        printed = capsys.readouterr()
        assert leaked(printed.out + printed.err) == []
        assert Case(case).volumes() == ["pre_A", "pre_V", "post_A", "post_V"]
        assert Case(case).load_info().first_dose_day == 14
        assert leaked(everything_in(case)) == []


def test_a_defect_names_no_patient_either(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(path for path in scans.rglob("*") if path.is_file())
    files[3].unlink()
    files[20].write_bytes(files[20].read_bytes()[:-100])
    files[40].write_bytes(files[40].read_bytes()[:300])
    assert main(["scan", str(scans)]) == 0
    printed = capsys.readouterr()
    assert printed.out.count("cannot be used") == 3
    assert leaked(printed.out + printed.err) == []


def test_a_source_in_case_json_is_forgotten_after_the_import(scans: Path, case_folder: Path) -> None:
    case = Case.create(case_folder, CaseInfo("P-1"))
    (first, *_) = sorted(path for path in scans.glob("*/*") if path.is_dir())
    case.update_scan("pre_A", source=str(first))
    import_case(case)
    assert leaked(everything_in(case_folder)) == []


def test_a_folder_with_several_scans_is_refused_without_naming_anybody(
    scans: Path, case_folder: Path
) -> None:
    case = Case.create(case_folder, CaseInfo("P-1"))
    case.update_scan("pre_A", source=str(scans))
    with pytest.raises(InputError, match="mixes 4 volumes") as refusal:
        import_case(case)
    assert leaked(str(refusal.value)) == []
