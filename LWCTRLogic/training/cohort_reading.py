"""A whole cohort for training or validation: outcomes, features and repeat readings, checked together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import Bundle
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.outcomes import Outcomes
from LWCTRLogic.training.cohort_table import read_cohort_table
from LWCTRLogic.training.feature_tables import (
    check_same_settings,
    read_cases,
    read_features,
    read_readings,
    refuse_shuffled,
)
from LWCTRLogic.training.icc_filter import Readings

TABLE, FEATURES, READINGS = "cohort.csv", "features.parquet", "readings.parquet"
_SHOWN = 8


@dataclass(frozen=True)
class CohortFiles:
    """What was read.

    Attributes
    ----------
    cohort : TrainingCohort
        The patients that have both outcomes and features, in the table's order.
    readings : Readings or None
        Repeat readings, where there are any.
    notes : tuple of str
        What people should know of the reading: unused columns, patients without features.
    """

    cohort: TrainingCohort
    readings: Readings | None
    notes: tuple[str, ...]


def read_cohort_files(
    folder: Path,
    table: Path | None = None,
    features: Path | None = None,
    readings: Path | None = None,
    *,
    columns: Sequence[str] | None = None,
    with_readings: bool = True,
) -> CohortFiles:
    """Read a cohort.

    Parameters
    ----------
    folder : Path
        Holds ``cohort.csv`` and either ``features.parquet`` or one folder a case; ``readings.parquet`` where there are
        repeat readings.
    table, features, readings : Path, optional
        Instead of the files of those names.
    columns : sequence of str, optional
        Read only these features: a cohort of 100,000 patients has 4 GB of them.
    with_readings : bool
        Whether to read the repeat readings.

    Raises
    ------
    InputError
        For anything wrong, before anything runs.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder", f"a folder with {TABLE} and {FEATURES}")
    outcomes, words, unused = read_cohort_table(table or folder / TABLE)
    notes = [f"columns that nothing uses: {', '.join(unused)}"] if unused else []
    empty = [name for name in VARIABLES if name in words and name != "mrecist" and not words[name].any()]
    notes += [f"columns without any value are left out: {', '.join(empty)}"] if empty else []
    features_path = features or folder / FEATURES
    if features is not None or features_path.is_file():
        values, origin = read_features(features_path, columns)
    else:
        values, origin = read_cases(folder, list(words.index), columns)
    refuse_shuffled(origin, features_path.name)
    notes += _compare_patients(list(words.index), list(values.index))
    cohort = _cohort(outcomes, words, values.reindex(words.index), origin)
    cohort = cohort.rows(words.index.isin(values.index))
    _refuse_twins(cohort)
    readings_path = readings or folder / READINGS
    repeat = None
    if with_readings and (readings is not None or readings_path.is_file()):
        repeat, repeat_origin = read_readings(readings_path)
        refuse_shuffled(repeat_origin, readings_path.name)
        check_same_settings(origin, features_path.name, repeat_origin, readings_path.name)
        notes += _reading_notes(repeat, cohort)
    return CohortFiles(cohort, repeat, tuple(notes))


def _compare_patients(table: list[str], features: list[str]) -> list[str]:
    measured, followed = set(features), set(table)
    without = [case_id for case_id in table if case_id not in measured]
    if len(without) == len(table):
        raise InputError(
            f"none of the table's {len(table)} patients has features (the features have {_list(features)}, the table "
            f"{_list(table)})",
            "the same case_id in both",
        )
    notes = [f"{len(without)} patients without features are left out: {_list(without)}"] if without else []
    extra = [case_id for case_id in features if case_id not in followed]
    if extra:
        notes.append(f"{len(extra)} patients with features but without outcomes are left out: {_list(extra)}")
    return notes


def _cohort(
    outcomes: Outcomes, words: pd.DataFrame, values: pd.DataFrame, origin: Mapping[str, Any]
) -> TrainingCohort:
    assert outcomes.landmark is not None
    no_months, no_event = np.full(len(outcomes), np.nan), np.zeros(len(outcomes), dtype=bool)
    return TrainingCohort(
        values,
        # all that a report shows; models choose among those with a coding (TrainingCohort.inputs)
        words[[name for name in VARIABLES if name != "mrecist" and name in words and words[name].any()]],
        words["mrecist"],
        outcomes.os_months,
        outcomes.os_event,
        no_months if outcomes.pfs_months is None else outcomes.pfs_months,
        no_event if outcomes.pfs_event is None else outcomes.pfs_event,
        outcomes.landmark,
        words["centre"].to_numpy(dtype=np.str_) if words["centre"].any() else None,
        None if outcomes.cause is None else np.array(outcomes.cause, dtype=np.str_),
        origin,
    )


def _reading_notes(readings: Readings, cohort: TrainingCohort) -> list[str]:
    known = set(cohort.ids)
    strangers = [patient for patient in readings.patients if patient not in known]
    notes = [
        f"repeat readings: {len(readings.patients)} patients, {readings.values.shape[1]} readings each, started from "
        + ", ".join(readings.started_from)
    ]
    if "auto" in readings.started_from:
        notes.append(
            "readings that started from the automatic mask agree better than independent ones would: their ICC is an "
            "upper bound"
        )
    if strangers:
        notes.append(f"repeat readings of patients outside the cohort are not used: {_list(strangers)}")
    return notes


# ---- who is who -------------------------------------------------------------------------------------------
def digest_columns(bundle: Bundle) -> list[str]:
    """Return the features by which a bundle knows patients again: those that its models use."""
    return sorted({item.name for model in bundle.classifiers for item in model.features if item.volume})


def patient_digests(cohort: TrainingCohort, columns: Sequence[str] | None = None) -> dict[str, str]:
    """Return a short hash of each patient's features by ``case_id``: equal for the same scans and masks.

    It tells whether two cohorts share a patient under another name, and gives nothing away.

    Parameters
    ----------
    columns : sequence of str, optional
        Which features; all unless given. Those that the cohort lacks are left out.
    """
    chosen = sorted(
        cohort.features.columns if columns is None else set(columns) & set(cohort.features.columns)
    )
    if not chosen:
        return {}  # nothing to know a patient by
    values = np.ascontiguousarray(cohort.features[chosen].to_numpy(dtype="<f8"))
    return {
        case_id: hashlib.sha256(row.tobytes()).hexdigest()[:16]
        for case_id, row in zip(cohort.ids, values, strict=True)
    }


def _refuse_twins(cohort: TrainingCohort) -> None:
    owner: dict[str, str] = {}
    for case_id, digest in patient_digests(cohort).items():
        if digest in owner:
            raise InputError(
                f"{owner[digest]} and {case_id} have exactly the same features",
                "every patient once",
                "Remove one of them: a patient in two rows helps to judge himself",
            )
        owner[digest] = case_id


def refuse_shared_patients(cohort: TrainingCohort, other: TrainingCohort, words: str) -> None:
    """Refuse two cohorts that share a patient, by name or by features; ``words`` names the other one.

    Raises
    ------
    InputError
        Naming the patients.
    """
    names = sorted(set(cohort.ids) & set(other.ids))
    if names:
        raise InputError(
            f"{len(names)} patients stand in the cohort and in {words}: {_list(names)}", "none in both"
        )
    both = [str(name) for name in cohort.features.columns if name in other.features]
    refuse_known_patients(cohort, patient_digests(other, both).values(), words, both)


def refuse_known_patients(
    cohort: TrainingCohort, digests: Iterable[str], words: str, columns: Sequence[str] | None = None
) -> None:
    """Refuse a cohort with patients whose features are among ``digests``, made of ``columns``.

    Raises
    ------
    InputError
        Naming the patients.
    """
    known = set(digests)
    same = [case_id for case_id, digest in patient_digests(cohort, columns).items() if digest in known]
    if same:
        raise InputError(
            f"{len(same)} patients of the cohort are, by their features, also in {words}: {_list(same)}",
            "patients that it has not seen",
            "Leave them out: they would flatter the model",
        )


def _list(names: Any) -> str:
    shown = ", ".join(map(str, list(names)[:_SHOWN]))
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
