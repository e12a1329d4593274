"""ComBat's effects for a bundle: from the cohort that it was trained on, and from a sample of a further centre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import Bundle
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.harmonisation import CentreLines, Harmonisation, lines_of
from LWCTRLogic.models.settings_match import check_settings
from LWCTRLogic.training.cohort_reading import FEATURES, digest_columns
from LWCTRLogic.training.combat import ENOUGH_PATIENTS, centre_effects, shrunk_effects
from LWCTRLogic.training.feature_tables import read_cases, read_features, refuse_shuffled


def check_centres(cohort: TrainingCohort, reference: str, test: TrainingCohort | None = None) -> str:
    """Refuse a cohort whose centre effects cannot be estimated; return what people should know of those that can.

    Parameters
    ----------
    reference : str
        Centre to which the others are brought; empty for the mean of all.
    test : TrainingCohort, optional
        Other patients, whom the finished bundle shall score.

    Raises
    ------
    InputError
        When patients have no centre, a centre has too few, the reference is none of them, or a test patient comes from
        elsewhere.
    """
    centre = np.full(len(cohort), "") if cohort.centre is None else cohort.centre
    names, counts = np.unique(centre, return_counts=True)
    listed = ", ".join(f"{name or 'unnamed'} {count}" for name, count in zip(names, counts, strict=True))
    if "" in names or len(names) < 2 or counts.min() < ENOUGH_PATIENTS:
        raise InputError(
            f"patients by centre: {listed}",
            f"two centres at least, every patient's known, and {ENOUGH_PATIENTS} patients in each, for ComBat",
        )
    if not reference:
        return "trained with ComBat without a reference centre, so there is no bundle: it could adjust nobody alone"
    if reference not in names:
        raise InputError(f"the reference centre {reference!r} has no patients", "one of " + ", ".join(names))
    strangers = (
        []
        if test is None or test.centre is None
        else sorted(set(map(str, test.centre)) - set(map(str, names)))
    )
    if strangers or (test is not None and test.centre is None):
        raise InputError(
            f"the test cohort has patients of {', '.join(map(repr, strangers)) or 'unnamed centres'}",
            "patients of centres that ComBat knows: " + ", ".join(names),
            "Judge the finished bundle on them after 'lwctr models add-centre'",
        )
    return (
        f"features are brought to {reference!r} by ComBat (patients by centre: {listed}); every figure is for "
        "patients of these centres, and no other can be scored"
    )


def make_harmonisation(cohort: TrainingCohort, reference: str, columns: Sequence[str]) -> Harmonisation:
    """Return the effects of the cohort's centres on the features ``columns``.

    They are estimated on all features, as in training, and kept for those that the models use.
    """
    assert cohort.centre is not None
    whole = centre_effects(cohort.features.to_numpy(dtype=float), cohort.centre, reference)
    found = whole.of(cohort.features.columns.get_indexer(pd.Index(columns)))
    counts = dict(zip(*np.unique(cohort.centre, return_counts=True), strict=True))
    centres = []
    for row, name in enumerate(found.centres):
        factor, offset = lines_of(found.mean, found.spread, found.shift[row], found.scale[row])
        centres.append(CentreLines(name, int(counts[name]), factor, offset))
    return Harmonisation(
        reference, tuple(columns), tuple(found.mean.tolist()), tuple(found.spread.tolist()), tuple(centres)
    )


def add_centre(bundle: Bundle, sample: pd.DataFrame, name: str, new_name: str) -> Bundle:
    """Return a bundle that knows one centre more, from a sample of that centre's patients; outcomes are not needed.

    The shrinking borrows from the features that the bundle uses, not from all.

    Parameters
    ----------
    sample : DataFrame (n, p)
        Features of the new centre's patients, ``<volume>:<feature>``.
    name, new_name : str
        Of the centre, and of the new bundle.

    Raises
    ------
    InputError
        When the bundle adjusts nothing, knows the centre already, or the sample is too small.
    """
    known = bundle.harmonisation
    if known is None:
        raise InputError(
            f"the bundle {bundle.name} adjusts no centre",
            "a bundle trained with --reference-centre",
            "Recalibrate it for the centre instead: 'lwctr models recalibrate'",
        )
    if name in known.names:
        raise InputError(f"the bundle {bundle.name} knows the centre {name!r} already", "another name")
    if len(sample) < ENOUGH_PATIENTS:
        raise InputError(f"{len(sample)} patients of {name}", f"{ENOUGH_PATIENTS} at least")
    lacking = [item for item in known.features if item not in sample]
    if lacking:
        raise InputError(
            f"the sample lacks {len(lacking)} features, such as {lacking[0]}", "all that the bundle uses"
        )
    mean, spread = np.array(known.mean), np.array(known.spread)
    z = (sample[list(known.features)].to_numpy(dtype=float) - mean) / spread
    shift, scale = shrunk_effects(z, np.ones(len(mean), dtype=bool))
    factor, offset = lines_of(mean, spread, shift, np.where(scale > 0, scale, 1.0))
    line = CentreLines(name, len(sample), factor, offset)
    limit = f"The centre {name!r} was added from {len(sample)} patients' features; nobody has judged the scores there."
    return replace(
        bundle,
        name=new_name,
        limits=(*bundle.limits, limit),
        sha256="",
        lineage={**bundle.lineage, "parent": bundle.sha256},
        harmonisation=replace(known, centres=(*known.centres, line)),
    )


def read_sample(bundle: Bundle, path: Path) -> pd.DataFrame:
    """Read the features of a sample: a table, a folder with ``features.parquet``, or a folder of cases.

    Raises
    ------
    InputError
        When there are none, or they were extracted with other settings than the bundle's.
    """
    columns = digest_columns(bundle)
    table = path / FEATURES if (path / FEATURES).is_file() else path
    if table.is_dir():
        ids = sorted(item.name for item in table.iterdir() if item.is_dir())
        frame, origin = read_cases(table, ids, columns)
    else:
        frame, origin = read_features(table, columns)
    refuse_shuffled(origin, table.name)
    check_settings(
        origin["settings"], origin["settings_hash"], bundle.settings, bundle.settings_hash, bundle.name,
        "Extract the scans again with the bundle's settings",
    )  # fmt: skip
    return frame
