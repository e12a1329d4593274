"""A virtual cohort: tables of patients as a study would have them, with the truth beside them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

import LWCTRLogic
from LWCTRLogic import files
from LWCTRLogic.errors import InputError
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.step import METADATA_KEY
from LWCTRLogic.simulation.baseline import draw_baseline
from LWCTRLogic.simulation.course import CourseSettings, draw_course
from LWCTRLogic.simulation.features import (
    CHUNK,
    FeatureWorld,
    Singles,
    all_columns,
    draw_features,
    draw_readings,
    signature_columns,
)
from LWCTRLogic.stats.steps import Floats

CENTRES: dict[str, float] = {"centre 1": 315.0, "centre 2": 50.0, "centre 3": 30.0}
READ_AGAIN = 50
FEATURE_SETS = ("all", "signature", "none")
SCORE_CORRELATION = 0.92
"""Of what images can show at best with the prognosis: an AUC of 0.88 at 12 months."""


@dataclass(frozen=True)
class CohortSettings:
    """What to simulate.

    Attributes
    ----------
    patients : int
    seed : int
        The same seed and settings give the same patients.
    centres : dict
        Name → share, in any unit. ``centre 1`` has no shift of its own.
    features : str
        ``all`` (5,264), ``signature`` (27) or ``none``.
    course : CourseSettings
    read_again : int
        Patients with repeat readings.
    world : int
        Seed of what cohorts have in common: reliabilities, loadings, shifts of centres.
    """

    patients: int
    seed: int
    centres: Mapping[str, float] = field(default_factory=lambda: dict(CENTRES))
    features: str = "all"
    course: CourseSettings = field(default_factory=CourseSettings)
    read_again: int = READ_AGAIN
    world: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be simulated."""
        if self.patients < 1:
            raise InputError(f"{self.patients} patients", "1 or more")
        if self.features not in FEATURE_SETS:
            raise InputError(f"features {self.features!r}", "one of " + ", ".join(FEATURE_SETS))
        if not self.centres or min(self.centres.values()) <= 0:
            raise InputError(f"centres {dict(self.centres)}", "one or more, each with a share above 0")


@dataclass(frozen=True)
class VirtualPatients:
    """Tables with one row a patient, and what features are made from.

    Attributes
    ----------
    table : DataFrame
        The columns of a cohort table.
    truth : DataFrame
        Index ``case_id``: ``prognosis``, ``score`` (both higher for worse), ``alive_at_12_months`` (probability),
        ``death_months`` and ``progression_months`` without censoring.
    """

    table: pd.DataFrame
    truth: pd.DataFrame

    @property
    def score(self) -> Floats:
        """What images can show at best, (n,), standard normal, higher for worse."""
        return self.truth["score"].to_numpy()


def draw_patients(settings: CohortSettings) -> VirtualPatients:
    """Draw the patients of a cohort: everything but their features."""
    n = settings.patients
    rng = np.random.default_rng([settings.seed, 30])
    prognosis = rng.standard_normal(n)
    score = SCORE_CORRELATION * prognosis + np.sqrt(1 - SCORE_CORRELATION**2) * rng.standard_normal(n)
    shares = np.array(list(settings.centres.values()), dtype=float)
    centre = rng.choice(list(settings.centres), size=n, p=shares / shares.sum())
    clinical = draw_baseline(prognosis, rng)
    age = clinical["age"].to_numpy(dtype=float)
    observed, truth = draw_course(prognosis, score, age, settings.course, rng)
    width = len(str(n))
    ids = [f"virtual-{settings.seed}-{number:0{width}d}" for number in range(1, n + 1)]
    table = pd.concat([pd.DataFrame({"case_id": ids, "centre": centre}), clinical, observed], axis=1)
    truth = pd.concat([pd.DataFrame({"prognosis": prognosis, "score": score}), truth], axis=1)
    return VirtualPatients(table, truth.set_index(pd.Index(ids, name="case_id")))


def write_cohort(settings: CohortSettings, folder: Path, progress: Progress | None = None) -> VirtualPatients:
    """Simulate a cohort and write it: ``cohort.csv``, ``truth.parquet`` and, as asked for, features and readings.

    Features are written some thousand patients at a time, so 100,000 patients need no more memory than their table.
    """
    progress = progress or Progress()
    patients = draw_patients(settings)
    write_table(patients.table, folder)
    truth = pa.Table.from_pandas(patients.truth)
    files.write_with(folder / "truth.parquet", lambda name: pq.write_table(truth, name, compression="zstd"))
    if settings.features != "none":
        columns = all_columns() if settings.features == "all" else signature_columns()
        world = FeatureWorld.build(columns, settings.world)
        again = _read_again(settings, patients)
        kept: list[Singles] = []
        files.write_with(
            folder / "features.parquet",
            lambda name: kept.extend(_write_features(name, settings, world, patients, again, progress)),
        )
        if len(again) >= 2:
            ids = [str(item) for item in patients.truth.index[again]]
            _write_readings(draw_readings(world, np.vstack(kept), ids, settings.seed), folder)
    return patients


def write_table(table: pd.DataFrame, folder: Path) -> None:
    """Write ``cohort.csv``."""
    text = io.StringIO()
    table.to_csv(text, index=False, lineterminator="\n")
    files.write_text(folder / "cohort.csv", text.getvalue())


def feature_metadata(
    made_by: str, settings: ExtractionSettings | None = None, **more: int
) -> dict[bytes, bytes]:
    """Return the Parquet metadata that says with which extraction settings features were made, and ``more``."""
    settings = settings or ExtractionSettings()
    origin = {
        "settings": settings.to_dict(),
        "settings_hash": settings.hash,
        "backend": made_by,
        "version": LWCTRLogic.__version__,
        **more,
    }
    return {METADATA_KEY: json.dumps(origin, sort_keys=True).encode()}


def _read_again(settings: CohortSettings, patients: VirtualPatients) -> NDArray[np.intp]:
    """Choose the patients with repeat readings, from the first centre."""
    home = np.flatnonzero((patients.table["centre"] == next(iter(settings.centres))).to_numpy())
    rng = np.random.default_rng([settings.seed, 33])
    return np.sort(rng.choice(home, size=min(settings.read_again, len(home)), replace=False))


def _write_features(
    name: str,
    settings: CohortSettings,
    world: FeatureWorld,
    patients: VirtualPatients,
    again: NDArray[np.intp],
    progress: Progress,
) -> list[Singles]:
    """Write all features; return those of the patients ``again``."""
    fields = [pa.field("case_id", pa.string()), *(pa.field(item, pa.float32()) for item in world.columns)]
    schema = pa.schema(fields, metadata=feature_metadata("virtual"))
    ids = list(patients.truth.index)
    centres = patients.table["centre"].to_numpy(dtype=np.str_)
    kept = []
    with pq.ParquetWriter(name, schema, compression="zstd") as writer:
        blocks = draw_features(world, patients.score, centres, settings.seed, settings.world)
        for number, block in enumerate(blocks):
            first = number * CHUNK
            progress.update("features", first, len(ids))
            arrays = [pa.array(ids[first : first + len(block)]), *(pa.array(column) for column in block.T)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            kept.append(block[again[(again >= first) & (again < first + len(block))] - first])
    progress.update("features", len(ids), len(ids))
    return kept


def _write_readings(frame: pd.DataFrame, folder: Path) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), **feature_metadata("virtual")})
    files.write_with(
        folder / "readings.parquet", lambda name: pq.write_table(table, name, compression="zstd")
    )
