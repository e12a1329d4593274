"""Which features repeat readings agree on: three forms of ICC with their intervals, of every feature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.evaluation.metric import Metric, plain
from LWCTRLogic.stats.icc import Form, IntraclassCorrelation, intraclass_correlation
from LWCTRLogic.tables import write_csv
from LWCTRLogic.training.feature_tables import read_readings
from LWCTRLogic.training.icc_filter import Readings

FORMS: tuple[Form, ...] = ("1,1", "2,1", "3,1")
TOPIC = "agreement"
GOOD, EXCELLENT = 0.75, 0.9
"""Lower limits from which agreement is called good and excellent (Koo and Li 2016)."""
BETWEEN = "between readers"
COLUMNS = ("readings", "feature", "form", "icc", "low", "high", "p", "patients")


@dataclass(frozen=True)
class FeatureAgreement:
    """One comparison of readings.

    Attributes
    ----------
    what : str
        ``between readers`` (the first reading of each) or ``within`` one of them.
    readings : tuple of str
        Which readings those are, such as ``reader-1/2``.
    patients : int
        Patients who have at least two of these readings of some feature.
    forms : dict
        ICC (p,) of every feature, by form.
    """

    what: str
    readings: tuple[str, ...]
    patients: int
    forms: dict[Form, IntraclassCorrelation]

    def to_dict(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Return value and limits of every feature, by form."""
        return {
            "what": self.what,
            "readings": self.readings,
            "patients": self.patients,
            "columns": ["value", "low", "high"],
            **{
                f"ICC({form})": {
                    name: [None if number != number else number for number in numbers]
                    for name, *numbers in zip(
                        names, icc.value.tolist(), icc.low.tolist(), icc.high.tolist(), strict=True
                    )
                }
                for form, icc in self.forms.items()
            },
        }


@dataclass(frozen=True)
class Reliability:
    """Agreement of every feature; ``started_from`` says what the readers began with."""

    names: tuple[str, ...]
    started_from: tuple[str, ...]
    comparisons: tuple[FeatureAgreement, ...]


def read_reliability(path: Path) -> Reliability:
    """Compute the agreement of a table of repeat readings.

    Raises
    ------
    InputError
        When the table is none, or has fewer than two readings.
    """
    return reliability_of(read_readings(path)[0])


def reliability_of(readings: Readings) -> Reliability:
    """Return ICC between readers, and within each reader who read more than once."""
    occasions = readings.occasions
    readers = list(dict.fromkeys(reader for reader, _ in occasions))
    places = {reader: [at for at, (name, _) in enumerate(occasions) if name == reader] for reader in readers}
    groups = {BETWEEN: [own[0] for own in places.values()]}
    groups |= {f"within {reader}": own for reader, own in places.items()}
    found = tuple(_compared(readings, what, own) for what, own in groups.items() if len(own) > 1)
    return Reliability(readings.names, readings.started_from, found)


def _compared(readings: Readings, what: str, own: list[int]) -> FeatureAgreement:
    values = np.moveaxis(readings.values[:, own, :], 2, 0)
    read = np.isfinite(values).all(axis=2).any(axis=0)
    names = tuple("/".join(readings.occasions[at]) for at in own)
    forms = {form: intraclass_correlation(values, form=form) for form in FORMS}
    return FeatureAgreement(what, names, int(read.sum()), forms)


def volume_of(name: str) -> str:
    """Return the volume of a feature."""
    return name.partition(":")[0]


def reliability_metrics(found: Reliability) -> Iterator[Metric]:
    """Yield, by comparison, volume and form, the median ICC and the share of features that surely agree well."""
    of = np.array([volume_of(name) for name in found.names])
    for one in found.comparisons:
        for volume in [volume for volume in VOLUMES if (of == volume).any()]:
            for form, icc in one.forms.items():
                yield from _metrics(one, volume, form, icc, of == volume)


def _metrics(
    one: FeatureAgreement, volume: str, form: Form, icc: IntraclassCorrelation, rows: Any
) -> Iterator[Metric]:
    known = np.isfinite(icc.value[rows])
    common: dict[str, Any] = {"topic": TOPIC, "group": f"{one.what}: {volume}", "patients": one.patients}
    common["method"] = f"{int(known.sum())} of {int(rows.sum())} features have one"
    median = float(np.median(icc.value[rows][known])) if known.any() else float("nan")
    yield Metric(name=f"median ICC({form})", estimate=plain(median), **common)
    for bound in (GOOD, EXCELLENT):
        share = float((icc.low[rows] >= bound).mean())
        yield Metric(
            name=f"share of features with ICC({form}) surely ≥ {bound:g}", estimate=plain(share), **common
        )


def reliability_rows(found: Reliability) -> Iterator[dict[str, Any]]:
    """Yield one row a comparison, feature and form, for ``icc.csv``."""
    for one in found.comparisons:
        for form, icc in one.forms.items():
            columns = (icc.value, icc.low, icc.high, icc.p, icc.subjects)
            for name, *numbers in zip(found.names, *(column.tolist() for column in columns), strict=True):
                cells = [None if number != number else number for number in numbers]
                yield dict(zip(COLUMNS, (one.what, name, form, *cells), strict=True))


def write_reliability(found: Reliability, path: Path) -> None:
    """Write every ICC as CSV."""
    write_csv(path, COLUMNS, reliability_rows(found))
