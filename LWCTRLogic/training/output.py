"""The folder that ``lwctr train`` leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from LWCTRLogic import files
from LWCTRLogic.models.bundle import Bundle
from LWCTRLogic.models.bundle_files import save_bundle
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.new_folder import listed, new_folder, others
from LWCTRLogic.tables import write_csv
from LWCTRLogic.training.card import model_card
from LWCTRLogic.training.cross_fit import chosen_share
from LWCTRLogic.training.locked import apply_bundle, as_seen, beside_outcomes, locked_numbers, scores_table
from LWCTRLogic.training.numbers import training_numbers
from LWCTRLogic.training.training import BundleWords, Training, make_bundle

SCORES, WIDE, SURVIVAL, TEST, INPUTS, STABILITY, NUMBERS, CARD = (
    "scores.csv",
    "scores_by_patient.csv",
    "survival.csv",
    "test_scores_by_patient.csv",
    "inputs.csv",
    "selection.csv",
    "training.json",
    "model-card.md",
)
SURVIVAL_COLUMNS = ("case_id", "endpoint", "model", "linear_predictor", "month", "survival")


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes
    ----------
    bundle : Path or None
        ``None`` when every model chose nothing.
    others : tuple of str
        What else lies in the folder, such as the evaluation of a former training.
    """

    folder: Path
    bundle: Path | None
    sha256: str
    evaluate: str
    others: tuple[str, ...] = ()


def write_training(training: Training, folder: Path, words: BundleWords, overwrite: bool = False) -> Written:
    """Write bundle, card, numbers and tables, all or none of them.

    ``scores.csv`` has one row a patient, model and mode (``strict``: out of fold, first repeat; ``strict-2`` … further
    repeats; ``paper``: resubstituted; ``centres``: from fits on the other centres). ``scores_by_patient.csv`` has the
    strict scores beside the outcomes, as ``lwctr evaluate`` reads them; ``test_scores_by_patient.csv`` those of the
    finished bundle on the test cohort. ``survival.csv`` has what the Cox models predict out of fold, and ``inputs.csv``
    what the bundle's models see of each patient, from which attributions follow.

    Raises
    ------
    InputError
        When the folder holds anything that may not be replaced (see :mod:`LWCTRLogic.new_folder`).
    """
    with new_folder(folder, NUMBERS, overwrite) as aside:
        name, digest = _write(training, aside, words)
    path = folder / name if name else None
    return Written(folder, path, digest, evaluate_line(folder), others(folder, NUMBERS))


def _write(training: Training, folder: Path, words: BundleWords) -> tuple[str, str]:
    """Write every file; return the bundle's name and SHA-256, empty where there is none."""
    bundle, name, digest = make_bundle(training, words), "", ""
    if bundle is not None:
        name = f"{words.name}.zip"
        digest = save_bundle(bundle, folder / name)
        write_frame(folder / INPUTS, model_inputs(bundle, training.cohort))
    numbers = {**training_numbers(training), "bundle_sha256": digest or None, "test": None}
    if bundle is not None and training.test is not None:
        locked = apply_bundle(bundle, training.test)
        numbers["test"] = locked_numbers(replace(bundle, sha256=digest), locked)
        write_frame(folder / TEST, scores_table(bundle, locked))
    files.write_text(folder / CARD, model_card(training, bundle, digest))
    write_csv(folder / SCORES, ("case_id", "model", "mode", "score"), _scores(training))
    scores = {name: model.cross.scores[0] for name, model in training.strict.models.items()}
    write_frame(folder / WIDE, beside_outcomes(training.cohort, scores))
    if any(one.months for one in training.strict.folded):
        write_csv(folder / SURVIVAL, SURVIVAL_COLUMNS, _survival(training))
    write_csv(folder / STABILITY, ("model", "feature", "share_of_fits", "in_the_model"), _selection(training))
    files.write_json(folder / NUMBERS, {**numbers, "files": listed(folder)})
    return name, digest


def _scores(training: Training) -> Iterator[dict[str, Any]]:
    ids = training.cohort.ids
    for name, model in training.strict.models.items():
        by_mode = {
            f"strict-{turn + 1}" if turn else "strict": scores
            for turn, scores in enumerate(model.cross.scores)
        }
        by_mode["paper"] = training.paper.models[name].scores
        if name in training.centre_scores:
            by_mode["centres"] = training.centre_scores[name]
        for mode, scores in by_mode.items():
            for case_id, score in zip(ids, scores, strict=True):
                yield {"case_id": case_id, "model": name, "mode": mode, "score": float(score)}


def _survival(training: Training) -> Iterator[dict[str, Any]]:
    """Give what each Cox model predicts for each patient whom it can, by month from the follow-up scan."""
    for one in training.strict.folded:
        for case_id, risk, row in zip(training.cohort.ids, one.risk, one.survival, strict=True):
            if np.isfinite(risk):
                for month, share in zip(one.months, row, strict=True):
                    cells = (str(case_id), one.endpoint, one.name, float(risk), month, float(share))
                    yield dict(zip(SURVIVAL_COLUMNS, cells, strict=True))


def model_inputs(bundle: Bundle, cohort: TrainingCohort) -> pd.DataFrame:
    """Return the features, as its models see them, and clinical words that a bundle uses, one row a patient."""
    cohort = as_seen(bundle, cohort)
    names = dict.fromkeys(item.name for model in bundle.classifiers for item in model.features)
    columns = {
        name: (cohort.features if ":" in name else cohort.clinical)[name].to_numpy()
        for name in names
        if name in cohort.features or name in cohort.clinical
    }
    return pd.DataFrame({"case_id": cohort.ids, **columns})


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as CSV with every digit; no cell can run as a formula."""
    columns = [str(name) for name in frame.columns]
    rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    write_csv(path, columns, (dict(zip(columns, row, strict=True)) for row in rows))


def _selection(training: Training) -> Iterator[dict[str, Any]]:
    for name, model in training.strict.models.items():
        shares = chosen_share(model.cross.chosen)
        shares |= {feature: 0.0 for feature in model.chosen if feature not in shares}
        for feature, share in shares.items():
            chosen = int(feature in model.chosen)
            yield {"model": name, "feature": feature, "share_of_fits": share, "in_the_model": chosen}


def evaluate_line(folder: Path) -> str:
    """Return the command that judges the strict scores in full."""
    return f'lwctr evaluate --training "{folder}" -o "{folder / "evaluation"}"'
