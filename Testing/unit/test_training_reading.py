"""A cohort for training is read whole, or refused in words before anything runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.case import VOLUMES, Case, CaseInfo
from LWCTRLogic.errors import InputError
from LWCTRLogic.models.settings_match import settings_digest
from LWCTRLogic.radiomics.step import FeatureTable, write_table
from LWCTRLogic.training.chain import ChainSettings
from LWCTRLogic.training.cohort_reading import (
    patient_digests,
    read_cohort_files,
    refuse_known_patients,
    refuse_shared_patients,
)
from LWCTRLogic.training.plan import Plan, check_size, usable_models
from Testing.unit.training_cohort import ORIGIN, cohort_tables, write_cohort, write_features


def test_a_cohort_is_read_with_features_words_outcomes_and_readings(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path / "é cohort")
    found = read_cohort_files(folder)
    table, features, readings = cohort_tables()
    cohort = found.cohort
    pd.testing.assert_frame_equal(cohort.features, features)
    np.testing.assert_array_equal(cohort.os_months, table["os_months"])
    np.testing.assert_array_equal(cohort.os_event, table["os_event"].astype(bool))
    assert list(cohort.clinical) == ["age", "portal_vein_invasion", "extrahepatic_spread"]
    inputs = cohort.inputs()
    spread = table["extrahepatic_spread"].map({"absent": 0.0, "present": 1.0})
    np.testing.assert_array_equal(inputs["extrahepatic_spread"], spread)
    assert set(cohort.centre) == {"north", "south"} and cohort.cause is None
    assert found.readings is not None and found.readings.values.shape == (40, 3, 24)
    one = readings[(readings["reader"] == "two") & (readings["case_id"] == "patient-0-007")]
    position = found.readings.names.index("post_V:original_firstorder_F1")
    assert found.readings.values[7, 2, position] == one["post_V:original_firstorder_F1"].iloc[0]
    assert found.readings.occasions[2][0] == "two"
    assert any("automatic mask agree better" in note for note in found.notes)


def edit(column: str, row: int, value: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table = table.astype(object)
        table.loc[row, column] = value
        return table

    return change


def scaled(column: str, factor: float) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda table: table.assign(**{column: table[column] * factor})


REFUSALS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "misspelt": (lambda t: t.rename(columns={"os_event": "os_events"}), "'os_events' looks like 'os_event'"),
    "misspelt clinical": (lambda t: t.rename(columns={"centre": "center"}), "'center' looks like 'centre'"),
    "missing": (lambda t: t.drop(columns="os_months"), "no column 'os_months'"),
    "no landmark": (lambda t: t.drop(columns="landmark_months"), "landmark_months"),
    "days": (lambda t: scaled("pfs_months", 5)(scaled("os_months", 30.4)(t)), "look like days"),
    "weeks": (scaled("landmark_months", 4.35), "days or weeks"),
    "event": (edit("os_event", 3, 2), "row 5.*0 .censored. or 1 .event."),
    "time": (edit("os_months", 0, 0), "row 2.*above 0"),
    "twice": (edit("case_id", 1, "PATIENT-0-000"), "patient-0-000.*rows 2, 3"),
    "word": (edit("extrahepatic_spread", 4, "yes"), "row 6.*Extrahepatic spread.*present, absent"),
    "progression": (edit("pfs_months", 2, 59), "PFS 59 months, longer than"),
    "scan": (edit("landmark_months", 5, 5.9), "follow-up scan was at 5.9 months"),
    "one class": (lambda t: t.assign(os_months=t["os_months"] + 40), "0 to have died"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_wrong_table_is_refused_in_words(tmp_path: Path, case: str) -> None:
    change, words = REFUSALS[case]
    folder = write_cohort(tmp_path)
    table = pd.read_csv(folder / "cohort.csv")
    if case == "scan":
        table.loc[5, "os_months"] = table.loc[5, "pfs_months"] = 2.5
    change(table).to_csv(folder / "cohort.csv", index=False)
    with pytest.raises(InputError, match=words):
        read_cohort_files(folder)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path)
    table = edit("age", 1, 7)(edit("os_event", 3, 5)(pd.read_csv(folder / "cohort.csv")))
    table.to_csv(folder / "cohort.csv", index=False)
    with pytest.raises(InputError, match=r"row 3: Age.*row 5: os_event"):
        read_cohort_files(folder)


def test_a_column_without_any_value_is_left_out_and_told(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path)
    pd.read_csv(folder / "cohort.csv").assign(ecog="").to_csv(folder / "cohort.csv", index=False)
    found = read_cohort_files(folder)
    assert (
        "columns without any value are left out: ecog" in found.notes and "ecog" not in found.cohort.clinical
    )


def test_days_give_the_time_of_the_follow_up_scan(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path)
    table = pd.read_csv(folder / "cohort.csv").drop(columns="landmark_months")
    table.assign(first_dose_day=3, post_day=45).to_csv(folder / "cohort.csv", index=False)
    assert read_cohort_files(folder).cohort.landmark == pytest.approx(42 / 30.4375)


def test_the_cause_of_death_is_a_known_word_of_somebody_who_died(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path)
    table = pd.read_csv(folder / "cohort.csv")
    died = table["os_event"] == 1
    table["cause_of_death"] = np.where(died, "cancer", "")
    table.to_csv(folder / "cohort.csv", index=False)
    assert set(read_cohort_files(folder).cohort.cause) == {"cancer", ""}
    for row, word, message in (
        (died.idxmax(), "fall", "expected cancer or other"),
        (died.idxmin(), "other", "os_event is 0"),
    ):
        wrong = table.copy()
        wrong.loc[row, "cause_of_death"] = word
        wrong.to_csv(folder / "cohort.csv", index=False)
        with pytest.raises(InputError, match=message):
            read_cohort_files(folder)


def test_features_that_are_missing_doubled_or_not_finite_are_refused(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path)
    _, features, _ = cohort_tables()
    holed = features.copy()
    holed.iloc[3, 4] = np.nan
    wrong = {
        "1 values are missing or not finite, of patient-0-003": holed,
        "patient-0-000 twice": pd.concat([features, features.iloc[:1]]),
        "volumes mid_A": features.rename(columns=lambda name: name.replace("pre_A", "mid_A")),
        "none of the table's 90 patients has features": features.rename(index=lambda name: f"x{name}"),
    }
    for words, frame in wrong.items():
        write_features(frame, folder / "features.parquet")
        with pytest.raises(InputError, match=words):
            read_cohort_files(folder)
    twin = features.copy()
    twin.iloc[8] = twin.iloc[2]
    write_features(twin, folder / "features.parquet")
    with pytest.raises(InputError, match=r"patient-0-002 and patient-0-008 have exactly the same features"):
        read_cohort_files(folder)
    (folder / "features.parquet").write_bytes(b"no table")
    with pytest.raises(InputError, match="no feature table"):
        read_cohort_files(folder)


def test_patients_without_features_are_left_out_and_named(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path)
    _, features, _ = cohort_tables()
    write_features(features.iloc[4:], folder / "features.parquet")
    found = read_cohort_files(folder)
    assert len(found.cohort) == 86
    assert any("4 patients without features are left out: patient-0-000" in note for note in found.notes)


def test_readings_with_other_settings_or_doubled_are_refused(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path)
    _, _, readings = cohort_tables()
    settings = json.loads(json.dumps(ORIGIN["settings"]))
    settings["setting"]["binWidth"] = 10.0
    other = {"settings": settings, "settings_hash": settings_digest(settings)}
    write_features(readings.set_index("case_id"), folder / "readings.parquet", other)
    with pytest.raises(InputError, match=r"other settings.*binWidth is 10"):
        read_cohort_files(folder)
    write_features(pd.concat([readings, readings.iloc[:1]]).set_index("case_id"), folder / "readings.parquet")
    with pytest.raises(InputError, match=r"'one 1' of patient-0-000 twice"):
        read_cohort_files(folder)
    write_features(readings.drop(columns="reader").set_index("case_id"), folder / "readings.parquet")
    with pytest.raises(InputError, match="no column reader"):
        read_cohort_files(folder)


def test_features_of_shuffled_voxels_are_no_features_of_a_cohort(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path)
    _, features, readings = cohort_tables()
    write_features(features, folder / "other.parquet", {**ORIGIN, "shuffled_voxels": 7})
    with pytest.raises(InputError, match=r"other.parquet holds features of shuffled voxels \(seed 7\)"):
        read_cohort_files(folder, features=folder / "other.parquet")
    write_features(
        readings.set_index("case_id"), folder / "readings.parquet", {**ORIGIN, "shuffled_voxels": 7}
    )
    with pytest.raises(InputError, match=r"readings.parquet holds features of shuffled voxels"):
        read_cohort_files(folder)


def write_case(folder: Path, values: dict[str, float], origin: dict[str, Any]) -> None:
    case = Case(folder)
    case.save_info(CaseInfo(folder.name))
    rows = {
        volume: {name.partition(":")[2]: value for name, value in values.items() if name.startswith(volume)}
        for volume in VOLUMES
    }
    write_table(
        FeatureTable(rows, {**origin, "backend": "native", "version": "1", "inputs": {}}), case.features_path
    )


def test_case_folders_of_a_batch_are_a_cohort_too(tmp_path: Path) -> None:
    table, features, _ = cohort_tables(40)
    table.to_csv(tmp_path / "outcomes.csv", index=False)
    for case_id, row in features.iloc[:38].iterrows():
        write_case(tmp_path / "results" / str(case_id), {str(k): float(v) for k, v in row.items()}, ORIGIN)
    found = read_cohort_files(tmp_path / "results", table=tmp_path / "outcomes.csv")
    pd.testing.assert_frame_equal(found.cohort.features, features.iloc[:38])
    odd = json.loads(json.dumps(ORIGIN))
    odd["settings"]["setting"]["binWidth"], odd["settings_hash"] = 5.0, "1" * 64
    write_case(tmp_path / "results" / "patient-0-038", dict(features.iloc[38].items()), odd)
    with pytest.raises(
        InputError, match=r"patient-0-038 was extracted with other settings than patient-0-000"
    ):
        read_cohort_files(tmp_path / "results", table=tmp_path / "outcomes.csv")


def test_settings_that_were_changed_behind_their_hash_are_refused(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path)
    odd = json.loads(json.dumps(ORIGIN))
    odd["settings"]["setting"]["binWidth"] = 5.0
    write_features(cohort_tables()[1], folder / "features.parquet", odd)
    with pytest.raises(InputError, match=r"settings in features\.parquet do not give the hash"):
        read_cohort_files(folder)


def test_a_patient_in_two_cohorts_is_found_by_name_and_by_features(tmp_path: Path) -> None:
    one = read_cohort_files(write_cohort(tmp_path / "a")).cohort
    two = read_cohort_files(write_cohort(tmp_path / "b", seed=1)).cohort
    refuse_shared_patients(one, two, "the test cohort")
    with pytest.raises(InputError, match="90 patients stand in the cohort and in the test cohort"):
        refuse_shared_patients(one, one, "the test cohort")
    renamed = one.features.iloc[:2, 3:].rename(index=lambda name: f"x-{name}")
    fewer = replace(
        two.rows(np.arange(2)), features=renamed
    )  # two of them under other names, with fewer features
    with pytest.raises(InputError, match="2 patients of the cohort are, by their features, also in the test"):
        refuse_shared_patients(one, fewer, "the test cohort")
    digests = patient_digests(one)
    assert len(set(digests.values())) == 90
    with pytest.raises(InputError, match=r"1 patients of the cohort are, by their features.*patient-0-005"):
        refuse_known_patients(one, [digests["patient-0-005"]], "what the bundle was trained on")


def test_a_cohort_that_is_too_small_is_refused_with_how_many_are_needed(tmp_path: Path) -> None:
    cohort = read_cohort_files(write_cohort(tmp_path, 40)).cohort
    check_size(cohort, Plan(folds=3, chain=ChainSettings(selection="published")))
    label, weight = cohort.response()
    dead = int((~label & (weight > 0)).sum())
    few = cohort.rows(label | (np.cumsum(~label & (weight > 0)) <= 5))
    with pytest.raises(InputError, match=r"5 died before.*13 patients of each class at least for 10 × 10"):
        check_size(few, Plan())
    # fewer folds leave fewer patients to fit on
    with pytest.raises(InputError, match=r"21 patients of each class at least for 2 × 10.*more --folds"):
        check_size(few, Plan(folds=2))
    assert dead > 5
    with pytest.raises(InputError, match="0 died before"):
        check_size(cohort.rows(label), Plan())


def test_models_that_the_cohort_cannot_feed_say_why(tmp_path: Path) -> None:
    cohort = read_cohort_files(write_cohort(tmp_path)).cohort
    assert not any(usable_models(cohort, ChainSettings()).values())
    published = usable_models(cohort, ChainSettings(selection="published"))
    assert published["Clinical"] == "" and "the cohort lacks pre_A:" in published["Radiomic-Pre"]
    late = cohort.rows(np.arange(90))
    object.__setattr__(late, "features", cohort.features.filter(regex="^post_"))
    reasons = usable_models(late, ChainSettings())
    assert reasons["Radiomic-Post"] == "" and reasons["Radiomic-Pre"] == "no features of pre_A, pre_V"
    object.__setattr__(late, "clinical", cohort.clinical[[]])
    assert usable_models(late, ChainSettings())["Clinical"] == "no clinical variables"
